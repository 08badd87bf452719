"""Motion is a pure function of time; the large-scale SINR follows the place and nothing else."""

import math

import numpy as np
import pytest

from wirelesssim.errors import InputError
from wirelesssim.model import build, plain, validate
from wirelesssim.radio import Geometry, Mobility, Radio
from wirelesssim.radio.large_scale import MovingSinr, step_of
from wirelesssim.rng import Streams

STREAMS = Streams(31, domain="radio")
START = np.array([[30.0, 40.0], [-100.0, 0.0]])


def motions(said, starts=START, streams=STREAMS):
    return build(Mobility, said).motions(starts, streams)


def test_a_linear_mover_by_hand():
    """36 km/h = 10 m/s at 30 degrees: after 2 s (30 + 20 cos 30, 40 + 20 sin 30) = (47.3205, 50)."""
    motion, other = motions({"type": "linear", "speed": "36 km/h", "direction": "30 deg"})
    assert motion(np.array([0.0, 2.0])) == pytest.approx(np.array([[30, 40], [47.32050808, 50]]))
    assert motion.fastest == pytest.approx(10) and other(np.array(2.0)) == pytest.approx([-82.67949192, 10])
    times = STREAMS("times").uniform(0, 1e4, 500)
    speeds = np.hypot(*(motion(times + 0.5) - motion(times)).T) / 0.5
    assert speeds == pytest.approx(10, rel=1e-9)


def test_each_worker_has_its_own_speed_and_direction():
    moved = motions({"type": "linear", "speed": ["1 m/s", 0], "direction": ["90 deg", 0]})
    assert moved[1] is None and moved[0](np.array(3.0)) == pytest.approx([30, 43])
    drawn = [motion.velocity for motion in motions({"type": "linear"}, np.zeros((200, 2)))]
    assert np.hypot(*np.array(drawn).T) == pytest.approx(3 / 3.6) and len({tuple(v) for v in drawn}) == 200
    with pytest.raises(InputError, match="^speed must have one entry a worker: 2, got 1"):
        motions({"type": "linear", "speed": ["1 m/s"]})
    with pytest.raises(InputError, match="^speed must be >= 0 m/s, got -1 m/s"):
        build(Mobility, {"type": "linear", "speed": "-1 m/s"})


WAYPOINT = {"type": "random_waypoint", "radius": "80 m", "min_speed": "1 m/s", "max_speed": "3 m/s", "pause": "5 s"}


def test_waypoints_do_not_depend_on_the_questions():
    times = STREAMS("times").uniform(0, 30_000, 300)
    motion, again = motions(WAYPOINT)[0], motions(WAYPOINT)[0]
    places = motion(times)
    assert np.array_equal(places, np.array([again(np.array(time)) for time in times[::-1]])[::-1])
    assert np.array_equal(motion(np.array(0.0)), START[0])
    assert not np.allclose(motions(WAYPOINT)[1](times), places)  # another worker, another way
    assert np.array_equal(motions(WAYPOINT, START[:1])[0](times), places)  # and an added one changes nothing


def test_waypoints_are_uniform_and_speeds_are_within_their_range():
    """2000 legs: r^2/R^2 of the waypoints and the speeds are uniform (Kolmogorov-Smirnov by DKW, 1e-6 each); then 5 s at rest."""
    motion = motions(WAYPOINT)[0]
    motion(np.array(1e6))
    legs, limit = 2000, math.sqrt(math.log(2 / 1e-6) / 4000) + 1 / 2000
    leaving, arriving = motion.leaving[:legs], motion.arriving[:legs]
    ends, begins = motion(arriving), motion(leaving)
    assert np.hypot(*ends.T).max() <= 80 + 1e-9
    speeds = np.hypot(*(ends - begins).T) / (arriving - leaving)
    for uniform in ((ends**2).sum(axis=1) / 80**2, (speeds - 1) / 2):
        assert np.abs(np.sort(uniform) - np.arange(1, legs + 1) / legs).max() < limit
    assert np.allclose(motion(arriving + 4.9), ends) and np.allclose(motion.leaving[1:legs + 1] - arriving, 5)
    fine = np.arange(0, 500, 0.1)
    assert np.hypot(*np.diff(motion(fine), axis=0).T).max() <= 0.3 + 1e-9 and motion.fastest == 3


def test_waypoint_refuses_by_key():
    with pytest.raises(InputError, match="min_speed must be <= max_speed"):
        build(Mobility, WAYPOINT | {"max_speed": "0.5 m/s"})
    with pytest.raises(InputError, match="min_speed must be > 0 m/s"):
        build(Mobility, WAYPOINT | {"min_speed": 0})
    assert build(Mobility, plain(build(Mobility, WAYPOINT))) == build(Mobility, WAYPOINT)


def trace(tmp_path, text, **said):
    path = tmp_path / "way.csv"
    path.write_text(text)
    return {"type": "trace", "path": str(path)} | said


def test_a_trace_by_hand(tmp_path):
    """A way of 40 m in 10 s, then 10 m in 5 s: straight between rows, held or looped after 15 s, from its first row on."""
    text = "time_s,x_m,y_m\n100,0,0\n110,40,0\n115,40,10\n"
    held, ahead = motions(trace(tmp_path, text, offset=["0 s", "5 s"]))
    assert held(np.array([0, 5, 10, 12.5, 15, 99])) == pytest.approx(
        np.array([[0, 0], [20, 0], [40, 0], [40, 5], [40, 10], [40, 10]]))
    assert ahead(np.array([0.0, 5.0])) == pytest.approx(np.array([[20, 0], [40, 0]])) and held.fastest == 4
    looped = motions(trace(tmp_path, text, repeat="loop"))[0]
    assert looped(np.array([20.0, 14.0 + 150])) == pytest.approx(np.array([[20, 0], [40, 8]]))


def test_a_trace_with_a_way_for_each_worker(tmp_path):
    text = "worker,time_s,x_m,y_m\n1,0,5,5\n0,0,1,1\n0,2,3,1\n"
    first, second = motions(trace(tmp_path, text))
    assert first(np.array(1.0)).tolist() == [2, 1] and second(np.array(7.0)).tolist() == [5, 5] and second.fastest == 0


@pytest.mark.parametrize(("text", "message"), [
    ("", r"way.csv:1: must name the columns"),
    ("time,x,y\n0,0,0\n", r":1: must name the columns time_s, x_m, y_m.*got 'time,x,y'"),
    ("time_s,x_m,y_m\n", "has no rows"), ("time_s,x_m,y_m\n0,0,0\n0,1,1\n", ":3: time_s must increase, got 0 after 0"),
    ("time_s,x_m,y_m\n0,zero,0\n", ":2: must be finite numbers"), ("time_s,x_m,y_m\n0,0\n", ":2: must be finite numbers"),
    ("time_s,x_m,y_m\n0,nan,0\n", ":2: must be finite numbers"),
    ("worker,time_s,x_m,y_m\n0,0,0,0\n", "must have rows of each of the 2 workers, has none of worker 1")])
def test_a_bad_trace_is_refused(tmp_path, text, message):
    with pytest.raises(InputError, match=f"^path .*{message}"):
        motions(trace(tmp_path, text))


def test_a_missing_trace_is_refused_by_its_key():
    radio = validate(Radio, {"mobility": {"type": "trace", "path": "not-there.csv"}})
    with pytest.raises(InputError, match="^mobility.path not-there.csv: cannot be read as a CSV file: No such file"):
        radio.links(1, None, STREAMS)


# -- the SINR along the way

MOVING = {"path_loss": "umi", "shadowing": "standard", "mobility": {"type": "linear", "speed": "10 m/s", "direction": "0 deg"}}


def test_the_step_by_hand():
    """UMi: shadowing is decorrelated over 10 m with line of sight, a tenth is 1 m, 0.1 s at 10 m/s; d_c/2 = 1 m: 10 cm."""
    assert step_of(10.0, np.inf) == step_of(10.0, 50.0) == 0.1
    assert validate(Radio, MOVING).distance_scale == 10 and step_of(10.0, 10.0) == 0.1
    assert validate(Radio, {"path_loss": {"type": "inf", "hall": "DL"}}).distance_scale == 1.0 and step_of(2.0, 1.0) == 0.05
    assert validate(Radio, {}).distance_scale == np.inf


def test_the_step_has_a_floor_and_a_crawl_is_rest():
    """1e4 m/s over 1 mm would be 10 ns: 0.1 ms at the least, in which 30 m/s are 3 mm. Up to 1e-9 m/s nobody moves."""
    assert step_of(1e4, 1e-3) == 1e-4 and step_of(30.0, 0.05) == pytest.approx(0.005 / 30)
    for speed, moves in ((1e-300, False), (1e-9, False), (1e-8, True)):
        [way] = build(Mobility, {"type": "linear", "speed": speed}).motions(np.zeros((1, 2)), Streams(1))
        assert (way is not None) == moves


def test_the_sinr_of_a_mover_is_that_of_its_places():
    radio, geometry = validate(Radio, MOVING), build(Geometry, START.tolist())
    links = radio.links(2, geometry, STREAMS)
    times = np.array([0.0, 0.05, 0.12, 0.1999, 3.35, 20.05, 0.22, 0.31, 7.78])
    places = START[1] + np.array([10.0, 0.0]) * np.floor(times / 0.1)[:, None] * 0.1
    both = [radio.mean_sinr(np.array([START[0], place]), STREAMS)[1] for place in places]
    assert links[1].mean_sinr_at(times) == pytest.approx(both, rel=1e-9)
    assert links[1].block_time == pytest.approx(0.1) and not links[1].constant
    capacity = 20e6 * float(radio.phy.efficiency(both[4]))
    assert links[1].rate_at(3.35) == pytest.approx(capacity) and links[1].rate_at(3.35) != links[1].rate_at(12.0)


def test_a_step_begins_where_it_begins():
    """(k step) / step may round below k: the step of the instant k step is k all the same, for 20,000 k and odd steps."""
    for step in (0.1, 1 / 3, 0.7e-3):
        moving = MovingSinr.alone(lambda times: np.column_stack([times, times]), lambda places: places[:, 0], step)
        starts = np.arange(20_000) * step
        assert np.array_equal(moving(starts), starts)
        assert np.array_equal(moving(np.nextafter(starts[1:], 0)), starts[:-1])


def test_back_at_the_same_place_the_channel_is_the_same(tmp_path):
    """A closed way of 84 s at 1 m/s, looped: the SINR repeats, with line of sight and shadowing, and changes on the way.

    Indoor shadowing is decorrelated over 7 m: 120 steps of 0.7 s, asked in their middles."""
    way = "time_s,x_m,y_m\n0,50,0\n21,71,0\n42,71,21\n63,50,21\n84,50,0\n"
    radio = validate(Radio, MOVING | {"mobility": trace(tmp_path, way, repeat="loop"),
                                      "path_loss": {"type": "umi", "penetration": "low"}})
    link, again = (radio.links(workers, None, STREAMS)[0] for workers in (1, 4))
    times = 0.7 * (np.arange(120) + 0.5)
    assert np.allclose(link.mean_sinr_at(times), link.mean_sinr_at(times + 84), rtol=1e-6, atol=0)
    assert np.array_equal(again.mean_sinr_at(times[::-1])[::-1], link.mean_sinr_at(times))
    assert np.ptp(10 * np.log10(link.mean_sinr_at(times))) > 3


def test_who_stands_still_keeps_a_constant_link():
    still = {"mobility": {"type": "linear", "speed": [0, "1 m/s"]}}
    assert [link.constant for link in validate(Radio, still).links(2, None, STREAMS)] == [True, False]
    assert [link.rate for link in validate(Radio, {"mobility": "static"}).links(2, None, STREAMS)] == [
        link.rate for link in validate(Radio, {}).links(2, None, STREAMS)]


def test_a_burst_and_its_packets_agree_on_the_move():
    """The walk over steps against the plain loop, to rounding; a mover through the whole cell, 400 packets."""
    link = validate(Radio, MOVING | {"bandwidth": "1 MHz"}).links(2, build(Geometry, START.tolist()), STREAMS)[1]
    bits = 12_000 * np.arange(1, 401)
    ends, now = link.finish(0.37, bits).ends, 0.37
    for end in ends:
        now = link.finish_packet(now, 12_000.0)
        assert now == pytest.approx(end, rel=1e-9)
    assert np.all(np.diff(ends) > 0) and ends[-1] < 60

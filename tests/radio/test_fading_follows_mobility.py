"""Clarke and tapped-delay-line fading is as fast as the worker, unless the scenario states a speed or a Doppler shift."""

import numpy as np
import pytest

from wirelesssim.errors import InputError
from wirelesssim.model import build, plain, validate
from wirelesssim.radio import Fading, Positions, Radio
from wirelesssim.rng import Streams
from wirelesssim.scenario import load

STREAMS = Streams(3, domain="radio")
SHIFT = 3.5e9 / 299_792_458  # Hz of maximum Doppler shift for each m/s at the default carrier: 11.674749
PLACES = validate(Positions, {"places": [[50, 0], [0, 60], [70, 0]]})


def shifts(**fields):
    return [law.doppler for law in validate(Radio, fields).fading_laws(3, STREAMS)]


@pytest.mark.parametrize("fading", ["clarke", "tdl"])
def test_a_worker_fades_at_its_own_speed_and_at_3_km_h_where_it_stays(fading):
    """54 km/h is 15 m/s: 175.12 Hz; 3 km/h is 0.8333 m/s: 9.729 Hz."""
    found = shifts(fading=fading, mobility={"type": "linear", "speed": ["54 km/h", 0, "1 m/s"]})
    assert found == pytest.approx([175.1212, 9.72896, 11.674749], rel=1e-6)
    assert shifts(fading=fading) == pytest.approx([9.72896] * 3, rel=1e-6)


def test_drawn_speeds_are_those_of_the_motion():
    mobility = {"type": "linear", "speed": {"type": "uniform", "low": "1 m/s", "high": "30 m/s"}}
    radio = validate(Radio, {"fading": "clarke", "mobility": mobility})
    motions = radio.mobility.motions(np.zeros((3, 2)), STREAMS)
    assert len({motion.fastest for motion in motions}) == 3
    assert [law.doppler for law in radio.fading_laws(3, STREAMS)] == pytest.approx([motion.fastest * SHIFT for motion in motions])


def test_random_waypoints_fade_at_the_middle_of_their_range():
    assert shifts(fading="clarke", mobility={"type": "random_waypoint", "radius": 100, "min_speed": 2, "max_speed": 12}) == (
        pytest.approx([7 * SHIFT] * 3))


@pytest.mark.parametrize("said, expected", [
    ({"speed": "10 m/s"}, [10 * SHIFT] * 3), ({"doppler": "70 Hz"}, [70.0] * 3), ({"speed": [1, 0, 5]}, [SHIFT, 0, 5 * SHIFT])])
@pytest.mark.parametrize("mobility", ["static", {"type": "linear", "speed": "120 km/h"}])
def test_what_is_stated_holds_whoever_moves(said, expected, mobility):
    assert shifts(fading={"type": "clarke"} | said, mobility=mobility) == pytest.approx(expected)


def test_speeds_of_fading_may_be_drawn():
    found = shifts(fading={"type": "tdl", "speed": {"type": "uniform", "low": "1 m/s", "high": "2 m/s"}})
    assert len(set(found)) == 3 and all(SHIFT <= shift < 2 * SHIFT for shift in found)


def test_links_cells_and_downlink_all_see_it():
    """The gain is held for a tenth of 0.423 / fd: 42.3 ms / 175.12 = 0.24155 ms of the mover, 4.348 ms of who stays; the motion's
    step, 1 m at 15 m/s = 66.7 ms, is longer."""
    radio = validate(Radio, {"fading": "clarke", "mobility": {"type": "linear", "speed": ["54 km/h", 0, 0]}, "branches": 2})
    expected = [0.0423 / 175.12123, 0.0423 / 9.7289577, 0.0423 / 9.7289577]
    assert [link.block_time for link in radio.links(3, PLACES, STREAMS)] == pytest.approx(expected, rel=1e-6)
    assert [source.block_time for source in radio.block_sinrs(3, PLACES, STREAMS)] == pytest.approx(expected, rel=1e-6)
    assert [source.block_time for source in radio.downlink(3, PLACES, STREAMS).sources] == pytest.approx(expected, rel=1e-6)


def test_a_trace_needs_a_speed():
    trace = {"type": "trace", "path": "way.csv"}
    for fading in ("clarke", "tdl"):
        with pytest.raises(InputError, match="^fading.speed must be given with mobility 'trace', .*speed: 30 km/h}, or doppler"):
            validate(Radio, {"fading": fading, "mobility": trace})
    for fading in ({"type": "clarke", "speed": "30 km/h"}, {"type": "tdl", "doppler": "5 Hz"}, "rayleigh", "none"):
        validate(Radio, {"fading": fading, "mobility": trace})


def test_a_speed_that_fading_cannot_follow_is_refused_before_the_run():
    radio = validate(Radio, {"fading": "clarke", "mobility": {"type": "linear", "speed": "9000 m/s"}})
    with pytest.raises(InputError, match="^fading.speed must make a Doppler shift <= 42300 Hz, got 9000 m/s"):
        radio.links(3, PLACES, STREAMS)
    with pytest.raises(InputError, match="^fading.speed must have one entry a worker: 3, got 2"):
        validate(Radio, {"fading": {"type": "clarke", "speed": [1, 2]}}).links(3, PLACES, STREAMS)


@pytest.mark.parametrize("said", [{}, {"speed": "3 km/h"}, {"speed": [1, 2.5]},
                                  {"speed": {"type": "uniform", "low": 1, "high": 2}}])
def test_what_is_resolved_loads_to_the_same(said):
    made = build(Fading, {"type": "clarke"} | said)
    assert build(Fading, plain(made)) == made


def test_a_list_of_the_wrong_length_is_told_by_its_key():
    whole = {"name": "short", "workers": 3, "objective": {"type": "quadratic"}, "algorithm": "gd",
             "channel": {"type": "radio", "fading": {"type": "clarke", "speed": [1, 2]}}}
    with pytest.raises(InputError, match="channel.fading.speed must have one entry for each of the 3 workers, got 2"):
        load(whole)

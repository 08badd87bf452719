"""The SINR of workers that move is made for several at once: the same bits as place by place, and no more places than needed."""

import numpy as np
import pytest

from wirelesssim.model import build, validate
from wirelesssim.radio import Geometry, Radio
from wirelesssim.radio.large_scale import mean_sinrs
from wirelesssim.radio.mobility import Motion
from wirelesssim.rng import Streams

STREAMS = Streams(12, domain="radio")
WORKERS = 40  # more than are made together
LAWS = {"street": {"path_loss": {"type": "umi"}, "shadowing": {"type": "standard"}},
        "walls": {"path_loss": {"type": "umi", "penetration": "low"}, "shadowing": {"type": "standard"}},
        "roofs": {"path_loss": {"type": "uma", "ut_height": "20 m"}, "shadowing": {"type": "standard"}},
        "plain": {"path_loss": {"type": "log_distance"}, "shadowing": {"type": "lognormal"}}}
WAYS = {"all alike": {"type": "linear", "speed": "2 m/s"},
        "each its own": {"type": "linear", "speed": [0.0, *np.linspace(0.3, 30, WORKERS - 1).tolist()]},
        "waypoints": {"type": "random_waypoint", "radius": "150 m", "max_speed": "30 km/h"}}


def question(draw, step):
    """Instants as links ask for them: one, some that follow, one and one a little back, some far apart; (n,) s."""
    kind, start = draw.integers(4), draw.integers(300) * step * 1.0007
    return start + step * [np.zeros(1), np.arange(draw.integers(2, 90)), np.array([0.0, -3.2]) + 3.3,
                           np.sort(draw.uniform(0, 400, 5))][kind]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("law", LAWS)
def test_the_same_bits_as_place_by_place(law, way):
    """60 questions of 40 workers in random order against one call for each place."""
    radio, geometry = validate(Radio, LAWS[law] | {"mobility": WAYS[way]}), build(Geometry, {"type": "disc", "radius": "150 m"})
    motions = radio.mobility.motions(geometry.positions(WORKERS, STREAMS), STREAMS)
    links, gain = radio.links(WORKERS, geometry, STREAMS), radio.large_scale(STREAMS)
    sent, draw, asked = radio.eirps(WORKERS, STREAMS) * radio.antenna_gain, np.random.default_rng([3, len(law), len(way)]), 0
    for worker in draw.integers(1, WORKERS, 60).tolist():
        step, worker_alone = links[worker].block_time, np.array([worker])
        times = question(draw, step)
        starts = step * np.array([max(k for k in (int(time / step) - 1, int(time / step), int(time / step) + 1)
                                      if k * step <= time) for time in times.tolist()])
        for start, found in zip(starts.tolist(), links[worker].mean_sinr_at(times).tolist()):
            place = motions[worker](np.array([start]))
            assert found == (sent[worker] * gain(place, worker_alone) / radio.noise)[0]
            asked += 1
    assert asked > 300


class East(Motion):
    """One metre a second to the east."""

    fastest = 1.0

    def __call__(self, times):
        return np.stack([times, 0 * times], axis=-1)


def counted(workers):
    """SINRs of `workers` in steps of 1 s, the place and the worker as a number, and a list of how many places each call had."""
    calls = []

    def sinr_of(places, who):
        calls.append(len(places))
        return places[:, 0] + 1e6 * who

    made = mean_sinrs(np.zeros((workers, 2)), [East()] * workers, sinr_of, np.inf)
    return made, calls


def test_all_start_with_one_call():
    sinrs, calls = counted(1000)
    assert [sinr(np.array([0.5]))[0] for sinr in sinrs] == [1e6 * worker for worker in range(1000)] and calls == [1000]


def test_a_round_of_all_is_a_call_for_32_workers_and_a_place_for_each():
    """320 workers, each asked once a round of 50 s: 10 calls of 32 places a round."""
    sinrs, calls = counted(320)
    for time in 50.0 * np.arange(1, 4):
        calls.clear()
        found = [sinr(np.array([time + worker / 1000]))[0] for worker, sinr in enumerate(sinrs)]
        assert found == [1e6 * worker + time for worker in range(320)] and calls == [32] * 10


def test_a_burst_of_five_steps_is_made_in_company_from_the_second_round_on():
    """Of 32 workers each asks a step, the one before it, and those to three after. First each finds its own way; then 5
    places each, all in one call: from one before to three after."""
    sinrs, calls = counted(32)
    for place, time in enumerate(50.0 * np.arange(1, 4)):
        calls.clear()
        for sinr in sinrs:
            assert sinr(np.array([time]))[0] == sinr(np.array([time - 1]))[0] + 1
            assert sinr(time + np.arange(-1.0, 4))[-1] - sinr(np.array([time]))[0] == 3
        assert place == 0 or calls == [5 * 32]


def test_who_is_not_asked_costs_one_prefetch():
    """Of 32 workers only one is asked after the first time, ten times: the others are made once more, then no more."""
    sinrs, calls = counted(32)
    calls.clear()
    for time in 50.0 * np.arange(1, 11):
        assert sinrs[7](np.array([time]))[0] == 7e6 + time
    assert calls == [32] + [1] * 9


def test_a_long_walk_is_made_ahead_and_no_further_than_32_steps():
    """1000 steps one by one, made 2, 4, ..., 32 ahead: 1 + 2 + 4 + 8 + 16 = 31 by five calls, then 32 a call: 31 more of these
    reach 1023."""
    [sinr], calls = counted(1)
    assert [sinr(np.array([time]))[0] for time in np.arange(1000.0)] == list(range(1000))
    assert calls == [1, 2, 4, 8, 16] + [32] * 31 and sum(calls) == 1023


def test_a_question_over_an_hour_makes_the_steps_it_asks_for():
    [sinr], calls = counted(1)
    assert sinr(np.array([3600.2, 0.0, 1800.9, 3600.7])).tolist() == [3600, 0, 1800, 3600] and calls == [1, 3]
    assert sinr(np.empty(0)).shape == (0,)

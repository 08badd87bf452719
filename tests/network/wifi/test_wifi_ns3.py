"""Saturated stations and rounds of messages against what ns-3 3.44 gave: equal received power, means of five runs.

Frames of 1472 bytes of UDP; EIFS does not count there, since no header of a collision decodes. Tolerances: 2 % of a throughput
(3 % of A-MPDUs that collide, of which five runs of 8 s have a standard error of 0.8 %), 0.01 of a collision probability, 3 % of
a makespan.
"""

import numpy as np
import pytest

from wirelesssim.network.wifi.alone import makespan, medium_alone, saturated

AS_NS3 = {"eifs": "none"}


def runs(stations, phy=None, access=None, mcs=7, count=5, seconds=4.0):
    return [saturated(medium_alone(stations, phy, AS_NS3 | (access or {}), [mcs] * stations, seed), seconds)
            for seed in range(count)]


@pytest.mark.parametrize("stations, megabits, collision", [(5, 29.13, 0.258), (20, 25.59, 0.465)])
def test_saturated_dcf(stations, megabits, collision):
    seen = runs(stations)
    assert np.mean([run.throughput() for run in seen]) / 1e6 == pytest.approx(megabits, rel=0.02)
    assert np.mean([run.collision for run in seen]) == pytest.approx(collision, abs=0.01)


def test_frames_lost_at_the_retry_limit():
    """0.61 % at N = 20; some 43,000 frames a run, so five runs have a standard error below 0.02 %; 0.1 % are allowed."""
    assert np.mean([run.lost for run in runs(20)]) == pytest.approx(0.0061, abs=0.001)


@pytest.mark.parametrize("stations, mcs, megabits", [(1, 7, 29.89), (10, 4, 14.85)])
def test_stations_on_a_ring(stations, mcs, megabits):
    assert np.mean([run.throughput() for run in runs(stations, mcs=mcs)]) / 1e6 == pytest.approx(megabits, rel=0.03)


@pytest.mark.parametrize("standard, stations, aggregation, megabits, within", [
    ("ac", 1, True, 59.6, 0.02), ("ac", 10, True, 42.9, 0.03), ("ax", 5, False, 33.8, 0.02)])
def test_edca(standard, stations, aggregation, megabits, within):
    seen = runs(stations, {"standard": standard}, {"aggregation": aggregation}, seconds=8.0)
    assert np.mean([run.throughput() for run in seen]) / 1e6 == pytest.approx(megabits, rel=within)


@pytest.mark.parametrize("size, stations, seconds", [(100_000, 1, 0.0265), (100_000, 5, 0.136), (1_000_000, 5, 1.378)])
def test_rounds(size, stations, seconds):
    """Ready together; ten runs: the standard error of a round of 100 kB is 0.6 % of it."""
    seen = [makespan(medium_alone(stations, access=AS_NS3, seed=seed), size) for seed in range(10)]
    assert np.mean(seen) == pytest.approx(seconds, rel=0.03)

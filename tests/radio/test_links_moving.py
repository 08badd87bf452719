"""Links whose mean SINR moves: blocks of fading and of motion together, waits of a worker that leaves, expected rates."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import exp1

from wirelesssim.radio import Clarke, Iid, NoFading, Rayleigh, Shannon, Tdl
from wirelesssim.radio.block_sinr import MovingBlocks
from wirelesssim.radio.fading_link import OUTLOOK, AdaptiveLink, FixedRateLink
from wirelesssim.rng import Streams

STREAMS = Streams(4, domain="radio")
CLEAN = Iid(probability=0.0)
PLAIN = Shannon(gap=1.0)  # at 1 MHz: SINR 1 -> 1 Mbit/s, 3 -> 2 Mbit/s, below 0.0718 nothing


class Course:
    """A mean SINR as a function of time, held for `step` s; counts the instants that it is asked for."""

    def __init__(self, function, step):
        self.function, self.step, self.asked = np.vectorize(function, otypes=[float]), step, 0

    def __call__(self, times):
        self.asked += len(times)
        return self.function(times)


def away(time):
    """Near for 10 s, then gone for good."""
    return 3.0 if time < 10 else 0.0


def link(course, fading=None, kind=AdaptiveLink, **said):
    return kind(0, STREAMS, CLEAN, bandwidth=1e6, phy=PLAIN, fading=fading or NoFading(), mean_sinr=course, **said)


def test_motion_alone_by_hand():
    """SINR 1, 3, 0, 3, ... in steps of 1 s without fading: from 0.5 s on 0.5 Mbit by 1 s, 2.5 by 2 s, none by 3 s, 4.5 by 4 s."""
    moving = link(Course(lambda time: (1, 3, 0, 3)[int(time) % 4], 1.0))
    assert moving.block_time == 1.0 and moving.mean_sinr == 1.0 and not moving.constant
    bits = 1e6 * np.array([0.25, 0.5, 1.5, 2.5, 3.5])
    assert np.allclose(moving.finish(0.5, bits).ends, [0.75, 1.0, 1.5, 2.0, 3.5], rtol=1e-12)
    assert moving.finish(0.5, np.array([3.5e6]), outage_limit=0.9).gave_up_at == pytest.approx(2.9)
    assert [moving.rate_at(time) for time in (0.0, 0.999, 1.0, 2.5)] == [1e6, 1e6, 2e6, 0.0]
    assert np.array_equal(moving.mean_sinr_at([0.2, 1.2]), [1.0, 3.0])


@pytest.mark.parametrize("fading_time, step, block_time, split, held", [
    (0.02, 0.02, 0.02, 1, 1), (0.02, 0.05, 0.02, 1, 2), (0.02, 1.0, 0.02, 1, 50), (0.05, 0.02, 0.05 / 3, 3, 1),
    (0.02, 0.0199, 0.01, 2, 1), (math.inf, 0.3, 0.3, 1, 1)])
def test_blocks_of_fading_and_of_motion(fading_time, step, block_time, split, held):
    """The shorter of the two, one a whole multiple of the other; a mean is never held for longer than the step."""
    class Process:
        def gains(self, first, count):
            return np.arange(first, first + count) + 1.0

    course = Course(lambda time: 1000 + time, step)
    sinr = MovingBlocks(fading_time, Process(), course)
    assert sinr.block_time == pytest.approx(block_time, rel=1e-12) and sinr.division.held * block_time <= step * (1 + 1e-12)
    blocks = np.arange(37, 337)
    gains = np.ones(300) if math.isinf(fading_time) else blocks // split + 1
    assert np.allclose(sinr(37, 300), (1000 + blocks // held * (held * block_time)) * gains, rtol=1e-12)
    assert course.asked <= 64 * (2 + 300 / held / 64)  # a mean a step, in chunks of 64, not one a block
    assert np.array_equal(sinr(100, 3), sinr(37, 300)[63:66])


def test_fading_of_a_mover_is_that_of_one_who_stands():
    """A course that is constant gives the rates of the number, block by block, whatever its step."""
    for fading in (Rayleigh(), Clarke(doppler=7.0), Tdl(doppler=7.0).tuned(3.5e9, 1e6)):
        still, moving = link(2.0, fading), link(Course(lambda time: 2.0, 1.0), fading)
        assert moving.block_time == still.block_time
        assert np.array_equal(moving.capacities(20, 400), still.capacities(20, 400))
        assert moving.expected_rate() == pytest.approx(still.expected_rate(), rel=1e-12)
        finer = link(Course(lambda time: 2.0, 0.3 * still.block_time), fading)
        assert np.array_equal(finer.capacities(0, 400)[::4], still.capacities(0, 100))


def test_a_worker_that_leaves():
    """In reach for 10 s: 20 Mbit at most; then the sender gives up, after its limit or, without one, never."""
    moving = link(Course(away, 0.25))
    assert moving.finish(0.0, np.array([20e6])).ends[0] == pytest.approx(10.0)
    schedule = moving.finish(0.0, np.array([10e6, 21e6]), outage_limit=5.0)
    assert schedule.ends.tolist() == [pytest.approx(5.0), math.inf] and schedule.gave_up_at == pytest.approx(15.0)
    assert moving.finish(0.0, np.array([21e6])).gave_up_at == math.inf  # after a search of 2^20 blocks
    assert moving.finish_packet(9.0, 3e6, outage_limit=5.0) is None and moving.reachable
    assert moving.expected_rate() == pytest.approx(2e6 * 10 / OUTLOOK, rel=0.3)  # 2 of 128 instants; 2.1 by hand


def test_a_worker_that_comes():
    """Out of reach for the first 100 s: a sender that waits is served then."""
    coming = link(Course(lambda time: 3.0 if time >= 100 else 0.0, 0.5), Rayleigh())
    assert coming.mean_sinr == 0.0
    end = coming.finish(1.0, np.array([1e5])).ends[0]
    assert 100 < end < 101 and coming.finish_packet(1.0, 1e5) == pytest.approx(end, rel=1e-12)
    assert coming.finish(1.0, np.array([1e5]), outage_limit=50.0).gave_up_at == pytest.approx(51.0)


def test_expected_rate_over_ten_minutes():
    """SINR 3 for half the time and 1 for the other, without fading: 1.5 Mbit/s; sent at 1.5 Mbit/s, only the first half."""
    course = Course(lambda time: 3.0 if time % 100 < 50 else 1.0, 1.0)
    assert link(course).expected_rate() == pytest.approx(1.5e6, rel=0.02)
    assert link(course, kind=FixedRateLink, rate=1.5e6).expected_rate() == pytest.approx(0.75e6, rel=0.04)


def test_fixed_rate_fails_where_the_mean_is_low():
    fixed = link(Course(away, 1.0), kind=FixedRateLink, rate=1e6)
    assert fixed.fails(np.array([0.0, 9.5, 9.5, 12.0]), np.array([0.5, 10.0, 10.1, 12.1])).tolist() == [False, False, True, True]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(start=st.floats(0, 1e4), packets=st.integers(1, 30), size=st.floats(1, 2e5), step=st.sampled_from([0.003, 0.02, 0.7]),
       limit=st.sampled_from([0.015, 0.3, math.inf]), kind=st.sampled_from(["clarke", "rayleigh", "tdl", "none"]))
def test_walk_agrees_with_the_packet_loop(start, packets, size, step, limit, kind):
    """As in test_links, for workers that come and go."""
    fading = {"clarke": Clarke(doppler=12.0, k_factor=2.0), "rayleigh": Rayleigh(), "none": NoFading(),
              "tdl": Tdl(doppler=12.0).tuned(3.5e9, 3.6e6)}[kind]
    moving = link(Course(lambda time: 1.5 + 1.5 * math.sin(time), step), fading)
    schedule, now = moving.finish(start, size * np.arange(1, packets + 1), 0.5, limit), start
    for k in range(packets):
        end = moving.finish_packet(now, size, 0.5, limit)
        if end is None:
            assert np.all(np.isinf(schedule.ends[k:]))
            assert schedule.gave_up_at == pytest.approx(moving.gives_up_at(now, size, 0.5, limit), rel=1e-9)
            return
        assert schedule.ends[k] == pytest.approx(end, rel=1e-9)
        now = end
    assert schedule.gave_up_at is None


@pytest.mark.parametrize("fading", [Clarke(doppler=30.0), Tdl(doppler=30.0, delay_spread="300 ns").tuned(3.5e9, 2e6)],
                         ids=["clarke", "tdl"])
def test_long_run_rate_stays_under_ergodic_capacity(fading):
    """E[B log2(1 + s g)] = B e^(1/s) E1(1/s) / ln 2: with a gap rates are below; `expected_rate` is the long run's.

    30 links for 40 s at fd = 30 Hz, some 1200 coherence times each: their mean within 2 %.
    """
    s, rates = 5.0, []
    for worker in range(30):
        adaptive = AdaptiveLink(worker, STREAMS, CLEAN, bandwidth=1e6, phy=Shannon(), fading=fading, mean_sinr=s)
        bits = 40 * adaptive.expected_rate()
        rates.append(bits / adaptive.finish(0.0, np.array([bits])).ends[0])
    assert np.mean(rates) == pytest.approx(adaptive.expected_rate(), rel=0.02)
    capacity = 1e6 * math.exp(1 / s) * exp1(1 / s) / math.log(2)
    assert max(rates) < capacity and adaptive.expected_rate() < capacity

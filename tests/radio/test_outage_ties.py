"""A wait exactly as long as the outage limit is borne, however the edges of its blocks round."""

import numpy as np
import pytest

from wirelesssim.radio import Iid, NoFading, Shannon
from wirelesssim.radio.downlink import ContinuousDownlink, DownlinkWay
from wirelesssim.radio.fading_link import AdaptiveLink
from wirelesssim.radio.outage import outlasts
from wirelesssim.rng import Streams

BLOCK, OUT = 0.01, 5  # s; blocks of an outage


class Written:
    """A SINR of 1 but in blocks first, ..., first + OUT - 1, where it is 0; blocks of 10 ms."""

    block_time = step = BLOCK

    def __init__(self, first):
        self.first = first

    def __call__(self, first, count):
        return self.at(np.arange(first, first + count))

    def at(self, blocks):
        return np.where((blocks >= self.first) & (blocks < self.first + OUT), 0.0, 1.0)


class Course(Written):
    """The same as a mean SINR at instants."""

    def __call__(self, times):
        return self.at(np.round(np.asarray(times) / BLOCK))


def link(first):
    return AdaptiveLink(0, Streams(1, domain="radio"), Iid(probability=0.0), bandwidth=1e6, phy=Shannon(gap=1.0),
                        fading=NoFading(), mean_sinr=Course(first))


@pytest.mark.parametrize("first", range(1, 60))
def test_five_blocks_of_ten_milliseconds_are_not_more_than_fifty(first):
    """By the downlink, the walk and the packet loop of a link: borne with a limit of 50 ms, given up with one of 49.9 ms.

    first + 1 blocks of 1 Mbit/s: the last of them is carried after the outage, over after first + 6 blocks."""
    bits = 1e6 * BLOCK * (first + 1)
    end = pytest.approx((first + OUT + 1) * BLOCK, rel=1e-9)
    way = DownlinkWay([Written(first)], ContinuousDownlink(1e6, np.asarray))
    borne = way.finish(0.0, bits, [0], OUT * BLOCK)
    assert not borne.lost and borne.end == end
    assert way.finish(0.0, bits, [0], 0.0499).lost == {0: pytest.approx(first * BLOCK + 0.0499)}
    moving = link(first)
    schedule = moving.finish(0.0, np.array([bits]), outage_limit=OUT * BLOCK)
    assert schedule.gave_up_at is None and schedule.ends[0] == end
    assert moving.finish_packet(0.0, bits, outage_limit=OUT * BLOCK) == end
    assert moving.finish(0.0, np.array([bits]), outage_limit=0.0499).gave_up_at == pytest.approx(first * BLOCK + 0.0499)
    assert moving.finish_packet(0.0, bits, outage_limit=0.0499) is None


def test_longer_is_longer():
    """A hundred-millionth more is more; a billionth is rounding; nothing is longer than for ever."""
    assert outlasts(1.0 + 1e-8, 1.0) and not outlasts(1.0 + 1e-9, 1.0) and not outlasts(1e300, np.inf)
    assert outlasts(np.array([0.0, 0.05, 0.0501]), 0.05).tolist() == [False, False, True]

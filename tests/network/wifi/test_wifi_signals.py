"""The pieces beside the loop: names of frames, rows of links block by block, broadcast receptions, background traffic."""

import numpy as np
import pytest

from wirelesssim.model import build
from wirelesssim.network.block_times import SinrAhead
from wirelesssim.network.draws.plain import draw, tags
from wirelesssim.network.wifi.background import Background
from wirelesssim.network.wifi.signals import Blocks, Steady, receptions
from wirelesssim.rng import Streams


def test_names_differ():
    """10,000 bursts of 10 packets of one station: a chance of 1e10 / 2^40 / 2 = 0.5 % that two of fixed names were alike; none
    is."""
    names = np.concatenate([tags(np.arange(10), kind, round, attempt) for kind in range(2) for round in range(500)
                            for attempt in range(10)])
    assert len(set(names.tolist())) == len(names) and names.min() >= 0
    assert tags(np.array([5]), 1, 2)[0] == tags(np.arange(9), 1, 2)[5]


class Source:
    """SINR = number of the block, of `block_time` s."""

    def __init__(self, block_time, scale=1.0):
        self.block_time, self.scale = block_time, scale

    def __call__(self, first, count):
        return self.scale * np.arange(first, first + count, dtype=float)


def rows(sinr):
    return np.where(sinr[:, 0] < 1, -1, 3), -np.column_stack([sinr[:, 0], 2 * sinr[:, 0]])


def test_rows_follow_the_blocks():
    """Blocks of 3 and 5 ms: rows hold until the next edge of either. Upwards, the others, downwards, the others."""
    blocks = Blocks([Source(3e-3), Source(5e-3)], [Source(3e-3, 10.0), Source(5e-3, 10.0)], rows,
                    (np.array([9]), np.zeros((1, 2))))
    modes, log_success, until = blocks.at(3_500_000)
    assert modes.tolist() == [3, 0, 9, 3, 0, 9] and until == 5_000_000  # -1, out of reach, is sent in the lowest
    assert log_success[:, 0].tolist() == [-1, 0, 0, -10, 0, 0] and log_success[0, 1] == -2
    assert blocks.at(4_999_999)[2] == 5_000_000 and blocks.at(5_000_000)[2] == 6_000_000
    assert blocks.usable(1, 4_999_999) == (False, 5_000_000) and blocks.usable(1, 5_000_000) == (True, 6_000_000)
    assert blocks.at(0)[2] == 3_000_000  # and back again: a function of time alone


class Counted(Source):
    """Of two bands, and what was asked: (first, count)."""

    def __init__(self, block_time, scale=1.0):
        super().__init__(block_time, scale)
        self.asked = []

    def __call__(self, first, count):
        self.asked.append((first, count))
        return np.outer(super().__call__(first, count), [1.0, 3.0])


@pytest.mark.parametrize("times", [(2e-3, 2e-3, 2e-3), (2e-3, 5e-4, 2e-3), (np.inf, 2e-3, np.inf)])
def test_a_stretch_ahead_is_what_each_block_says(times):
    """At 300 instants of 1 s, in whatever order: block floor(t / T) of each, read alone; 500 blocks of 2 ms are 8 stretches of 64."""
    sources = [Counted(time, 1.0 + place) for place, time in enumerate(times)]
    ahead = SinrAhead(sources)
    instants = np.sort(np.random.default_rng(1).integers(0, 10**9, 300)).tolist()
    for time in [*instants, instants[0]]:
        sinr, since, until = ahead.at(time)
        blocks = [0 if np.isinf(length) else int(time // round(length * 1e9)) for length in times]
        alone = np.array([Counted(1.0, 1.0 + place)(block, 1)[0] for place, block in enumerate(blocks)])
        assert np.array_equal(sinr, alone) and since <= time < until
        assert all(np.array_equal(ahead.at(edge)[0], alone) for edge in (since, until - 1)) or np.isinf(times[0])
    for length, source in zip(times, sources):  # one read ahead of all of them may tell how many bands there are; one goes back
        most = 1 if np.isinf(length) else round(8 * 2e-3 / length) + 2
        assert len(source.asked) <= most and all(first % count == 0 for first, count in source.asked)


def test_many_links_are_read_in_shorter_stretches():
    """2^21 numbers are held: of 2^16 links of two bands 16 blocks."""
    source = Counted(1e-3)
    SinrAhead([source] * 2**16).at(17_500_000)
    assert source.asked[-1] == (16, 16)


def test_broadcast_receptions():
    """Each worker's draw is that of the key, its row and the frame's name; 4000 frames at 0.8: five standard errors are 0.032."""
    key = Streams(3, domain="radio").counted("reception").key
    sizes, numbers = np.full(4000, 100), tags(np.arange(4000), 2, 7)
    signals = Steady(np.zeros(3), np.array([[np.log(0.8) / 800], [0.0], [0.0]]))
    heard = receptions(signals, key, 0, [0, 1], sizes, numbers, np.zeros(4000, dtype=np.int64))
    assert heard.shape == (2, 4000) and heard[1].all() and abs(heard[0].mean() - 0.8) < 0.032
    uniforms = [draw(key, 0, number) for number in numbers[:50].tolist()]
    assert heard[0, :50].tolist() == [uniform < 0.8 for uniform in uniforms]
    assert (receptions(signals, key, 0, [0], sizes[:9], numbers[:9], np.zeros(9, dtype=np.int64))[0] == heard[0, :9]).all()


def test_poisson_background():
    """1500 bytes at 6 Mbit/s are 500 packets a second; 2560 gaps: five standard errors of their mean are 10 % of it."""
    traffic = build(Background, {"type": "poisson", "rate": "6 Mbit/s"})
    batches = traffic.batches(Streams(1).counted("background", 0), 36)
    ready = np.concatenate([next(batches).ready for _ in range(10)])
    assert np.all(np.diff(ready) > 0) and np.diff(ready).mean() == pytest.approx(2e6, rel=0.1)
    assert np.diff(ready).std() == pytest.approx(2e6, rel=0.15)  # exponential: as large as the mean
    batch = next(build(Background, "saturated").batches(Streams(1).counted("background", 0), 36))
    assert batch.ready is None and set(batch.sizes) == {1536}

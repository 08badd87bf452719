"""Links over fading: one rate a block of time, or one rate for all and blocks that fail.

Block b covers [b T, (b + 1) T) s, T the shorter of the fading's block and the motion's step. The sender knows the present
block's rate, not the next.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..rng import Streams
from .block_sinr import MeanSinr, block_sinr
from .fading import FadingLaw, FadingProcess, mean_jointly, mean_over
from .link import Link, Schedule
from .loss import Loss
from .outage import outlasts
from .phy import Phy

__all__ = ["AdaptiveLink", "FixedRateLink", "NEVER", "OUTLOOK", "carried"]

NEVER = 1e-7  # a link that is usable in fewer blocks than this is out of reach: at 20 ms, one block in 55 hours
OUTLOOK = 600.0  # s; over which the expected rate of a moving worker is taken: longer than most runs
_LONGEST_WALK = 1 << 16  # blocks in one vectorised step, times bands
_LONGEST_WAIT = 1 << 20  # blocks that a moving worker waits for a usable one, at most, unless they are below ten minutes


def carried(bandwidth: float, phy: Phy, sinr: np.ndarray) -> np.ndarray:
    """What a band of `bandwidth` Hz carries at `sinr` (n,), or (n, bands) with equal shares of the band each; (n,) bit/s."""
    efficiency = phy.efficiency(sinr)
    return bandwidth * (efficiency if efficiency.ndim == 1 else efficiency.mean(axis=1))


class _WhenAsked(FadingProcess):
    """A process that is made when its gains are first asked for: in a cell, whose slots have processes of their own, never."""

    def __init__(self, make: Callable[[], FadingProcess]):
        self._make, self._made = make, None

    def gains(self, first_block, count):
        if self._made is None:
            self._made = self._make()
        return self._made.gains(first_block, count)


class _FadingLink(Link):
    """What the links over fading share: SINR(b) = mean_sinr(start of b) gain(b), and the block of an instant.

    `mean_sinr`: a number, or a callable of times with a `step` (see `MeanSinr`) where the worker moves; as an attribute,
    the value at time 0.
    """

    def __init__(self, worker: int, streams: Streams, loss: Loss, bandwidth: float, phy: Phy, fading: FadingLaw,
                 mean_sinr: float | MeanSinr, **said):
        self.moving = callable(mean_sinr)
        at_start = float(mean_sinr(np.zeros(1))[0]) if self.moving else mean_sinr
        super().__init__(worker, streams, loss, mean_sinr=at_start, **said)
        self.bandwidth, self.phy, self.fading = bandwidth, phy, fading
        self._sinr = block_sinr(fading, _WhenAsked(lambda: fading.process(streams, worker)), mean_sinr)
        self.block_time = self._sinr.block_time

    def capacities(self, first_block: int, count: int) -> np.ndarray:
        """What the channel carries in `count` blocks from `first_block` on, (count,) bit/s."""
        return carried(self.bandwidth, self.phy, self._sinr(first_block, count))

    def mean_sinr_at(self, times: np.ndarray) -> np.ndarray:
        """SINR without fading at `times` (n,) s, linear, (n,)."""
        return self._sinr.mean(np.asarray(times, dtype=float))

    def _mean_over_time(self, function) -> float:
        """The mean of function(SINR without fading): as it is, or over ten minutes at 128 instants where it moves."""
        if not self.moving:
            return function(self.mean_sinr)
        means = self.mean_sinr_at((np.arange(128) + 0.5) * (OUTLOOK / 128))
        return float(np.mean([function(mean) for mean in means]))

    def block_at(self, time: float) -> int:
        """The block that holds `time` (s): b T <= time < (b + 1) T as floats."""
        block = int(time / self.block_time)
        while block * self.block_time > time:
            block -= 1
        while (block + 1) * self.block_time <= time:
            block += 1
        return block


class AdaptiveLink(_FadingLink):
    """A link whose rate follows the fading: rate(b) = bandwidth efficiency(SINR(b)), 0 in an outage block.

    n bits are sent at the T at which the integral of the rate from the start reaches n. In an outage block nothing is
    carried and the sender waits for a better one. A link that is usable in less than 1e-7 of the blocks counts as out of
    reach: it never has a rate, since a search for its rare blocks would be long and its answer a wait of days. A worker that
    moves may come into reach: its sender waits 2^20 blocks or ten minutes, what is longer; if still none is usable, it
    counts as out of reach.
    In a band with several parts a block is usable if one of them is, and carries the mean of their efficiencies.
    """

    def __init__(self, *given, **said):
        super().__init__(*given, **said)
        threshold = self.phy.min_sinr / self.mean_sinr if self.mean_sinr > 0 else np.inf
        self.reachable = self.moving or 1.0 - float(self.fading.outage(threshold)) >= NEVER
        self._longest = max(256, _LONGEST_WALK // getattr(self.fading, "bands", 1))
        self.patience = max(_LONGEST_WAIT * self.block_time, OUTLOOK) if self.moving else np.inf

    def rate_at(self, time):
        return float(self.capacities(self.block_at(time), 1)[0]) if self.reachable else 0.0

    def finish(self, start, bits, share=1.0, outage_limit=np.inf):
        bits = np.asarray(bits, dtype=float)
        ends = np.where(bits > 0, np.inf, start)
        if len(bits) == 0 or bits[-1] <= 0:
            return Schedule(ends)
        if not self.reachable:
            return Schedule(ends, start + outage_limit)
        return Schedule(ends, self._walk(start, bits, share, outage_limit, ends))

    def _walk(self, start: float, bits: np.ndarray, share: float, outage_limit: float, ends: np.ndarray) -> float | None:
        """Fill `ends` from piece to piece of the channel; the instant of giving up, or None."""
        block, sent, done, progress = self.block_at(start), 0.0, int(np.searchsorted(bits, 0.0, side="right")), start
        count, limit = self._first_piece(block, bits[-1], share), min(outage_limit, self.patience)
        while True:
            edges = np.arange(block, block + count + 1) * self.block_time  # (count + 1,)
            edges[0] = max(edges[0], start)
            rates = self.capacities(block, count) * share  # (count,)
            usable = rates > 0
            carried = sent + np.concatenate(([0.0], np.cumsum(rates * np.diff(edges))))  # (count + 1,)
            last = np.maximum.accumulate(np.where(usable, edges[1:], progress))  # end of the last usable block so far
            before = np.concatenate(([progress], last[:-1]))
            patience_ends = np.flatnonzero(~usable & outlasts(edges[1:] - before, limit))
            reach = patience_ends[0] if len(patience_ends) else count
            ready = int(np.searchsorted(bits, carried[reach], side="right"))
            ends[done:ready] = _instants(bits[done:ready], carried, edges, rates)
            if ready == len(bits):
                return None
            if reach < count:
                return float(before[reach]) + outage_limit
            block, sent, done, progress = block + count, carried[-1], ready, last[-1]
            count = min(2 * count, self._longest)

    def _first_piece(self, block: int, bits: float, share: float) -> int:
        """Blocks that the burst would take at the mean SINR, and some: what to look at first."""
        mean = self.mean_sinr_at(np.array([block * self.block_time])) if self.moving else self.mean_sinr * np.ones(1)
        rate = float(carried(self.bandwidth, self.phy, mean)[0]) * share or self.bandwidth * share
        return int(min(max(4, 1.25 * bits / (rate * self.block_time) + 3), self._longest))

    def finish_packet(self, start, bits, share=1.0, outage_limit=np.inf):
        if bits <= 0:
            return start
        if not self.reachable:
            return None
        block, now, progress, limit = self.block_at(start), start, start, min(outage_limit, self.patience)
        while True:
            edge = (block + 1) * self.block_time
            rate = float(self.capacities(block, 1)[0]) * share
            if rate > 0:
                if bits <= rate * (edge - now):
                    return now + bits / rate
                bits, progress = bits - rate * (edge - now), edge
            elif outlasts(edge - progress, limit):
                return None
            block, now = block + 1, edge

    def expected_rate(self):
        """The mean over fading, and over ten minutes of motion where the worker moves (at 128 instants); bit/s.

        Exact for a band of several parts, too: the mean of their efficiencies has the mean of one.
        """
        if not self.reachable:
            return 0.0
        return self._mean_over_time(
            lambda mean: mean_over(self.fading, lambda gains: carried(self.bandwidth, self.phy, mean * gains)))

    @property
    def control_rate(self):
        return self.bandwidth * self.phy.min_efficiency

    def max_rate(self):
        return self.bandwidth * self.phy.max_efficiency


def _instants(bits: np.ndarray, carried: np.ndarray, edges: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """When `carried` (K + 1,), linear between `edges` (K + 1,), reaches `bits` (n,), in (carried[0], carried[K]]; (n,)."""
    block = np.searchsorted(carried, bits, side="left") - 1  # carried[block] < bits <= carried[block + 1]: a usable block
    return np.minimum(edges[block] + (bits - carried[block]) / rates[block], edges[block + 1])


class FixedRateLink(_FadingLink):
    """A link that sends at `rate` (bit/s) whatever the channel: end = start + bits / (rate share).

    A packet that touches a block whose bandwidth * efficiency is below the rate fails: no code spans the loss.
    """

    def __init__(self, *given, rate: float, **said):
        super().__init__(*given, **said)
        self.rate = float(rate)

    def rate_at(self, time):
        return self.rate

    def finish(self, start, bits, share=1.0, outage_limit=np.inf):
        return Schedule(start + np.asarray(bits, dtype=float) / (self.rate * share))

    def finish_packet(self, start, bits, share=1.0, outage_limit=np.inf):
        return start + bits / (self.rate * share)

    def fails(self, starts, ends, share=1.0):
        if len(starts) == 0:
            return np.zeros(0, dtype=bool)
        ends = np.asarray(ends, dtype=float)
        first, last = self._blocks_at(np.asarray(starts, dtype=float)), self._blocks_at(ends)
        last -= last * self.block_time == ends  # a packet that ends with a block does not touch the next
        last, origin = np.maximum(last, first), first.min()
        bad = self.capacities(int(origin), int(last.max() - origin) + 1) < self.rate
        before = np.concatenate(([0], np.cumsum(bad)))  # bad blocks before each
        return before[last - origin + 1] > before[first - origin]

    def _blocks_at(self, times: np.ndarray) -> np.ndarray:
        """`block_at` of an array, (n,) of int."""
        blocks = np.floor(times / self.block_time).astype(np.int64)
        blocks -= blocks * self.block_time > times
        blocks += (blocks + 1) * self.block_time <= times
        return blocks

    def expected_rate(self):
        """The rate times the part of the blocks that carry it, over fading and, where the worker moves, ten minutes; bit/s."""
        def usable(mean):
            return mean_jointly(self.fading, lambda gains: (
                carried(self.bandwidth, self.phy, mean * gains) >= self.rate).astype(float))

        return self.rate * self._mean_over_time(usable)

    @property
    def control_rate(self):
        return self.rate

    def max_rate(self):
        return self.rate

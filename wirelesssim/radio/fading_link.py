"""Links over block fading: one rate a coherence block, or one rate for all and blocks that fail.

Block b covers [b Tc, (b + 1) Tc) s. The sender knows the present block's rate, not the next.
"""

from __future__ import annotations

import numpy as np

from ..rng import Streams
from .fading import Fading, mean_over
from .link import Link, Schedule
from .loss import Loss
from .phy import Phy

__all__ = ["AdaptiveLink", "FixedRateLink", "NEVER"]

NEVER = 1e-7  # a link that is usable in fewer blocks than this is out of reach: at 20 ms, one block in 55 hours
_LONGEST_WALK = 1 << 16  # blocks in one vectorised step


class _FadingLink(Link):
    """What the links over block fading share: SINR = mean_sinr g(block), and the block of an instant."""

    def __init__(self, worker: int, streams: Streams, loss: Loss, bandwidth: float, phy: Phy, fading: Fading,
                 mean_sinr: float, **said):
        super().__init__(worker, streams, loss, mean_sinr=mean_sinr, **said)
        self.bandwidth, self.phy, self.fading = bandwidth, phy, fading
        self.block_time, self._gains = fading.coherence_time, fading.process(streams, worker).gains

    def capacities(self, first_block: int, count: int) -> np.ndarray:
        """What the channel carries in `count` blocks from `first_block` on, (count,) bit/s."""
        return self._carried(self._gains(first_block, count))

    def _carried(self, gains: np.ndarray) -> np.ndarray:
        return self.bandwidth * self.phy.efficiency(self.mean_sinr * gains)

    def block_at(self, time: float) -> int:
        """The block that holds `time` (s): b Tc <= time < (b + 1) Tc as floats."""
        block = int(time / self.block_time)
        while block * self.block_time > time:
            block -= 1
        while (block + 1) * self.block_time <= time:
            block += 1
        return block


class AdaptiveLink(_FadingLink):
    """A link whose rate follows the fading: rate(b) = bandwidth efficiency(mean_sinr g_b), 0 in an outage block.

    n bits are sent at the T at which the integral of the rate from the start reaches n. In an outage block nothing is
    carried and the sender waits for a better one. A link that is usable in less than 1e-7 of the blocks counts as out of
    reach: it never has a rate, since a search for its rare blocks would be long and its answer a wait of days.
    """

    def __init__(self, *given, **said):
        super().__init__(*given, **said)
        threshold = self.phy.min_sinr / self.mean_sinr if self.mean_sinr > 0 else np.inf
        self.reachable = 1.0 - float(self.fading.outage(threshold)) >= NEVER

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
        count = self._first_piece(bits[-1], share)
        while True:
            edges = np.arange(block, block + count + 1) * self.block_time  # (count + 1,)
            edges[0] = max(edges[0], start)
            rates = self.capacities(block, count) * share  # (count,)
            usable = rates > 0
            carried = sent + np.concatenate(([0.0], np.cumsum(rates * np.diff(edges))))  # (count + 1,)
            last = np.maximum.accumulate(np.where(usable, edges[1:], progress))  # end of the last usable block so far
            before = np.concatenate(([progress], last[:-1]))
            patience_ends = np.flatnonzero(~usable & (edges[1:] - before > outage_limit))
            reach = patience_ends[0] if len(patience_ends) else count
            ready = int(np.searchsorted(bits, carried[reach], side="right"))
            ends[done:ready] = _instants(bits[done:ready], carried, edges, rates)
            if ready == len(bits):
                return None
            if reach < count:
                return float(before[reach]) + outage_limit
            block, sent, done, progress = block + count, carried[-1], ready, last[-1]
            count = min(2 * count, _LONGEST_WALK)

    def _first_piece(self, bits: float, share: float) -> int:
        """Blocks that the burst would take at the mean SINR, and some: what to look at first."""
        rate = float(self._carried(np.ones(1))[0]) * share or self.bandwidth * share
        return int(min(max(4, 1.25 * bits / (rate * self.block_time) + 3), _LONGEST_WALK))

    def finish_packet(self, start, bits, share=1.0, outage_limit=np.inf):
        if bits <= 0:
            return start
        if not self.reachable:
            return None
        block, now, progress = self.block_at(start), start, start
        while True:
            edge = (block + 1) * self.block_time
            rate = float(self.capacities(block, 1)[0]) * share
            if rate > 0:
                if bits <= rate * (edge - now):
                    return now + bits / rate
                bits, progress = bits - rate * (edge - now), edge
            elif edge - progress > outage_limit:
                return None
            block, now = block + 1, edge

    def expected_rate(self):
        return mean_over(self.fading, self._carried) if self.reachable else 0.0

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
        return self.rate * mean_over(self.fading, lambda gains: (self._carried(gains) >= self.rate).astype(float))

    @property
    def control_rate(self):
        return self.rate

    def max_rate(self):
        return self.rate

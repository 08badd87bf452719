"""A link whose sender goes by whole transport blocks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..fading_link import AdaptiveLink
from ..link import ConstantLink, Link, Schedule
from ..outage import outlasts
from .turns import TurnTable

__all__ = ["TurnLink"]

_FIRST, _LONGEST = 64, 1 << 14  # blocks of the channel that are asked for at once: at first, at most


class TurnLink(Link):
    """`link`, over which a burst goes by the turns of `table`: a packet is through when the turn that holds its last bit ends.

    The turn is chosen by the rate R at its grant and takes its time while the channel is no worse than then; while it carries a
    rate r < R the turn goes on r/R as fast (the base station asks for more repeats), and where it carries nothing it rests. A
    better channel does not shorten a turn that is granted. So a burst never takes less than by `link`, of which everything else
    is taken: rates, losses, and when a sender that waits gives up. Over a fading that is faster than a block this is pessimistic,
    since the instant of the grant decides: the margins of these physical layers hold fading already.
    """

    def __init__(self, link: ConstantLink | AdaptiveLink, table: TurnTable):
        super().__init__(link.worker, link.streams, link.loss, link.latency, link.jitter, link.mean_sinr)
        self.link, self.table = link, table
        self.reachable = link.rate_at(0.0) > 0 if link.constant else link.reachable
        self._patience = np.inf if link.constant else link.patience

    @property
    def constant(self):
        return self.link.constant

    def rate_at(self, time):
        return self.link.rate_at(time)

    def finish(self, start, bits, share=1.0, outage_limit=np.inf):
        bits = np.asarray(bits, dtype=float)
        if not self.reachable or len(bits) == 0 or bits[-1] <= 0:
            return self.link.finish(start, bits, share, outage_limit)
        if self.constant:
            return Schedule(start + self.table.at(self.link.rate_at(start)).ends(bits) / share)
        ends = np.where(bits > 0, np.inf, start)
        return Schedule(ends, self._walk(start, bits, share, outage_limit, ends))

    def _walk(self, start: float, bits: np.ndarray, share: float, outage_limit: float, ends: np.ndarray) -> float | None:
        """Fill `ends` from block to block of the channel; the instant of giving up, or None.

        What is left of a turn is counted as `need`, seconds times the rate at its grant.
        """
        now = progress = start
        total, sent, need, done = float(bits[-1]), 0.0, 0.0, int(np.searchsorted(bits, 0.0, side="right"))
        limit, block_time = min(outage_limit, self._patience), self.link.block_time
        for block, rate in self._rates(self.link.block_at(start)):
            edge = (block + 1) * block_time
            if rate <= 0:
                if outlasts(edge - progress, limit):
                    return progress + outage_limit
                now = edge
            while now < edge:
                if need == 0:
                    turns, rest = self.table.at(rate), total - sent
                    seconds = turns.full[1] if rest > turns.full[0] else turns.last(rest)
                    need, sent = seconds * turns.rate, sent + min(rest, turns.full[0])
                speed = min(rate, turns.rate) * share
                if need > speed * (edge - now):
                    need -= speed * (edge - now)
                    now = progress = edge
                    break
                now = progress = now + need / speed
                need = 0.0
                while done < len(bits) and bits[done] <= sent:
                    ends[done], done = now, done + 1
                if done == len(bits):
                    return None

    def _rates(self, block: int) -> Iterator[tuple[int, float]]:
        """(block, bit/s) from `block` on."""
        count = _FIRST
        while True:
            yield from enumerate(self.link.capacities(block, count).tolist(), start=block)
            block, count = block + count, min(2 * count, _LONGEST)

    def turn(self, start: float, rest: float, share: float = 1.0, outage_limit: float = np.inf) -> tuple[float, float]:
        """The turn that is next at `start` (s) where `rest` bits are left, by a plain loop: when it ends, and what it carries.

        (the instant at which the sender gives up, 0) if it does.
        """
        if not self.reachable:
            return start + outage_limit, 0.0
        now = progress = start
        turns, limit = None, min(outage_limit, self._patience)
        while True:
            rate, edge = self.link.rate_at(now), self._edge(now)
            if rate > 0 and turns is None:
                turns = self.table.at(rate)
                holding = [seconds for bits, seconds in turns.options if bits >= rest]
                need = (turns.full[1] if rest > turns.full[0] else min(holding)) * turns.rate
            if rate > 0:
                speed = min(rate, turns.rate) * share
                if need <= speed * (edge - now):
                    return now + need / speed, min(rest, turns.full[0])
                need, progress = need - speed * (edge - now), edge
            elif outlasts(edge - progress, limit):
                return progress + outage_limit, 0.0
            now = edge

    def _edge(self, time: float) -> float:
        """When the channel may change next after `time`."""
        return np.inf if self.constant else (self.link.block_at(time) + 1) * self.link.block_time

    def finish_packet(self, start, bits, share=1.0, outage_limit=np.inf):
        now, rest = start, bits
        while rest > 0:
            now, carried = self.turn(now, rest, share, outage_limit)
            if not carried:
                return None
            rest -= carried
        return now

    def expected_rate(self):
        return self.link.expected_rate()

    @property
    def control_rate(self):
        return self.link.control_rate

    def max_rate(self):
        return self.link.max_rate()

"""A rate that is written down over time, piece by piece: how much it carries by an instant, and when it has carried so much."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from .outage import outlasts

__all__ = ["RateTrace"]

_ROUNDINGS = 4096  # of the clock: a burst of some thousand packets, sent one by one, may drift so far from its cumulative twin


class RateTrace:
    """`rates` (n,) bit/s on [edges_i, edges_(i+1)), `edges` (n + 1,) s from 0 on, growing.

    C(t) = integral of the rate from 0 to t. Beyond the last edge the pieces come again (`tail` None), or the rate is `tail`
    bit/s for ever. ValueError where no piece has a rate above 0, or shapes and order are not as said.

    `instants` inverts C in closed form for all packets of a burst at once, whatever number of pieces and repeats lies between.
    A packet that lacks, at the end of a piece, less than the `slack` (what the clock's roundings carry, below half a bit) ends
    there: what rounding left over at an outage's edge must not wait for the other side.
    """

    def __init__(self, edges: np.ndarray, rates: np.ndarray, tail: float | None = None):
        self.edges, self.rates, self.tail = np.asarray(edges, dtype=float), np.asarray(rates, dtype=float), tail
        if len(self.edges) != len(self.rates) + 1 or self.edges[0] != 0 or np.any(np.diff(self.edges) <= 0):
            raise ValueError("edges must be one more than rates, and grow from 0 on")
        if not self.rates.max(initial=0.0) > 0 or self.rates.min() < 0:
            raise ValueError("rates must be >= 0, and one of them above it")
        self.length = float(self.edges[-1])
        self.carried = np.concatenate(([0.0], np.cumsum(self.rates * np.diff(self.edges))))  # (n + 1,) bits by each edge
        self.mean_rate = float(self.carried[-1]) / self.length
        self.max_rate = max(float(self.rates.max()), tail or 0.0)
        self._carrying = tuple(np.flatnonzero(self.rates)[[0, -1]])  # the first and the last piece with a rate
        self._longer: dict[float, tuple[np.ndarray, np.ndarray]] = {}  # by limit, of which a run has one

    def pieces_from(self, time: float) -> Iterator[tuple[float, float]]:
        """(rate in bit/s, end in s) of the piece that holds `time` (s, >= 0) and of all that follow; a tail has no end."""
        base, local = self._place(time)
        place = int(np.searchsorted(self.edges, local, side="right")) - 1
        while True:
            while place < len(self.rates):
                yield float(self.rates[place]), base + float(self.edges[place + 1])
                place += 1
            if self.tail is not None:
                yield self.tail, math.inf
                return
            base, place = base + self.length, 0

    def rate_at(self, time: float) -> float:
        """The rate in bit/s at `time` (s, >= 0)."""
        return next(rate for rate, end in self.pieces_from(time) if end > time)

    def instants(self, start: float, bits: np.ndarray, share: float = 1.0) -> np.ndarray:
        """When each of the cumulative counts `bits` (n,) has been carried from `start` (s) on, at `share` of the rate; (n,) s."""
        bits = np.asarray(bits, dtype=float)
        base, local = self._place(start)
        goals = float(np.interp(local, self.edges, self.carried)) + bits / share  # (n,) at the full rate, from `base` on
        if self.tail is not None:
            goals += max(local - self.length, 0.0) * self.tail
        slack = self.slack(start, self.max_rate)
        ends = self._in_tail(goals, slack) if self.tail is not None else self._in_repeats(goals, slack)
        return np.where(bits > 0, np.maximum(base + ends, start), start)

    @staticmethod
    def slack(time: float, rate: float) -> float:
        """Bits that `rate` carries in some thousand roundings of a clock at `time`; half a bit at most."""
        return min(_ROUNDINGS * math.ulp(max(time, 1.0)) * rate, 0.5)

    def gives_up(self, start: float, limit: float) -> tuple[float, float]:
        """The first outage from `start` on that outlasts `limit` s: when it begins, or `start` if it had begun, and its end."""
        base, local = self._place(start)
        if limit not in self._longer:
            self._longer[limit] = self._outages_beyond(limit)
        begins, ends = self._longer[limit]
        begins = np.maximum(begins, local)
        long = outlasts(ends - begins, limit) & (ends > local)
        if not long.any():
            return math.inf, math.inf
        first = int(np.argmax(long))
        return base + float(begins[first]), base + float(ends[first])

    def _place(self, time: float) -> tuple[float, float]:
        """The start of the repeat that holds `time`, and the time since; the former 0 where nothing repeats."""
        if self.tail is not None:
            return 0.0, time
        base = math.floor(time / self.length) * self.length
        if base > time:
            base -= self.length
        return base, min(time - base, math.nextafter(self.length, 0.0))

    def _in_repeats(self, goals: np.ndarray, slack: float) -> np.ndarray:
        """When C reaches `goals` (n,), with the pieces coming again."""
        whole = self.carried[-1]
        repeats = np.maximum(np.ceil((goals - slack) / whole) - 1, 0.0)  # whole ones before that of the goal
        return repeats * self.length + self._within(goals - repeats * whole, slack)

    def _in_tail(self, goals: np.ndarray, slack: float) -> np.ndarray:
        """When C reaches `goals` (n,), with the rate `tail` after the last edge."""
        beyond = goals - self.carried[-1]
        later = self.length + beyond / self.tail if self.tail else np.full(len(goals), np.inf)
        return np.where(beyond > slack, later, self._within(np.minimum(goals, self.carried[-1]), slack))

    def _within(self, goals: np.ndarray, slack: float) -> np.ndarray:
        """When C reaches `goals` (n,), in (slack, carried_n + slack], inside the pieces."""
        place = np.searchsorted(self.carried, np.maximum(goals - slack, 0.0), side="left") - 1
        place = np.clip(place, *self._carrying)  # goals within the slack of either end
        exact = self.edges[place] + (goals - self.carried[place]) / self.rates[place]
        return np.minimum(exact, self.edges[place + 1])

    def _outages_beyond(self, limit: float) -> tuple[np.ndarray, np.ndarray]:
        """Begin and end (k,) of the outages that outlast `limit` s, of the repeat before, of one and of the next."""
        begins, ends = self._zero_runs()
        long = outlasts(ends - begins, limit)
        begins, ends = begins[long], ends[long]
        if self.tail is not None:
            return begins, ends
        return tuple(np.concatenate([side - self.length, side, side + self.length]) for side in (begins, ends))

    def _zero_runs(self) -> tuple[np.ndarray, np.ndarray]:
        """Begin and end (k,) of each stretch without a rate; one that spans the seam of two repeats ends beyond the length."""
        empty = np.concatenate(([False], self.rates == 0, [False]))
        begins, ends = self.edges[np.flatnonzero(~empty[:-1] & empty[1:])], self.edges[np.flatnonzero(empty[:-1] & ~empty[1:])]
        joined = len(ends) > 0 and ends[-1] == self.length
        if self.tail == 0:
            return (begins, np.append(ends[:-1], np.inf)) if joined else (np.append(begins, self.length), np.append(ends, np.inf))
        if self.tail is None and joined and begins[0] == 0:
            ends = np.append(ends[1:-1], self.length + ends[0])
            begins = begins[1:]
        return begins, ends

"""Media that hand out turns. A turn lasts one burst; the sender that waits for its acknowledgement does not hold it."""

from __future__ import annotations

import math
from heapq import heappop, heappush

import simpy

from .instants import Alarm

__all__ = ["Medium", "NoTurns", "TimeDivision"]


class Medium:
    """The uplink of a round-trip channel that never makes anyone wait: each sender has `share` of its link's rate."""

    private = True  # no sender's timing depends on another's

    def __init__(self, env: simpy.Environment, share: float = 1.0):
        self.env, self.share = env, share

    def turn(self, worker: int) -> simpy.Event:
        """An event that happens when `worker` may send its burst."""
        return self.env.event().succeed()

    def done(self, worker: int) -> None:
        """`worker`'s burst is over."""


class NoTurns(Medium):
    """No turns of its own: who is ready sends at once, and its air contends, or waits for what the cell gives it."""

    private = False


class TimeDivision(Medium):
    """One sender at a time, at full rate, no gaps: ready workers in index order, one burst each, then round again.

    Whoever is ready when the medium is free goes at once. The order starts anew at index 0 when nobody waits.
    """

    private = False

    def __init__(self, env: simpy.Environment):
        super().__init__(env)
        self._waiting: list[tuple[int, int, simpy.Event]] = []  # a heap by (cycle, worker)
        self._busy = False
        self._choice = Alarm(env, self._grant)  # late, so that index and not arrival decides
        self._cycle, self._last = 0, -1

    def turn(self, worker):
        granted = self.env.event()
        heappush(self._waiting, (self._cycle + (worker <= self._last), worker, granted))
        self._decide()
        return granted

    def done(self, worker):
        self._busy = False
        if not self._waiting:
            self._last = -1
        self._decide()

    def _decide(self) -> None:
        if self._waiting and not self._busy:
            self._choice.set(self.env.now)

    def _grant(self, _now: float) -> float:
        if self._waiting and not self._busy:
            self._cycle, self._last, granted = heappop(self._waiting)
            self._busy = True
            granted.succeed()
        return math.inf

"""Media that hand out turns. A turn lasts one burst; the sender that waits for its acknowledgement does not hold it."""

from __future__ import annotations

from heapq import heappop, heappush

import simpy

__all__ = ["Medium", "TimeDivision"]


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


class TimeDivision(Medium):
    """One sender at a time, at full rate, no gaps: ready workers in index order, one burst each, then round again.

    Whoever is ready when the medium is free goes at once. The order starts anew at index 0 when nobody waits.
    """

    private = False

    def __init__(self, env: simpy.Environment):
        super().__init__(env)
        self._waiting: list[tuple[int, int, simpy.Event]] = []  # a heap by (cycle, worker)
        self._busy = self._deciding = False
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
        """Choose once all that happens at this instant has happened, so that index and not arrival decides."""
        if self._deciding or self._busy or not self._waiting:
            return
        self._deciding = True
        later = self.env.event()
        later._ok, later._value = True, None
        later.callbacks.append(self._grant)
        self.env.schedule(later, priority=2)  # after simpy.events.NORMAL == 1

    def _grant(self, _event) -> None:
        self._deciding = False
        if self._busy or not self._waiting:
            return
        self._cycle, self._last, granted = heappop(self._waiting)
        self._busy = True
        granted.succeed()

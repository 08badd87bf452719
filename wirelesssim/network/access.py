"""Access: who may speak when on the uplink.

A `Medium` hands out turns. A turn lasts one burst; the sender that waits for its acknowledgement does not hold it.
"""

from __future__ import annotations

from abc import abstractmethod
from heapq import heappop, heappush

import simpy

from ..model import Model, model

__all__ = ["Access", "Medium"]


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


class Access(Model, family="access", default="dedicated", later=(
        "csma", "ofdma_trigger", "aloha", "slotted_aloha")):
    """How the workers share the uplink."""

    @abstractmethod
    def medium(self, env: simpy.Environment, workers: int) -> Medium:
        """The medium for `workers` senders."""


@model
class Dedicated(Access, name="dedicated"):
    """A channel of its own, at full rate, for each worker."""

    def medium(self, env, workers):
        return Medium(env)


@model
class FrequencyDivision(Access, name="fdma"):
    """1/M of the rate to each of the M workers, all the time, whether the others send or not.

    The rate is divided, not the power spread anew over the narrower band: at the same total power a narrow band has a
    better signal-to-noise ratio, which this leaves out.
    """

    def medium(self, env, workers):
        return Medium(env, share=1.0 / workers)


@model
class TimeDivisionAccess(Access, name="tdma"):
    """Ready workers in index order, one burst each, no gaps; free for the next while a sender waits for its acknowledgement."""

    def medium(self, env, workers):
        return TimeDivision(env)

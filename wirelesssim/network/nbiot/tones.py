"""The carrier's tones, handed out in groups of equal size: several senders at a time."""

from __future__ import annotations

from heapq import heappop, heappush

import simpy

__all__ = ["Tones"]


class Tones:
    """`groups` of tones: whoever is ready has one if one is free, else waits; of those that wait, the least index is first."""

    def __init__(self, env: simpy.Environment, groups: int):
        self.env, self.free = env, groups
        self._waiting: list[tuple[int, simpy.Event]] = []
        self._deciding = False

    def turn(self, worker: int) -> simpy.Event:
        """An event that happens when `worker` has a group."""
        granted = self.env.event()
        heappush(self._waiting, (worker, granted))
        self._decide()
        return granted

    def done(self) -> None:
        """A group is free again."""
        self.free += 1
        self._decide()

    def _decide(self) -> None:
        """Choose once all that happens at this instant has happened, so that index and not arrival decides."""
        if self._deciding or not self.free or not self._waiting:
            return
        self._deciding = True
        later = self.env.event()
        later._ok, later._value = True, None
        later.callbacks.append(self._grant)
        self.env.schedule(later, priority=2)  # after simpy.events.NORMAL == 1

    def _grant(self, _event) -> None:
        self._deciding = False
        while self.free and self._waiting:
            self.free -= 1
            heappop(self._waiting)[1].succeed()

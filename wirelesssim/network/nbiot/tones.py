"""The carrier's tones, handed out in groups of equal size: several senders at a time."""

from __future__ import annotations

import math
from heapq import heappop, heappush

import simpy

from ..instants import Alarm

__all__ = ["Tones"]


class Tones:
    """`groups` of tones: whoever is ready has one if one is free, else waits; of those that wait, the least index is first."""

    def __init__(self, env: simpy.Environment, groups: int):
        self.env, self.free = env, groups
        self._waiting: list[tuple[int, simpy.Event]] = []
        self._choice = Alarm(env, self._grant)  # late, so that index and not arrival decides

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
        if self.free and self._waiting:
            self._choice.set(self.env.now)

    def _grant(self, _now: float) -> float:
        while self.free and self._waiting:
            self.free -= 1
            heappop(self._waiting)[1].succeed()
        return math.inf

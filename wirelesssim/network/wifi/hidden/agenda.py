"""Events of a loop of its own beside SimPy's: it runs ahead of the clock up to what the next event of anybody may change."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from itertools import count

from ..batch import nanoseconds
from ..medium import Contention

__all__ = ["Agenda"]


class Agenda(Contention):
    """A medium whose events are worked off in the order of time (ns), kind, station, and their planning; only while somebody
    waits for a batch, else they are put off, to be caught up with."""

    def __init__(self, env, rules, modes, signals):
        super().__init__(env, rules, modes, signals)
        self._agenda: list[tuple[int, int, int, int, Callable, tuple]] = []
        self._numbers, self._now = count(), 0
        self._alarm, self._awake = math.inf, False

    def _at(self, time: int, kind: int, row: int, action: Callable, *arguments) -> None:
        heapq.heappush(self._agenda, (time, kind, row, next(self._numbers), action, arguments))

    def _set_alarm(self) -> None:
        """Wake at the next instant of the agenda, once all that happens then has happened."""
        if self._awake or not self._open or not self._agenda or self._agenda[0][0] >= self._alarm:
            return
        self._alarm = self._agenda[0][0]
        event = self.env.event()
        event._ok, event._value = True, self._alarm
        event.callbacks.append(self._ring)
        self.env.schedule(event, priority=2, delay=max(0.0, self._alarm / 1e9 - self.env.now))

    def _ring(self, event) -> None:
        """Work off what is due, and what comes before the next event of anybody."""
        if event.value != self._alarm:
            return
        self._awake, due = True, max(self._alarm, nanoseconds(self.env.now))
        while self._open and self._agenda:
            time, ahead = self._agenda[0][0], self.env.peek()
            if time > due and not math.isinf(ahead) and time >= nanoseconds(ahead):
                break
            self._now, *_, action, arguments = heapq.heappop(self._agenda)
            action(*arguments)
        self._awake, self._alarm = False, math.inf
        self._set_alarm()

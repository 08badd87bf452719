"""Events of a loop of its own beside SimPy's: it runs ahead of the clock up to what the next event of anybody may change."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from itertools import count

from ...instants import Ahead, nanoseconds
from ..medium import Contention

__all__ = ["Agenda"]


class Agenda(Contention):
    """A medium whose events are worked off in the order of time (ns), kind, station, and their planning; only while somebody
    waits for a batch, else they are put off, to be caught up with."""

    def __init__(self, env, rules, modes, signals):
        super().__init__(env, rules, modes, signals)
        self._agenda: list[tuple[int, int, int, int, Callable, tuple]] = []
        self._numbers, self._now = count(), 0
        self._ahead = Ahead(env, self.busy, self._advance)

    def _at(self, time: int, kind: int, row: int, action: Callable, *arguments) -> None:
        heapq.heappush(self._agenda, (time, kind, row, next(self._numbers), action, arguments))

    def _go_ahead(self) -> None:
        """There is something new."""
        if self.busy():
            self._ahead.set(self.env.now)

    def _advance(self, limit: float) -> bool:
        """The next event, if nothing that comes at `limit` (s) or later can change it; whether it could be told."""
        if not self._agenda or (not math.isinf(limit) and self._agenda[0][0] >= nanoseconds(limit)):
            return False
        self._now, *_, action, arguments = heapq.heappop(self._agenda)
        action(*arguments)
        return True

"""Instants on SimPy's clock: whole nanoseconds, events at a time to come, and what is decided last at an instant."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import simpy

__all__ = ["Ahead", "Alarm", "happen", "last_at", "nanoseconds"]

_LAST = 2  # a priority after simpy.events.NORMAL == 1


class _Until(float):
    """A delay that ends at an instant, this number, to the bit, or now if that has passed.

    now + (instant - now) is rounded: it would depend on when it was said.
    """

    def __radd__(self, now: float) -> float:
        return max(now, float(self))


def nanoseconds(time: float) -> int:
    """The nanosecond nearest to `time` (s)."""
    return round(time * 1e9)


def happen(event: simpy.Event, value: Any, time: float) -> None:
    """Let `event` happen at `time` (s), now if that has passed, with `value`."""
    event._ok, event._value = True, value
    event.env.schedule(event, delay=_Until(time))


def last_at(env: simpy.Environment, time: float, value: Any = None) -> simpy.Event:
    """An event at `time` (s), now if that has passed, once all else that happens then has happened; its value is `value`."""
    event = env.event()
    event._ok, event._value = True, value
    env.schedule(event, priority=_LAST, delay=_Until(time))
    return event


class Alarm:
    """Calls `ring(time)` at the soonest instant that it was set to, once all else that happens then has happened.

    `ring` returns the instant of its next call, math.inf for none; whatever the alarm is set to while it rings counts for
    nothing. Instants are in units of 1 / `per_second` s.
    """

    def __init__(self, env: simpy.Environment, ring: Callable[[float], float], per_second: float = 1.0):
        self.env, self.ring, self.per_second = env, ring, per_second
        self._due = math.inf

    def set(self, time: float) -> None:
        """Ring at `time`, or at once if that has passed, unless it rings sooner anyway."""
        if time < self._due:
            self._due = time
            last_at(self.env, time / self.per_second, time).callbacks.append(self._happens)

    def _happens(self, event: simpy.Event) -> None:
        if event.value != self._due:
            return
        self._due = -math.inf  # nothing is sooner
        after = self.ring(event.value)
        self._due = math.inf
        self.set(after)


class Ahead(Alarm):
    """A loop that runs ahead of the clock while `busy()`, up to what the next event of anybody may change.

    `advance(limit)`: go on as far as nothing that comes at `limit` (s) or later can change, and return whether it is to be
    called again; else the loop goes on once all has happened at `limit`. Set the alarm when there is something new.
    """

    def __init__(self, env: simpy.Environment, busy: Callable[[], bool], advance: Callable[[float], bool]):
        super().__init__(env, self._go_on)
        self.busy, self.advance = busy, advance

    def _go_on(self, _time: float) -> float:
        while self.busy():
            limit = self.env.peek()
            if not self.advance(limit):
                return limit
        return math.inf

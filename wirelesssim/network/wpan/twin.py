"""The MAC as processes of senders, in plain Python: the twin that the compiled loop is checked against.

Each sender is a generator that reads like the standard's text and yields the instants (ns) at which it goes on; every such
instant is a SimPy event. What was on the air is kept as intervals. It shares with the loop the signals and the numbering of
draws.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
import simpy

from ...radio.ieee802154 import (ACK_BYTES, ACK_DURATION, ACK_WAIT, BACKOFF_PERIOD, CCA, TURNAROUND, frame_duration,
                                 inter_frame_space)
from ..batches import Batch
from ..draws.plain import draw
from ..instants import nanoseconds
from .medium import Network, Served
from .rules import ANSWER, BACKOFF, BROADCAST, DATA, DELIVERED, LOST, Rules, draw_number
from .signals import Signals

__all__ = ["SenderNetwork"]


@dataclass(frozen=True, eq=False)
class _Use:
    """Something on the air, data or an acknowledgement, in [start, end) ns."""

    start: int
    end: int

    def overlaps(self, start: int, end: int) -> bool:
        """Whether it shares an instant with [start, end)."""
        return self.start < end and start < self.end


class SenderNetwork(Network):
    """As `LoopNetwork`, one event an instant of a sender. `uses` holds what was on the air, `owed` what each row owes an
    answer for."""

    def __init__(self, env: simpy.Environment, rules: Rules, signals: Signals):
        super().__init__(env, rules, signals)
        self.uses: list[_Use] = []
        self.owed: list[_Use | None] = [None] * (rules.coordinator + 1)
        self.rest = [0] * (rules.coordinator + 1)  # until when each row leaves the channel to others
        self._agenda: list[tuple[int, bool, int, object]] = []

    def _load(self, row, batch, now):
        self._go_on(row, self._sender(row, batch, now))

    def _go_on(self, row: int, sender) -> None:
        """Let a sender go on to its next instant."""
        step = next(sender, None)
        if step is None:
            return
        time, begins = step
        heappush(self._agenda, (time, begins, row, sender))
        self.env.timeout(max(0.0, (time + 0.25) / 1e9 - self.env.now)).callbacks.append(self._due)  # after all of this nanosecond

    def _due(self, _event) -> None:
        while self._agenda and self._agenda[0][0] <= nanoseconds(self.env.now):
            _, _, row, sender = heappop(self._agenda)
            self._go_on(row, sender)

    def _sender(self, row: int, batch: Batch, now: int):
        """Send a batch: yields (instant, whether something begins on the air then)."""
        found, airtime, again = [], 0, 0
        for size, tag in zip(batch.sizes.tolist(), batch.tags.tolist()):
            now = max(now, self.rest[row])
            fate, tries, start, now = yield from self._frame(row, size, tag, batch.destination, now)
            airtime, again = airtime + tries * frame_duration(size), again + max(tries - 1, 0) * frame_duration(size)
            found.append((fate, tries, start, now))
        fates, tries, starts, times = np.array(found, dtype=np.int64).T
        self._end(row, Served(fates, tries, starts, times, airtime, again))

    def _frame(self, row: int, size: int, tag: int, destination: int, now: int):
        """A frame, to its end: (fate, transmissions, start of the last, now)."""
        fate, start = LOST, 0
        for tries in range(self.rules.retries + 1):
            free, backoffs, now = yield from self._find_free(row, tag, tries, now)
            if not free:
                return fate, tries, start, now
            start = now + TURNAROUND
            use = yield from self._put_on_air(start, frame_duration(size))
            now, clear = use.end, self._clear(use)
            if destination == BROADCAST:
                self.rest[row] = now + inter_frame_space(size)
                return (DELIVERED if clear else LOST), tries + 1, start, now
            worker, answerer = (destination, destination) if row == self.rules.coordinator else (row, self.rules.coordinator)
            upward, due, number = row != self.rules.coordinator, now + ACK_WAIT, (tag, tries + 1, backoffs)
            if clear and self._received(row, *number, DATA, worker, upward, 8 * size, start):
                fate, self.rest[row] = DELIVERED, now + TURNAROUND + ACK_DURATION + inter_frame_space(size)
                self.owed[answerer] = _Use(now, now + TURNAROUND + ACK_DURATION)
                answer = yield from self._put_on_air(now + TURNAROUND, ACK_DURATION)
                if self._clear(answer) and self._received(row, *number, ANSWER, worker, not upward, 8 * ACK_BYTES, answer.start):
                    return fate, tries + 1, start, answer.end
            yield due, False
            now = due
        return fate, self.rules.retries + 1, start, now

    def _find_free(self, row: int, tag: int, tries: int, now: int):
        """Unslotted CSMA-CA: (whether the channel was found free, how often it was not, now)."""
        for backoffs in range(self.rules.max_backoffs + 1):
            exponent = min(self.rules.min_be + backoffs, self.rules.max_be)
            uniform = draw(self.rules.key, row, tag, draw_number(tries, backoffs, BACKOFF))
            listens = now + int(uniform * 2**exponent) * BACKOFF_PERIOD
            now = listens + CCA
            yield now, False
            owed = self.owed[row]
            if not any(use.overlaps(listens, now) for use in [*self.uses, *([owed] if owed else [])]):
                return True, backoffs, now
        return False, backoffs + 1, now

    def _put_on_air(self, start: int, duration: int):
        """From `start` (ns) on; the use, when it is over."""
        yield start, True
        use = _Use(start, start + duration)
        self.uses = [other for other in self.uses if other.end > start - 10_000_000] + [use]  # 10 ms: two of the longest frames
        yield use.end, False
        return use

    def _clear(self, use: _Use) -> bool:
        return not any(other is not use and other.overlaps(use.start, use.end) for other in self.uses)

    def _received(self, row: int, tag: int, tries: int, backoffs: int, purpose: int, worker: int, upward: bool, bits: int,
                  start: int) -> bool:
        """Whether noise spares `bits` that began at `start` (ns), between `worker` and the coordinator."""
        links, _ = self.signals.at(start)
        uniform = draw(self.rules.key, row, tag, draw_number(tries, backoffs, purpose))
        return uniform < math.exp(bits * links[0 if upward else 1, worker])

"""A cell in simulated time: bursts come in, the compiled slot loop runs, bursts end. Idle slots cost nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import simpy

from ...radio.block_sinr import BlockSinr
from ..instants import Ahead, happen
from .grid import asks_at, slot_from
from .rules import ASKED, NONE, OWN, Rules, State, Tables
from .signals import Signals

__all__ = ["Cell", "Served"]

_STRETCH = 1 << 20  # slots that the loop runs through at most before it comes back


@dataclass(frozen=True)
class Served:
    """What came of a burst: bits `sent` in blocks, ranges of bits (first, beyond) that were `lost`, when its first block
    `started` (s; None: none was sent), and whether the sender gave up."""

    sent: int
    lost: list[tuple[int, int]]
    started: float | None
    gave_up: bool


class Cell:
    """The base station and its users; `transmit` hands it a burst.

    The loop runs ahead of the clock, up to the next event of anybody, which may bring a burst, or to the first slot in which
    a burst ends: nothing is ever run twice, and a burst costs two SimPy events and one for each foreign event meanwhile.
    """

    def __init__(self, env: simpy.Environment, rules: Rules, tables: Tables, sources: list[BlockSinr], slot: float,
                 sr_period: int, inactivity: float, resume_delay: float):
        self.env, self.rules, self.tables, self.slot = env, rules, tables, slot
        self.sr_period, self.inactivity, self.resume_delay = sr_period, inactivity, resume_delay
        self.signals, self.state = Signals(rules, sources, slot), State.of(rules.users)
        self._last = np.zeros(rules.users)  # when each user's last burst ended
        self._active = np.zeros(rules.users, dtype=bool)
        self._served: dict[int, simpy.Event] = {}
        self._lost: dict[int, list[tuple[int, int]]] = {}
        self._next, self._ahead = 0, Ahead(env, self.busy, self._advance)

    def transmit(self, user: int, bits: int) -> simpy.Event:
        """Send `bits` > 0 from now on; the event's value is `Served`. A user sends one burst at a time."""
        now, who = self.env.now, self.state.users[user]
        idle = now - self._last[user] > self.inactivity
        first = slot_from(now + (self.resume_delay if idle else 0.0), self.slot)
        own = self.rules.own_period > 0
        self._next = max(self._next, slot_from(now, self.slot))
        who["phase"], who["first"] = OWN if own else ASKED, first
        who["ready"] = first if own else asks_at(self.rules, first, self.sr_period)
        who["total"], who["started"], who["usable"] = bits, -1, first
        who["placed"] = who["open"] = who["end"] = who["ended"] = 0
        self._served[user], self._lost[user], self._active[user] = self.env.event(), [], True
        self._ahead.set(now)
        return self._served[user]

    def busy(self) -> bool:
        """Whether a burst is under way."""
        return bool(self._served)

    def _advance(self, limit: float) -> bool:
        slot = limit if math.isinf(limit) else slot_from(limit, self.slot)  # the first that an event to come may still change
        if slot > self._next:
            self._run(slot)
            return True
        return False

    def _run(self, limit: float) -> None:
        from .kernels import run

        active, end, lacks = np.flatnonzero(self._active), int(min(limit, self._next + _STRETCH)), -1
        while lacks:
            self._next, lacks = run(self.rules, self.tables, self.state, self.signals.windows, active, self._next, end)
            self._collect()
            listed, self.state.listed[0] = np.sort(self.state.listed[1:self.state.listed[0] + 1]), 0
            if lacks == 1:
                self.signals.at(self._next, listed)
            elif lacks == 2:
                self.state = self.state.larger()
        for user in listed.tolist():
            self._end(user)

    def _collect(self) -> None:
        """Take note of what was lost."""
        for user, offset, bits in self.state.lost[:self.state.counts[0]].tolist():
            self._lost[user].append((offset, offset + bits))
        self.state.counts[0] = 0

    def _end(self, user: int) -> None:
        who = self.state.users[user]
        started = int(who["started"])
        served = Served(int(who["placed"]), self._lost.pop(user), None if started < 0 else started * self.slot,
                        bool(who["ended"] == 2))
        end = max(self.env.now, float(who["end"]) * self.slot)
        who["phase"] = who["ended"] = NONE
        self._active[user] = False
        self._last[user] = end
        happen(self._served.pop(user), served, end)

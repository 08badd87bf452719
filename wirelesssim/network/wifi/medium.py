"""The medium in simulated time: batches of frames come in, the contention loop runs, batches end. An idle medium costs
nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import simpy

from ..batches import FrameTable, Senders
from ..instants import Ahead, nanoseconds
from .batch import Batch, Served
from .rules import DONE, NEVER, RENEW, WAIT, Rules, State
from .signals import Signals

__all__ = ["Contention", "LoopContention", "append", "renew"]


class Contention(Senders[Batch, Served]):
    """All stations on one medium, of which some may send all the time."""

    def __init__(self, env: simpy.Environment, rules: Rules, modes: np.ndarray, signals: Signals):
        super().__init__(env, signals.stations)
        self.rules, self.modes, self.signals = rules, modes, signals
        self._sources: dict[int, Iterator[Batch]] = {}
        self.least = max(1, rules.window) + 1  # frames that a source has: one is left even after the longest A-MPDU

    def occupy(self, station: int, batches: Iterator[Batch]) -> None:
        """Let the station send `batches`, which never end, from now on: one after the other, the next as soon as fewer than
        `least` frames of the last are left. Nobody is told of them, and while nobody else sends they are put off, to be caught
        up with when somebody does: they cost no event."""
        self._sources[station] = batches
        self._load(station, next(batches), nanoseconds(self.env.now))

    def _refill(self, row: int) -> None:
        """Put the next batch of a source behind what it has; frames without an instant of their own have always been ready."""
        self._load(row, next(self._sources[row]), 0)


class LoopContention(Contention):
    """The compiled loop: it runs ahead of the clock, up to what the next event of anybody may change, or to a batch's end.

    A batch costs two SimPy events and one for each foreign event meanwhile.
    """

    def __init__(self, env: simpy.Environment, rules: Rules, modes: np.ndarray, signals: Signals, trace: int = 0):
        from .kernels import run

        super().__init__(env, rules, modes, signals)
        self.state = State.of(rules, modes, signals.stations, trace=trace)
        self.state.links["mode"] = signals.at(0)[0]
        self.table = FrameTable(self.state.frames, self.state.stations)
        self._run, self._until, self._ahead = run, 0, Ahead(env, self.busy, self._advance)

    def _load(self, row, batch, now):
        who = self.state.stations[row]
        left = self.table.frames[who["head"]:who["end"]]
        fresh = append(self.table, row, left, batch, now)
        if self.table.frames is not self.state.frames:
            self.state = self.state._replace(frames=self.table.frames)
        who["first"], who["done"], who["airtime"], who["again"] = -1, 0, 0, 0
        who["least"] = self.least if row in self._sources else 0
        if not len(left):
            who["arrival"] = fresh["ready"][0]
            self.state.air["arrival"] = np.minimum(self.state.air["arrival"], who["arrival"])
        if self.busy():
            self._ahead.set(self.env.now)

    def _advance(self, limit: float) -> bool:
        ended = self._run(self.rules, self.state, NEVER if math.isinf(limit) else nanoseconds(limit), self._until)
        if ended == DONE:
            done = np.flatnonzero(self.state.stations["done"]).tolist()
            for station, served in [(station, self._served(station)) for station in done]:
                if station in self._sources:
                    self._refill(station)
                else:
                    self._end(station, served)
        elif ended == RENEW:
            self._until = renew(self.signals, self.state, int(self.state.air["due"][0]))
        return ended != WAIT

    def _served(self, station: int) -> Served:
        """What came of the station's batch, out of the tables."""
        who = self.state.stations[station]
        who["done"] = 0
        frames = self.table.of(station)
        return Served(frames["fate"].copy(), frames["time"].copy(), frames["tries"].copy(),
                      frames["unanswered"].copy(), int(who["first"]), int(who["airtime"]), int(who["again"]))


def append(table: FrameTable, row: int, kept: np.ndarray, batch: Batch, now: int) -> np.ndarray:
    """The frames of `batch` in the table behind those that its sender keeps, (n,); ready from `now` (ns) on at the earliest."""
    frames = table.put(row, Batch(np.append(kept["size"], batch.sizes), np.append(kept["tag"], batch.tags), batch.destination))
    frames[:len(kept)], fresh = kept, frames[len(kept):]
    fresh["ready"] = now if batch.ready is None else np.maximum(batch.ready, now)
    return fresh


def renew(signals: Signals, state: Any, time: int) -> int:
    """Take into `state` the links' rows at `time` (ns); until when they hold."""
    modes, state.log_success[:], until = signals.at(time)
    if not signals.adapts:
        state.links["mode"] = modes
    return until

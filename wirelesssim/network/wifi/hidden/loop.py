"""The medium with hidden stations in simulated time, its loop compiled: batches of frames come in, run ahead of the clock,
end."""

from __future__ import annotations

import math

import numpy as np
import simpy

from ...batches import FrameTable
from ...instants import Ahead, nanoseconds
from ..batch import Served
from ..medium import Contention, append, renew
from ..rules import DONE, NEVER, RENEW, WAIT, Rules
from ..signals import Signals
from .rules import NOBODY, Ethers

__all__ = ["HiddenLoop"]


class HiddenLoop(Contention):
    """As `HiddenContention`, its twin, with which it agrees frame for frame; `hearing` (S, S) of bool, row i, column j: station i
    hears j. `trace`: how many frames on the air are noted in `state.trace`."""

    def __init__(self, env: simpy.Environment, rules: Rules, modes: np.ndarray, signals: Signals, hearing: np.ndarray,
                 trace: int = 0):
        super().__init__(env, rules, modes, signals)
        self.state = Ethers.of(rules, modes, hearing, trace=trace)
        self.state.links["mode"] = signals.at(0)[0]
        self.table = FrameTable(self.state.frames, self.state.stations)
        self._until, self._ahead = 0, Ahead(env, self.busy, self._advance)

    def _load(self, row, batch, now):
        from .kernels import load

        who = self.state.stations[row]
        fresh = append(self.table, row, self._kept(row), batch, now)
        self.state = self.state._replace(frames=self.table.frames)
        who["least"] = self.least if row in self._sources else 0
        who["mine"] = who["open"] = len(fresh)
        who["first"], who["airtime"], who["again"] = -1, 0, 0
        load(self.state, row)
        if self.busy():
            self._ahead.set(self.env.now)

    def _kept(self, row: int) -> np.ndarray:
        """Frames from the oldest on that is not settled: the first of those of an exchange under way, if there is one."""
        who = self.state.stations[row]
        frames = self.table.frames[who["head"]:who["end"]]
        left = np.flatnonzero(frames["settled"] == 0)
        return frames[left[0] if len(left) else len(frames):]

    def _advance(self, limit: float) -> bool:
        from .kernels import conclude, run

        ended = run(self.rules, self.state, NEVER if math.isinf(limit) else nanoseconds(limit), self._until)
        air = self.state.air[0]
        if ended == DONE:
            row = int(air["done"])
            if row in self._sources:
                self._refill(row)
            else:
                self._end(row, self._served(row))
            if air["concluding"] != NOBODY:
                conclude(self.rules, self.state)
        elif ended == RENEW:
            self._until = renew(self.signals, self.state, int(air["due"]))
        return ended != WAIT

    def batch(self, row: int) -> np.ndarray:
        """The frames of the station's batch, (n,)."""
        who = self.state.stations[row]
        return self.table.frames[who["end"] - who["mine"]:who["end"]]

    def _served(self, row: int) -> Served:
        who, frames = self.state.stations[row], self.batch(row)
        columns = [frames[name].copy() for name in ("fate", "time", "tries", "unanswered")]
        return Served(*columns, int(who["first"]), int(who["airtime"]), int(who["again"]))

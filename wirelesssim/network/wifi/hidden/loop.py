"""The medium with hidden stations in simulated time, its loop compiled: batches of frames come in, run ahead of the clock,
end."""

from __future__ import annotations

import math

import numpy as np
import simpy

from ...batches import FrameTable
from ...instants import Ahead, nanoseconds
from ..batch import Batch, Served
from ..medium import Contention, renew
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

        who, kept = self.state.stations[row], self._kept(row)
        frames = self.table.put(row, Batch(np.append(kept["size"], batch.sizes), np.append(kept["tag"], batch.tags),
                                           batch.destination))
        self.state = self.state._replace(frames=self.table.frames)
        fresh = frames[len(kept):]
        frames[:len(kept)] = kept
        fresh["ready"] = now if batch.ready is None else np.maximum(batch.ready, now)
        who["mine"] = who["open"] = len(fresh)
        who["first"], who["airtime"], who["again"] = -1, 0, 0
        load(self.state, row)
        if self.busy():
            self._ahead.set(self.env.now)

    def _kept(self, row: int) -> np.ndarray:
        """Frames that have arrived, but are not acknowledged; they are what is left of those of an exchange under way."""
        who, chosen = self.state.stations[row], self.state.chosen[row]
        frames = self.table.frames[who["head"]:who["end"]]
        left = frames["settled"] == 0
        if who["engaged"]:
            chosen[:who["count"]] = (np.cumsum(left) - 1)[chosen[:who["count"]]]
        return frames[left]

    def _advance(self, limit: float) -> bool:
        from .kernels import conclude, run

        ended = run(self.rules, self.state, NEVER if math.isinf(limit) else nanoseconds(limit), self._until)
        air = self.state.air[0]
        if ended == DONE:
            self._end(int(air["done"]), self._served(int(air["done"])))
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

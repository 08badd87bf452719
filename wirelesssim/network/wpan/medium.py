"""The channel in simulated time: batches of frames come in, the loop of the MAC runs, batches end. An idle channel costs
nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import simpy

from ..batches import Batch, FrameTable, Senders
from ..instants import Ahead, nanoseconds
from .rules import DONE, NEVER, RENEW, WAIT, Rules, State
from .signals import Signals

__all__ = ["LoopNetwork", "Network", "Served"]


@dataclass(frozen=True, eq=False)
class Served:
    """What came of a batch: of its frames (n,) the `fates`, the `tries` (0: the channel was never free), the `starts` of their
    last transmissions (ns) and the `times` (ns) at which the sender was done with them; `airtime` (ns) of all transmissions,
    and the part of that which was `again`."""

    fates: np.ndarray
    tries: np.ndarray
    starts: np.ndarray
    times: np.ndarray
    airtime: int
    again: int

    @property
    def end(self) -> int:
        """When the sender was done with the last frame, ns."""
        return int(self.times[-1])


class Network(Senders[Batch, Served]):
    """All senders on one channel: the workers, then the coordinator."""

    def __init__(self, env: simpy.Environment, rules: Rules, signals: Signals):
        super().__init__(env, rules.coordinator + 1)
        self.rules, self.signals = rules, signals


class LoopNetwork(Network):
    """The compiled loop: it runs ahead of the clock, up to what the next event of anybody may change, or to a batch's end.

    A batch costs two SimPy events and one for each foreign event meanwhile.
    """

    def __init__(self, env: simpy.Environment, rules: Rules, signals: Signals):
        from .kernels import begin, run

        super().__init__(env, rules, signals)
        self.state = State.of(rules.coordinator + 1)
        self.table = FrameTable(self.state.frames, self.state.senders)
        self._run, self._begin, self._until, self._ahead = run, begin, -1, Ahead(env, self.busy, self._advance)

    def _load(self, row, batch, now):
        self.table.put(row, batch)
        if self.table.frames is not self.state.frames:
            self.state = self.state._replace(frames=self.table.frames)
        self._begin(self.rules, self.state, row, now)
        self._ahead.set(self.env.now)

    def _advance(self, limit: float) -> bool:
        ended, row = self._run(self.rules, self.state, NEVER if math.isinf(limit) else nanoseconds(limit), self._until)
        if ended == DONE:
            self._collect(row)
        elif ended == RENEW:
            self.state.links[:], self._until = self.signals.at(int(self.state.senders["due"][row]))
        return ended != WAIT

    def _collect(self, row: int) -> None:
        """Take the sender's batch out of the tables."""
        who = self.state.senders[row]
        who["done"] = 0
        frames = self.table.of(row).copy()
        self._end(row, Served(frames["fate"], frames["tries"], frames["start"], frames["time"], int(who["airtime"]),
                              int(who["again"])))

"""A model in frames that nobody acknowledges: pass after pass over those that some worker misses."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

import numpy as np
import simpy

from .downlink import Carrier
from .message import Message, Transfer

__all__ = ["Passes", "PassesInTurn"]


class Passes(Carrier):
    """All packets, then those that some worker misses, `passes` times at the most (how the sender learns of them is left out, and
    costs nothing). A worker that still misses some is given up. `_send` says how packets go."""

    def __init__(self, env: simpy.Environment, passes: int):
        self.env, self.passes = env, passes

    def carry(self, transfer, workers):
        heard = [self.env.event() for _ in workers]
        self.env.process(self._carry(transfer, list(workers), heard))
        return heard

    @abstractmethod
    def _send(self, transfer: Transfer, workers: list[int], missing: np.ndarray, packets: np.ndarray, attempt: int):
        """A process: `packets` (n,) once more, in pass `attempt` = 0, 1, ...; clears what arrived from `missing` (M', K)."""

    def _together(self, message: Message, wanted: np.ndarray, attempt: int) -> Iterator[np.ndarray]:
        """Which of the `wanted` packets (n,) of a pass go at a time; here one by one."""
        return iter(wanted[:, None])

    def _carry(self, transfer: Transfer, workers: list[int], heard: list[simpy.Event]):
        """A process: pass after pass, telling each worker once it has all."""
        missing = np.ones((len(workers), transfer.message.packets), dtype=bool)  # (M', K)
        for attempt in range(self.passes):
            for packets in self._together(transfer.message, np.flatnonzero(missing.any(axis=0)), attempt):
                yield from self._send(transfer, workers, missing, packets, attempt)
                for place in np.flatnonzero(~missing.any(axis=1)).tolist():
                    if not heard[place].triggered:
                        heard[place].succeed(True)
            if not missing.any():
                break
        transfer.end = self.env.now
        for event in heard:
            if not event.triggered:
                event.succeed(False)


class PassesInTurn(Passes):
    """One message after the other: each begins when all is over with that before."""

    def __init__(self, env: simpy.Environment, passes: int):
        super().__init__(env, passes)
        self._last = env.event().succeed()  # the end of what was handed over before

    def carry(self, transfer, workers):
        heard = [self.env.event() for _ in workers]
        self._last = self.env.process(self._in_turn(transfer, list(workers), heard, self._last))
        return heard

    def _in_turn(self, transfer: Transfer, workers: list[int], heard: list[simpy.Event], before: simpy.Event):
        yield before
        transfer.start = self.env.now
        yield from self._carry(transfer, workers, heard)
        transfer.acknowledged[:] = transfer.delivered

"""The coordinator: one more sender on the channel, with answers to single workers, and with the model."""

from __future__ import annotations

import math

import numpy as np
import simpy

from ..air import Answered
from ..batches import Batch, frame_bytes
from ..draws.plain import draw, tags
from ..message import Transfer
from ..passes import Passes
from .air import shares
from .medium import Network, Served
from .rules import BROADCAST, DATA, DELIVERED

__all__ = ["Coordinator"]

_ANSWER, _DOWN = 1, 2  # what a frame is for, as in `air`


class Coordinator(Passes):
    """The model to all goes in broadcast frames, which nobody acknowledges and the MAC does not repeat, pass after pass over
    those that some worker misses, `passes` at the most (how it learns of them is left out, and costs nothing); to one worker
    in frames as a worker's own, those that are lost again in further passes. A worker that still misses some is given up.
    """

    def __init__(self, network: Network, overhead: int, passes: int):
        super().__init__(network.env, passes)
        self.network, self.overhead, self.row = network, overhead, network.rules.coordinator

    def answer(self, worker: int, round: int, frame: int, attempt: int, bits: int):
        """A process: one frame of `bits` to `worker`, named by the burst that it answers; returns `Answered`."""
        served = yield self._transmit(np.array([bits]), tags(np.zeros(1), _ANSWER, round, frame, attempt, worker), worker)
        return Answered(bool(served.fates[0] == DELIVERED), int(served.tries[0]))

    def _send(self, transfer: Transfer, workers: list[int], missing: np.ndarray, packets: np.ndarray, attempt: int):
        message, packet = transfer.message, int(packets[0])
        receiver = BROADCAST if message.worker is None else message.worker
        name = tags(packets, _DOWN, message.round, attempt, receiver + 1)
        served = yield self._transmit(message.air_bits[packets], name, receiver)
        if served.tries[0]:
            if receiver == BROADCAST:
                missing[:, packet] &= ~self._receptions(served, workers, int(name[0]), int(message.air_bits[packet]))
            elif served.fates[0] == DELIVERED:
                missing[:, packet] = False
            first, repeats = shares(served, message.air_bits[packets])
            transfer.burst(packets, ~missing[:, packets].any(axis=0), first)
            transfer.repeated(repeats.count, repeats.bits, repeats.seconds)

    def _receptions(self, served: Served, workers: list[int], tag: int, bits: int) -> np.ndarray:
        """Which of `workers` receive a broadcast frame, (M',) of bool."""
        if served.fates[0] != DELIVERED:
            return np.zeros(len(workers), dtype=bool)
        links, _ = self.network.signals.at(int(served.starts[0]))
        size, key = 8 * int(frame_bytes(np.array([bits]), self.overhead)[0]), self.network.rules.key
        return np.array([draw(key, worker, tag, DATA) < math.exp(size * links[1, worker]) for worker in workers])

    def _transmit(self, bits: np.ndarray, names: np.ndarray, destination: int) -> simpy.Event:
        return self.network.transmit(self.row, Batch(frame_bytes(bits, self.overhead), names, destination))

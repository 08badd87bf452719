"""A worker: receives the model, computes, sends what its algorithm says, settles what was lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import simpy

from ..learning.algorithm import Algorithm, Context, Fate, Outcome
from ..learning.codec import Codec, Packets
from ..learning.gradients import Gradients
from ..learning.update import Update
from ..network.message import Message, Transfer
from ..network.transport import Transport
from ..network.uplink import Uplink
from .books import Books
from .feedback import Sending, Settlement

__all__ = ["Task", "Worker"]


@dataclass(frozen=True)
class Task:
    """What the server asks: a round's model (d,) and context."""

    round: int
    theta: np.ndarray
    context: Context


class Worker:
    """One worker's process. `report(worker, outcome, entries)` tells the server at the instant when it knows.

    A step needs the state of the step before to be settled, so the worker computes its gradient while the last message
    is still on its way, and steps when both are done.
    """

    def __init__(self, env: simpy.Environment, index: int, algorithm: Algorithm, theta: np.ndarray, gradients: Gradients,
                 codec: Codec, transport: Transport, uplink: Uplink, compute_time: float, settlement: Settlement | None,
                 report: Callable[[int, Outcome, int], None], books: Books):
        self.env, self.index, self.algorithm, self.gradients = env, index, algorithm, gradients
        self.codec, self.transport, self.uplink = codec, transport, uplink
        self.compute_time, self.settlement, self.report, self.books = compute_time, settlement, report, books
        self.state, self.steps = algorithm.init_worker(theta), 0
        self.inbox = simpy.Store(env)
        self.sending: simpy.Event | None = None

    def run(self):
        """The process: one task after the other, for ever."""
        while True:
            task = yield self.inbox.get()
            yield self.env.timeout(self._computing)
            if self.sending is not None:
                yield self.sending
            gradient = self.gradients.of(self.index, self.algorithm, task.context)
            update, self.state = self.algorithm.worker_step(self.state, task.theta, gradient, task.context)
            self.steps += 1
            if not self.algorithm.speaks(self.index, task.context):
                self._say_nothing(task.round, Fate.UNSCHEDULED)  # the server knows whom it scheduled
            elif update.silent and self.transport.silence == "free":
                self._say_nothing(task.round, Fate.SILENT)
            else:
                self.sending = self.env.process(self._send(task.round, update))

    def _say_nothing(self, round: int, fate: Fate) -> None:
        self.books.open(round, self.index, self._computing, None)
        self.report(self.index, Outcome(fate), 0)

    @property
    def _computing(self) -> float:
        """Seconds of a round's gradients."""
        return self.compute_time * self.algorithm.evaluations

    def _send(self, round: int, update: Update):
        """The process of one message: from the step to its settlement."""
        step, packets = self.steps, None if update.silent else self.codec.packets(update, self.transport.room)
        message = self._message(round, packets)
        transfer = Transfer(message, self.env.now)
        self.books.open(round, self.index, self._computing, transfer)
        receipts = self.settlement is not None
        yield from self.transport.send(
            self.uplink, message, receipts, lambda done: self._arrived(update, packets, done), transfer)
        if self.settlement is not None:
            believed = _part(update, packets, transfer.acknowledged)
            arrived = _part(update, packets, transfer.delivered)
            self.state = self.settlement(self.state, Sending(step, update, believed, arrived), transfer.heard)

    def _message(self, round: int, packets: Packets | None) -> Message:
        header = self.transport.header
        if packets is None:
            return Message.marker(self.index, round, header)
        return Message.of(self.index, round, packets.payload_bits, packets.coded_bits, header)

    def _arrived(self, update: Update, packets: Packets | None, transfer: Transfer) -> None:
        """Tell the server what came of the message."""
        if not transfer.delivered.any():
            outcome = Outcome(Fate.LOST)
        elif packets is None:
            outcome = Outcome(Fate.SILENT)
        else:
            outcome = Outcome.delivered(_part(update, packets, transfer.delivered))
        self.report(self.index, outcome, update.entries)


def _part(update: Update, packets: Packets | None, chosen: np.ndarray) -> Update:
    """The entries in the `chosen` packets, (K,) of bool; the update itself if they all are, or if it is a marker's."""
    return update if packets is None or chosen.all() else update.take(packets.mask(chosen))

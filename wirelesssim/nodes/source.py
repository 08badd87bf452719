"""A worker without a learner: it sends messages of one size, one at a time, when it is told to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import simpy

from ..learning.algorithm import Fate
from ..network.message import Message, Transfer
from ..network.transport import Transport
from ..network.uplink import Uplink
from .books import Books

__all__ = ["Call", "Source"]


@dataclass(frozen=True)
class Call:
    """What a source is told: the number of the message, and since when (s) it waits to be sent; None: it is yet to be made."""

    round: int
    since: float | None = None


class Source:
    """One worker's process. `report(worker, round, fate)` tells the server at the instant when it knows.

    One message at a time: the next begins when the sender's part of the one before has ended, its last acknowledgement
    included; what a message waits for that stands in its `queue`. None begins after `stop`.
    """

    def __init__(self, env: simpy.Environment, index: int, bits: int, transport: Transport, uplink: Uplink, compute_time: float,
                 receipts: bool, report: Callable[[int, int, Fate], None], books: Books):
        self.env, self.index, self.bits, self.transport, self.uplink = env, index, bits, transport, uplink
        self.compute_time, self.receipts, self.report, self.books = compute_time, receipts, report, books
        self.inbox = simpy.Store(env)
        self.sending: simpy.Event | None = None
        self.stopped, self._next = False, None

    @property
    def waiting(self) -> int:
        """How many messages that came by themselves are ready and not begun."""
        return sum(call is not None and call.since is not None for call in (self._next, *self.inbox.items))

    def stop(self) -> None:
        """Begin no further message."""
        self.stopped = True
        self.inbox.items.clear()

    def run(self):
        """The process: one message after the other, until it is stopped."""
        while True:
            self._next = call = yield self.inbox.get()
            yield self.env.timeout(self.compute_time)
            ready = self.env.now if call.since is None else call.since
            if self.sending is not None:
                yield self.sending
            if self.stopped:
                return
            self._next, self.sending = None, self.env.process(self._send(call.round, ready))

    def _send(self, round: int, ready: float):
        """The process of one message that is `ready` since then."""
        message = Message.opaque(self.index, round, self.bits, self.transport.room, self.transport.header)
        transfer = Transfer(message, ready)
        transfer.queue = self.env.now - ready
        self.books.open(round, self.index, self.compute_time, transfer)
        yield from self.transport.send(self.uplink, message, self.receipts, self._arrived, transfer)

    def _arrived(self, transfer: Transfer) -> None:
        """Tell the server what came of the message."""
        self.report(self.index, transfer.message.round, Fate.DELIVERED if transfer.delivered.any() else Fate.LOST)

"""The server's transmitter: the model over the downlink, into the workers' inboxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import simpy

from ..learning.algorithm import Fate, Outcome
from ..learning.codec import Codec
from ..learning.update import Update
from ..model import build
from ..network.downlink import Carrier, Downlink, Ideal
from ..network.message import Message, Transfer
from ..network.uplink import extra_delay
from ..rng import Counted
from .books import Books
from .worker import Task, Worker

__all__ = ["Broadcaster"]


class Broadcaster:
    """Sends a `Task`'s model to workers; each has it `latency` (and the message's jitter) after its transmission's end.

    The transmission begins `backhaul` s after the server sends, unless the downlink is ideal, and so at once there. A medium
    with a `carrier` sends the model itself, unless the downlink is ideal; of a worker that it gives up, which makes no step
    in this round, the server is told by `report` that nothing will come.
    """

    def __init__(self, env: simpy.Environment, downlink: Downlink, message: Message, rates: np.ndarray, latencies: np.ndarray,
                 jitters: np.ndarray, streams: list[Counted], books: Books, backhaul: float = 0.0,
                 carrier: Carrier | None = None, report: Callable[[int, Outcome, int], None] | None = None):
        ideal = isinstance(downlink, Ideal)
        self.backhaul, self.carrier, self.report = 0.0 if ideal else backhaul, None if ideal else carrier, report
        self.env, self.downlink, self.message, self.rates = env, downlink, message, rates
        self.latencies, self.jitters, self.streams, self.books = latencies, jitters, streams, books

    @staticmethod
    def model_codec(codec: Codec) -> Codec:
        """What a model is sent in where updates go in `codec`: dense, at its width but not below 32 bits.

        Workers receive the model unrounded, which 32 bits are an honest price for and fewer would not be.
        """
        return build(Codec, {"type": "dense", "value_bits": max(codec.value_bits, 32)})

    @staticmethod
    def model_message(model: Update, codec: Codec, room: int, header: int) -> Message:
        """The message that carries `model`, dense: on the update's own grid, or in the format of `model_codec`."""
        packets = Broadcaster.model_codec(codec).packets(model, room)
        return Message.of(None, 0, packets.payload_bits, packets.coded_bits, header)

    def send(self, task: Task, workers: list[Worker]) -> None:
        """Start the broadcast; each worker's inbox gets the task when its model has arrived. Nobody asked: nothing is sent."""
        if not workers:
            return
        places = [worker.index for worker in workers]
        delays = np.array([self.latencies[m] + extra_delay(self.jitters[m], self.streams[m], task.round) for m in places])
        if self.carrier is not None:
            self.env.process(self._carry(task, {worker.index: worker for worker in workers}, dict(zip(places, delays.tolist()))))
            return
        plan = self.downlink.plan(self.env.now + self.backhaul, self.message, self.rates[places], delays)
        for place, start, end in plan.transmissions:
            worker, receivers = (None, len(places)) if place is None else (places[place], 1)
            self.books.downlink(task.round, worker, float(start), float(end), self.message, receivers)
        for worker, arrival in zip(workers, plan.arrivals):
            self._deliver(worker, task, float(arrival - self.env.now))

    def _carry(self, task: Task, workers: dict[int, Worker], delays: dict[int, float]):
        """A process: hands the model to the medium, one transmission for each of the downlink's audiences."""
        yield self.env.timeout(self.backhaul)
        for receiver, audience in self.downlink.audiences(list(workers)):
            transfer = Transfer(replace(self.message, worker=receiver, round=task.round), self.env.now)
            received = self.books.carry(transfer)
            for place, event in zip(audience, self.carrier.carry(transfer, audience)):
                event.callbacks.append(lambda event, place=place, received=received: self._carried(
                    task, workers[place], delays[place], received, event.value))

    def _carried(self, task: Task, worker: Worker, delay: float, received: Callable[[], None], arrived: bool) -> None:
        if arrived:
            received()
            self._deliver(worker, task, delay)
            return
        self.books.open(task.round, worker.index, 0.0, None)
        self.report(worker.index, Outcome(Fate.LOST), 0)

    def _deliver(self, worker: Worker, task: Task, delay: float) -> None:
        self.env.timeout(delay).callbacks.append(lambda _event: worker.inbox.put(task))

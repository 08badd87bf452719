"""Downlink: how the model reaches the workers. Where it has a channel of its own it loses nothing in this version.

The model's bits are counted at the codec's width, 32 bits at the least; the workers receive it unrounded. The rate is the
downlink's own or, on a `fixed` channel, the worker's channel rate. Over a radio, and where both directions share a medium, a
`Carrier` sends the model: in the first case at the rate that its workers' channels allow (`RadioCarrier`), in the second in
frames that may be lost and come again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import simpy

from ..model import Model, model
from ..units import Rate
from .message import Message, Transfer

__all__ = ["Broadcast", "Carrier", "Downlink"]


class Carrier(ABC):
    """The site that sends the model where its rate is neither stated nor that of a channel that never changes: on a radio of its
    own (`RadioCarrier`), or on the medium of the workers' packets, with which it then contends."""

    @abstractmethod
    def carry(self, transfer: Transfer, workers: list[int]) -> list[simpy.Event]:
        """Send `transfer.message`, from now on, to `workers` (M',), after what was handed over before; an event a worker.

        The message's own worker is None: one transmission for all of them, else that one alone. A worker's event happens
        when its last missing packet is with it, its link's latency not counted, with the value True; or with False when
        the medium gives it up. The medium keeps the books: `transfer.burst` when a pass over packets has ended (`arrived`:
        those that no worker misses any more), and `transfer.end` when nothing more will be sent.
        """


@dataclass(frozen=True)
class Broadcast:
    """How one model goes out: for each transmission its worker (None: all), start and end; `arrivals` (M',) by asked worker."""

    arrivals: np.ndarray
    transmissions: list[tuple[int | None, float, float]]


class Downlink(Model, family="downlink", default="ideal", later=()):
    """How the model reaches the workers that are asked."""

    @abstractmethod
    def plan(self, now: float, message: Message, rates: np.ndarray, delays: np.ndarray) -> Broadcast:
        """When `message`, sent from `now` on, is with each asked worker.

        `rates` (M',) bit/s and `delays` (M',) s of the asked workers, in index order.
        """

    def audiences(self, workers: list[int]) -> list[tuple[int | None, list[int]]]:
        """Each transmission that reaches `workers` by a `Carrier`: the worker that it is for (None: all), and who hears it."""
        return [(None, workers)]

    @property
    def own_rate(self) -> float | None:
        """bit/s, where the downlink has a rate of its own."""
        return getattr(self, "rate", None)


@model
class Ideal(Downlink, name="ideal"):
    """The model is there at once, and no bit is counted: what papers assume."""

    def plan(self, now, message, rates, delays):
        return Broadcast(np.full(len(rates), now), [])


@model
class Unicast(Downlink, name="unicast"):
    """The model to one worker after the other, in index order, each at the rate of its link: arrival = end + latency.

    Over a radio without `rate`, each at what its channel carries then; who has no rate, or none any more, is put off, and gets
    (the rest of) the model later.
    """

    rate: Rate | None = None

    def audiences(self, workers):
        return [(worker, [worker]) for worker in workers]

    def plan(self, now, message, rates, delays):
        _, _, bits = message.total_bits
        ends = now + np.cumsum(bits / rates)
        starts = np.concatenate(([now], ends[:-1]))
        return Broadcast(ends + delays, [(place, start, end) for place, (start, end) in enumerate(zip(starts, ends))])


@model
class Multicast(Downlink, name="multicast"):
    """The model once, for all, at the slowest asked worker's rate: arrival = bits / min rate + the worker's latency.

    Over a radio without `rate`, at what the weakest worker's channel carries then, which may be nothing for a while.
    """

    rate: Rate | None = None

    def plan(self, now, message, rates, delays):
        end = now + message.total_bits[2] / rates.min()
        return Broadcast(end + delays, [(None, now, end)])

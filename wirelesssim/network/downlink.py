"""Downlink: how the model reaches the workers. It loses nothing in this version.

The model's bits are counted at the codec's width, 32 bits at the least; the workers receive it unrounded. The rate is the
downlink's own or, on a `fixed` channel, the worker's channel rate; a downlink over a fading radio comes later, so that one
needs `rate`.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from ..model import Model, model
from ..units import Rate
from .message import Message

__all__ = ["Broadcast", "Downlink"]


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
    """The model to one worker after the other, in index order, each at the rate of its link: arrival = end + latency."""

    rate: Rate | None = None

    def plan(self, now, message, rates, delays):
        _, _, bits = message.total_bits
        ends = now + np.cumsum(bits / rates)
        starts = np.concatenate(([now], ends[:-1]))
        return Broadcast(ends + delays, [(place, start, end) for place, (start, end) in enumerate(zip(starts, ends))])


@model
class Multicast(Downlink, name="multicast"):
    """The model once, for all, at the slowest asked worker's rate: arrival = bits / min rate + the worker's latency."""

    rate: Rate | None = None

    def plan(self, now, message, rates, delays):
        end = now + message.total_bits[2] / rates.min()
        return Broadcast(end + delays, [(None, now, end)])

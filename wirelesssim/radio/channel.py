"""The channel of a scenario: what makes one link for each worker. Here the family, and links of given rates."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from ..errors import InputError
from ..model import Model, model
from ..perworker import WorkerRate, WorkerTime
from ..rng import Streams
from .geometry import Geometry
from .link import ConstantLink, Link
from .loss import Loss
from .survey import Survey
from .worker_loss import WorkerLoss

__all__ = ["Channel", "Fixed", "delays_and_losses", "drawn"]


class Channel(Model, family="channel"):
    """What lies between the workers and the server."""

    @abstractmethod
    def links(self, workers: int, geometry: Geometry | None, streams: Streams) -> list[Link]:
        """One link a worker, in order; InputError where a list has another length than `workers`."""

    @property
    @abstractmethod
    def needs_geometry(self) -> bool:
        """Whether the places of the workers matter."""

    @property
    def steady(self) -> bool:
        """Whether a link has one rate for ever, which a downlink without a rate of its own may take, too."""
        return not self.needs_geometry

    def survey(self, workers: int, geometry: Geometry | None, streams: Streams) -> Survey | None:
        """What the radio is at each worker's place at time 0; None where there is no radio."""
        return None

    @property
    def carries_downlink(self) -> bool:
        """Whether it has a `downlink`, the radio's way back, for a downlink without a rate of its own."""
        return False


@model
class Fixed(Channel, name="fixed"):
    """Links of given `rate` (bit/s), `latency` (s), `jitter` (mean extra delay, s) and `loss`, each for all or a worker each.

    end = start + bits / rate. No radio: places do not matter and the rate never changes.
    """

    rate: WorkerRate
    latency: WorkerTime = "0 s"
    jitter: WorkerTime = "0 s"
    loss: WorkerLoss = "0 %"

    def links(self, workers, geometry, streams):
        rates = drawn(self, "rate", workers, streams)
        return [ConstantLink(worker, streams, rate=rates[worker], **said)
                for worker, said in enumerate(delays_and_losses(self, workers, streams))]

    @property
    def needs_geometry(self):
        return False


def drawn(channel: Channel, key: str, workers: int, streams: Streams) -> np.ndarray | list[Loss]:
    """The values of the per-worker field `key` of `channel`, one a worker, (M,) in SI; InputError names the key.

    The same whenever they are asked for: each worker's is drawn from the stream of ("channel", key, worker).
    """
    given = getattr(channel, key)
    try:
        values = given.losses if key == "loss" else given.values
        return values(workers, streams, "channel", key)
    except InputError as error:
        raise error.under(key) from None


def delays_and_losses(channel: Channel, workers: int, streams: Streams) -> list[dict]:
    """`latency`, `jitter` and `loss` of each worker's link, as `Link` takes them."""
    columns = {key: drawn(channel, key, workers, streams) for key in ("latency", "jitter", "loss")}
    return [{key: column[worker] for key, column in columns.items()} for worker in range(workers)]

"""Access: who may speak when on the uplink, and what is made of it for a run.

Where senders contend there are no turns: their airs send as the medium lets them, and a `Carrier` is the access point on it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import simpy

from ..errors import Problem
from ..model import Model, model
from ..radio.channel import Channel
from ..radio.geometry import Geometry
from ..radio.link import Link
from ..rng import Streams
from .air import BurstAir, PacketAir
from .downlink import Carrier, Downlink
from .medium import Medium, TimeDivision
from .transport import Transport

__all__ = ["Access", "Medium", "Site", "Wired"]


@dataclass(frozen=True, eq=False)
class Site:
    """What an access is made for in a run: the sections of the scenario that it meets, the links, and the radio's streams."""

    env: simpy.Environment
    links: list[Link]
    channel: Channel
    geometry: Geometry | None
    downlink: Downlink
    transport: Transport
    streams: Streams
    fidelity: str = "burst"

    @property
    def workers(self) -> int:
        """M."""
        return len(self.links)


@dataclass(frozen=True, eq=False)
class Wired:
    """An access in a run: the medium that hands out turns, a transmitter a worker (`BurstAir` is the pattern), and who carries
    the downlink (None: a channel of its own)."""

    medium: Medium
    airs: list[Any]
    carrier: Carrier | None = None


class Access(Model, family="access", default="dedicated", later=()):
    """How the workers share the uplink. `carries_downlink`: the access point's frames are on the same medium."""

    carries_downlink: ClassVar[bool] = False

    @abstractmethod
    def medium(self, env: simpy.Environment, workers: int) -> Medium:
        """The medium for `workers` senders."""

    def wire(self, site: Site) -> Wired:
        """Medium, transmitters and carrier for a run; here turns on links, each with a reverse direction of its own."""
        medium, loss = self.medium(site.env, site.workers), site.transport.ack.loss
        make = PacketAir if site.fidelity == "packet" else BurstAir
        return Wired(medium, [make(site.env, link, medium.share, site.transport.outage_limit, loss) for link in site.links])

    def problems(self, channel: Channel, downlink: Downlink, transport: Transport, workers: int) -> Iterator[Problem]:
        """What of the other sections does not go with this access, keys from the top of the scenario; here nothing."""
        return iter(())

    def drawn_problems(self, channel: Channel, workers: int, streams: Streams) -> Iterator[Problem]:
        """As `problems`, of the values that a replication draws for its workers; here nothing."""
        return iter(())


@model
class Dedicated(Access, name="dedicated"):
    """A channel of its own, at full rate, for each worker."""

    def medium(self, env, workers):
        return Medium(env)


@model
class FrequencyDivision(Access, name="fdma"):
    """1/M of the rate to each of the M workers, all the time, whether the others send or not.

    The rate is divided, not the power spread anew over the narrower band: at the same total power a narrow band has a
    better signal-to-noise ratio, which this leaves out.
    """

    def medium(self, env, workers):
        return Medium(env, share=1.0 / workers)


@model
class TimeDivisionAccess(Access, name="tdma"):
    """Ready workers in index order, one burst each, no gaps; free for the next while a sender waits for its acknowledgement."""

    def medium(self, env, workers):
        return TimeDivision(env)

"""What the messages of a point go over: links, medium, uplinks, and the server's transmitter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import simpy

from ..network.access import Site
from ..network.message import Message
from ..network.radio_carrier import RadioCarrier
from ..network.uplink import Uplink
from ..nodes.books import Books
from ..nodes.broadcaster import Broadcaster
from ..scenario import Settings
from .draws import compute_times, links, radio_streams

__all__ = ["Wiring"]


class Wiring:
    """The network of one replication, wired: an uplink a worker, and `compute_times` (M,) s; whoever sends over it."""

    def __init__(self, env: simpy.Environment, settings: Settings, replication: int):
        self.env, self.settings, self.streams = env, settings, radio_streams(settings, replication)
        self.links = links(settings, self.streams)
        self.wired = settings.access.wire(Site(env, self.links, settings.channel, settings.geometry, settings.downlink,
                                               settings.transport, self.streams, settings.fidelity))
        self.compute_times = compute_times(settings, self.streams)
        self.uplinks = [self._uplink(worker) for worker in range(settings.workers)]

    def _uplink(self, worker: int) -> Uplink:
        settings, medium, link = self.settings, self.wired.medium, self.links[worker]
        reverse = settings.downlink.own_rate or link.control_rate * medium.share
        return Uplink(self.env, worker, link, self.wired.airs[worker], medium, reverse,
                      self.streams.counted("jitter", "uplink", worker), settings.backhaul)

    def broadcaster(self, message: Message, books: Books, report: Callable) -> Broadcaster:
        """The server's transmitter of `message`; `report` as `Broadcaster` has it."""
        settings, downlink = self.settings, self.settings.downlink
        rates = np.array([downlink.own_rate or link.control_rate for link in self.links])
        return Broadcaster(
            self.env, downlink, message, rates, np.array([link.latency for link in self.links]),
            np.array([link.jitter for link in self.links]),
            [self.streams.counted("jitter", "downlink", worker) for worker in range(settings.workers)], books,
            settings.backhaul.latency if settings.backhaul else 0.0, self.wired.carrier or self._radio_carrier(), report)

    def _radio_carrier(self) -> RadioCarrier | None:
        """The server's site where the downlink goes over the radio and states no rate."""
        settings, channel = self.settings, self.settings.channel
        if settings.downlink.type_name == "ideal" or settings.downlink.own_rate is not None or not channel.carries_downlink:
            return None
        way = channel.downlink(settings.workers, settings.geometry, self.streams)
        return RadioCarrier(self.env, way, settings.transport.outage_limit)

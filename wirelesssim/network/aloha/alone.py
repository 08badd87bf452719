"""An ALOHA channel alone, without a scenario: senders of stated frames. For validation, tests and experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import simpy

from ...model import build
from ...radio import Channel, Geometry
from ...rng import Streams
from ..access import Access, Site
from ..downlink import Downlink
from ..transport import Transport

__all__ = ["AlohaAlone"]


class AlohaAlone:
    """`workers` senders by `access` (as in a scenario) on `channel`, by default 1 Mbit/s without loss; `mtu` bits fill a slot.

    `airs`, and `carrier` if the access point is on the channel, are what was made. InputError where a field is not valid. Left
    out: transport and its acknowledgements.
    """

    def __init__(self, access: Any, workers: int = 1, channel: Any = None, mtu: int = 12_000, fidelity: str = "burst",
                 seed: int = 1, geometry: Any = None):
        self.env, self.streams = simpy.Environment(), Streams(seed, domain="radio")
        made = build(Channel, channel or {"type": "fixed", "rate": "1 Mbit/s"})
        places = build(Geometry, geometry) if geometry else None
        self.links = made.links(workers, places, self.streams)
        transport = build(Transport, {"type": "arq", "mtu": mtu, "header": 0})
        wired = build(Access, access).wire(Site(self.env, self.links, made, places, build(Downlink, "multicast"), transport,
                                                self.streams, fidelity))
        self.airs, self.carrier = wired.airs, wired.carrier

    def poisson(self, load: float, frames: int, bits: int = 1000) -> tuple[np.ndarray, np.ndarray]:
        """`frames` single frames of `bits`, ready at Poisson instants, `load` a frame time.

        Which arrived (n,) of bool, and when each was ready (n,) s.
        """
        each = bits / self.links[0].rate_at(0.0)
        times = np.cumsum(self.streams("poisson arrivals").exponential(each / load, frames))
        arrived = np.zeros(frames, dtype=bool)
        for frame in range(frames):
            self.env.process(self._one(frame, times[frame], bits, arrived))
        self.env.run()
        return arrived, times

    def _one(self, frame: int, time: float, bits: int, arrived: np.ndarray):
        yield self.env.timeout(time)
        sent = yield from self.airs[frame % len(self.airs)].send(frame, np.array([0]), np.array([bits]), 1)
        arrived[frame] = sent.arrived[0]

    def saturate(self, until: float, bits: int = 1000) -> int:
        """Every worker always has a frame of `bits`; how many were received by `until` (s)."""
        heard: list[int] = []
        for air in self.airs:
            self.env.process(self._saturate(air, bits, heard))
        self.env.run(until=until)
        return sum(heard)

    def _saturate(self, air, bits: int, heard: list[int]):
        round = 0
        while True:
            round += 1
            sent = yield from air.send(round, np.array([0]), np.array([bits]), 1)
            heard.append(int(sent.arrived[0]))

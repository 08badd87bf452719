"""A cell alone, without a scenario: users of stated SINR, bursts at given instants. For validation, tests and experiments."""

from __future__ import annotations

import numpy as np
import simpy

from ...model import build
from ...radio import Channel
from ...radio.block_sinr import block_sinr
from ...rng import Streams
from ..access import Access
from .cell import Cell, Served
from .rules import Tables
from .twin import SlotCell

__all__ = ["CellAlone"]

_BASE = {"type": "nr", "duplex": "fdd", "p0": None}  # without power control, so that the whole band's SINR is what was said


class CellAlone:
    """An NR cell whose users have `sinr_db` (U,), each the mean SINR in dB of the whole carrier at full power.

    `access` and `phy` say what differs from the defaults of `Ofdma` and from FDD without power control; `fading` is a law for
    all, independent from user to user, or None. `fidelity` burst takes the compiled loop, packet its twin. A user whom no scheme
    carries gives up after `outage_limit` s. `carrier`, `rules` and `cell` are what was made; `served` has (user, start in s,
    end in s, `Served`) of each burst in order of its end. InputError where a field is not valid. Left out: places, path loss,
    interference, packets and their headers.
    """

    def __init__(self, sinr_db, access: dict | None = None, phy: dict | None = None, fading: dict | None = None, seed: int = 0,
                 fidelity: str = "burst", outage_limit: float = 1.0, bandwidth: str = "20 MHz"):
        self.env, self.streams = simpy.Environment(), Streams(seed, domain="radio")
        self.access = build(Access, {"type": "ofdma"} | (access or {}))
        self.channel = build(Channel, {"type": "radio", "bandwidth": bandwidth, "phy": _BASE | (phy or {}),
                                       "fading": fading or "none"})
        self.carrier = self.channel.phy.carrier(self.channel.carrier, self.channel.bandwidth)
        self.slot = self.carrier.slot
        self.rules = self.access.rules(self.channel, len(sinr_db), None, self.streams, outage_limit)
        means, law = 10 ** (np.asarray(sinr_db, dtype=float) / 10), self.channel.fading_law
        sources = [block_sinr(law, law.process(self.streams, user), float(mean)) for user, mean in enumerate(means)]
        make = SlotCell if fidelity == "packet" else Cell
        self.cell = make(self.env, self.rules, Tables.of(self.carrier.tables), sources, self.slot, self.access.sr_period,
                         self.access.inactivity, self.access.resume_delay)
        self.served: list[tuple[int, float, float, Served]] = []

    def send(self, user: int, *bursts: tuple[int, float]) -> CellAlone:
        """`bursts` of (bits, not before s): each goes when the one before has ended and its time has come."""
        self.env.process(self._send(user, bursts))
        return self

    def _send(self, user, bursts):
        for bits, at in bursts:
            if at > self.env.now:
                yield self.env.timeout(at - self.env.now)
            start = self.env.now
            served = yield self.cell.transmit(user, bits)
            self.served.append((user, start, self.env.now, served))

    def run(self, until: float | None = None) -> list[tuple[int, float, float, Served]]:
        """Run till all has ended, or to `until` s; what was served."""
        self.env.run(until=until)
        return self.served

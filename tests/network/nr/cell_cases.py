"""A bench for a cell alone: users of written-down or drawn SINR, bursts at given times, by either fidelity."""

import numpy as np
import simpy

from wirelesssim.model import build
from wirelesssim.network.access import Access
from wirelesssim.network.nr import Ofdma  # noqa: F401  (registers the leaf)
from wirelesssim.network.nr.cell import Cell
from wirelesssim.network.nr.rules import Tables
from wirelesssim.network.nr.twin import SlotCell
from wirelesssim.radio import Channel
from wirelesssim.radio.block_sinr import SteadyBlocks, block_sinr
from wirelesssim.radio.fading import Fading, NoFading
from wirelesssim.rng import Streams

FULL_POWER = {"p0": None}  # so that the SINR of the whole band is what the case says


class CellBench:
    """`sinr_db` (U,) of the whole 20 MHz band at full power; `access` and `phy` fields of the leaves; `fading` for all.

    `carrier` and `rules` are what the cell got; `served` (user, start, end, Served) of each burst, in order of its end.
    """

    def __init__(self, sinr_db, access=None, phy=None, fading=None, seed=0, fidelity="burst", outage_limit=1.0,
                 bandwidth="20 MHz"):
        self.env, self.streams = simpy.Environment(), Streams(seed, domain="radio")
        self.access = build(Access, {"type": "ofdma"} | (access or {}))
        self.channel = build(Channel, {"type": "radio", "bandwidth": bandwidth,
                                       "phy": {"type": "nr", "duplex": "fdd"} | FULL_POWER | (phy or {})})
        self.carrier = self.channel.phy.carrier(self.channel.carrier, self.channel.bandwidth)
        self.slot = self.carrier.slot
        self.rules = self.access.rules(self.channel, len(sinr_db), None, self.streams, outage_limit)
        law = build(Fading, fading).tuned(3.5e9, self.channel.bandwidth) if fading else NoFading()
        means = 10 ** (np.asarray(sinr_db, dtype=float) / 10)
        sources = [block_sinr(law, law.process(self.streams, user), float(mean)) for user, mean in enumerate(means)]
        if fading:
            bands = law.bands
            middle = np.arange(self.rules.blocks) * bands // self.rules.blocks
            self.rules = self.rules._replace(band=middle.astype(np.int64))
        assert all(isinstance(source, SteadyBlocks) for source in sources)
        make = SlotCell if fidelity == "packet" else Cell
        self.cell = make(self.env, self.rules, Tables.of(self.carrier.tables), sources, self.slot, self.access.sr_period,
                         self.access.inactivity, self.access.resume_delay)
        self.served = []

    def send(self, user, *bursts):
        """`bursts` of (bits, not before): each goes when the one before has ended and its time has come."""
        self.env.process(self._send(user, bursts))
        return self

    def _send(self, user, bursts):
        for bits, at in bursts:
            if at > self.env.now:
                yield self.env.timeout(at - self.env.now)
            start = self.env.now
            served = yield self.cell.transmit(user, bits)
            self.served.append((user, start, self.env.now, served))

    def run(self):
        """Run till all has ended; the list of what was served."""
        self.env.run()
        return self.served

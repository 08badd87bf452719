"""The access of NB-IoT, as a scenario names it: coverage classes, random access, and groups of tones."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Annotated

from ...errors import Problem
from ...model import model
from ...radio.channel import drawn
from ...radio.nbiot import REPETITIONS, TurnLink, block_sizes, preamble_time, resource_unit
from ...radio.phy_nbiot import BANDWIDTH, NbIot
from ...radio.radio_channel import Radio
from ...units import COUNT, DECIBELS, PositiveTime, Quantity, to_db
from ..access import Access, Site, Wired
from ..air import BurstAir
from ..medium import NoTurns
from ..sinr import sinr_at
from .air import NbIotAir
from .tones import Tones
from .twin import TurnAir

__all__ = ["NbIotAccess", "coupling_loss_db"]

Preambles = Annotated[int, Quantity(COUNT, ge=1, le=128)]
Level = Annotated[float, Quantity(DECIBELS, gt=0)]

# s from the preamble's end, without repetitions: the response's window 4 ms (TS 36.321, 5.1.4), message 3 after 12 ms (TS 36.213,
# 16.3.3), its answer after 3 ms (16.6), the answer's acknowledgement after 12 ms (16.4.2)
FIXED = 4e-3 + 12e-3 + 3e-3 + 12e-3
REPEATED = 6e-3  # s that are repeated: two grants of 1 ms, two answers of 1 ms, the acknowledgement of 2 ms
REQUEST = 88  # bits of message 3: TS 36.321, 6.1.5


@model
class NbIotAccess(Access, name="nbiot"):
    """Scheduled tones after a random access: release 13 has no scheduling request, so that every burst begins with a preamble.

        access = wait for the next NPRACH (every `period`) + preamble + 31 ms + R (6 ms + message 3) + wait for tones

    The preamble is sent as often as the worker's coverage class says: `normal_preambles` up to a coupling loss of `normal_limit`,
    `robust_preambles` up to `robust_limit`, `extreme_preambles` beyond. R: the repetitions of the worker's own blocks, at which
    the exchange goes as well. 12 / tones (48 at 3.75 kHz) workers send at a time, each on its own tones until its burst is
    over; of those that wait the least index is first. A worker is half duplex: it hears the acknowledgement after its burst.

    Limits of 144 and 154 dB, the first two of the three levels (164 dB is the last) by which TR 45.820, clause 5, and its
    evaluations judge coverage; 1, 8 and 32 preambles, of the values of TS 36.331, NPRACH-Parameters-NB, and a `period` of 160 ms,
    also of these, are ours, so that 10 dB are made up by repetition. Left out: collisions of preambles (48 subcarriers; the
    base station knows whom it asked and can order each its own), NPRACH's share of the tones, preambles that are missed.
    """

    period: PositiveTime = "160 ms"
    normal_limit: Level = "144 dB"
    robust_limit: Level = "154 dB"
    normal_preambles: Preambles = 1
    robust_preambles: Preambles = 8
    extreme_preambles: Preambles = 32

    def medium(self, env, workers):
        """No turns of the medium: the air waits for its tones itself."""
        return NoTurns(env)

    def problems(self, channel, downlink, transport, workers):
        if not isinstance(getattr(channel, "phy", None), NbIot):
            yield Problem(("channel", "phy"), "must be nbiot with the access nbiot: give channel: {type: radio, bandwidth: "
                                              "180 kHz, phy: {type: nbiot}}, or another access")

    def wire(self, site: Site) -> Wired:
        """A transmitter a worker on common tones."""
        phy, loss = site.channel.phy, site.transport.ack.loss
        tones = Tones(site.env, round(BANDWIDTH / (phy.tones * phy.spacing)))
        powers = drawn(site.channel, "tx_power", site.workers, site.streams).tolist()
        noise = site.channel.noise * site.channel.noise_rise(site.workers, site.geometry, site.streams)
        make = TurnAir if site.fidelity == "packet" else BurstAir
        airs = [NbIotAir(site.env, worker, tones,
                         make(site.env, TurnLink(link, phy.turns), 1.0, site.transport.outage_limit, loss),
                         partial(self.access_time, site.channel, power / noise, sinr_at(link)))
                for worker, (link, power) in enumerate(zip(site.links, powers))]
        return Wired(self.medium(site.env, site.workers), airs)

    def preambles(self, coupling_loss_db: float) -> int:
        """How often the preamble is sent at this coupling loss."""
        if coupling_loss_db <= self.normal_limit:
            return self.normal_preambles
        return self.robust_preambles if coupling_loss_db <= self.robust_limit else self.extreme_preambles

    def access_time(self, channel: Radio, power: float, sinr: Callable[[float], float], now: float) -> float:
        """Seconds from `now` until the base station knows of a worker that sends `power` over the base station's noise and
        interference; `sinr(time)`: of one antenna over 180 kHz."""
        phy, at = channel.phy, sinr(now)
        scheme = phy.scheme(at * channel.branches)
        repetitions, i_tbs = (scheme.repetitions, scheme.i_tbs) if scheme else (REPETITIONS[-1], 0)
        units = next(units for units, bits in block_sizes(i_tbs) if bits >= REQUEST)
        exchange = repetitions * (REPEATED + units * resource_unit(phy.tones, phy.spacing).duration)
        wait = max(0.0, math.ceil(now / self.period - 1e-9) * self.period - now)
        return wait + preamble_time(self.preambles(coupling_loss_db(power, at))) + FIXED + exchange


def coupling_loss_db(power: float, sinr: float) -> float:
    """Power sent over power received, at the antennas' connectors, dB: what is sent is `power` times the noise and interference
    at the base station over 180 kHz, and one antenna has this mean `sinr` (linear) there."""
    return float(to_db(power / max(sinr, 1e-30)))

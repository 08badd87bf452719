"""The access of LTE-M, as a scenario names it."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Annotated

from ...errors import Problem
from ...model import model
from ...radio.nbiot import TurnLink
from ...radio.phy_ltem import LteM
from ...radio.radio_channel import Radio
from ...units import COUNT, PositiveTime, Quantity
from ..access import Access, Site, Wired
from ..air import BurstAir
from ..medium import NoTurns
from ..nbiot.air import NbIotAir
from ..nbiot.tones import Tones
from ..nbiot.twin import TurnAir
from ..sinr import sinr_at

__all__ = ["LteMAccess"]

Groups = Annotated[int, Quantity(COUNT, ge=1, le=2)]
REQUEST, ANSWER = 1e-3, 4e-3  # s: a request on PUCCH, and the least time to the grant (TS 36.213, 8.0: n + 4, from memory)


@model
class LteMAccess(Access, name="ltem"):
    """A narrowband of six resource blocks, half-duplex workers that stay connected and ask before every burst.

        access = wait for the next request (every `period`) + R ms of request + 4 ms + wait for the narrowband

    R: the repetitions of the worker's own blocks. `together` workers share the narrowband by turns of 3 ms, since a half-duplex
    worker listens while the other sends: two fill six of eight subframes, each at its full rate; of those that wait the
    least index is first, and has the narrowband until its burst is over.

    `period` 40 ms: a value of sr-PUCCH (TS 36.213, table 10.1.5-1). Left out: the first random access and connection, room that
    requests take, more than one narrowband, and that turns of two workers interleave only where both repeat as often, and
    where not share the six resource blocks.
    """

    period: PositiveTime = "40 ms"
    together: Groups = 2

    def medium(self, env, workers):
        """No turns of the medium: the air waits for the narrowband itself."""
        return NoTurns(env)

    def problems(self, channel, downlink, transport, workers):
        if not isinstance(getattr(channel, "phy", None), LteM):
            yield Problem(("channel", "phy"), "must be ltem with the access ltem: give channel: {type: radio, bandwidth: "
                                              "1.08 MHz, phy: {type: ltem}}, or another access")

    def wire(self, site: Site) -> Wired:
        """A transmitter a worker on the common narrowband."""
        shared, loss = Tones(site.env, self.together), site.transport.ack.loss
        make, table = TurnAir if site.fidelity == "packet" else BurstAir, site.channel.phy.turns
        airs = [NbIotAir(site.env, worker, shared,
                         make(site.env, TurnLink(link, table), 1.0, site.transport.outage_limit, loss),
                         partial(self.access_time, site.channel, sinr_at(link))) for worker, link in enumerate(site.links)]
        return Wired(self.medium(site.env, site.workers), airs)

    def access_time(self, channel: Radio, sinr: Callable[[float], float], now: float) -> float:
        """Seconds from `now` until the base station has answered; `sinr(time)`: of one antenna over the narrowband."""
        scheme = channel.phy.scheme(sinr(now) * channel.branches)
        wait = max(0.0, math.ceil(now / self.period - 1e-9) * self.period - now)
        return wait + (scheme.repetitions if scheme else channel.phy.max_repetitions) * REQUEST + ANSWER

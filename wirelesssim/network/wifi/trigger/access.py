"""Trigger-based uplink OFDMA as a scenario names it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, ClassVar

import simpy

from ....errors import Problem
from ....model import model
from ....radio.phy_wifi import Wifi
from ....radio.radio_channel import Radio
from ....radio.wifi import ResourceUnits
from ....units import COUNT, TIME, Quantity
from ...access import Access, Site, Wired
from ...medium import NoTurns

__all__ = ["OfdmaTrigger"]

_LARGEST_PACKET = 2296  # bytes: an MSDU of 2304 less LLC/SNAP; 802.11-2020, table 9-25


@model
class OfdmaTrigger(Access, name="ofdma_trigger"):
    """Uplink OFDMA of 802.11ax, in which the access point alone contends; needs the radio's `phy: {type: wifi, standard: ax}`.

    The access point, alone on the medium, sends after AIFS and a backoff over 0 to 15 slots, or at once if both have passed. Its
    trigger frame gives each of several workers a resource unit; SIFS later all send A-MPDUs at the same time, padded to the
    longest of them; SIFS later it answers all in one block ACK. What was lost comes again in the worker's next unit, first in
    line, 7 transmissions in all. Units are of equal size, the largest that gives one to each of those with data, at most
    `most_users`; turns go round. A worker puts its power into its unit, whose SINR is that of the band times 242/26 for the
    smallest in 20 MHz. Its mode is that of the SINR at the access point's decision, held over the exchange; a worker whom the
    lowest mode does not carry in any size gives up after the transport's `outage_limit`.

    Who has data the access point asks every `poll` s (buffer status report poll): all whose buffer it does not know answer in the
    smallest units with the lowest mode. `poll: 0 s`: it knows at once. With data it hears the rest of the buffer.

    The model and acknowledgements of the transport go down as jobs in order, in turn with triggers: to all in broadcast frames at
    6 Mb/s, pass after pass over what somebody misses, 7 passes at most; to one worker in A-MPDUs, or in one MPDU with an ACK;
    with the channel's `downlink_tx_power`, to its `worker_noise_figure`.

    `guard_interval` of the uplink, 1.6 us (with 2x training fields) or 3.2 us, those of triggered PPDUs (802.11ax-2021, 27.3.4).
    Defaults: `poll` 5 ms, of the order of the longest PPDU (5.484 ms); `most_users` as many as there are units. Sources:
    802.11ax-2021, 26.5.2 (uplink multi-user operation), 9.3.1.22 (trigger), 27.3.2 (units); durations as in `radio.wifi`.
    Left out: errors of triggers, polls and answers, sent in more robust modes than data; units of mixed sizes; power control and
    the interference of unequal powers; a window that doubles when an exchange fails; downlink OFDMA; other networks.
    """

    carries_downlink: ClassVar[bool] = True

    poll: Annotated[float, Quantity(TIME, ge=0, le=10)] = "5 ms"
    most_users: Annotated[int, Quantity(COUNT, ge=1, le=74)] = 74
    guard_interval: Annotated[float, Quantity(TIME, gt=0)] = "1.6 us"

    def medium(self, env: simpy.Environment, workers: int) -> NoTurns:
        """No turns: triggers decide."""
        return NoTurns(env)

    def problems(self, channel, downlink, transport, workers) -> Iterator[Problem]:
        """Where the channel is not 802.11ax, has losses of its own, or the packets are no frames of it."""
        if not any(math.isclose(self.guard_interval, known) for known in (1.6e-6, 3.2e-6)):
            yield Problem(("access", "guard_interval"), f"must be 1.6 us or 3.2 us, got {self.guard_interval * 1e6:g} us")
        phy = channel.phy if isinstance(channel, Radio) else None
        if not isinstance(phy, Wifi):
            yield Problem(("channel", "phy"), "must be wifi with the access ofdma_trigger: give channel: {type: radio, phy: "
                                              "{type: wifi, standard: ax}}, or another access")
            return
        if phy.standard != "ax":
            yield Problem(("channel", "phy", "standard"), f"must be ax with the access ofdma_trigger, got {phy.standard}")
        if phy.rate.memory != (0, 0):
            rule = "must be fixed or best with the access ofdma_trigger, whose access point chooses the modes"
            yield Problem(("channel", "phy", "rate", "type"), f"{rule}, got {phy.rate.type_name}")
        if channel.loss.positive:
            yield Problem(("channel", "loss"), "must be 0 % with the access ofdma_trigger: frames fail by the error law")
        if transport.ack.loss is not None:
            rule = "must not be given with the access ofdma_trigger, whose medium carries the acknowledgements; leave it out"
            yield Problem(("transport", "ack", "loss"), rule)
        if transport.mtu > 8 * _LARGEST_PACKET:
            yield Problem(("transport", "mtu"), f"must be <= {_LARGEST_PACKET} B with the access ofdma_trigger, got "
                                                f"{transport.mtu // 8} B")

    def wire(self, site: Site) -> Wired:
        """The cell, a transmitter in it for each worker, and the access point."""
        from .air import TriggerAir
        from .cell import TriggerCell
        from .point import Point
        from .rules import Draws, Signals
        from .twin import FrameCell

        rules, channel = self.rules(site.channel, site.transport.outage_limit), site.channel
        signals = Signals(channel.block_sinrs(site.workers, site.geometry, site.streams), rules.carrier)
        make = FrameCell if site.fidelity == "packet" else TriggerCell
        down = Signals(channel.downlink(site.workers, site.geometry, site.streams).sources, rules.carrier)
        cell = make(site.env, rules, signals, down, Draws(site.streams, site.workers))
        airs = [TriggerAir(cell, worker) for worker in range(site.workers)]
        return Wired(self.medium(site.env, site.workers), airs, Point(cell))

    def rules(self, channel: Radio, outage_limit: float):
        """What holds in a run on `channel`."""
        from ....radio.wifi import legacy_mode
        from .rules import FOREVER, TriggerRules

        phy, carrier = channel.phy, channel.phy.wifi(channel.bandwidth)
        units = ResourceUnits(channel.bandwidth, phy.streams, round(self.guard_interval * 1e9), phy.error_law, phy.rate)
        outage = FOREVER if math.isinf(outage_limit) else round(outage_limit * 1e9)
        return TriggerRules(carrier.standard, units, carrier, legacy_mode(6), round(self.poll * 1e9), self.most_users,
                            carrier.standard.attempts, carrier.standard.attempts, outage)

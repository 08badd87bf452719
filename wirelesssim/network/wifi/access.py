"""The access of a Wi-Fi medium: carrier sense and backoff, as a scenario names them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import simpy

from ...errors import InputError, Problem
from ...model import model, plain
from ...radio.phy_wifi import Wifi
from ...radio.radio_channel import Radio
from ...units import COUNT, SIZE, Quantity, Rate
from ..access import Access, Site, Wired
from ..medium import NoTurns
from ..transport import Transport
from .background import Background
from .hidden.hearing import Hidden

__all__ = ["Csma"]

_LARGEST_MSDU = 2304  # bytes: IEEE Std 802.11-2020, table 9-25; LLC/SNAP is part of it
_LLC = 8  # bytes of LLC/SNAP: RFC 1042

Attempts = Annotated[int, Quantity(COUNT, ge=1, le=255)]
Threshold = Annotated[int, Quantity(SIZE, ge=0)]


@model
class Csma(Access, name="csma"):
    """Carrier sense with collision avoidance: DCF in 802.11a, EDCA best effort in n, ac and ax; `channel.phy` is `wifi`.

    Workers and the access point contend alike: with the workers' packets, with acknowledgements of the transport and, unless
    `downlink` is ideal, with the model. Each packet is a frame (an MPDU), or with `aggregation` (n, ac, ax) one of those
    of an A-MPDU: consecutive ones to one station, the least of 65,535 bytes, 64 and 5.484 ms.

    A station whose backoff is over and that gets a frame while the medium is idle sends when it has been idle for DIFS (AIFS
    with EDCA), so that workers ready together collide, for certain; one whose medium is, or becomes, busy meanwhile draws a
    backoff, uniform over 0, ..., CW slots of 9 us. It counts down slots after each idle DIFS and stands still while the
    medium is busy; stations that begin less than a slot apart do not hear each other, and collide. CW is 15, doubles (2 CW + 1)
    to 1023 with each failure, and falls back after a success, or after `retry_limit` transmissions, when the frame is lost.
    Also a success is followed by a backoff. A sender misses an acknowledgement 45 us after its data (SIFS + slot + 20 us), and
    waits DIFS. Bystanders of a collision wait DIFS (`eifs: none`), or SIFS + ACK at 6 Mb/s + DIFS (`standard`: 94 us in 11a).
    A frame that noise spoils at its receiver is heard by the others, who wait for the acknowledgement that does not come, while
    the receiver, to which it is undecodable, waits EIFS.
    Above `rts_threshold` (of the MPDUs together) a frame is announced by RTS, and RTS collide in its place. A try whose RTS was
    in vain counts as a try, with no bits: RTS, CTS and ACK, control frames of the MAC, are in no column of bits.
    Each MPDU of an A-MPDU is received, or not, by itself; the BlockAck says which, and the others go again within the window of
    64. `after_missed_block_ack: bar` asks for it by a BlockAckReq, which contends for itself; `retransmit` sends the data again.
    `rules: bianchi` are those of his model instead: no retry limit, a use of the medium counts as a slot for everyone, nobody
    waits for a missing acknowledgement, and every frame has a backoff.
    The model to all goes in broadcast frames at `basic_rate` that nobody acknowledges; see `AccessPoint`. `background`: others.
    `hidden`: workers that do not hear each other, a list of pairs, or those whose power between their places is below a
    `threshold`. Each station then has busy times, deferral and reservations (NAV) of its own, and a frame that overlaps with
    another at its receiver is lost, of an A-MPDU what another meets; see `HiddenContention`. All hear the access point.

    Sources: IEEE Std 802.11-2020, 10.3.2 to 10.3.4 (DCF, EIFS, RTS), 10.23.2 (EDCA), 10.12 and 10.25 (A-MPDU, block
    acknowledgement), table 9-155; G. Bianchi, IEEE J. Sel. Areas Commun. 18(3), 2000. Defaults: EIFS as the
    standard has it; no RTS (dot11RTSThreshold's default exceeds every frame); 7 transmissions, dot11ShortRetryLimit; BlockAckReq,
    as in ns-3; 6 Mb/s, the lowest mandatory rate. Left out: capture (all frames of a collision are lost,
    however strong), losses of control frames but by collisions, TXOP bursts, beacons, association, power saving. The access
    point sends with the channel's `downlink_tx_power`, to the workers' noise figure. Within a burst a worker out of reach sends
    in the lowest mode. On-air bits count packets with every transmission, without MAC headers and control frames.
    """

    eifs: Literal["standard", "none"] = "standard"
    rules: Literal["standard", "bianchi"] = "standard"
    aggregation: bool = True
    after_missed_block_ack: Literal["bar", "retransmit"] = "bar"
    retry_limit: Attempts = 7
    rts_threshold: Threshold | None = None
    basic_rate: Rate = "6 Mbit/s"
    background: Background = "none"
    hidden: Hidden = "none"

    carries_downlink = True

    def medium(self, env: simpy.Environment, workers: int) -> NoTurns:
        """No turns: stations contend frame by frame."""
        return NoTurns(env)

    def wire(self, site: Site) -> Wired:
        """The medium, a transmitter for each worker, and the access point."""
        from .wiring import wire

        return wire(self, site)

    def problems(self, channel, downlink, transport, workers):
        if not isinstance(channel, Radio) or not isinstance(channel.phy, Wifi):
            yield Problem(("channel", "phy"), "must be wifi with the access csma: give channel: {type: radio, phy: {type: wifi}}"
                                              ", or another access")
            return
        yield from _misfits(channel, transport)
        yield from (problem.under("access", "hidden") for problem in self.hidden.problems(workers))

    def check(self):
        if self.basic_rate not in (6e6, 12e6, 24e6):
            raise InputError(Problem(("basic_rate",), f"must be 6, 12 or 24 Mbit/s, got {self.basic_rate / 1e6:g} Mbit/s"))
        if self.rules == "bianchi" and self.hidden.type_name != "none":
            said = "must be none with the rules bianchi, whose stations all hear each other; leave one of them out"
            raise InputError(Problem(("hidden",), said))


def _misfits(channel: Radio, transport: Transport) -> Iterator[Problem]:
    """What means nothing where frames contend."""
    if channel.loss.positive:
        yield Problem(("channel", "loss"), "must be 0 % with the access csma: what is lost is what noise and collisions leave "
                                           f"after the last transmission, got {plain(channel)['loss']}")
    if transport.ack.loss is not None:
        yield Problem(("transport", "ack", "loss"), "must not be given with the access csma, where acknowledgements are frames "
                                                    "that contend; leave it out")
    room = 8 * (_LARGEST_MSDU - _LLC)
    if transport.mtu > room:
        yield Problem(("transport", "mtu"), f"must be <= {room // 8} B with the access csma, what a frame takes, "
                                            f"got {transport.mtu // 8} B")
    if transport.ack.size > room:
        yield Problem(("transport", "ack", "size"), f"must be <= {room // 8} B with the access csma, "
                                                    f"got {transport.ack.size // 8} B")

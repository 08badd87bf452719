"""Unslotted CSMA-CA of IEEE 802.15.4, as a scenario names it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import simpy

from ...errors import InputError, Problem
from ...model import model
from ...radio.ieee802154 import MAX_PSDU, mac_overhead
from ...radio.phy_ieee802154 import Ieee802154
from ...radio.radio_channel import Radio
from ...rng import Streams
from ...units import COUNT, Quantity
from ..access import Access, Site, Wired
from ..medium import NoTurns

if TYPE_CHECKING:
    from .signals import Signals

__all__ = ["CsmaCa"]


@model
class CsmaCa(Access, name="csma_ca"):
    """A network of IEEE 802.15.4 without beacons, whose workers and coordinator contend alike; `channel.phy` is `ieee802154`.

    Each packet is a frame, of at most 127 B with the MAC's `addresses` (short: 11 B in all, extended: 23 B). Before a frame its
    sender waits 0, ..., 2^BE - 1 periods of 320 us, drawn anew, then listens for 128 us (CCA). If nothing was on the air at any
    time of these, it turns to sending, which takes 192 us in which it hears nothing, and sends. Else BE, from `min_be` on,
    grows by one to at most `max_be`, and it tries again; when it has found the channel busy `max_backoffs` + 1 times the frame
    is lost without having been sent. 192 us after a frame its receiver answers with an acknowledgement of 352 us, without
    listening; an acknowledgement that has not come 864 us after the frame has the sender begin again, up to `retries` times,
    then the frame is lost. Between an acknowledgement and the sender's next frame are 640 us (frames of up to 18 B: 192 us),
    before its backoff begins. What overlaps is lost, acknowledgements too: one may begin to send between a frame and its
    acknowledgement. Else a frame fails by the error law of its receiver's SNR in the block in which it begins. What is lost
    here is left to the transport. Upwards: channel.tx_power; downwards: channel.downlink_tx_power to worker_noise_figure. The
    model to all goes in broadcast frames, in at most `passes`; see `Coordinator`. A worker out of range sends in vain, and the
    transport gives up.

    Source: IEEE Std 802.15.4-2006, 7.5.1.4 (CSMA-CA; as ns-3's lr-wpan cites it), 7.5.1.3 (spaces), 7.5.6.4 (acknowledgement,
    retransmission), 7.4.2 (defaults of macMinBE, macMaxBE, macMaxCSMABackoffs, macMaxFrameRetries), from memory. 8 passes: as
    1 + 7 tries of the transport. Left out: beacons and slotted CSMA-CA, guaranteed time slots, indirect transmission to
    sleeping workers, hidden senders (all hear each other), capture (of frames that overlap none survives), several hops,
    processing time beyond the turnaround. On-air bits count packets with every transmission, without the MAC's headers and
    acknowledgements.
    """

    carries_downlink: ClassVar[bool] = True

    addresses: Literal["short", "extended"] = "short"
    min_be: Annotated[int, Quantity(COUNT, ge=0, le=8)] = 3
    max_be: Annotated[int, Quantity(COUNT, ge=3, le=8)] = 5
    max_backoffs: Annotated[int, Quantity(COUNT, ge=0, le=5)] = 4
    retries: Annotated[int, Quantity(COUNT, ge=0, le=7)] = 3
    passes: Annotated[int, Quantity(COUNT, ge=1, le=1000)] = 8

    def check(self):
        if self.min_be > self.max_be:
            raise InputError(Problem(("min_be",), f"must be <= max_be ({self.max_be}), got {self.min_be}"))

    def medium(self, env: simpy.Environment, workers: int) -> NoTurns:
        """No turns: senders contend frame by frame."""
        return NoTurns(env)

    def problems(self, channel, downlink, transport, workers) -> Iterator[Problem]:
        """Where the channel is not IEEE 802.15.4, has losses of its own, or a packet is larger than a frame."""
        if not isinstance(channel, Radio) or not isinstance(channel.phy, Ieee802154):
            yield Problem(("channel", "phy"), "must be ieee802154 with the access csma_ca: give channel: {type: radio, carrier: "
                                              "2450 MHz, bandwidth: 2 MHz, phy: {type: ieee802154}}, or another access")
            return
        if channel.loss.positive:
            rule = "must be 0 % with the access csma_ca: frames fail by the error law and by collisions"
            yield Problem(("channel", "loss"), rule)
        if transport.ack.loss is not None:
            rule = "must not be given with the access csma_ca, whose medium carries the acknowledgements; leave it out"
            yield Problem(("transport", "ack", "loss"), rule)
        overhead = mac_overhead(self.addresses)
        room = MAX_PSDU - overhead
        for keys, size in ((("transport", "mtu"), transport.mtu), (("transport", "ack", "size"), transport.ack.size)):
            if size > 8 * room:
                yield Problem(keys, f"must be <= {room} B with the access csma_ca, a frame of {MAX_PSDU} B less {overhead} B of "
                                    f"MAC header ({self.addresses} addresses) and check sequence, got {size // 8} B; lower it: "
                                    "packets are not split into several frames")

    def wire(self, site: Site) -> Wired:
        """The network, a transmitter in it for each worker, and the coordinator."""
        from .signals import Signals

        place = (site.workers, site.geometry, site.streams)
        signals = Signals(site.channel.block_sinrs(*place), site.channel.downlink(*place).sources)
        return self.senders(site.env, site.workers, signals, site.streams, site.fidelity)

    def senders(self, env: simpy.Environment, workers: int, signals: Signals, streams: Streams, fidelity: str) -> Wired:
        """Senders on one channel whose links are `signals`."""
        from .air import SenderAir
        from .coordinator import Coordinator
        from .medium import LoopNetwork
        from .rules import Rules
        from .twin import SenderNetwork

        rules = Rules(self.min_be, self.max_be, self.max_backoffs, self.retries, workers, streams.counted("wpan").key)
        network = (SenderNetwork if fidelity == "packet" else LoopNetwork)(env, rules, signals)
        overhead = mac_overhead(self.addresses)
        coordinator = Coordinator(network, overhead, self.passes)
        airs = [SenderAir(network, worker, coordinator, overhead) for worker in range(workers)]
        return Wired(self.medium(env, workers), airs, coordinator)

"""Transport: packets, headers, and what is done about loss."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Annotated, Literal

import numpy as np

from ..errors import InputError, Problem
from ..model import Model, model
from ..radio.loss import Loss
from ..units import COUNT, Quantity, Size, Time
from .headers import HeaderSize
from .message import Message, Transfer
from .stop_and_wait import can_sample, sample
from .uplink import Uplink, burst

__all__ = ["Transport", "Unreliable", "ARQ", "Acknowledgement"]


class Acknowledgement(Model, family="acknowledgement", default="frame"):
    """What the receiver answers with."""


@model
class Frame(Acknowledgement, name="frame"):
    """An acknowledgement frame of `size`, headers included, with a `loss` of its own; the channel's, unless said.

    40 B: IPv4 and TCP headers without options (RFC 791, RFC 9293), the least that a report needs.
    """

    size: Size = "40 B"
    loss: Loss | None = None


class Transport(Model, family="transport", default="arq", later=("tcp",)):
    """How a message becomes packets, and what is done when one is lost.

    `mtu` includes the `header` (1500 B: Ethernet, RFC 894; 28 B: IPv4 20 and UDP 8, RFC 791 and 768), a size or
    a list of layers, `[ip, udp]` (`headers.LAYERS`). `silence`: a worker
    with nothing to send sends a `marker` (a packet that is header alone), or is known to be silent for `free`, as papers
    count. `outage_limit`: a sender that had no usable rate for so long at a stretch gives the message up (10 s).
    """

    mtu: int
    header: int
    silence: str
    outage_limit: float
    ack: Acknowledgement

    @property
    def room(self) -> int:
        """Bits of a packet that are left for what is coded."""
        return self.mtu - self.header

    @abstractmethod
    def send(self, uplink: Uplink, message: Message, receipts: bool, arrived: Callable[[Transfer], None], transfer: Transfer):
        """A process that sends `message`, keeping the books in `transfer`.

        `receipts`: whether the learner asks to be told what arrived. `arrived(transfer)` is called once, when the server
        knows what came of the message.
        """

    def check(self):
        if self.header >= self.mtu:
            raise InputError(Problem(("header",), f"must be smaller than the mtu of {self.mtu // 8} B, which includes it, "
                                                  f"got {self.header // 8} B"))


@model
class Unreliable(Transport, name="unreliable"):
    """Each packet once; where receipts are asked for, one frame answers each message (as UDP with a report), where
    senders contend only one of which something was decoded (`ARQ`)."""

    mtu: Size = "1500 B"
    header: HeaderSize = "28 B"
    silence: Literal["marker", "free"] = "marker"
    outage_limit: Time = "10 s"
    ack: Acknowledgement = "frame"

    def send(self, uplink, message, receipts, arrived, transfer):
        everything = np.arange(message.packets)
        yield from burst(uplink, transfer, everything, 1, None, True, self.ack.size if receipts else None, 0, arrived)
        transfer.end = uplink.env.now


@model
class ARQ(Transport, name="arq"):
    """Automatic repeat request: what is not acknowledged is sent again, up to `retries` times after the first.

    `scheme: burst`: the packets of a message go as one burst; one acknowledgement frame says which of the burst's packets
    arrived; the missing ones are the next burst. `stop_and_wait`: packet by packet, each waits for its own frame.
    Where turns are handed out, or channels are the workers' own, the receiver expects every burst, and answers also one of which
    nothing could be decoded; where senders contend it knows nothing of such a burst, and no answer is sent: the sender waits
    as long as an answer takes there if nothing delays it (each medium's `unanswered`), and goes on. Of a burst of which
    something was decoded the receiver is taken to know the end. An acknowledgement takes its size over the reverse rate and one
    latency; one that is lost is noticed when it was due, or where senders contend when the access point is done with it, and what
    it would have said counts as not acknowledged. So each try of a packet succeeds, for the sender, with (1-p)(1-q):
    K/((1-p)(1-q)) transmissions a message of K packets without a limit, K (1 - (1 - (1-p)(1-q))^(retries+1))/((1-p)(1-q)) with
    one. Packets that come twice are recognised by their number.

    Source: the stop-and-wait and the block-acknowledged repeat of IEEE Std 802.11-2020, 10.3 and 10.25, without
    contention; 7 retries: its dot11ShortRetryLimit.
    """

    mtu: Size = "1500 B"
    header: HeaderSize = "28 B"
    retries: Annotated[int, Quantity(COUNT, ge=0, le=10_000)] = 7
    scheme: Literal["burst", "stop_and_wait"] = "burst"
    silence: Literal["marker", "free"] = "marker"
    outage_limit: Time = "10 s"
    ack: Acknowledgement = "frame"

    def send(self, uplink, message, receipts, arrived, transfer):
        everything = np.arange(message.packets)
        if self.scheme == "burst":
            yield from self._repeat(uplink, transfer, everything, everything, 0, arrived)
        elif can_sample(uplink):
            yield from sample(uplink, transfer, self.retries, self.ack.size, arrived)
        else:
            for packet in everything:
                closing = everything[-1:] if packet == everything[-1] else None
                if (yield from self._repeat(uplink, transfer, everything[packet:packet + 1], closing, packet, arrived)):
                    break
        transfer.end = uplink.env.now

    def _repeat(self, uplink, transfer, packets, closing, frame, arrived):
        """Send `packets` until all are acknowledged or the tries are used up; returns whether the sender gave up."""
        pending = packets
        for attempt in range(1, self.retries + 2):
            final = closing is not None and attempt == self.retries + 1
            gave_up = yield from burst(uplink, transfer, pending, attempt, closing, final, self.ack.size, frame, arrived)
            pending = pending[~transfer.acknowledged[pending]]
            if gave_up or not len(pending):
                return gave_up
        return False

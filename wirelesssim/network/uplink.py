"""One worker's way to the server, and a burst on it from the turn to its acknowledgement."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import simpy

from ..rng import Counted
from .backhaul import Backhaul
from .medium import Medium
from .message import Transfer

__all__ = ["Uplink", "burst", "extra_delay"]


def extra_delay(mean: float, stream: Counted, round: int) -> float:
    """A message's jitter: exponential of that mean, the same for every variant's message of that round."""
    return -mean * math.log1p(-stream.uniforms(round, 1)[0]) if mean > 0 else 0.0


class Uplink:
    """A worker's link, its transmitter on it (`air`), the medium it shares, and the way back for acknowledgements.

    `reverse_rate` bit/s of acknowledgements; `jitter` the stream of the messages' extra delays; `backhaul` what lies behind
    the access point, where the link ends (None: nothing).
    """

    def __init__(self, env: simpy.Environment, worker: int, link, air, medium: Medium, reverse_rate: float, jitter: Counted,
                 backhaul: Backhaul | None = None):
        self.env, self.worker, self.link, self.air, self.medium = env, worker, link, air, medium
        self.reverse_rate, self.jitter = reverse_rate, jitter
        self.to_server, self.answer_delay = (backhaul.latency, backhaul.answer_delay) if backhaul else (0.0, 0.0)

    def after(self, delay: float, action: Callable[[], Any]) -> None:
        """Call `action` in `delay` seconds."""
        self.env.timeout(delay).callbacks.append(lambda _event: action())

    def one_way(self, round: int, first: bool) -> float:
        """Seconds from the end of a burst to its arrival at the access point: the latency, and, on a message's first burst, its
        jitter."""
        return self.link.latency + (extra_delay(self.link.jitter, self.jitter, round) if first else 0.0)

    def response_time(self, size: int) -> float:
        """Seconds from a burst's arrival at the access point to that of its acknowledgement of `size` bits at the sender.

        Of a duplex pair, whose reverse direction is free; where the air carries both directions nobody knows beforehand.
        """
        return self.answer_delay + size / self.reverse_rate + self.link.latency

    def answer(self, transfer: Transfer, frame: int, attempt: int, bits: int, delay: float, decoded: bool):
        """A process: from a burst's end to the arrival at the sender of its acknowledgement, a frame of `bits`; whether heard.

        `delay` s from the burst's end to its arrival at the access point, which answers `answer_delay` later. A duplex pair
        has a free reverse direction: the frame takes bits / reverse_rate. An air that carries both directions sends it, and
        the sender is taken to notice a lost one when the air is done with it. It is booked as often as it was sent.
        Who gave the sender its turn answers a burst of which it `decoded` nothing, too; on an air that `contends` nobody knows
        of such a burst: no frame is sent or booked, and the sender waits `air.unanswered(bits)` s (with a reverse direction of
        its own as for a frame that is lost there).
        """
        air, latency, round = self.air, self.link.latency, transfer.message.round
        if not decoded and air.contends:
            yield self.env.timeout(delay + self.answer_delay)
            yield self.env.timeout((air.unanswered(bits) if air.both_ways else bits / self.reverse_rate) + latency)
            return False
        if air.both_ways:
            yield self.env.timeout(delay + self.answer_delay)
            answered = yield from air.answer(round, frame, attempt, bits)
            transfer.acknowledgement(bits * answered.transmissions)
            yield self.env.timeout(latency)
            return answered.heard
        transfer.acknowledgement(bits)
        heard_at = delay + self.response_time(bits)
        begin, end = self.env.now + delay + self.answer_delay, self.env.now + heard_at - latency
        yield self.env.timeout(heard_at)
        return air.acknowledged(round, frame, attempt, begin, end)


def burst(uplink: Uplink, transfer: Transfer, packets: np.ndarray, attempt: int, closing: np.ndarray | None, final: bool,
          acknowledgement: int | None, frame: int, arrived: Callable[[Transfer], None]):
    """A process: one burst of `packets` (n,), try number `attempt`, from the wait for its turn to its acknowledgement.

    The message is complete for the server once all `closing` packets are there (None: this burst cannot complete it),
    or if this is the `final` burst, or if the sender gave up; `arrived(transfer)` is then called, once, when the burst
    has reached the server. A frame of `acknowledgement` bits (None: no frame) answers, under the name `frame` (`Uplink.answer`
    says when none does), also what had been sent of a burst that was given up: the worker must learn what the server
    applied. Returns whether the sender gave up; what it did not send is neither booked nor answered.
    """
    env, message, asked = uplink.env, transfer.message, uplink.env.now
    yield uplink.medium.turn(uplink.worker)
    transfer.queue += env.now - asked
    delay = uplink.one_way(message.round, first=transfer.attempts == 0)
    sent = yield from uplink.air.send(message.round, packets, message.air_bits[packets], attempt)
    uplink.medium.done(uplink.worker)
    transfer.access += sent.access
    transfer.burst(packets, sent.arrived, sent.seconds, sent.withheld)
    packets = packets[:len(sent.arrived)]
    transfer.repeated(sent.repeats.count, sent.repeats.bits, sent.repeats.seconds)
    complete = final or sent.gave_up or (closing is not None and transfer.delivered[closing].all())
    if complete and math.isnan(transfer.complete):
        transfer.complete = env.now + delay + uplink.to_server
        uplink.after(delay + uplink.to_server, lambda: arrived(transfer))
    if acknowledgement is None or not len(packets):
        return sent.gave_up
    if (yield from uplink.answer(transfer, frame, attempt, acknowledgement, delay, bool(sent.arrived.any()))):
        transfer.heard = True
        transfer.acknowledged[packets[sent.arrived]] = True
    return sent.gave_up

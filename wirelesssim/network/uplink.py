"""One worker's way to the server, and a burst on it from the turn to its acknowledgement."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import simpy

from ..rng import Counted
from .access import Medium
from .backhaul import Backhaul
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
        """Seconds from the end of a burst to its arrival at the access point: the latency, and on a message's first burst its jitter."""
        return self.link.latency + (extra_delay(self.link.jitter, self.jitter, round) if first else 0.0)

    def response_time(self, size: int) -> float:
        """Seconds from a burst's arrival at the access point to that of its acknowledgement of `size` bits at the sender."""
        return self.answer_delay + size / self.reverse_rate + self.link.latency


def burst(uplink: Uplink, transfer: Transfer, packets: np.ndarray, attempt: int, closing: np.ndarray | None, final: bool,
          acknowledgement: int | None, frame: int, arrived: Callable[[Transfer], None]):
    """A process: one burst of `packets` (n,), try number `attempt`, from the wait for its turn to its acknowledgement.

    The message is complete for the server once all `closing` packets are there (None: this burst cannot complete it),
    or if this is the `final` burst, or if the sender gave up; `arrived(transfer)` is then called, once, when the burst
    has reached the server. A frame of `acknowledgement` bits (None: no frame) answers, under the name `frame`, also what
    had been sent of a burst that was given up: the worker must learn what the server applied. Returns whether the
    sender gave up; what it did not send is neither booked nor answered.
    """
    env, message, asked = uplink.env, transfer.message, uplink.env.now
    yield uplink.medium.turn(uplink.worker)
    transfer.queue += env.now - asked
    delay = uplink.one_way(message.round, first=transfer.attempts == 0)
    sent = yield from uplink.air.send(message.round, packets, message.air_bits[packets], attempt)
    uplink.medium.done(uplink.worker)
    transfer.access += sent.access
    packets = packets[:len(sent.arrived)]
    transfer.burst(packets, sent.arrived, attempt > 1, sent.seconds)
    complete = final or sent.gave_up or (closing is not None and transfer.delivered[closing].all())
    if complete and math.isnan(transfer.complete):
        transfer.complete = env.now + delay + uplink.to_server
        uplink.after(delay + uplink.to_server, lambda: arrived(transfer))
    if acknowledgement is None or not len(packets):
        return sent.gave_up
    transfer.acknowledgement(acknowledgement)
    heard_at = delay + uplink.response_time(acknowledgement)
    begin, end = env.now + delay + uplink.answer_delay, env.now + heard_at - uplink.link.latency
    yield env.timeout(heard_at)
    if uplink.air.acknowledged(message.round, frame, attempt, begin, end):
        transfer.heard = True
        transfer.acknowledged[packets[sent.arrived]] = True
    return sent.gave_up

"""A worker's transmitter on the medium, and the access point: packets go in, frames contend, and what arrived comes back."""

from __future__ import annotations

import numpy as np
import simpy

from ...radio.wifi.kernels import ppdu_nanoseconds
from ..air import Answered, Repeats, Sent
from ..batches import frame_bytes
from ..draws.plain import tags
from ..instants import nanoseconds
from ..message import Transfer
from ..passes import Passes
from .batch import ANSWER, DOWN, UP, Batch, Served
from .medium import Contention
from .rules import BROADCAST, DELIVERED, SENT
from .signals import receptions

__all__ = ["AccessPoint", "StationAir"]


class StationAir:
    """As `BurstAir`, frames on `medium` in place of a link's rate; `overhead` bytes that a frame adds to a packet.

    A burst begins when some mode is usable; a worker that has none for `outage_limit` (s) at a stretch gives it up. Its end is
    that of its last frame's data, or of the wait for the last missing acknowledgement.
    """

    both_ways = contends = True

    def __init__(self, medium: Contention, worker: int, point: AccessPoint, overhead: int, outage_limit: float):
        self.medium, self.worker, self.point, self.env = medium, worker, point, medium.env
        self.overhead, self.outage_limit = overhead, outage_limit

    def send(self, round: int, packets: np.ndarray, bits: np.ndarray, attempt: int):
        """A process: sends `packets` (n,) of `bits` (n,) each, try number `attempt`; returns `Sent`."""
        asked = self.env.now
        if not (yield from self._reach()):
            return Sent(np.zeros(0, dtype=bool), 0.0, gave_up=True, access=self.env.now - asked)
        batch = Batch(frame_bytes(bits, self.overhead), tags(packets, UP, round, attempt))
        served = yield self.medium.transmit(self.worker, batch)
        first, repeats, never = _shares(served, bits)
        return Sent(served.fates == DELIVERED, first, False, self.env.now - asked - first - repeats.seconds, repeats, never)

    def answer(self, round: int, frame: int, attempt: int, bits: int):
        """A process: the access point sends this worker a frame of `bits`; returns `Answered`."""
        return (yield from self.point.answer(self.worker, round, frame, attempt, bits))

    def unanswered(self, bits: int) -> float:
        """Seconds that the first try of an answer of `bits` takes at the most on a free medium: DIFS, the longest first backoff,
        the frame in the basic mode, and the timeout of its ACK."""
        rules, size = self.medium.rules, int(frame_bytes(np.array([bits]), self.overhead)[0])
        mode = self.medium.modes[rules.basic]
        columns = (int(mode[name]) for name in ("preamble", "bits_per_symbol", "symbol", "overhead", "grid"))
        frame = int(ppdu_nanoseconds.py_func(size, *columns))
        return (rules.difs + rules.cw_min * rules.slot + frame + rules.timeout) / 1e9

    def _reach(self):
        """A process: until some mode is usable; returns whether one was in time."""
        asked = nanoseconds(self.env.now)
        while True:
            usable, until = self.medium.signals.usable(self.worker, nanoseconds(self.env.now))
            if usable:
                return True
            limit = asked + nanoseconds(self.outage_limit)
            yield self.env.timeout(max(0.0, min(until, limit) / 1e9 - self.env.now))
            if until >= limit:
                return False


class AccessPoint(Passes):
    """The access point's transmitter: answers to single workers, and the model.

    To all: frames in the basic mode that nobody acknowledges; those that some worker misses go again, one by one, up to `passes`
    times in all (how the access point learns of them is left out, and costs nothing); to one worker: as a worker's own, those
    that are lost at the limit again. A worker that still misses some is given up.
    """

    def __init__(self, medium: Contention, overhead: int, passes: int, key: np.ndarray):
        super().__init__(medium.env, passes)
        self.medium, self.overhead, self.key = medium, overhead, key

    def answer(self, worker: int, round: int, frame: int, attempt: int, bits: int):
        """A process: one frame of `bits` to `worker`, named by the burst that it answers; returns `Answered`."""
        sizes = frame_bytes(np.array([bits]), self.overhead)
        served = yield self._transmit(sizes, np.zeros(1), worker, ANSWER, round, frame, attempt, worker)
        return Answered(bool(served.fates[0] == DELIVERED), int(served.tries[0] - served.unanswered[0]))

    def _together(self, message, wanted, attempt):
        return iter([wanted]) if attempt == 0 or message.worker is not None else super()._together(message, wanted, attempt)

    def _send(self, transfer: Transfer, workers: list[int], missing: np.ndarray, packets: np.ndarray, attempt: int):
        bits, receiver = transfer.message.air_bits[packets], transfer.message.worker
        sizes, name = frame_bytes(bits, self.overhead), (DOWN, transfer.message.round, attempt, *workers[:1])
        to = BROADCAST if receiver is None else receiver
        served = yield self._transmit(sizes, packets, to, *name)
        if receiver is None:
            starts = served.times - 1  # a nanosecond before the end: within the frame
            got = receptions(self.medium.signals, self.key, self.medium.rules.basic, workers, sizes, tags(packets, *name), starts)
            got &= served.fates == SENT
        else:
            got = (served.fates == DELIVERED)[None, :]
        missing[:, packets] &= ~got
        first, repeats, never = _shares(served, bits)
        transfer.burst(packets, ~missing[:, packets].any(axis=0), first, never)
        transfer.repeated(repeats.count, repeats.bits, repeats.seconds)

    def _transmit(self, sizes: np.ndarray, packets: np.ndarray, destination: int, *name: int) -> simpy.Event:
        return self.medium.transmit(self.medium.rules.access_point, Batch(sizes, tags(packets, *name), destination))


def _shares(served: Served, bits: np.ndarray) -> tuple[float, Repeats, np.ndarray]:
    """Seconds on the air of the first transmissions, the medium's own repeats, and which packets (n,) never were on the air.

    An RTS in vain transmits no packet: it counts for nothing but its seconds; RTS and CTS, as ACK, are control frames of the MAC.
    """
    sent = served.tries - served.unanswered  # (n,), with data
    again = np.maximum(sent - 1, 0)
    repeats = Repeats(int(again.sum()), int(again @ bits), served.again / 1e9)
    return (served.airtime - served.again) / 1e9, repeats, sent == 0

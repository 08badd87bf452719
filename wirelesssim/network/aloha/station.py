"""The senders of an ALOHA channel: the workers, frame by frame, and the access point that is one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import simpy

from ...radio.link import Link
from ...radio.loss import Loss
from ...rng import Streams
from ..air import Answered, Repeats, Sent
from ..draws.plain import draw
from ..frame_loss import FrameLoss
from ..message import Transfer
from ..passes import PassesInTurn
from .ether import Ether, Frame
from .timing import Timing

__all__ = ["AccessPoint", "AlohaAir", "Channel"]


@dataclass(frozen=True, eq=False)
class Channel:
    """What all senders share: the ether, when a frame goes, and what is done after a failure.

    `retries` of a frame after its first transmission, `notice` s after its end; `delayed`: the first, too, waits for a
    backoff; `power(worker, time)` at the access point, in any unit.
    """

    env: simpy.Environment
    ether: Ether
    timing: Timing
    retries: int
    notice: float
    delayed: bool
    power: Callable[[int, float], float]
    streams: Streams

    def frame(self, wait: float, duration: float, place: int, power: Callable[[float], float], own: bool = False):
        """A process: a frame of `duration` s on the air after `wait` s, in slot `place`; (start, whether the ether spared it)."""
        yield self.env.timeout(wait)
        start = self.env.now
        frame: Frame = self.ether.begin(power(start), own, place)
        yield self.env.timeout(duration)
        return start, self.ether.end(frame)


class AlohaAir:
    """A worker's transmitter. `point`: the access point that answers on the same channel; None: on one of its own."""

    contends = True

    def __init__(self, channel: Channel, link: Link, fidelity: str, acknowledgement_loss: Loss | None, point: AccessPoint | None):
        self.channel, self.env, self.link, self.point = channel, channel.env, link, point
        self.both_ways = point is not None
        self.carries = FrameLoss(link, "data", fidelity)
        self.acknowledges = FrameLoss(link, "acknowledgement", fidelity, acknowledgement_loss)
        self._key = channel.streams.counted("aloha", "backoff", link.worker).key

    def send(self, round: int, packets: np.ndarray, bits: np.ndarray, attempt: int):
        """A process: `packets` (n,) of `bits` (n,) each, one frame a packet, each till it is received or its tries are up."""
        begin, arrived = self.env.now, np.zeros(len(packets), dtype=bool)
        once, count, again, more = 0.0, 0, 0.0, 0
        for place, (packet, size) in enumerate(zip(packets.tolist(), bits.tolist())):
            duration, tries = size / self.link.rate_at(self.env.now), 0
            while tries <= self.channel.retries and not arrived[place]:
                if tries:
                    count, more, again = count + 1, more + size, again + duration
                    yield self.env.timeout(self.channel.notice)
                else:
                    once += duration
                tries += 1
                arrived[place] = yield from self._try(round, packet, attempt, tries, duration)
        access = max(0.0, self.env.now - begin - once - again)
        return Sent(arrived, once, access=access, repeats=Repeats(count, more, again))

    def _try(self, round: int, packet: int, attempt: int, tries: int, duration: float):
        """A process: one transmission; whether it is received."""
        channel, number = self.channel, (attempt - 1) * (self.channel.retries + 1) + tries
        uniform = draw(self._key, round, packet, number) if number > 1 or channel.delayed else None
        wait, place = channel.timing.start(self.env.now, duration, uniform)
        start, clear = yield from channel.frame(wait, duration, place, lambda now: channel.power(self.link.worker, now))
        return clear and self.carries.spares(round, packet, number, start, self.env.now)

    def acknowledged(self, round: int, frame: int, attempt: int, start: float, end: float) -> bool:
        """As `BurstAir.acknowledged`, on a channel of its own."""
        return self.acknowledges.spares(round, frame, attempt, start, end)

    def answer(self, round: int, frame: int, attempt: int, bits: int):
        """A process: the access point sends an acknowledgement, once; returns `Answered`."""
        start, clear = yield from self.point.send(bits / self.link.control_rate, priority=0)
        return Answered(clear and self.acknowledges.spares(round, frame, attempt, start, self.env.now), 1)

    def unanswered(self, bits: int) -> float:
        """Seconds till an answer of `bits` would have ended if the access point had sent it at once, in slots: in the next."""
        duration = bits / self.link.control_rate
        return self.channel.timing.start(self.env.now, duration, None)[0] + duration


class AccessPoint(PassesInTurn):
    """The access point on the channel of the workers: one frame at a time, acknowledgements first, without listening.

    While it sends it is deaf, and a worker's frame spoils its own for everybody; else a worker receives what it could have sent
    itself, at its own power (reciprocity), and losses of its own are drawn. The model goes in passes: all packets, then those
    that somebody still misses (which it is taken to know), after a backoff each, in `retries` + 1 passes at the most; a frame
    for several goes at the lowest of their rates.
    """

    def __init__(self, channel: Channel, links: list[Link], fidelity: str):
        super().__init__(channel.env, channel.retries + 1)
        self.channel, self.links = channel, links
        self.carries = [FrameLoss(link, "downlink", fidelity) for link in links]
        self._radio = simpy.PriorityResource(channel.env)
        self._key = channel.streams.counted("aloha", "backoff", "access point").key

    def send(self, duration: float, priority: int, uniform: float | None = None):
        """A process: one frame of `duration` s in its turn; (start, whether no other disturbed it)."""
        with self._radio.request(priority) as turn:
            yield turn
            wait, place = self.channel.timing.start(self.env.now, duration, uniform)
            return (yield from self.channel.frame(wait, duration, place, lambda now: 1.0, own=True))

    def _send(self, transfer: Transfer, workers: list[int], missing: np.ndarray, packets: np.ndarray, attempt: int):
        message, packet = transfer.message, int(packets[0])
        duration = float(message.air_bits[packet]) / min(self.links[worker].control_rate for worker in workers)
        audience = -1 if message.worker is None else message.worker
        uniform = draw(self._key, message.round, packet, attempt + 1 + (audience + 1 << 20)) if attempt else None
        start, clear = yield from self.send(duration, 1, uniform)
        for place in np.flatnonzero(missing[:, packet]).tolist() if clear else ():
            spared = self.carries[workers[place]].spares(message.round, packet, attempt + 1, start, self.env.now)
            missing[place, packet] = not spared
        transfer.burst(packets, ~missing[:, packets].any(axis=0), duration)

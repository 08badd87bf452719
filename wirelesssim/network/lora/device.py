"""A worker's LoRa radio, class A: frames in turn, held back by duty cycle and receive windows, and answers in those windows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import simpy

from ...radio.link import Link
from ...radio.loss import Loss
from ...radio.lora import symbol_time, time_on_air
from ..air import Answered, Sent
from ..draws.plain import draw
from ..frame_loss import FrameLoss
from .duty import DutyCycle
from .ether import Ether

__all__ = ["Device", "Plan", "RX1_DELAY", "RX2_DELAY"]

RX1_DELAY = 1.0  # s after an uplink's end: RECEIVE_DELAY1, RP002-1.0.5, 3.3
RX2_DELAY = 2.0  # s: RECEIVE_DELAY1 + 1 s
_RETRANSMIT = (1.0, 3.0)  # s, RETRANSMIT_TIMEOUT: 2 s and 1 s to either side, RP002-1.0.5, 3.3
_DETECTED = 8  # symbols of the preamble: so long a receive window is open at least


@dataclass(frozen=True, eq=False)
class Plan:
    """What a cell's radios share: `channels` (Hz), the duty cycle and sub-band of each, bandwidth (Hz), CR, `spread` (s)."""

    channels: tuple[float, ...]
    bands: tuple[str, ...]
    duties: tuple[float, ...]
    bandwidth: float
    coding: int
    spread: float
    rx2_factor: int

    def airtime(self, bits: int, factor: int, up: bool) -> float:
        """Seconds of a frame of `bits`; only uplink frames have a checksum (LoRaWAN 1.0.4, 4)."""
        return float(time_on_air(math.ceil(bits / 8), factor, self.bandwidth, self.coding, crc=up))

    def ledgers(self) -> dict[str, DutyCycle]:
        """A new duty cycle for each sub-band."""
        return {band: DutyCycle(duty) for band, duty in zip(self.bands, self.duties)}

    @property
    def listening(self) -> float:
        """Seconds from an uplink's end to the end of its second receive window, if nothing comes."""
        return RX2_DELAY + _DETECTED * float(symbol_time(self.rx2_factor, self.bandwidth))


class Device:
    """A worker's transmitter, as `BurstAir`; `snr(time)` at the gateway, linear; `gateway` answers."""

    both_ways = contends = True

    def __init__(self, env: simpy.Environment, plan: Plan, ether: Ether, link: Link, factor: int, snr: Callable[[float], float],
                 key: np.ndarray, fidelity: str, acknowledgement_loss: Loss | None):
        self.env, self.plan, self.ether, self.link, self.factor, self.snr = env, plan, ether, link, factor, snr
        self.carries = FrameLoss(link, "data", fidelity)
        self.acknowledges = FrameLoss(link, "acknowledgement", fidelity, acknowledgement_loss)
        self.gateway, self.ledgers, self._key = None, plan.ledgers(), key
        self.channel, self.begun, self.ended, self._listens = 0, -math.inf, -math.inf, 0.0
        self.begun_frame = lambda start, end: None  # who watches

    def send(self, round: int, packets: np.ndarray, bits: np.ndarray, attempt: int):
        """A process: `packets` (n,) of `bits` (n,) each, a frame each, one after the other; returns `Sent`."""
        begin, arrived, seconds = self.env.now, np.zeros(len(packets), dtype=bool), 0.0
        if attempt > 1:
            low, high = _RETRANSMIT
            yield self.env.timeout(low + (high - low) * draw(self._key, round, int(packets[0]), 4 * attempt))
        for place, (packet, size) in enumerate(zip(packets.tolist(), bits.tolist())):
            duration = self.plan.airtime(size, self.factor, up=True)
            yield self.env.timeout(self._wait(round, packet, attempt, duration))
            frame = self._on_air(duration)
            yield self.env.timeout(duration)
            spared = self.carries.spares(round, packet, attempt, self.begun, self.ended)
            arrived[place], seconds = self.ether.end(frame) and spared, seconds + duration
        return Sent(arrived, seconds, access=max(0.0, self.env.now - begin - seconds))

    def _wait(self, round: int, packet: int, attempt: int, duration: float) -> float:
        """Choose a channel, of those that are free first at random; the seconds until the frame goes on it."""
        starts = [self.ledgers[band].earliest(max(self.env.now, self._listens), duration) for band in self.plan.bands]
        first = [channel for channel, start in enumerate(starts) if start == min(starts)]
        self.channel = first[int(draw(self._key, round, packet, 4 * attempt + 1) * len(first))]
        return min(starts) - self.env.now + self.plan.spread * draw(self._key, round, packet, 4 * attempt + 2)

    def _on_air(self, duration: float):
        self.begun, self.ended = self.env.now, self.env.now + duration
        self._listens = self.ended + self.plan.listening
        self.ledgers[self.plan.bands[self.channel]].sent(self.begun, duration)
        self.begun_frame(self.begun, self.ended)
        return self.ether.begin(self.channel, self.factor, self.snr(self.begun))

    def answer(self, round: int, frame: int, attempt: int, bits: int):
        """A process: an acknowledgement in the first receive window to come in which the gateway may send; returns `Answered`.

        None can be sent: the sender learns so when its second window closes (`unanswered`).
        """
        for delay in (RX1_DELAY, RX2_DELAY):
            opens = self.ended + delay
            if opens < self.env.now:
                continue
            yield self.env.timeout(opens - self.env.now)
            way = self.gateway.window(self, bits, second=delay == RX2_DELAY)
            if way is not None:
                clear = yield from self.gateway.send(way, [self])
                start, end = self.env.now - way.duration, self.env.now
                self._listens = end
                return Answered(bool(clear[0]) and self.acknowledges.spares(round, frame, attempt, start, end), 1)
        yield self.env.timeout(self.unanswered(bits))
        return Answered(False, 0)

    def unanswered(self, bits: int) -> float:
        """Seconds till the second window closes in which nothing came, whatever the answer's `bits`."""
        return max(0.0, self._listens - self.env.now)

    def sends_between(self, start: float, end: float) -> bool:
        """Whether its last frame was on the air at some time in (start, end): half duplex, it hears nothing then."""
        return self.begun < end and self.ended > start

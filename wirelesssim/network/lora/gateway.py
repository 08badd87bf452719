"""The gateway: one transmitter for answers and for the model, deaf while it sends, with duty cycles of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import simpy

from ...radio.lora import RX2_CHANNEL, snr_limit, sub_band
from ..frame_loss import FrameLoss
from ..message import Transfer
from ..passes import PassesInTurn
from .device import Device, Plan
from .duty import DutyCycle
from .ether import Ether

__all__ = ["Gateway", "Way"]

Snr = Callable[[float], float]  # time (s) -> received power over noise and interference, linear


@dataclass(frozen=True)
class Way:
    """How a gateway's frame goes: `band` whose duty cycle counts, spreading `factor`, `duration` (s), in a worker's channel or,
    `second`, at RX2_CHANNEL."""

    band: str
    factor: int
    duration: float
    second: bool


class Gateway(PassesInTurn):
    """Answers in the receive windows of its `devices`, and sends the model to all that listen at `RX2_CHANNEL` (class C).

    The model goes at the slowest spreading factor of its audience, in passes: all packets, then those that somebody still
    misses (which it is taken to know), `passes` at the most. It begins no frame while it sends another.
    """

    def __init__(self, env: simpy.Environment, plan: Plan, ether: Ether, devices: list[Device],
                 downs: list[tuple[Snr, Snr]], passes: int, fidelity: str, duty: float | None):
        super().__init__(env, passes)
        self.plan, self.ether, self.devices = plan, ether, devices
        self.downs = dict(zip(devices, downs))  # SNR at each device in its channel, and at RX2_CHANNEL
        second = sub_band(RX2_CHANNEL, plan.bandwidth)
        self.second, self.ledgers = second.name, plan.ledgers()
        self.ledgers.setdefault(second.name, DutyCycle(second.duty_cycle if duty is None else duty))
        self.carries = [FrameLoss(device.link, "downlink", fidelity) for device in devices]
        self.busy_until = 0.0
        self.begun_frame = lambda band, start, end: None  # who watches

    def window(self, device: Device, bits: int, second: bool) -> Way | None:
        """How an answer of `bits` would go in `device`'s first or second window, now; None where it may not."""
        factor = self.plan.rx2_factor if second else device.factor
        band = self.second if second else self.plan.bands[device.channel]
        way = Way(band, factor, self.plan.airtime(bits, factor, up=False), second)
        now = self.env.now
        return way if self.busy_until <= now and self.ledgers[band].earliest(now, way.duration) <= now else None

    def send(self, way: Way, devices: list[Device]):
        """A process: one frame, from now on; which of `devices` (n,) could read it, (n,) of bool."""
        start = self.env.now
        self.ledgers[way.band].sent(start, way.duration)
        self.busy_until = start + way.duration
        self.begun_frame(way.band, start, self.busy_until)
        self.ether.talk(True)
        yield self.env.timeout(way.duration)
        self.ether.talk(False)
        limit = snr_limit(way.factor)
        snrs = [self.downs[device][way.second](start) for device in devices]
        return np.array([snr >= limit and not device.sends_between(start, self.env.now) for snr, device in zip(snrs, devices)],
                        dtype=bool)

    def _send(self, transfer: Transfer, workers: list[int], missing: np.ndarray, packets: np.ndarray, attempt: int):
        message, packet = transfer.message, int(packets[0])
        factor = max(self.devices[worker].factor for worker in workers)
        way = Way(self.second, factor, self.plan.airtime(int(message.air_bits[packet]), factor, up=False), True)
        while (start := max(self.busy_until, self.ledgers[way.band].earliest(self.env.now, way.duration))) > self.env.now:
            yield self.env.timeout(start - self.env.now)
        waiting = np.flatnonzero(missing[:, packet]).tolist()
        clear, end = (yield from self.send(way, [self.devices[workers[place]] for place in waiting])), self.env.now
        for place in [place for place, heard in zip(waiting, clear) if heard]:
            spared = self.carries[workers[place]].spares(message.round, packet, attempt + 1, end - way.duration, end)
            missing[place, packet] = not spared
        transfer.burst(packets, ~missing[:, packets].any(axis=0), way.duration)

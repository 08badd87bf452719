"""The gateway: one transmitter for answers and for the model, deaf while it sends, with duty cycles of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import simpy

from ...radio.lora import RX2_CHANNEL, snr_limit, sub_band
from ..downlink import Carrier
from ..frame_loss import FrameLoss
from .device import Device, Plan
from .duty import DutyCycle
from .ether import Ether

__all__ = ["Gateway", "Way"]


@dataclass(frozen=True)
class Way:
    """How a gateway's frame goes: `band` whose duty cycle counts, spreading `factor`, `duration` (s), SNR over that upwards."""

    band: str
    factor: int
    duration: float
    gain: float


class Gateway(Carrier):
    """Answers in the receive windows of its `devices`, and sends the model to all that listen at `RX2_CHANNEL` (class C).

    The model goes at the slowest spreading factor of its audience, in passes: all packets, then those that somebody still
    misses (which it is taken to know), `passes` at the most. It begins no frame while it sends another.
    """

    def __init__(self, env: simpy.Environment, plan: Plan, ether: Ether, devices: list[Device], gains: tuple[float, float],
                 passes: int, fidelity: str, duty: float | None):
        self.env, self.plan, self.ether, self.devices = env, plan, ether, devices
        self.gains, self.passes = gains, passes  # SNR over that upwards, in the workers' channels and at RX2_CHANNEL
        second = sub_band(RX2_CHANNEL, plan.bandwidth)
        self.second, self.ledgers = second.name, plan.ledgers()
        self.ledgers.setdefault(second.name, DutyCycle(second.duty_cycle if duty is None else duty))
        self.carries = [FrameLoss(device.link, "downlink", fidelity) for device in devices]
        self.busy_until = 0.0
        self.begun_frame = lambda band, start, end: None  # who watches
        self._last = env.event().succeed()  # the end of what was handed over before

    def window(self, device: Device, bits: int, second: bool) -> Way | None:
        """How an answer of `bits` would go in `device`'s first or second window, now; None where it may not."""
        factor = self.plan.rx2_factor if second else device.factor
        band = self.second if second else self.plan.bands[device.channel]
        way = Way(band, factor, self.plan.airtime(bits, factor, up=False), self.gains[second])
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
        return np.array([device.snr(start) * way.gain >= limit and not device.sends_between(start, self.env.now)
                         for device in devices], dtype=bool)

    def carry(self, transfer, workers):
        events = {worker: self.env.event() for worker in workers}
        self._last = self.env.process(self._carry(transfer, events, self._last))
        return list(events.values())

    def _carry(self, transfer, events: dict[int, simpy.Event], before: simpy.Event):
        yield before
        transfer.start = self.env.now
        factor = max(self.devices[worker].factor for worker in events)
        missing = {worker: set(range(transfer.message.packets)) for worker in events}
        for attempt in range(1, self.passes + 1):
            for packet in sorted(set().union(*missing.values())):
                yield from self._send_one(transfer, packet, attempt, factor, missing, events)
        for worker, lacking in missing.items():
            if lacking:
                events[worker].succeed(False)
        transfer.acknowledged[:] = transfer.delivered
        transfer.end = self.env.now

    def _send_one(self, transfer, packet: int, attempt: int, factor: int, missing: dict[int, set[int]], events):
        """One frame of the model, once it may go: who has it then, and the books."""
        way = Way(self.second, factor, self.plan.airtime(int(transfer.message.air_bits[packet]), factor, up=False), self.gains[1])
        while (start := max(self.busy_until, self.ledgers[way.band].earliest(self.env.now, way.duration))) > self.env.now:
            yield self.env.timeout(start - self.env.now)
        waiting = [worker for worker, lacking in missing.items() if packet in lacking]
        clear = yield from self.send(way, [self.devices[worker] for worker in waiting])
        for worker, heard in zip(waiting, clear):
            end, round = self.env.now, transfer.message.round
            if heard and self.carries[worker].spares(round, packet, attempt, end - way.duration, end):
                missing[worker].discard(packet)
                if not missing[worker]:
                    events[worker].succeed(True)
        there = not any(packet in lacking for lacking in missing.values())
        transfer.burst(np.array([packet]), np.array([there]), way.duration)

"""A LoRaWAN cell alone, without a scenario: workers of stated SNR, frames at given instants. For validation and tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import simpy

from ...model import build
from ...radio import Channel, Geometry
from ...rng import Streams
from ..access import Access, Site
from ..downlink import Downlink
from ..message import Message, Transfer
from ..transport import Transport

__all__ = ["LoraAlone"]


class LoraAlone:
    """A gateway and workers of `snrs_db` (M,) there, at spreading `factor`, or `factors` (M,); `access`: what differs from the
    defaults of `LoRaWan`, `spread` being 0 here.

    `frames` has (worker, channel, start, end) of each frame of a worker, `spoken` (sub-band, start, end) of each of the gateway,
    as they begin. InputError where a field is not valid. Left out: places, path loss, fading.
    """

    def __init__(self, snrs_db: Sequence[float] = (20.0,), factors: Sequence[int] | None = None, factor: int = 7, seed: int = 1,
                 **access: Any):
        self.env, streams = simpy.Environment(), Streams(seed, domain="radio")
        workers = len(snrs_db)
        channel = build(Channel, {"type": "radio", "carrier": "868 MHz", "bandwidth": "125 kHz", "tx_power": "14 dBm",
                                  "downlink_tx_power": "14 dBm", "noise_figure": "6 dB", "worker_noise_figure": "6 dB",
                                  "phy": {"type": "lora", "spreading_factor": factor}})
        places = build(Geometry, {"type": "positions", "places": [[100 + place, 0] for place in range(workers)]})
        transport = build(Transport, {"type": "arq", "mtu": "235 B", "header": 0})
        site = Site(self.env, channel.links(workers, places, streams), channel, places, build(Downlink, "multicast"), transport,
                    streams)
        made = build(Access, {"type": "lorawan", "spread": 0} | access)
        wired, more = made.wire(site), made.rx2_power / channel.downlink_tx_power
        self.devices, self.gateway = wired.airs, wired.carrier
        for place, device in enumerate(self.devices):
            there = 10 ** (snrs_db[place] / 10)
            device.snr = _Steady(there)
            self.gateway.downs[device] = _Steady(there), _Steady(there * more)
            device.factor = device.factor if factors is None else factors[place]
        self.frames: list[tuple[int, int, float, float]] = []
        self.spoken: list[tuple[str, float, float]] = []
        self._watch()

    def _watch(self) -> None:
        for worker, device in enumerate(self.devices):
            device.begun_frame = lambda start, end, worker=worker, device=device: self.frames.append(
                (worker, device.channel, start, end))
        self.gateway.begun_frame = lambda band, start, end: self.spoken.append((band, start, end))

    def send(self, worker: int, sizes: Sequence[int], at: float = 0.0, round: int = 1, attempt: int = 1,
             answer: int | None = None) -> dict[str, Any]:
        """Frames of `sizes` bytes from `at` s on, then an answer of `answer` bytes. A dict that will have `sent` (`Sent`) and
        its `end` (s), `heard` and `known` (s)."""
        told: dict[str, Any] = {}
        self.env.process(self._send(told, worker, 8 * np.array(sizes), at, round, attempt, answer))
        return told

    def _send(self, told, worker, bits, at, round, attempt, answer):
        yield self.env.timeout(at)
        told["sent"] = yield from self.devices[worker].send(round, np.arange(len(bits)), bits, attempt)
        told["end"] = self.env.now
        if answer is not None:
            told["heard"] = (yield from self.devices[worker].answer(round, 0, attempt, 8 * answer)).heard
            told["known"] = self.env.now

    def model(self, sizes: Sequence[int], workers: list[int], worker: int | None = None) -> tuple[Transfer, list[simpy.Event]]:
        """A model in frames of `sizes` bytes to `workers`: its books, and an event a worker."""
        bits = 8 * np.array(sizes)
        transfer = Transfer(Message(worker, 1, bits, bits, bits), self.env.now)
        return transfer, self.gateway.carry(transfer, workers)

    def run(self, until: float | None = None) -> LoraAlone:
        """Run till nothing happens, or to `until` s."""
        self.env.run(until=until)
        return self


class _Steady:
    """The same SNR always."""

    def __init__(self, snr: float):
        self.snr = snr

    def __call__(self, time: float) -> float:
        return self.snr

"""Low power: LoRa's time on air, ALOHA beside its laws, and a duty cycle that no hour exceeds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import numpy as np

from ..network.aloha.alone import AlohaAlone
from ..network.lora.alone import LoraAlone
from ..radio.lora import payload_symbols, time_on_air
from .reference import rows
from .row import Check, Seen, worst
from .sampling import means, shares

__all__ = ["airtime", "checks", "duty_cycle", "pure_poisson", "slotted_poisson", "slotted_senders"]

_LOADS = (0.25, 0.5, 1.0, 2.0)  # frames a frame time
_SENDERS = ((2, 1.0), (5, 1.0), (20, 1.0), (20, 2.0))  # (N, G)
_FRAME = 1e-3  # s, of 1000 bits at the channel's 1 Mbit/s
_SLOTS = {"type": "slotted_aloha", "retries": 0, "slot": _FRAME}


def airtime(what: str) -> Seen:
    """`symbols` of the payload, or `time` in ns, against the data sheet's formula; floats round at 1e-6 ns."""
    found, told = [], []
    for row in rows("lora_airtime"):
        size, factor, band, coding = int(row["payload"]), int(row["sf"]), 1e3 * float(row["bandwidth"]), int(row["coding"])
        crc, implicit = row["crc"] == "1", row["implicit"] == "1"
        found.append(payload_symbols(size, factor, band, coding, crc, implicit) if what == "symbols" else
                     1e9 * time_on_air(size, factor, band, coding, int(row["preamble"]), crc, implicit))
        told.append(float(row["symbols"]) if what == "symbols" else 1e6 * float(row["ms"]))
    return worst(np.array(found, dtype=float) - told, 0.0 if what == "symbols" else 1e-6)


def pure_poisson() -> Seen:
    """The share of frames that survive, exp(-2 G); neighbours share their fate, so that 200 batches make the error."""
    arrived = [AlohaAlone({"type": "aloha", "retries": 0}).poisson(load, 10_000)[0] for load in _LOADS]  # (10000,) each
    return means(np.array(arrived).reshape(len(_LOADS), 200, -1).mean(axis=2).T, np.exp(-2 * np.array(_LOADS)))


def slotted_poisson() -> Seen:
    """The share of slots with a frame that is received, G exp(-G)."""
    found, slots = [], []
    for load in _LOADS:
        arrived, times = AlohaAlone(_SLOTS, mtu=1000).poisson(load, 10_000)
        slots.append(math.floor(times[-1] / _FRAME))
        found.append(arrived.sum() / slots[-1])
    return shares(found, np.array(_LOADS) * np.exp(-np.array(_LOADS)), np.array(slots))


def slotted_senders() -> Seen:
    """As `slotted_poisson` of N senders that always have a frame, each in each slot with G/N: G (1 - G/N)^(N - 1)."""
    slots, found = 5_000, []
    for workers, load in _SENDERS:
        alone = AlohaAlone(_SLOTS | {"first": "delayed", "probability": load / workers}, workers, mtu=1000)
        found.append(alone.saturate(slots * _FRAME + 1e-9) / slots)
    return shares(found, [load * (1 - load / workers) ** (workers - 1) for workers, load in _SENDERS], slots)


def duty_cycle() -> Seen:
    """The fullest of 2000 random hours of each sender over what its sub-band allows, beyond 1: four saturated workers, one
    that is answered, a gateway with a model, three hours."""
    cell = LoraAlone([20.0, 19.0, 18.0, 17.0, 16.0], factors=(7, 8, 10, 12, 7))
    for worker, size in enumerate((235, 235, 64, 64)):
        cell.send(worker, [size] * 300)
    for place in range(100):
        cell.send(4, [20], at=100.0 * place, round=place, answer=21)
    cell.model([64] * 900, [3])
    cell.run(until=3 * 3600)
    senders = [([frame[2:] for frame in cell.frames if frame[0] == worker], 0.01) for worker in range(5)]
    senders += [([said[1:] for said in cell.spoken if said[0] == band], duty) for band, duty in (("M", 0.01), ("P", 0.1))]
    hours = np.random.default_rng(1).uniform(0, 2 * 3600, 2000)
    fullest = [max(_within(np.array(frames), hours)) / (3600 * duty) for frames, duty in senders if frames]
    return worst(max(max(fullest) - 1, 0.0), 1e-9)


def _within(frames: np.ndarray, begins: np.ndarray) -> np.ndarray:
    """Seconds of `frames` (n, 2) within an hour from each of `begins` (k,), (k,)."""
    low, high = frames[:, 0], frames[:, 1]
    return np.maximum(0.0, np.minimum(high, begins[:, None] + 3600) - np.maximum(low, begins[:, None])).sum(axis=1)


def checks() -> Iterator[Check]:
    """The rows of this topic."""
    sheet = "Semtech SX1276 data sheet, 4.1.1.7, worked out apart"
    for what, unit in (("symbols", "symbols"), ("time", "ns")):
        yield Check("low power", f"LoRa time on air: {what}", sheet, f"largest difference, {unit}", partial(airtime, what))
    yield Check("low power", "EU868 duty cycle in random hours", "ETSI EN 300 220-1, 5.4",
                "fullest hour over its limit, beyond 1", duty_cycle)
    yield Check("low power", "pure ALOHA, Poisson", "exp(-2 G) (Abramson 1970)", "share of frames received", pure_poisson)
    yield Check("low power", "slotted ALOHA, Poisson", "G exp(-G) (Roberts 1975)", "throughput, frames a slot", slotted_poisson)
    yield Check("low power", "slotted ALOHA, N senders", "G (1 - G/N)^(N-1)", "throughput, frames a slot", slotted_senders)

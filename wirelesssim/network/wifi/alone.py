"""A medium without a simulator around it: saturated stations and rounds of messages, to be set beside figures of others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
import simpy

from ...model import build
from ...radio import Channel
from ...rng import Streams
from ..access import Access
from ..draws.plain import tags
from ..instants import nanoseconds
from .access import Csma  # noqa: F401
from .batch import UP, Batch
from .hidden.loop import HiddenLoop
from .hidden.medium import HiddenContention
from .medium import Contention, LoopContention
from .rules import Rules
from .signals import Steady
from .twin import SlotContention
from .wiring import make_rules, mode_table

__all__ = ["Saturation", "medium_alone", "saturated", "makespan"]

_FRAMES = 1024  # that a saturated station is handed at a time


@dataclass(frozen=True)
class Saturation:
    """What `delivered` (M,) frames of each station arrived in `seconds`, which part of all data transmissions failed
    (`collision`), and which part of the settled frames was `lost`; `uses` of the medium."""

    delivered: np.ndarray
    seconds: float
    collision: float
    lost: float
    uses: int

    def throughput(self, payload: int = 1472) -> float:
        """bit/s of all stations, `payload` bytes a frame (1472: UDP in 1500 of IP)."""
        return float(self.delivered.sum()) * 8 * payload / self.seconds


def medium_alone(stations: int, phy: dict | None = None, access: dict | None = None, mcs: list[int] | None = None, seed: int = 0,
                 fidelity: str = "burst", log_success: float = 0.0, trace: int = 0, rules: dict | None = None,
                 hidden: list[tuple[int, int]] | None = None) -> Contention:
    """`stations` at 20 MHz and an access point; fields of the leaves `wifi` (802.11a unless said) and `csma`.

    `mcs` of each station (7 unless given); `log_success` of a bit of all; `rules` that replace those of the access.
    `hidden`: pairs that do not hear each other, for `HiddenLoop` or `HiddenContention`, also where it is empty.
    """
    made = build(Access, {"type": "csma"} | (access or {}))
    phy = {"type": "wifi", "standard": "a", "rate": "best"} | (phy or {})
    channel = build(Channel, {"type": "radio", "carrier": "5.2 GHz", "bandwidth": "20 MHz", "phy": phy})
    carrier = channel.phy.wifi(channel.bandwidth)
    modes = mode_table([*carrier.modes, carrier.modes[0]], [*carrier.limits.tolist(), 0])
    said: Rules = make_rules(made, carrier, stations, Streams(seed, domain="radio"))._replace(**(rules or {}))
    chosen = np.array([*(mcs or [7] * stations), 0], dtype=np.int64)
    signals = Steady(chosen, np.full((stations + 1, len(modes)), log_success), adapts=said.up > 0)
    if hidden is not None:
        hearing = np.ones((stations + 1, stations + 1), dtype=bool)
        for one, other in hidden:
            hearing[one, other] = hearing[other, one] = False
        if fidelity == "packet":
            return HiddenContention(simpy.Environment(), said, modes, signals, hearing, [] if trace else None)
        return HiddenLoop(simpy.Environment(), said, modes, signals, hearing, trace)
    if fidelity == "packet":
        return SlotContention(simpy.Environment(), said, modes, signals)
    return LoopContention(simpy.Environment(), said, modes, signals, trace)


def saturated(medium: LoopContention | HiddenLoop | HiddenContention, seconds: float, packet: int = 1500) -> Saturation:
    """All but the access point always have frames with `packet` bytes of IP waiting, enough for the longest A-MPDU, from time 0
    to `seconds`. With hidden stations each transmission is a use."""
    stations, size = medium.rules.access_point, packet + overhead_of(medium)
    for station in range(stations):
        medium.occupy(station, _always(size))
    medium.transmit(stations, Batch(np.array([size]), np.zeros(1, dtype=np.int64), ready=np.array([nanoseconds(seconds)])))
    medium.env.run(until=seconds)  # somebody waits till then
    delivered, lost, sent, failed = (column[:stations] for column in _counts(medium))
    uses = int(medium.state.air["uses"][0]) if isinstance(medium, LoopContention) else int(sent.sum())
    settled = delivered.sum() + lost.sum()
    return Saturation(delivered, seconds, float(failed.sum() / sent.sum()), float(lost.sum() / settled), uses)


def _counts(medium: LoopContention | HiddenLoop | HiddenContention) -> list[np.ndarray]:
    """Of each station frames delivered and lost, transmissions and failures, (S,)."""
    names = ("delivered", "lost", "transmissions", "failures")
    if isinstance(medium, HiddenContention):
        return [np.array([getattr(who, name) for who in medium.stations]) for name in names]
    return [medium.state.stations[name].copy() for name in names]


def _always(size: int) -> Iterator[Batch]:
    """Batches of frames of `size` bytes without end."""
    for number in count():
        yield Batch(np.full(_FRAMES, size), tags(np.arange(_FRAMES), UP, number))


def overhead_of(medium: Contention) -> int:
    """Bytes of a frame besides its packet: 36 with DCF, 38 with the QoS header of EDCA."""
    return 36 if medium.rules.difs == medium.rules.sifs + 2 * medium.rules.slot else 38


def makespan(medium: Contention, size: int, payload: int = 1472) -> float:
    """`size` bytes of UDP from each station, ready together at time 0, `payload` a packet: when the last is at the access
    point, s."""
    count, overhead = -(-size // payload), overhead_of(medium) + 28
    sizes = np.full(count, payload + overhead)
    sizes[-1] = size - (count - 1) * payload + overhead
    done = [medium.transmit(station, Batch(sizes, tags(np.arange(count), UP, 0))) for station in range(medium.rules.access_point)]
    medium.env.run(until=medium.env.all_of(done))
    return max(event.value.end for event in done) / 1e9

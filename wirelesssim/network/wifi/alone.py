"""A medium without a simulator around it: saturated stations and rounds of messages, to be set beside figures of others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import simpy

from ...model import build
from ...radio import Channel
from ...rng import Streams
from ..access import Access
from ..draws.plain import tags
from .access import Csma  # noqa: F401
from .batch import UP, Batch
from .hidden.loop import HiddenLoop
from .hidden.medium import HiddenContention
from .medium import Contention, LoopContention
from .rules import DELIVERED, LOST, Rules
from .signals import Steady
from .twin import SlotContention
from .wiring import make_rules, mode_table

__all__ = ["Saturation", "medium_alone", "saturated", "makespan"]

_FRAMES = 1024  # that a saturated station has handed over at a time


@dataclass(frozen=True)
class Saturation:
    """What `delivered` (S,) frames of each station arrived in `seconds`, which part of all data transmissions failed
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
    """All but the access point always have frames with `packet` bytes of IP waiting, from time 0 to `seconds`."""
    stations, overhead = medium.rules.access_point, overhead_of(medium)
    settled = np.zeros((stations, 4), dtype=np.int64)  # frames by fate
    for station in range(stations):
        medium.env.process(_always(medium, station, packet + overhead, settled))
    medium.env.run(until=seconds)
    fates, sent, failed, uses = _of_twin(medium) if isinstance(medium, HiddenContention) else _of_loop(medium)
    for station in range(stations):
        settled[station] += np.bincount(fates[station], minlength=4)
    lost, arrived = settled[:, LOST], settled[:, DELIVERED]
    return Saturation(arrived, seconds, failed / sent, float(lost.sum() / (lost + arrived).sum()), uses)


def _of_loop(medium: LoopContention | HiddenLoop) -> tuple[list[np.ndarray], int, int, int]:
    """Fates in each station's batch under way, transmissions, failures, uses; with hidden stations each transmission is one."""
    state, hidden = medium.state, isinstance(medium, HiddenLoop)
    fates = [(medium.batch if hidden else medium.table.of)(station)["fate"] for station in range(len(state.stations))]
    sent, failed = (int(state.stations[name].sum()) for name in ("transmissions", "failures"))
    return fates, sent, failed, sent if hidden else int(state.air["uses"][0])


def _of_twin(medium: HiddenContention) -> tuple[list[list[int]], int, int, int]:
    """As `_of_loop`."""
    fates = [[frame.fate for frame in who.burst.frames] if who.burst else [] for who in medium.stations]
    sent = sum(who.transmissions for who in medium.stations)
    return fates, sent, sum(who.failures for who in medium.stations), sent


def _always(medium: LoopContention, station: int, size: int, settled: np.ndarray):
    number = 0
    while True:
        served = yield medium.transmit(station, Batch(np.full(_FRAMES, size), tags(np.arange(_FRAMES), UP, number)))
        settled[station] += np.bincount(served.fates, minlength=4)
        number += 1


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

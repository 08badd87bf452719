"""The way from the server to the workers over a radio: when so many bits are with one worker, or with all of several.

A pure function of time, as the links of the uplink are: of the same place, shadowing and fading, at the server's power.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from .block_sinr import BlockSinr
from .outage import outlasts

__all__ = ["ContinuousDownlink", "DownlinkLaw", "DownlinkWay", "Reach", "SlottedDownlink"]

_TOLERANCE = 1e-6  # of a slot: what floats may do to an instant that falls on a slot's start


class DownlinkLaw(ABC):
    """What the physical layer carries down, and when it may."""

    @abstractmethod
    def rates(self, sinr: np.ndarray) -> np.ndarray:
        """bit/s at `sinr` (n,) or (n, bands), linear, while it sends; (n,), 0 in outage."""

    @abstractmethod
    def send(self, start: float, edge: float, rate: float, bits: float) -> tuple[float, float | None]:
        """How many of `bits` are carried from `start` to `edge` (s, may be infinite) at `rate` > 0; when all were, or None."""


@dataclass(frozen=True)
class ContinuousDownlink(DownlinkLaw):
    """A law that may always send: the end is start + bits / rate. `efficiency` maps linear SINR to bit/s/Hz."""

    bandwidth: float
    efficiency: Callable[[np.ndarray], np.ndarray]

    def rates(self, sinr):
        carried = np.asarray(self.efficiency(sinr))
        return self.bandwidth * (carried if carried.ndim == 1 else carried.mean(axis=1))

    def send(self, start, edge, rate, bits):
        end = start + bits / rate
        return (bits, end) if end <= edge else (rate * (edge - start), None)


@dataclass(frozen=True, eq=False)
class SlottedDownlink(DownlinkLaw):
    """Transport blocks in the slots of a pattern that are whole downlink.

        bits a slot = max over schemes s with EESM_s(boost sinr) >= threshold_s of TBS_s (1 - target)

    `slot` s; `usable` (L,) of bool, the pattern; `boost` what the SINR of the blocks gains over that of the whole band;
    `threshold_db` (S,), `beta` (S,) of EESM, `bits` (S,) TBS of each scheme; `target` the block error rate of the thresholds.
    Left out: the time in which a worker decodes; a message is with it when its last slot ends.
    """

    slot: float
    usable: np.ndarray
    boost: float
    threshold_db: np.ndarray
    beta: np.ndarray
    bits: np.ndarray
    target: float

    def rates(self, sinr):
        sinr = self.boost * np.asarray(sinr, dtype=float)
        found = np.zeros(len(sinr))
        for threshold, beta, bits in zip(10 ** (self.threshold_db / 10), self.beta, self.bits):
            found = np.where(_effective(sinr, beta) >= threshold, np.maximum(found, bits), found)
        return found * (1 - self.target) / self.slot

    def send(self, start, edge, rate, bits):
        each = rate * self.slot
        before = self._downlink_slots(math.ceil(start / self.slot - _TOLERANCE))
        needed = max(1, math.ceil(bits / each - 1e-9))
        last = self._number(before + needed - 1)
        if (last + _TOLERANCE) * self.slot < edge:
            return bits, (last + 1) * self.slot
        return each * (self._downlink_slots(math.ceil(edge / self.slot - _TOLERANCE)) - before), None

    def _downlink_slots(self, slot: int) -> int:
        """How many of the slots 0, ..., slot - 1 are downlink."""
        periods, rest = divmod(slot, len(self.usable))
        return periods * int(self.usable.sum()) + int(self.usable[:rest].sum())

    def _number(self, count: int) -> int:
        """The number of the downlink slot that has `count` of them before it."""
        places = np.flatnonzero(self.usable)
        periods, rest = divmod(count, len(places))
        return periods * len(self.usable) + int(places[rest])


def _effective(sinr: np.ndarray, beta: float) -> np.ndarray:
    """EESM over the bands, (n,) of (n, bands); as it is where there is one band."""
    if sinr.ndim == 1:
        return sinr
    least = sinr.min(axis=1)
    return least - beta * np.log(np.exp(-(sinr - least[:, None]) / beta).mean(axis=1))


@dataclass(frozen=True)
class Reach:
    """What came of a transmission: its `end` (s), the bits that were `sent`, and which workers were given up, and when (s)."""

    end: float
    sent: float
    lost: dict[int, float] = field(default_factory=dict)


class DownlinkWay:
    """What the server sends to some workers at once, at the rate of the weakest of them.

        rate(b) = min over the workers of the law's rate at SINR_m(b),   b = floor(t / step)

    The rate is that of each block of `step` s: the shortest block of a worker's fading or motion, at whose start all are
    looked at. While one of the workers has no rate, nothing is sent to any; one that had none for the outage limit is given
    up, and the others go on. The server knows the present block, not the next.
    """

    def __init__(self, sources: Sequence[BlockSinr], law: DownlinkLaw):
        self.sources, self.law = list(sources), law
        self.step = min(source.block_time for source in self.sources)
        self._block, self._known = -1, np.empty(0)

    def rates(self, time: float, workers: Sequence[int]) -> np.ndarray:
        """bit/s of each of `workers` (n,) in the block that holds `time` (s), (n,)."""
        block, chosen = self._block_at(time), np.asarray(workers)
        if block != self._block:
            self._block, self._known = block, np.full(len(self.sources), np.nan)
        missing = chosen[np.isnan(self._known[chosen])]
        if len(missing):
            start = block * self.step if math.isfinite(self.step) else 0.0
            sinr = np.concatenate([self._sinr(self.sources[worker], start) for worker in missing.tolist()])
            self._known[missing] = self.law.rates(sinr)
        return self._known[chosen]

    def edge(self, time: float) -> float:
        """The end of the block that holds `time`, s."""
        return (self._block_at(time) + 1) * self.step

    def finish(self, start: float, bits: float, workers: Sequence[int], outage_limit: float) -> Reach:
        """Send `bits` to all of `workers` from `start` (s) on; see the class. `outage_limit` (s) is finite."""
        here, usable_until = np.asarray(workers), np.full(len(workers), float(start))
        now, left, lost = float(start), float(bits), {}
        while len(here):
            rates, edge = self.rates(now, here), self.edge(now)
            usable = rates > 0
            gone = ~usable & outlasts(edge - usable_until, outage_limit)
            lost |= {int(worker): float(since + outage_limit) for worker, since in zip(here[gone], usable_until[gone])}
            now = max([now, *(usable_until[gone] + outage_limit)])
            stay = usable | ~gone
            here, rates, usable, usable_until = here[stay], rates[stay], usable[stay], usable_until[stay]
            if len(here) and usable.all():
                carried, end = self.law.send(now, edge, float(rates.min()), left)
                left -= carried
                if end is not None:
                    return Reach(end, float(bits), lost)
            usable_until[usable] = edge
            now = edge if len(here) else now
        return Reach(now, float(bits) - left, lost)

    def _block_at(self, time: float) -> int:
        block = int(time / self.step)
        while block * self.step > time:  # never so in an infinite step: 0 inf is not a number
            block -= 1
        while (block + 1) * self.step <= time:
            block += 1
        return block

    @staticmethod
    def _sinr(source: BlockSinr, time: float) -> np.ndarray:
        """SINR of the source's own block at `time`, (1,) or (1, bands)."""
        return source(int((time + 1e-9 * min(source.block_time, 1.0)) / source.block_time), 1)

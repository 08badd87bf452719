"""What is handed to the medium and what comes back: frames of one station to one destination, named for the draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Batch", "Served", "nanoseconds", "tags", "UP", "ANSWER", "DOWN", "BACKGROUND"]

UP, ANSWER, DOWN, BACKGROUND = range(4)  # what a frame is for: the first number of its name
_MASK = (1 << 64) - 1
_ROOM = 24  # bits of a tag that number a packet


@dataclass(frozen=True, eq=False)
class Batch:
    """Frames that a station sends in their order: `sizes` of MPDUs in bytes and `tags` (n,), names that no other frames of the
    station have; `destination` a worker's row, read of the access point's alone, or BROADCAST. `ready` (n,) ns from which on
    each may be sent, not falling; None: now."""

    sizes: np.ndarray
    tags: np.ndarray
    destination: int = 0
    ready: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Served:
    """What came of a batch: `fates`, `times` (ns) and `tries` (n,) of its frames, and how many of the
    tries were `unanswered` (n,): an RTS in vain and no data; `first` (ns) when it first sent; `airtime` (ns) of its own frames,
    with RTS and CTS before them, and the part of that which was `again`."""

    fates: np.ndarray
    times: np.ndarray
    tries: np.ndarray
    unanswered: np.ndarray
    first: int
    airtime: int
    again: int

    @property
    def end(self) -> int:
        """When the last frame's fate was settled, ns."""
        return int(self.times.max())


def nanoseconds(time: float) -> int:
    """The nanosecond nearest to `time` (s)."""
    return round(time * 1e9)


def tags(packets: np.ndarray, *name: int) -> np.ndarray:
    """Names of `packets` (n,) < 2^24 of the burst that the whole numbers `name` tell apart, (n,) of int64, >= 0."""
    mixed = 0
    for number in name:
        mixed = (mixed + int(number) + 1) * 0x9E3779B97F4A7C15 & _MASK  # steps of 2^64 over the golden ratio
        mixed = (mixed ^ mixed >> 31) * 0xBF58476D1CE4E5B9 & _MASK  # of SplitMix64
        mixed ^= mixed >> 29
    return np.int64((mixed >> 1) & ~((1 << _ROOM) - 1) & ~(1 << 62)) + np.asarray(packets, dtype=np.int64)

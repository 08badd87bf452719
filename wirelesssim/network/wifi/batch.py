"""What is handed to the medium and what comes back: frames of one station to one destination, named for the draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from .. import batches
from .rules import PENDING

__all__ = ["Batch", "Frame", "Served", "repeats", "UP", "ANSWER", "DOWN", "BACKGROUND"]

UP, ANSWER, DOWN, BACKGROUND = range(4)  # what a frame is for: the first number of its name


@dataclass(slots=True, eq=False)
class Frame:
    """An MPDU of `size` bytes with the name `tag` in draws, which may be sent from `ready` (ns) on; of its `tries` those
    `unanswered` ended with an RTS in vain; `time` (ns) of its fate."""

    size: int
    tag: int
    destination: int
    ready: int
    tries: int = 0
    unanswered: int = 0
    fate: int = PENDING
    time: int = 0


F = TypeVar("F", bound=Frame)


def repeats(frames: list[F]) -> list[F]:
    """Those of `frames`, at the start of an exchange or of its data, that have been on the air before."""
    return [frame for frame in frames if frame.tries - frame.unanswered > 1]


@dataclass(frozen=True, eq=False)
class Batch(batches.Batch):
    """As of all media, of MPDUs; `ready` (n,) ns from which on each may be sent, not falling; None: now."""

    ready: np.ndarray | None = None

    def frames(self, now: int, make: Callable[[int, int, int, int], F]) -> list[F]:
        """Each frame as an object, ready from `now` (ns) on at the earliest."""
        ready = [now] * len(self.sizes) if self.ready is None else [max(now, int(time)) for time in self.ready]
        return [make(int(size), int(tag), self.destination, time) for size, tag, time in zip(self.sizes, self.tags, ready)]


@dataclass(frozen=True, eq=False)
class Served:
    """What came of a batch: `fates`, `times` (ns) and `tries` (n,) of its frames, and how many of the
    tries were `unanswered` (n,): an RTS in vain and no data; `first` (ns) when the first exchange with one of them began;
    `airtime` (ns) of its own frames, with RTS and CTS before them, and the part of that which was `again`: BlockAckReqs, and
    what repeats MPDUs that have been on the air. Each MPDU of an exchange has its share by bytes."""

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

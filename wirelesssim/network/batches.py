"""Frames that wait at senders of one medium: batches in queues, and for a compiled loop in one table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
import simpy

from .instants import happen, nanoseconds

__all__ = ["Batch", "FrameTable", "Senders", "frame_bytes"]


@dataclass(frozen=True, eq=False)
class Batch:
    """Frames that a sender sends in their order: `sizes` in bytes, and `tags` (n,), names that no others of the sender have;
    `destination` a worker's row, read of the access point's or coordinator's alone, or BROADCAST."""

    sizes: np.ndarray
    tags: np.ndarray
    destination: int = 0


class Settled(Protocol):
    """What came of a batch."""

    @property
    def end(self) -> int:
        """When all of it was settled, ns."""


B = TypeVar("B", bound=Batch)
S = TypeVar("S", bound=Settled)


class Senders(ABC, Generic[B, S]):
    """All senders on one medium; `transmit` hands one a batch. A sender sends its batches one after the other."""

    def __init__(self, env: simpy.Environment, senders: int):
        self.env = env
        self._queues: list[deque[tuple[B, simpy.Event]]] = [deque() for _ in range(senders)]
        self._open = 0  # batches that somebody waits for

    def transmit(self, row: int, batch: B) -> simpy.Event:
        """Send `batch` of at least one frame after what the sender has; the event's value is what came of it, when all is
        settled."""
        done, queue = self.env.event(), self._queues[row]
        queue.append((batch, done))
        self._open += 1
        if len(queue) == 1:
            self._load(row, batch, nanoseconds(self.env.now))
        return done

    def busy(self) -> bool:
        """Whether somebody waits for a batch."""
        return self._open > 0

    @abstractmethod
    def _load(self, row: int, batch: B, now: int) -> None:
        """Let the sender send `batch` from `now` (ns) on, which may lie ahead of the clock."""

    def _end(self, row: int, served: S) -> None:
        """The sender's first batch is over; the next takes its place at that instant."""
        queue = self._queues[row]
        _, done = queue.popleft()
        self._open -= 1
        happen(done, served, served.end / 1e9)
        if queue:
            self._load(row, queue[0][0], served.end)


class FrameTable:
    """The batches that senders are at, a row a frame, in one table for a compiled loop: no row is given out twice, and a table
    that is full makes way for a new one.

    `frames` (N,) of records, 0 at first, with `size`, `tag`, `destination` and what else the loop notes; `senders` (S,) of
    records of which `head` to before `end` are the rows of the frames that are still to be sent.
    """

    def __init__(self, frames: np.ndarray, senders: np.ndarray):
        self.frames, self.senders = frames, senders
        self._starts = [0] * len(senders)  # where each sender's batch begins
        self._free = 0

    def put(self, row: int, batch: Batch) -> np.ndarray:
        """The frames of `batch` in place of the sender's last, (n,), all else of them 0; they may stand in a new table."""
        count = len(batch.sizes)
        if self._free + count > len(self.frames):
            self._make_room(count)
        start, end = self._free, self._free + count
        frames, who = self.frames[start:end], self.senders[row]
        frames["size"], frames["tag"], frames["destination"] = batch.sizes, batch.tags, batch.destination
        who["head"], who["end"] = start, end
        self._starts[row], self._free = start, end
        return frames

    def of(self, row: int) -> np.ndarray:
        """The frames of the sender's batch, sent or not, (n,)."""
        return self.frames[self._starts[row]:self.senders["end"][row]]

    def _make_room(self, count: int) -> None:
        """A new table with the batches under way and room for as many again, and for `count`."""
        senders = self.senders
        live = np.flatnonzero(senders["head"] < senders["end"]).tolist()
        kept = [self.of(row) for row in live]
        frames, self._free = np.zeros(2 * (sum(map(len, kept)) + count) + 1024, dtype=self.frames.dtype), 0
        for row, batch in zip(live, kept):
            moved = self._free - self._starts[row]
            frames[self._free:self._free + len(batch)] = batch
            for column in ("head", "end"):
                senders[column][row] += moved
            self._starts[row], self._free = self._free, self._free + len(batch)
        self.frames = frames


def frame_bytes(bits: np.ndarray, overhead: int) -> np.ndarray:
    """Bytes of the frames of packets of `bits` (n,), each with `overhead` bytes of its MAC, (n,) of int64."""
    return -(-np.asarray(bits, dtype=np.int64) // 8) + overhead

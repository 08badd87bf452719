"""The channel in simulated time: batches of frames come in, the loop of the MAC runs, batches end. An idle channel costs
nothing."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass

import numpy as np
import simpy

from ..wifi.batch import nanoseconds
from .rules import DONE, NEVER, RENEW, Rules, State
from .signals import Signals

__all__ = ["Batch", "LoopNetwork", "Network", "Served"]


@dataclass(frozen=True, eq=False)
class Batch:
    """Frames that a sender sends in their order: `sizes` of PSDUs in bytes, and `tags` (n,), names that no others of the
    sender have; `destination` a worker's row, read of the coordinator's alone, or BROADCAST."""

    sizes: np.ndarray
    tags: np.ndarray
    destination: int = 0


@dataclass(frozen=True, eq=False)
class Served:
    """What came of a batch: of its frames (n,) the `fates`, the `tries` (0: the channel was never free), the `starts` of their
    last transmissions (ns) and the `times` (ns) at which the sender was done with them; `airtime` (ns) of all transmissions,
    and the part of that which was `again`."""

    fates: np.ndarray
    tries: np.ndarray
    starts: np.ndarray
    times: np.ndarray
    airtime: int
    again: int


class Network(ABC):
    """All senders on one channel; `transmit` hands one a batch. A sender sends its batches one after the other."""

    def __init__(self, env: simpy.Environment, rules: Rules, signals: Signals):
        self.env, self.rules, self.signals = env, rules, signals
        self._queues: list[deque[tuple[Batch, simpy.Event]]] = [deque() for _ in range(rules.coordinator + 1)]

    def transmit(self, row: int, batch: Batch) -> simpy.Event:
        """Send `batch` of at least one frame after what the sender has; the event's value is `Served`."""
        done, queue = self.env.event(), self._queues[row]
        queue.append((batch, done))
        if len(queue) == 1:
            self._load(row, batch, nanoseconds(self.env.now))
        return done

    @abstractmethod
    def _load(self, row: int, batch: Batch, now: int) -> None:
        """Let the sender send `batch` from `now` (ns) on, which may lie ahead of the clock."""

    def _end(self, row: int, served: Served) -> None:
        """The sender's first batch is over; the next takes its place at that instant."""
        queue, end = self._queues[row], int(served.times[-1])
        _, done = queue.popleft()
        done._ok, done._value = True, served
        self.env.schedule(done, delay=max(0.0, end / 1e9 - self.env.now))
        if queue:
            self._load(row, queue[0][0], end)


class LoopNetwork(Network):
    """The compiled loop: it runs ahead of the clock, up to what the next event of anybody may change, or to a batch's end.

    A batch costs two SimPy events and one for each foreign event meanwhile.
    """

    def __init__(self, env: simpy.Environment, rules: Rules, signals: Signals):
        super().__init__(env, rules, signals)
        self.state = State.of(rules.coordinator + 1)
        self._starts = [0] * (rules.coordinator + 1)  # where each sender's batch begins in the frames
        self._free, self._until, self._due = 0, -1, math.inf

    def _load(self, row, batch, now):
        from .kernels import begin

        count, who = len(batch.sizes), self.state.senders[row]
        if self._free + count > len(self.state.frames):
            self._make_room(count)
        self._starts[row], self._free = self._free, self._free + count
        frames = self.state.frames[self._starts[row]:self._free]
        frames["size"], frames["tag"], frames["destination"] = batch.sizes, batch.tags, batch.destination
        frames["tries"] = frames["fate"] = frames["time"] = frames["start"] = 0
        who["head"], who["end"] = self._starts[row], self._free
        begin(self.rules, self.state, row, now)
        self._wake(self.env.now)

    def _make_room(self, count: int) -> None:
        """A new table of frames with the batches under way, room for as many again, and for `count`."""
        senders = self.state.senders
        live = [row for row in range(len(senders)) if senders["head"][row] < senders["end"][row]]
        sizes = [int(senders["end"][row]) - self._starts[row] for row in live]
        frames, self._free = np.zeros(2 * (sum(sizes) + count) + 1024, dtype=self.state.frames.dtype), 0
        for row, size in zip(live, sizes):
            start = self._starts[row]
            frames[self._free:self._free + size] = self.state.frames[start:start + size]
            senders["head"][row] += self._free - start
            senders["end"][row] += self._free - start
            self._starts[row], self._free = self._free, self._free + size
        self.state = self.state._replace(frames=frames)

    def _wake(self, time: float) -> None:
        """Go on at `time`, once all that happens then has happened."""
        if time >= self._due:
            return
        self._due = time
        event = self.env.event()
        event._ok, event._value = True, time
        event.callbacks.append(self._go_on)
        self.env.schedule(event, priority=2, delay=max(0.0, time - self.env.now))

    def _go_on(self, event) -> None:
        from .kernels import run

        if event.value != self._due:
            return
        self._due = -math.inf  # awake: a batch that is loaded now wakes nobody
        while any(self._queues):
            ahead = self.env.peek()
            ended, row = run(self.rules, self.state, NEVER if math.isinf(ahead) else nanoseconds(ahead), self._until)
            if ended == DONE:
                self._collect(row)
            elif ended == RENEW:
                self.state.links[:], self._until = self.signals.at(int(self.state.senders["due"][row]))
            else:
                self._due = math.inf
                self._wake(ahead)
                return
        self._due = math.inf

    def _collect(self, row: int) -> None:
        """Take the sender's batch out of the tables."""
        who = self.state.senders[row]
        who["done"] = 0
        frames = self.state.frames[self._starts[row]:who["end"]].copy()
        self._end(row, Served(frames["fate"], frames["tries"], frames["start"], frames["time"], int(who["airtime"]),
                              int(who["again"])))
        if not any(self._queues):
            self._free = 0

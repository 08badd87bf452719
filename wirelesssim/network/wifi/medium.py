"""The medium in simulated time: batches of frames come in, the contention loop runs, batches end. An idle medium costs
nothing."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator

import numpy as np
import simpy

from .batch import Batch, Served, nanoseconds
from .rules import DONE, NEVER, RENEW, Rules, State
from .signals import Signals

__all__ = ["Contention", "LoopContention"]


class Contention(ABC):
    """All stations on one medium; `transmit` hands a station a batch. A station sends its batches one after the other."""

    def __init__(self, env: simpy.Environment, rules: Rules, modes: np.ndarray, signals: Signals):
        self.env, self.rules, self.modes, self.signals = env, rules, modes, signals
        self._queues: list[deque[tuple[Batch, simpy.Event]]] = [deque() for _ in range(signals.stations)]
        self._open = 0  # batches that somebody waits for
        self._sources: dict[int, Iterator[Batch]] = {}

    def transmit(self, station: int, batch: Batch) -> simpy.Event:
        """Send `batch` of at least one frame after what the station has; the event's value is `Served`, when all is settled."""
        done = self.env.event()
        queue = self._queues[station]
        queue.append((batch, done))
        self._open += 1
        if len(queue) == 1:
            self._load(station, batch, nanoseconds(self.env.now))
        return done

    def occupy(self, station: int, batches: Iterator[Batch]) -> None:
        """Let the station send `batches`, which never end, from now on. Nobody is told of them, and while nobody else sends they
        are put off, to be caught up with when somebody does: they cost no event."""
        self._sources[station] = batches
        self._load(station, next(batches), nanoseconds(self.env.now))

    @abstractmethod
    def _load(self, station: int, batch: Batch, now: int) -> None:
        """Let the station send `batch` from `now` (ns) on, which may lie ahead of the clock."""

    def _end(self, station: int, served: Served) -> None:
        """The station's first batch is over; the next takes its place at that instant."""
        if station in self._sources:
            self._load(station, next(self._sources[station]), served.end)
            return
        queue = self._queues[station]
        _, done = queue.popleft()
        self._open -= 1
        done._ok, done._value = True, served
        self.env.schedule(done, delay=max(0.0, served.end / 1e9 - self.env.now))
        if queue:
            self._load(station, queue[0][0], served.end)


class LoopContention(Contention):
    """The compiled loop: it runs ahead of the clock, up to what the next event of anybody may change, or to a batch's end.

    A batch costs two SimPy events and one for each foreign event meanwhile.
    """

    def __init__(self, env: simpy.Environment, rules: Rules, modes: np.ndarray, signals: Signals, trace: int = 0):
        super().__init__(env, rules, modes, signals)
        self.state = State.of(rules, modes, signals.stations, trace=trace)
        self.state.links["mode"] = signals.at(0)[0]
        self.starts = np.zeros(signals.stations, dtype=np.int64)  # where each station's batch begins in the frames
        self._free, self._until, self._due = 0, 0, math.inf

    def _load(self, station, batch, now):
        count, who = len(batch.sizes), self.state.stations[station:station + 1]
        if self._free + count > len(self.state.frames):
            self._make_room(count)
        start, self._free = self._free, self._free + count
        frames = self.state.frames[start:start + count]
        frames["size"], frames["tag"], frames["destination"] = batch.sizes, batch.tags, batch.destination
        frames["ready"] = now if batch.ready is None else np.maximum(batch.ready, now)
        frames["tries"] = frames["unanswered"] = frames["fate"] = 0
        self.starts[station] = start
        who["head"], who["end"], who["first"], who["done"] = start, start + count, -1, 0
        who["airtime"] = who["again"] = 0
        who["arrival"] = frames["ready"][0]
        self.state.air["arrival"] = np.minimum(self.state.air["arrival"], who["arrival"])
        if self._open:
            self._wake(self.env.now)

    def _make_room(self, count: int) -> None:
        """A new table of frames with the batches under way and room for as many again, and for `count`."""
        stations = self.state.stations
        live = np.flatnonzero(stations["head"] < stations["end"]).tolist()
        sizes = stations["end"][live] - self.starts[live]
        frames, self._free = np.zeros(2 * (int(sizes.sum()) + count) + 1024, dtype=self.state.frames.dtype), 0
        for station, size in zip(live, sizes.tolist()):
            start, moved = int(self.starts[station]), self._free - int(self.starts[station])
            frames[self._free:self._free + size] = self.state.frames[start:start + size]
            for column in ("head", "end"):
                stations[column][station] += moved
            self.starts[station], self._free = self._free, self._free + size
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
        while self._open:
            ahead = self.env.peek()
            ended = run(self.rules, self.state, NEVER if math.isinf(ahead) else nanoseconds(ahead), self._until)
            if ended == DONE:
                done = np.flatnonzero(self.state.stations["done"]).tolist()
                for station, served in [(station, self._served(station)) for station in done]:
                    self._end(station, served)
            elif ended == RENEW:
                self._until = self._renew(int(self.state.air["due"][0]))
            else:
                self._due = math.inf
                self._wake(ahead)
                return
        self._due = math.inf

    def _renew(self, time: int) -> int:
        """Take the links' rows at `time` (ns); until when they hold."""
        modes, self.state.log_success[:], until = self.signals.at(time)
        if not self.signals.adapts:
            self.state.links["mode"] = modes
        return until

    def _served(self, station: int) -> Served:
        """What came of the station's batch, out of the tables."""
        who = self.state.stations[station]
        who["done"] = 0
        frames = self.state.frames[self.starts[station]:who["end"]]
        return Served(frames["fate"].copy(), frames["time"].copy(), frames["tries"].copy(),
                      frames["unanswered"].copy(), int(who["first"]), int(who["airtime"]), int(who["again"]))

"""Triggers frame by frame in plain Python, one SimPy timeout a frame: the twin that `TriggerCell` is checked against.

Written from the description in `OfdmaTrigger` with objects in place of arrays; it shares with the cell the units, the signals,
the numbering of draws, and what the access point sends as jobs, so that both must agree frame for frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import simpy

from ....radio.wifi import (LONGEST_PPDU, MAX_AMPDU_BYTES, MAX_AMPDU_MPDUS, Mode, control_mode, multi_station_ack_duration,
                            ppdu_duration, report_duration, trigger_duration)
from ...instants import last_at, nanoseconds
from .cell import Job, Served
from .rules import FOREVER, Draws, Receptions, Signals, TriggerRules

__all__ = ["FrameCell"]


@dataclass
class _Frame:
    """An MPDU."""

    number: int
    size: int
    tries: int = 0
    arrived: bool = False


@dataclass
class _Queue:
    """A worker's burst."""

    worker: int
    frames: list[_Frame]
    draws: Receptions
    known: bool
    done: simpy.Event
    reached: int
    since: int
    airtime: float = 0.0
    again: float = 0.0

    def waiting(self, attempts: int) -> list[_Frame]:
        """What is still to be sent."""
        return [frame for frame in self.frames if not frame.arrived and frame.tries < attempts]


class FrameCell:
    """As `TriggerCell`, one event a frame."""

    def __init__(self, env: simpy.Environment, rules: TriggerRules, signals: Signals, down: Signals, draws: Draws):
        self.env, self.rules, self.signals, self.down, self.draws = env, rules, signals, down, draws
        self.workers = signals.workers
        self.queues: dict[int, _Queue] = {}
        self.jobs: list[Job] = []
        self.free, self.exchanges = -FOREVER, 0
        self._turn, self._last_poll, self._uplink_next = 0, -1, False
        self._news = env.event()
        env.process(self._run())

    def transmit(self, worker: int, packets: np.ndarray, sizes: np.ndarray, draws: Receptions) -> simpy.Event:
        """As `TriggerCell.transmit`."""
        now, done = nanoseconds(self.env.now), self.env.event()
        frames = [_Frame(int(number), int(size)) for number, size in zip(packets, sizes)]
        self.queues[worker] = _Queue(worker, frames, draws, self.rules.poll == 0, done, now, now)
        self._tell()
        return done

    def submit(self, job: Job) -> None:
        """As `TriggerCell.submit`."""
        self.jobs.append(job)
        self._tell()

    def access(self) -> int:
        """As `TriggerCell.access`."""
        now = max(self.free, nanoseconds(self.env.now))
        if self.free == -FOREVER:
            return now
        backoff = self.draws.slots(self.free, self.rules.standard.cw_min)
        return max(now, self.free + self.rules.standard.aifs + backoff * self.rules.standard.slot)

    def _tell(self) -> None:
        if not self._news.triggered:
            self._news.succeed()

    def _until(self, time: int) -> simpy.Event:
        return self.env.timeout(max(0.0, time / 1e9 - self.env.now))

    def _all_else(self) -> simpy.Event:
        """An event after all that happens at this instant."""
        return last_at(self.env, self.env.now)

    def _run(self):
        look = FOREVER
        while True:
            if not self._news.triggered:
                yield self._news if look == FOREVER else self._news | self._until(look)
            yield self._all_else()
            if self._news.triggered:
                self._news = self.env.event()
            look = FOREVER
            now = max(nanoseconds(self.env.now), self.free)
            heard, look = self._heard(now)
            asks = [queue for queue in heard if not queue.known]
            data = [queue for queue in heard if queue.known]
            poll = self._poll_time(asks)
            if self.jobs and not (self._uplink_next and (data or poll <= now)):
                yield from self._job()
            elif poll <= now:
                yield from self._poll(now, asks)
            elif data:
                yield from self._exchange(now, data)
            else:
                look = min(look, poll)
                continue
            self.exchanges += 1
            self._tell()

    def _heard(self, now: int) -> tuple[list[_Queue], int]:
        heard, look = [], FOREVER
        for worker in sorted(self.queues):
            queue = self.queues[worker]
            sinr, least = self.signals.at(worker, now), min(self._least(queue))
            if sinr >= least:
                queue.reached, queue.since = now, min(now, queue.since)
                heard.append(queue)
            elif now - queue.reached >= self.rules.outage:
                self._done(queue, gave_up=True)
            else:
                queue.since = FOREVER
                look = min(look, self.signals.next_above(worker, now, least, queue.reached + self.rules.outage))
        return heard, look

    def _least(self, queue: _Queue) -> list[float]:
        """The SINR that the worker needs in a unit of each size: its longest MPDU with a delimiter fits within 5.484 ms."""
        units, needed = self.rules.units, []
        longest = max(frame.size for frame in queue.frames) + 4
        for modes, gain in zip(units.modes, units.gains):
            fits = [float(level) for mode, level in zip(modes, units.thresholds) if ppdu_duration(mode, longest) <= LONGEST_PPDU]
            needed.append(fits[0] / float(gain) if fits else float("inf"))
        return needed

    def _poll_time(self, asks: list[_Queue]) -> int:
        if not asks:
            return FOREVER
        multiple = self._last_poll + 1
        while multiple * self.rules.poll < min(queue.since for queue in asks):
            multiple += 1
        return multiple * self.rules.poll

    def _job(self):
        job, self._uplink_next = self.jobs.pop(0), True
        for _ in job.exchanges(self):
            yield self._until(self.free)
        job.finish()

    def _poll(self, now: int, asks: list[_Queue]):
        left = self.workers - len([queue for queue in self.queues.values() if queue.known])
        while left > 0:
            users = min(left, self.rules.units.counts[-1])
            left -= users
            trigger = self.access() + trigger_duration(self.rules.basic, users, basic=False)
            self.free = trigger + self.rules.standard.sifs + report_duration(self.rules.units.modes[-1])
            yield self._until(trigger)
            yield self._until(self.free)
        self._last_poll = now // self.rules.poll
        for queue in asks:
            queue.known = True

    def _exchange(self, now: int, data: list[_Queue]):
        """Trigger, data, block ACK."""
        sifs, units = self.rules.standard.sifs, self.rules.units
        size, users = self._units_for(now, data)
        self._turn, self._uplink_next = (users[-1].worker + 1) % self.workers, False
        loads, modes = [], []
        for queue in users:
            sinr = self.signals.at(queue.worker, now)
            mode = units.modes[size][units.row(size, sinr)]
            loads.append((queue, self._fill(queue, mode), self.rules.success(sinr * units.gains[size], mode)))
            modes.append(mode)
        answers = [control_mode(mode) for mode in modes]
        control = min(answers, key=lambda answer: answer.rate)
        longest = max(ppdu_duration(mode, _length(frames)) for mode, (_, frames, _) in zip(modes, loads))
        trigger = self.access() + trigger_duration(control, len(users))
        self.free = trigger + sifs + longest + sifs + multi_station_ack_duration(control, len(users))
        yield self._until(trigger)
        yield self._until(trigger + sifs)
        yield self._until(trigger + sifs + longest)
        for queue, frames, per_bit in loads:
            self._receive(queue, frames, per_bit, longest)
        yield self._until(self.free)
        for queue, _, _ in loads:
            if not queue.waiting(self.rules.attempts):
                self._done(queue)

    def _units_for(self, now: int, data: list[_Queue]) -> tuple[int, list[_Queue]]:
        counts, most = self.rules.units.counts, self.rules.most_users
        order = [queue for queue in data if queue.worker >= self._turn] + [queue for queue in data if queue.worker < self._turn]
        users = min(len(order), most, counts[-1])
        fitting = 0
        while counts[fitting] < users:
            fitting += 1
        for size in [*reversed(range(fitting + 1)), *range(fitting + 1, len(counts))]:
            able = [queue for queue in order if self.signals.at(queue.worker, now) >= self._least(queue)[size]]
            if able and able[0] is order[0]:
                return size, able[:min(counts[size], most)]
        raise RuntimeError("a worker without any unit was taken for reachable")

    def _fill(self, queue: _Queue, mode: Mode) -> list[_Frame]:
        """As many frames from the first on as one PPDU of `mode` takes, one at least."""
        chosen: list[_Frame] = []
        for frame in queue.waiting(self.rules.attempts):
            tried = [*chosen, frame]
            length = _length(tried)
            within = len(tried) <= MAX_AMPDU_MPDUS and length <= MAX_AMPDU_BYTES and ppdu_duration(mode, length) <= LONGEST_PPDU
            if chosen and not within:
                break
            chosen = tried
        return chosen

    def _receive(self, queue: _Queue, frames: list[_Frame], per_bit: float, duration: int) -> None:
        total = sum(frame.size for frame in frames)
        for frame in frames:
            if frame.tries:
                queue.again += duration * frame.size / total
            else:
                queue.airtime += duration * frame.size / total
            frame.tries += 1
            drawn = queue.draws.at(frame.tries, np.array([frame.number]))[0]
            frame.arrived = bool(drawn < np.exp(8.0 * frame.size * per_bit))

    def _done(self, queue: _Queue, gave_up: bool = False) -> None:
        del self.queues[queue.worker]
        queue.done.succeed(Served(np.array([frame.tries for frame in queue.frames]),
                                  np.array([frame.arrived for frame in queue.frames]), queue.airtime, queue.again, gave_up))


def _length(frames: list[_Frame]) -> int:
    """Bytes of an A-MPDU: a delimiter of 4 before each, all but the last filled up to a multiple of 4."""
    total = 0
    for frame in frames:
        total += -total % 4 + 4 + frame.size
    return total

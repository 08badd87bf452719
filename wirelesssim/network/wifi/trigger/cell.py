"""The access point and its workers in simulated time, an exchange at once: one sender's contention needs no loop of slots."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

import numpy as np
import simpy

from ....radio.wifi import (DELIMITER_BYTES, MAX_AMPDU_MPDUS, Mode, ampdu_limit, control_mode, multi_station_ack_duration,
                            ppdu_duration, report_duration, trigger_duration)
from ....radio.wifi.kernels import aggregate
from ...instants import Alarm, happen, nanoseconds
from .rules import FOREVER, Draws, Receptions, Signals, TriggerRules

__all__ = ["Burst", "Job", "Served", "TriggerCell"]


@dataclass(frozen=True, eq=False)
class Served:
    """What came of a burst: `tries` of each packet and which `arrived` (n,), ns on the air of first transmissions (`airtime`) and
    of others (`again`), and whether the sender gave up."""

    tries: np.ndarray
    arrived: np.ndarray
    airtime: float
    again: float
    gave_up: bool

    @property
    def sent(self) -> int:
        """How many packets, from the first on, have been on the air."""
        return int(np.count_nonzero(self.tries))


@dataclass(eq=False)
class Burst:
    """Packets of one worker on their way up: numbers `packets` and MPDU `sizes` (n,), `waiting` places in order.

    `airtime` and `again` as of `Served`. `least`: the SINR that a unit of each size takes. `reached`: when its worker last had a
    mode, `since` from when on at a stretch; `known` to the access point.
    """

    worker: int
    packets: np.ndarray
    sizes: np.ndarray
    draws: Receptions
    least: np.ndarray
    ready: int
    done: simpy.Event
    known: bool
    reached: int = 0
    since: int = 0
    waiting: np.ndarray = field(init=False)
    tries: np.ndarray = field(init=False)
    arrived: np.ndarray = field(init=False)
    airtime: float = 0.0
    again: float = 0.0

    def __post_init__(self):
        self.waiting, self.reached, self.since = np.arange(len(self.packets)), self.ready, self.ready
        self.tries, self.arrived = np.zeros(len(self.packets), dtype=np.int64), np.zeros(len(self.packets), dtype=bool)

    def settle(self, places: np.ndarray, received: np.ndarray, duration: float, attempts: int) -> None:
        """Book a transmission of `places` (n',), of which `received` (n',) got through, on the air for `duration` ns."""
        again, sizes = self.tries[places] > 0, self.sizes[places]
        part = float(sizes[again].sum()) / float(sizes.sum())
        self.airtime += duration * (1 - part)
        self.again += duration * part
        self.tries[places] += 1
        self.arrived[places] |= received
        over = self.arrived[self.waiting] | (self.tries[self.waiting] >= attempts)
        self.waiting = self.waiting[~over]


class Job(Protocol):
    """Something that the access point sends once its turn has come."""

    def exchanges(self, cell: TriggerCell) -> Iterator[None]:
        """Use the medium from `cell.access()` on and leave `cell.free` at the end of an exchange (ns), one at each step."""

    def finish(self) -> None:
        """Tell who waits for it, at the end of the last."""


class TriggerCell:
    """Decides, whenever the medium is free, what the access point does next: a job, a poll, or a trigger for data.

    `signals` of what workers send, `down` of what they receive. `free`: since when the medium is idle, or when the exchange under
    way ends, ns. `exchanges` counts them: each is one SimPy event.
    """

    def __init__(self, env: simpy.Environment, rules: TriggerRules, signals: Signals, down: Signals, draws: Draws):
        self.env, self.rules, self.signals, self.down, self.draws = env, rules, signals, down, draws
        self.workers = signals.workers
        self.bursts: dict[int, Burst] = {}
        self.jobs: list[Job] = []
        self.free, self.exchanges = -FOREVER, 0
        self._turn, self._polled, self._uplink_next = 0, -1, False
        self._alarm = Alarm(env, self._decide, per_second=1e9)

    def transmit(self, worker: int, packets: np.ndarray, sizes: np.ndarray, draws: Receptions) -> simpy.Event:
        """Send `packets` (n,) in MPDUs of `sizes` bytes; the event's value is `Served`. A worker sends one at a time."""
        done, now = self.env.event(), nanoseconds(self.env.now)
        least = self.rules.units.least_sinr(int(sizes.max()))
        self.bursts[worker] = Burst(worker, packets, sizes, draws, least, now, done, known=self.rules.poll == 0)
        self._wake()
        return done

    def submit(self, job: Job) -> None:
        """Let the access point send `job` when its turn comes."""
        self.jobs.append(job)
        self._wake()

    def access(self) -> int:
        """When the access point may send: AIFS and a backoff after the medium fell idle, or now if that has passed; ns."""
        rules, now = self.rules.standard, max(self.free, nanoseconds(self.env.now))
        if self.free == -FOREVER:
            return now
        return max(now, self.free + rules.aifs + self.draws.slots(self.free, rules.cw_min) * rules.slot)

    def _wake(self) -> None:
        """Decide now, or when the medium is free, once all that happens then has happened."""
        self._alarm.set(max(nanoseconds(self.env.now), self.free))

    def _decide(self, now: int) -> float:
        """What comes next at `now` (ns); when to decide again."""
        ready, again = self._reachable(now)
        known = [worker for worker in ready if self.bursts[worker].known]
        unknown = [worker for worker in ready if not self.bursts[worker].known]
        poll = self._next_poll(unknown) if unknown else FOREVER
        before = self.free
        if self.jobs and not (self._uplink_next and (known or poll <= now)):
            self._job()
        elif poll <= now:
            self._poll(now, unknown)
        elif known:
            self._trigger(now, known)
        if self.free > before:
            self.exchanges += 1
            again = self.free
        soonest = min(again, poll)
        return max(soonest, self.free) if soonest < FOREVER else math.inf

    def _reachable(self, now: int) -> tuple[list[int], int]:
        """Workers with something to send that some mode carries now; the others give up, or are looked at again at an instant."""
        found, soonest = [], FOREVER
        for worker, burst in sorted(self.bursts.items()):
            least = float(burst.least.min())
            if self.signals.at(worker, now) >= least:
                burst.reached, burst.since = now, min(burst.since, now)
                found.append(worker)
            elif now >= (limit := burst.reached + self.rules.outage):
                self._end(burst, now, gave_up=True)
            else:
                burst.since = FOREVER
                soonest = min(soonest, self.signals.next_above(worker, now, least, limit))
        return found, soonest

    def _end(self, burst: Burst, time: int, gave_up: bool = False) -> None:
        del self.bursts[burst.worker]
        happen(burst.done, Served(burst.tries, burst.arrived, burst.airtime, burst.again, gave_up), time / 1e9)

    def _job(self) -> None:
        job, self._uplink_next = self.jobs.pop(0), True
        for _ in job.exchanges(self):
            pass
        event = self.env.timeout(max(0.0, self.free / 1e9 - self.env.now))
        event.callbacks.append(lambda _event: job.finish())

    def _next_poll(self, unknown: list[int]) -> int:
        """When the next poll is due: the first multiple of the period after the last poll, not before somebody has an answer."""
        first = min(self.bursts[worker].since for worker in unknown)
        return max(self._polled + 1, -(-first // self.rules.poll)) * self.rules.poll

    def _poll(self, now: int, unknown: list[int]) -> None:
        """Ask all whose buffer is not known, as many at once as there are small units."""
        rules, standard = self.rules, self.rules.standard
        asked = self.workers - sum(burst.known for burst in self.bursts.values())
        while asked > 0:
            users = min(asked, rules.units.counts[-1])
            self.free = (self.access() + trigger_duration(rules.basic, users, basic=False) + standard.sifs
                         + report_duration(rules.units.modes[-1]))
            asked -= users
        self._polled = now // rules.poll
        for worker in unknown:
            self.bursts[worker].known = True

    def _trigger(self, now: int, known: list[int]) -> None:
        """Data of as many as the units of one size hold, the next in turn first."""
        size, chosen = self._share(now, known)
        self._turn, self._uplink_next = (chosen[-1] + 1) % self.workers, False
        sent = [self._load(worker, size, now) for worker in chosen]
        duration = max(one[2] for one in sent)
        mode = _least_robust(tuple(one[1] for one in sent))
        standard = self.rules.standard
        self.free = (self.access() + trigger_duration(mode, len(chosen)) + standard.sifs + duration + standard.sifs
                     + multi_station_ack_duration(mode, len(chosen)))
        for worker, (places, mode, _, per_bit) in zip(chosen, sent):
            burst = self.bursts[worker]
            burst.settle(places, self._received(burst, places, per_bit), duration, self.rules.attempts)
            if not len(burst.waiting):
                self._end(burst, self.free)

    def _share(self, now: int, known: list[int]) -> tuple[int, list[int]]:
        """The size of the units, and who gets one: that which fits the number of users, or what the first in turn can use."""
        units = self.rules.units
        order = sorted(known, key=lambda worker: (worker - self._turn) % self.workers)
        users = min(len(order), self.rules.most_users, units.counts[-1])
        target = next(size for size, count in enumerate(units.counts) if count >= users)
        usable = {worker: self.signals.at(worker, now) >= self.bursts[worker].least for worker in order}  # (sizes,) each
        sizes = [*range(target, -1, -1), *range(target + 1, len(units.counts))]
        size = next(size for size in sizes if usable[order[0]][size])
        able = [worker for worker in order if usable[worker][size]]
        return size, able[:min(self.rules.most_users, units.counts[size])]

    def _load(self, worker: int, size: int, now: int) -> tuple[np.ndarray, Mode, int, float]:
        """What a worker sends in a unit: places in its burst, mode, duration in ns, and log success of a bit."""
        units, burst = self.rules.units, self.bursts[worker]
        sinr = self.signals.at(worker, now)
        mode = units.modes[size][units.row(size, sinr)]
        head = burst.sizes[burst.waiting[:MAX_AMPDU_MPDUS]]
        count, length = aggregate(head, 0, len(head), ampdu_limit(mode), MAX_AMPDU_MPDUS, DELIMITER_BYTES)
        return (burst.waiting[:count], mode, ppdu_duration(mode, int(length)),
                self.rules.success(sinr * units.gains[size], mode))

    def _received(self, burst: Burst, places: np.ndarray, per_bit: float) -> np.ndarray:
        uniforms, tries = np.empty(len(places)), burst.tries[places]
        for attempt in np.unique(tries).tolist():
            here = tries == attempt
            uniforms[here] = burst.draws.at(attempt + 1, burst.packets[places[here]])
        return uniforms < np.exp(8.0 * burst.sizes[places] * per_bit)


@lru_cache(maxsize=None)
def _least_robust(modes: tuple[Mode, ...]) -> Mode:
    """The control mode that every user of a trigger decodes: the slowest that answers one of `modes`."""
    return min(map(control_mode, modes), key=lambda mode: mode.rate)

"""The downlink over a radio: the server's site sends the model at the rate of whom it is for."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import simpy

from ..radio.downlink import DownlinkWay, Reach
from ..radio.patience import Patience
from .downlink import Carrier
from .instants import happen
from .message import Transfer

__all__ = ["RadioCarrier"]


@dataclass(eq=False)
class _Job:
    """A message for some workers, handed over at `handed` (s), with what tells each; `left` bits are still to be sent, after
    `seconds` on the air. `patience`: of the worker, where it is for one."""

    transfer: Transfer
    workers: list[int]
    heard: list[simpy.Event]
    handed: float
    patience: Patience | None
    left: float
    seconds: float = 0.0


class RadioCarrier(Carrier):
    """One message at a time, each to all of its workers at the rate of the weakest (`DownlinkWay`).

    A multicast waits, when its turn has come, while one of its workers has no rate, and gives up a worker that had none for
    `outage_limit` (s) at a stretch. Of messages for single workers goes the first, in the order in which they were handed over,
    whose worker has a rate. It has the channel until it is over or its worker has no rate any more; then it is put off: others
    go, and what is left of it when its turn comes again. A worker that had no rate for `outage_limit` at a stretch, since its
    message was handed over, is given up then, whoever is on the air. What was sent before a message was given up by all is
    booked by whole packets. A message starts when its first bit may go, one that never went when it was handed over. The
    direction is its own: it neither waits for the uplink nor makes it wait.
    """

    def __init__(self, env: simpy.Environment, way: DownlinkWay, outage_limit: float):
        self.env, self.way, self.outage_limit = env, way, outage_limit
        self._jobs: list[_Job] = []  # that of whom is on the air among them
        self._running = False
        self._news = env.event()

    def carry(self, transfer, workers):
        now, alone = self.env.now, len(workers) == 1
        patience = Patience(self.way, workers[0], now, self.outage_limit) if alone else None
        job = _Job(transfer, list(workers), [self.env.event() for _ in workers], now, patience,
                   float(transfer.message.air_bits.sum()))
        transfer.start = math.nan  # it has not begun
        self._jobs.append(job)
        if not self._running:
            self._running = True
            self.env.process(self._run())
        elif not self._news.triggered:
            self._news.succeed()
        return job.heard

    def _run(self):
        while self._jobs:
            job = next((job for job in self._jobs if self._can_go(job)), None)
            if job is None:
                yield from self._wait(min(job.patience.quiet_until(self.env.now) for job in self._jobs))
            else:
                yield from self._send(job)
        self._running = False

    def _can_go(self, job: _Job) -> bool:
        return job.patience is None or job.patience.has_rate(self.env.now)

    def _wait(self, until: float):
        """A process: to `until` (s), or to the next message, or until somebody is given up."""
        ends = [job.patience.ends(until) for job in self._jobs if job.patience is not None]
        soonest = min((end for end in ends if end is not None), default=until)
        self._news = self.env.event()
        yield self.env.timeout(max(0.0, soonest - self.env.now)) | self._news
        for job in [job for job in self._jobs if job.patience is not None and job.patience.ends(self.env.now) is not None]:
            self._over(job, np.zeros(1, dtype=bool))

    def _send(self, job: _Job):
        """A process: a message to its end, or one for a single worker until that has no rate."""
        start, alone = self.env.now, job.patience is not None
        job.transfer.start = start if math.isnan(job.transfer.start) else job.transfer.start
        reach = self.way.finish(start, job.left, job.workers, 0.0 if alone else self.outage_limit)
        if not alone:
            self._tell_lost(job, reach)
        job.left, job.seconds = job.left - reach.sent, job.seconds + reach.end - start
        while self.env.now < reach.end:
            yield from self._wait(reach.end)
        if not (alone and reach.lost):
            self._over(job, np.array([worker not in reach.lost for worker in job.workers]))

    @staticmethod
    def _tell_lost(job: _Job, reach: Reach) -> None:
        for event, worker in zip(job.heard, job.workers):
            if worker in reach.lost:
                happen(event, False, reach.lost[worker])

    def _over(self, job: _Job, has_it: np.ndarray) -> None:
        """The books of a message of which nothing more will be sent, and the news for its workers; `has_it` (M',)."""
        self._jobs.remove(job)
        bits, transfer = job.transfer.message.air_bits, job.transfer
        sent = np.arange(int(np.searchsorted(np.cumsum(bits), bits.sum() - job.left, side="right")))
        if len(sent):
            transfer.burst(sent, np.full(len(sent), bool(has_it.all())), job.seconds)
        transfer.start = job.handed if math.isnan(transfer.start) else transfer.start
        transfer.end = self.env.now
        for event, has in zip(job.heard, has_it):
            if not event.triggered:
                event.succeed(bool(has))

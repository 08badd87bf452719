"""The downlink over a radio: the server's site sends the model at the rate of whom it is for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import simpy

from ..radio.downlink import DownlinkWay
from .downlink import Carrier
from .instants import happen
from .message import Transfer

__all__ = ["RadioCarrier"]

_INSTANT = 1e-9  # s: less than a slot or a block of fading, more than what floats may do to an instant


@dataclass(eq=False)
class _Job:
    """A message for some workers, with what tells each; `out_since`: when it was first found that its worker has no rate."""

    transfer: Transfer
    workers: list[int]
    heard: list[simpy.Event]
    out_since: float | None = None


class RadioCarrier(Carrier):
    """One message after the other, each to all of its workers at the rate of the weakest (`DownlinkWay`).

    A multicast waits while one of its workers has no rate, and gives up a worker that had none for `outage_limit` (s) at a
    stretch. Of several messages for single workers those in outage are put off, the others go in their order; one whose turn
    came `outage_limit` ago is given up. What was sent before a message was given up by all is booked by whole packets. Its
    direction is its own: it neither waits for the uplink nor makes it wait.
    """

    def __init__(self, env: simpy.Environment, way: DownlinkWay, outage_limit: float):
        self.env, self.way, self.outage_limit = env, way, outage_limit
        self._jobs: list[_Job] = []
        self._running = False
        self._news = env.event()

    def carry(self, transfer, workers):
        job = _Job(transfer, list(workers), [self.env.event() for _ in workers])
        self._jobs.append(job)
        if not self._running:
            self._running = True
            self.env.process(self._run())
        elif not self._news.triggered:
            self._news.succeed()
        return job.heard

    def _run(self):
        while self._jobs:
            job = self._next()
            if job is None:
                yield from self._wait()
            else:
                yield from self._send(job)
        self._running = False

    def _next(self) -> _Job | None:
        """The first message that can go now, taken from the queue; those that have waited too long are given up."""
        now = self.env.now
        for place, job in enumerate(self._jobs):
            if len(job.workers) > 1 or self.way.rates(now, job.workers)[0] > 0:
                return self._jobs.pop(place)
            job.out_since = now if job.out_since is None else job.out_since
        for job in [job for job in self._jobs if now >= job.out_since + self.outage_limit - _INSTANT]:
            self._jobs.remove(job)
            job.transfer.end = now
            job.heard[0].succeed(False)
        return None

    def _wait(self):
        """A process: until somebody may have a rate, has waited long enough, or another message comes."""
        if not self._jobs:
            return
        self._news = self.env.event()
        until = min(self.way.edge(self.env.now), min(job.out_since for job in self._jobs) + self.outage_limit)
        yield self.env.timeout(max(_INSTANT, until - self.env.now)) | self._news

    def _send(self, job: _Job):
        """A process: one message, to its end."""
        start, bits = self.env.now, job.transfer.message.air_bits
        reach = self.way.finish(start, float(bits.sum()), job.workers, self.outage_limit)
        for event, worker in zip(job.heard, job.workers):
            if worker in reach.lost:
                happen(event, False, reach.lost[worker])
        yield self.env.timeout(max(0.0, reach.end - start))
        everything = len(reach.lost) < len(job.workers)
        sent = np.arange(len(bits) if everything else int(np.searchsorted(np.cumsum(bits), reach.sent, side="right")))
        if len(sent):
            job.transfer.burst(sent, np.full(len(sent), not reach.lost), self.env.now - start)
        job.transfer.end = self.env.now
        for event, worker in zip(job.heard, job.workers):
            if worker not in reach.lost:
                event.succeed(True)

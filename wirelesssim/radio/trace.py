"""A channel whose rate over time is written in a file: measured in the field, or made by another program."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ..errors import InputError, Problem
from ..model import model
from ..perworker import WorkerTime
from ..rng import Streams
from .channel import Channel, delays_and_losses
from .link import Link, Schedule
from .loss import Loss
from .outage import outlasts
from .rate_trace import RateTrace
from .trace_file import read_trace
from .worker_loss import WorkerLoss

__all__ = ["Trace", "TraceLink"]


@model
class Trace(Channel, name="trace"):
    """Links whose rate follows a file, CSV or Mahimahi (see `read_trace`), with `latency`, `jitter` and `loss` as in `fixed`.

        end of n bits sent from s on: the least t with  integral of rate(u + offset) du from s to t  =  n / share

    One `path` for all workers, or `paths`, one a worker; a relative one starts at the scenario's folder. Worker m reads its
    file at t + `offset`_m s: without offsets (0 s) workers on one file rise and fall together, which a list or a
    distribution (`offset: {type: uniform, low: 0 s, high: 60 s}`) avoids. At the file's end: `repeat: loop` starts it again,
    `hold` keeps a CSV's last rate for ever, and leaves no opportunities after a Mahimahi file's last. Where the rate is 0
    the sender waits, `transport.outage_limit` at a stretch at most.

    The rate is exact: nothing beyond `loss` is lost. The uplink's file says nothing of the other direction:
    acknowledgements take the file's mean rate, and a downlink that is not ideal needs a `rate`. InputError, with file and
    line, for a file that is missing, empty, of no known columns, not in order of time, negative, or without any rate.
    Left out: queues other than the sender's own (Mahimahi's droptail and AQM), losses written in traces.
    """

    path: str | None = None
    paths: list[str] | None = None
    format: Literal["auto", "csv", "mahimahi"] = "auto"
    repeat: Literal["loop", "hold"] = "loop"
    offset: WorkerTime = "0 s"
    latency: WorkerTime = "0 s"
    jitter: WorkerTime = "0 s"
    loss: WorkerLoss = "0 %"

    def check(self):
        if (self.path is None) == (self.paths is None):
            given = "neither" if self.path is None else "both"
            raise InputError(Problem(("path",), f"must be given, or else paths, one a worker, got {given}"))
        if self.paths == []:
            raise InputError(Problem(("paths",), "must name one file a worker, got none"))
        self.traces(len(self.paths or [self.path]))

    def traces(self, workers: int) -> list[RateTrace]:
        """The rate of each worker's link, offsets aside; InputError where a file does not do, or `paths` has another length."""
        if self.paths is not None and len(self.paths) != workers:
            raise InputError(Problem(("paths",), f"must have one entry a worker: {workers}, got {len(self.paths)}"))
        if self.path is not None:
            return [self._read(self.path, "path")] * workers
        return [self._read(path, "paths", index) for index, path in enumerate(self.paths)]

    def _read(self, path: str, *key: str | int) -> RateTrace:
        try:
            return read_trace(path, self.format, self.repeat == "loop")
        except InputError as error:
            raise error.under(*key) from None

    def links(self, workers, geometry, streams):
        try:
            offsets = self.offset.values(workers, streams, "channel", "offset")
        except InputError as error:
            raise error.under("offset") from None
        return [TraceLink(worker, streams, trace=trace, offset=offsets[worker], **said) for worker, (trace, said)
                in enumerate(zip(self.traces(workers), delays_and_losses(self, workers, streams)))]

    @property
    def needs_geometry(self):
        return False

    @property
    def steady(self):
        return False


class TraceLink(Link):
    """A link whose rate at t is that of `trace` at t + `offset` (s)."""

    def __init__(self, worker: int, streams: Streams, loss: Loss, trace: RateTrace, offset: float = 0.0, **said):
        super().__init__(worker, streams, loss, **said)
        self.trace = trace
        self.offset = float(offset) if trace.tail is not None else float(offset) % trace.length

    def rate_at(self, time):
        return self.trace.rate_at(time + self.offset)

    def finish(self, start, bits, share=1.0, outage_limit=np.inf):
        begin = start + self.offset
        ends = self.trace.instants(begin, bits, share)
        outage, over = self.trace.gives_up(begin, outage_limit)
        unsent = np.isinf(ends) | (ends > (outage if np.isinf(over) else (outage + over) / 2))  # none ends inside an outage
        gave_up = outage + outage_limit - self.offset if unsent.any() else None
        sent = np.where(np.asarray(bits) > 0, np.maximum(ends - self.offset, start), start)
        return Schedule(np.where(unsent, np.inf, sent), gave_up)

    def finish_packet(self, start, bits, share=1.0, outage_limit=np.inf):
        now, progress = start + self.offset, start + self.offset
        slack = self.trace.slack(now, self.trace.max_rate)
        if bits <= 0:
            return start
        for rate, end in self.trace.pieces_from(now):
            if rate > 0:
                carried = rate * share * (end - now)
                if bits <= carried + slack * share:
                    return max(min(now + bits / (rate * share), end) - self.offset, start)
                bits, progress = bits - carried, end
            elif outlasts(end - progress, outage_limit) or end == np.inf:
                return None
            now = end
        raise AssertionError("the last piece has no end")

    def expected_rate(self):
        """The mean over the file, also where its last rate is held: bit/s."""
        return self.trace.mean_rate

    @property
    def control_rate(self):
        return self.trace.mean_rate

    def max_rate(self):
        return self.trace.max_rate

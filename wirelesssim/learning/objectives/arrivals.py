"""When a worker's messages are ready, where nobody learns: instants as a function of seed, worker and number."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from itertools import count
from typing import Annotated

import numpy as np

from ...errors import InputError, Problem
from ...model import Model, model
from ...perworker import PerWorker, PerWorkerValue, WorkerTime
from ...rng import Counted, Streams
from ...units import FREQUENCY, TIME, Quantity

__all__ = ["Arrivals", "Periodic", "Poisson", "Together"]

WorkerPeriod = Annotated[PerWorkerValue, PerWorker(Quantity(TIME, ge=1e-6))]
WorkerFrequency = Annotated[PerWorkerValue, PerWorker(Quantity(FREQUENCY, gt=0, le=1e6))]
_BLOCK = 256  # draws that are read from a stream at once


class Arrivals(Model, family="arrivals", default="together"):
    """When the messages of each worker are ready to be sent."""

    @abstractmethod
    def instants(self, workers: int, streams: Streams) -> list[Iterator[float]] | None:
        """Of each worker the instants t_1 <= t_2 <= ... (s) of its messages, without end; None: the rounds say when.

        Each iterator begins at t_1 and is a pure function of `streams` and the worker. InputError where a value that was
        drawn is out of range.
        """


@model
class Together(Arrivals, name="together"):
    """In rounds: all workers are ready together, once the server's message of the round has come (and `compute.time` passed).

    The next round begins when the server knows what came of every message: the traffic of synchronous learning.
    """

    def instants(self, workers, streams):
        return None


@model
class Periodic(Arrivals, name="periodic"):
    """Every `period`, from `offset` on:  t_k = offset + (k - 1) period + jitter U_k,   U_k uniform on [0, 1).

    `period` and `offset` may be each worker's own (`offset: {type: uniform, low: 0 s, high: 1 s}`: out of step); `jitter` is
    at most the shortest period, so that messages keep their order; no `period` is below 1 us, less than a frame takes.
    Default offset 0 s: all in step, the hardest for a network.
    """

    period: WorkerPeriod
    offset: WorkerTime = "0 s"
    jitter: WorkerTime = "0 s"

    def instants(self, workers, streams):
        names = ("period", "offset", "jitter")
        periods, offsets, jitters = (drawn(getattr(self, name), name, workers, streams) for name in names)
        if (jitters > periods).any():
            worker = int(np.argmax(jitters > periods))
            raise InputError(Problem(("jitter",), f"must be <= the period ({periods[worker]:g} s) of worker {worker}, "
                                                  f"got {jitters[worker]:g} s"))
        return [_periodic(periods[m], offsets[m], jitters[m], streams.counted("arrivals", m)) for m in range(workers)]


@model
class Poisson(Arrivals, name="poisson"):
    """Independent Poisson processes of `rate` messages a second:  t_k = t_{k-1} - ln(1 - U_k)/rate,  t_0 = 0.

    `rate` may be each worker's own. A message that is ready while its worker sends another waits at the worker, first come
    first served: a queue M/G/1, G the time that the network takes for a message. No `rate` is above 1 MHz, more than any network
    here carries.
    """

    rate: WorkerFrequency

    def instants(self, workers, streams):
        rates = drawn(self.rate, "rate", workers, streams)
        return [_poisson(rates[m], streams.counted("arrivals", m)) for m in range(workers)]


def drawn(given: PerWorkerValue, name: str, workers: int, streams: Streams) -> np.ndarray:
    """Values (workers,) of the field `name`; InputError names it where one that was drawn is out of range."""
    try:
        return given.values(workers, streams, "messages", name)
    except InputError as error:
        raise error.under(name) from None


def _uniforms(stream: Counted) -> Iterator[float]:
    """U_1, U_2, ... in [0, 1)."""
    for block in count():
        yield from stream.uniforms(block, _BLOCK).tolist()


def _periodic(period: float, offset: float, jitter: float, stream: Counted) -> Iterator[float]:
    if jitter == 0:
        yield from (float(offset + place * period) for place in count())
    yield from (float(offset + place * period + jitter * uniform) for place, uniform in enumerate(_uniforms(stream)))


def _poisson(rate: float, stream: Counted) -> Iterator[float]:
    instant = 0.0
    for uniform in _uniforms(stream):
        instant -= float(np.log1p(-uniform)) / float(rate)
        yield instant

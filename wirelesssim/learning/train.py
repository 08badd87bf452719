"""The ideal loop: the algorithm with nothing between worker and server. No clock, no loss.

Written apart from the simulator, so that *perfect channel == `train`, bit for bit* is a test of the simulator.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..rng import Streams
from .algorithm import Algorithm, Context, Fate, Outcome
from .codec import Codec
from .gradients import Gradients
from .guard import Diverged, Guard
from .rounds import contexts
from .update import Update
from .values import ValueFormat

__all__ = ["Trajectory", "heard", "train"]


@dataclass(frozen=True)
class Trajectory:
    """What each round was like; row 0 is the start. K rounds, d coordinates.

    `theta` (d,) the last model; `objective` (K+1,) f(theta^k); `error` (K+1,) f - f*, NaN where f* is unknown;
    `accuracy` (K+1,) NaN where there is none; `entries` (K+1,) coordinates sent; `coded_bits` (K+1,) since the start, 0
    without a codec; `server` and `workers` the last states.
    """

    theta: np.ndarray
    objective: np.ndarray
    error: np.ndarray
    accuracy: np.ndarray
    entries: np.ndarray
    coded_bits: np.ndarray
    server: object
    workers: list


def train(problem, algorithm: Algorithm, rounds: int, values: ValueFormat | None = None, codec: Codec | None = None,
          streams: Streams | None = None, optimum: float | None = None) -> Trajectory:
    """`rounds` rounds of `algorithm` on `problem`; `values` is the wire's format (the codec's, or 64 bits).

    Raises `Diverged` with the round and the likely cause.
    """
    values = values or (codec.values if codec else ValueFormat(64))
    context_at = contexts(algorithm, problem, values=values, streams=streams)
    theta = problem.start()
    server = algorithm.init_server(theta)
    workers = [algorithm.init_worker(theta) for _ in range(problem.workers)]
    gradients, rows = Gradients(problem), [_row(problem, theta, optimum, 0, 0)]
    guard = Guard(problem, optimum)
    for round in range(1, rounds + 1):
        context = context_at(round)
        asked = sorted(algorithm.select(server, context))
        gradients.announce(theta, asked)
        outcomes = {worker: Outcome(Fate.UNSCHEDULED) for worker in range(problem.workers)}
        entries = bits = 0
        for worker in asked:
            gradient = gradients.of(worker, algorithm, context)
            update, workers[worker] = algorithm.worker_step(workers[worker], theta, gradient, context)
            outcomes[worker] = heard(algorithm, worker, update, context)
            entries += update.entries
            bits += codec.size(update) if codec else 0
        server = algorithm.server_step(server, outcomes, context)
        before, theta = theta, algorithm.model(server)
        rows.append(_row(problem, theta, optimum, entries, rows[-1][4] + bits))
        reason = guard.check(round, rows[-1][0], rows[-1][1] if optimum is not None else None, theta - before, context.alpha)
        if reason:
            raise Diverged(round, f"{reason}; {algorithm.divergence_hint(context)}")
    columns = [np.array(column) for column in zip(*rows)]
    return Trajectory(theta, *columns, server, workers)


def heard(algorithm: Algorithm, worker: int, update: Update, context: Context) -> Outcome:
    """What the server knows of an asked worker when nothing is lost."""
    if not algorithm.speaks(worker, context):
        return Outcome(Fate.UNSCHEDULED)
    return Outcome(Fate.SILENT) if update.silent else Outcome.delivered(update)


def _row(problem, theta, optimum, entries, bits) -> tuple:
    value, accuracy = problem.value(theta), problem.accuracy(theta)
    return value, np.nan if optimum is None else value - optimum, np.nan if accuracy is None else accuracy, entries, bits

"""The contract of every algorithm: what the simulator relies on, checked on a small random problem."""

from __future__ import annotations

import copy

import numpy as np

from ...rng import Streams
from ..algorithm import Algorithm, Fate, Outcome
from ..objectives import Quadratic
from ..rounds import contexts
from ..update import Update
from ..values import ValueFormat

__all__ = ["check_algorithm"]

_WORKERS, _ROUNDS, _LOSS = 4, 25, 0.3


def check_algorithm(algorithm: Algorithm) -> None:
    """AssertionError with a sentence for the first clause that does not hold.

    1. `worker_step` gives an `Update` of the model's size with strictly increasing indices, finite, as the wire decodes it.
    2. Models are never changed in place, and a step is a function of its arguments.
    3. settle(state, sent, sent) changes nothing; settling is invertible.
    4. Under random settled loss the server's aggregate is the sum of the workers' mirrors (relative 1e-9).
    5. settle(step(C), sent, received) is the step whose compressor had put out `received` (checked through 4).
    """
    problem = Quadratic(dimension=12, condition=10.0).problem(None, _WORKERS, Streams(7))
    for values in (ValueFormat(64), ValueFormat(32)):
        for loss in (0.0, _LOSS):
            _run(algorithm, problem, values, loss)


def _run(algorithm: Algorithm, problem, values: ValueFormat, loss: float) -> None:
    context_at = contexts(algorithm, problem, values=values)
    random = np.random.default_rng(11)
    theta = problem.start()
    server = algorithm.init_server(theta)
    workers = [algorithm.init_worker(theta) for _ in range(_WORKERS)]
    for round in range(1, _ROUNDS + 1):
        context, kept = context_at(round), theta.copy()
        outcomes = {worker: Outcome(Fate.UNSCHEDULED) for worker in range(_WORKERS)}
        for worker in algorithm.select(server, context):
            workers[worker], outcomes[worker] = _turn(algorithm, problem, workers[worker], worker, theta, context, random, loss)
        server = algorithm.server_step(server, outcomes, context)
        assert np.array_equal(theta, kept), "a model vector was changed in place"
        theta = algorithm.model(server)
        assert theta.shape == (problem.size,), f"model(state) must be (d,) = ({problem.size},), got {theta.shape}"
        _agree(algorithm, server, workers, round)


def _turn(algorithm, problem, state, worker, theta, context, random, loss):
    """A worker's turn, some of whose entries are lost and settled; the next state and the outcome."""
    gradient = problem.gradients(theta, [worker])[0]
    twin = copy.deepcopy(state)
    sent, after = algorithm.worker_step(state, theta, lambda _theta: gradient.copy(), context)
    again, twin = algorithm.worker_step(twin, theta, lambda _theta: gradient.copy(), context)
    assert np.array_equal(again.positions(), sent.positions()) and np.array_equal(again.values, sent.values), \
        "worker_step must be a function of its arguments"
    _check_update(sent, problem.size, context.values)
    received = sent.take(random.random(sent.entries) >= loss) if loss else sent
    before = _mirror(algorithm, after)
    after = algorithm.settle(after, sent, sent)
    assert _same(_mirror(algorithm, after), before, 0.0), "settle(state, sent, sent) must change nothing"
    after = algorithm.settle(algorithm.settle(after, sent, received), received, sent)
    assert _same(_mirror(algorithm, after), before, 1e-12), "settling must be invertible"
    after = algorithm.settle(after, sent, received)
    if sent.silent:
        return after, Outcome(Fate.SILENT)
    return after, Outcome(Fate.LOST) if received.silent else Outcome.delivered(received)


def _check_update(update: Update, size: int, values: ValueFormat) -> None:
    assert isinstance(update, Update), f"worker_step must return an Update first, got {type(update).__name__}"
    assert update.size == size, f"the update must have the model's size {size}, got {update.size}"
    where = update.positions()
    assert len(where) == update.entries, "indices and values must have the same length"
    assert update.silent or (where.min() >= 0 and where.max() < size), "indices must lie in [0, d)"
    assert (np.diff(where) > 0).all(), "indices must be strictly increasing"
    assert np.isfinite(update.values).all(), "values must be finite on a well-behaved problem"
    assert np.array_equal(values.round(update.values), update.values), \
        "values must be what the receiver decodes: apply context.values.round before the state is updated"


def _agree(algorithm, server, workers, round) -> None:
    held, mirrors = algorithm.aggregate(server), [_mirror(algorithm, state) for state in workers]
    if held is None:
        assert all(mirror is None for mirror in mirrors), "workers mirror what a server without aggregate does not hold"
        return
    assert all(mirror is not None for mirror in mirrors), "mirror(state) must say what the server's aggregate holds of a worker"
    scale = max(1e-12, max(np.abs(mirror).max() for mirror in mirrors))
    assert np.abs(held - sum(mirrors)).max() <= 1e-9 * scale, \
        f"after round {round}, settled, the server's aggregate is not the sum of the workers' mirrors: check `settle`"


def _mirror(algorithm, state):
    mirror = algorithm.mirror(state)
    return None if mirror is None else np.array(mirror)


def _same(left, right, tolerance: float) -> bool:
    if left is None or right is None:
        return left is right
    return bool(np.abs(left - right).max(initial=0.0) <= tolerance * max(1.0, np.abs(right).max(initial=0.0)))

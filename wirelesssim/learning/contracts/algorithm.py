"""The contract of every algorithm: what the simulator relies on, checked on a small random problem."""

from __future__ import annotations

import copy
from collections.abc import Mapping

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
    2. Models and updates are never changed after they were handed over, and a step is a function of its arguments.
    3. settle(state, sent, sent) changes nothing; settling is invertible, at once and late.
    4. Under random settled loss the server's aggregate is the sum of the workers' mirrors (relative 1e-9).
    5. settle(step(C), sent, received) is the step whose compressor had put out `received` (checked through 4).

    Not seen: a `settle` that forgets a memory of which the server holds nothing (an error feedback); test its own law.
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
    handed: list[tuple[Update, Update]] = []  # updates of the last round, and what they were
    for round in range(1, _ROUNDS + 1):
        context, kept = context_at(round), theta.copy()
        outcomes = {worker: Outcome(Fate.UNSCHEDULED) for worker in range(_WORKERS)}
        sent_now: list[tuple[Update, Update]] = []
        for worker in algorithm.select(server, context):
            workers[worker], outcomes[worker] = _turn(
                algorithm, problem, workers[worker], worker, theta, context, random, loss, sent_now)
        server = algorithm.server_step(server, outcomes, context)
        assert np.array_equal(theta, kept), "a model vector was changed in place"
        for sent, was in [*handed, *sent_now]:
            assert np.array_equal(sent.values, was.values) and np.array_equal(sent.positions(), was.positions()), \
                "an Update was changed after it was sent: it must not share its arrays with a state"
        handed, theta = sent_now, algorithm.model(server)
        assert theta.shape == (problem.size,), f"model(state) must be (d,) = ({problem.size},), got {theta.shape}"
        _agree(algorithm, server, workers, round)


def _turn(algorithm, problem, state, worker, theta, context, random, loss, handed):
    """A worker's turn, noted in `handed`, some of whose entries are lost and settled; the next state and the outcome."""
    def gradient(at):
        return problem.gradients(at, [worker])[0]

    twin, kept = copy.deepcopy(state), theta.copy()
    sent, after = algorithm.worker_step(state, theta, gradient, context)
    assert np.array_equal(theta, kept), "a model vector was changed in place"
    again, twin = algorithm.worker_step(twin, theta, gradient, context)
    _check_update(sent, problem.size, context.values)
    assert np.array_equal(again.positions(), sent.positions()) and np.array_equal(again.values, sent.values), \
        "worker_step must be a function of its arguments"
    handed.append((sent, copy.deepcopy(sent)))
    received = sent.take(random.random(sent.entries) >= loss) if loss else sent
    before = copy.deepcopy(after)
    after = algorithm.settle(after, sent, sent)
    assert _same(after, before, 0.0), "settle(state, sent, sent) must change nothing"
    for steps_late in (0, 3):
        after = algorithm.settle(algorithm.settle(after, sent, received, steps_late), received, sent, steps_late)
        assert _same(after, before, 1e-12), "settling must be invertible"
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
    held, mirrors = algorithm.aggregate(server), [algorithm.mirror(state) for state in workers]
    if held is None:
        assert all(mirror is None for mirror in mirrors), "workers mirror what a server without aggregate does not hold"
        return
    assert all(mirror is not None for mirror in mirrors), "mirror(state) must say what the server's aggregate holds of a worker"
    scale = max(1e-12, max(np.abs(mirror).max() for mirror in mirrors))
    assert np.abs(held - sum(mirrors)).max() <= 1e-9 * scale, \
        f"after round {round}, settled, the server's aggregate is not the sum of the workers' mirrors: check `settle`"


def _same(left, right, tolerance: float) -> bool:
    """Whether two states are equal, arrays to `tolerance` of their largest entry; what cannot be compared is."""
    if isinstance(right, np.ndarray):
        if right.dtype.kind != "f" or np.shape(left) != right.shape:
            return np.array_equal(left, right)
        return bool((np.abs(left - right) <= tolerance * max(1.0, np.abs(right).max(initial=0.0))).all())
    if isinstance(right, Mapping):
        return left.keys() == right.keys() and all(_same(left[key], right[key], tolerance) for key in right)
    if isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(_same(a, b, tolerance) for a, b in zip(left, right))
    if isinstance(right, (float, int, str, type(None))):
        return left == right or (isinstance(right, float) and abs(left - right) <= tolerance * max(1.0, abs(right)))
    return not hasattr(right, "__dict__") or _same(vars(left), vars(right), tolerance)

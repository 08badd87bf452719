"""The contract of every algorithm: what the simulator relies on, checked on a small problem under loss, order and delay."""

from __future__ import annotations

import dataclasses

import numpy as np

from ...errors import InputError
from ...rng import Streams
from ..algorithm import Algorithm
from ..decay import ConstantStep
from ..objectives import Linear, Samples
from ..participation import RoundRobin
from ..values import ValueFormat
from .states import same
from .trial import Chance, Trial

__all__ = ["check_algorithm"]

_BLOCKS, _ROUNDS = 3, 5  # after each block of rounds all that was sent is settled, and the laws are asked for


def check_algorithm(algorithm: Algorithm) -> None:
    """AssertionError with a sentence for the first clause that does not hold.

    1. `worker_step` gives an `Update` of the model's size with strictly increasing indices, finite, as the wire decodes it,
       after at most `evaluations` gradients; `select` names workers once each.
    2. Models and updates are never changed after they were handed over, no call changes another's state, a step is a
       function of its arguments, and the server's of what arrived, not of the order in which it did.
    3. settle(state, sent, sent) changes nothing; settling is additive and invertible, at once and late.
    4. Whatever was lost, whenever and in whatever order it was settled, and wherever a mistaken settlement was repaired:
       when all is settled, the server's aggregate is the sum of the workers' mirrors (relative 1e-9).
    5. A method with an error memory that says what it owes (`Algorithm.owed`) keeps theta - SUM owed descending along the
       workers' own gradients, lost packets or not (relative 1e-9): nothing is forgotten and nothing is sent twice.
    6. settle(step(C), sent, received) is the step whose compressor had put out `received` (checked through 4 and 5).
    7. Every server step ends with `Context.descend` or `Context.move`, so that an objective's l1 part has its say.
    8. On a channel that loses nothing, with step size 0.1/L, f falls below its start within 40 rounds.

    Channels: perfect; loss that is settled at once; loss with lost receipts, repaired after further steps; loss with receipts
    that come 1 to 3 server steps late, the worker waiting. Values of 64, 32 and 8 bits. Everyone, and half in turn.
    Not seen: what is in a worker's memory and neither in `mirror` nor in `owed` (a history of steps, a residual's norm), what
    a server forgets of a worker that it polls, and constants: a wrong threshold is still an algorithm. Test those by hand.
    """
    problem = _problem()
    for values, chance in _CHANNELS:
        _run(algorithm, problem, values, chance)
    for changed in _participations(algorithm):
        _run(changed, problem, ValueFormat(64), _SLOW)
    assert same(*(_run(algorithm, problem, ValueFormat(32), _SLOW, "zero").theta for _ in range(2))), \
        "two runs from the same start differ: keep no state outside the state, and draw from context.random alone"
    _check_prox(algorithm, problem)
    _check_descent(algorithm, problem)


_LOSS = 0.3
_SLOW = Chance(loss=_LOSS, deaf=0.3, late=0.3)
_CHANNELS = [(ValueFormat(64), Chance()), (ValueFormat(32), Chance(loss=_LOSS)),
             (ValueFormat(64), Chance(loss=_LOSS, deaf=0.3)), (ValueFormat(64), _SLOW), (ValueFormat(8), _SLOW)]


def _problem():
    """Ridge regression of 12 features, four workers with 35 to 65 samples each, scaled apart so that they differ."""
    random = np.random.default_rng(5)
    edges = np.cumsum([35, 45, 55])
    features = random.standard_normal((200, 12)) * np.geomspace(0.3, 1.0, 12)
    labels = features @ random.standard_normal(12) + random.standard_normal(200)
    shards = np.split(np.arange(200), edges)
    for place, shard in enumerate(shards):
        labels[shard] += place
    return Linear(l2=0.01).problem(Samples(features, labels, shards), 4, Streams(7))


def _run(algorithm, problem, values, chance, missing="keep_last") -> Trial:
    trial = Trial(algorithm, problem, values, chance, missing)
    for _ in range(_BLOCKS):
        for _ in range(_ROUNDS):
            trial.round()
        trial.settle_all()
        trial.check_laws()
    trial.check_kept()
    return trial


def _participations(algorithm: Algorithm) -> list[Algorithm]:
    """The method with half of the workers in turn, in each way that it allows."""
    ways = () if algorithm.selects else ("freeze", "accumulate") if algorithm.accumulates else ("freeze",)
    changed = (_changed(algorithm, participation=RoundRobin(absent=way)) for way in ways)
    return [made for made in changed if made is not None]


def _changed(algorithm: Algorithm, **fields) -> Algorithm | None:
    """The method with other values of some fields; None where a rule of its own forbids them."""
    try:
        return dataclasses.replace(algorithm, **fields)
    except InputError:
        return None


def _check_prox(algorithm: Algorithm, problem) -> None:
    """The projection onto theta >= 0 stands for a non-smooth part: each model lies there if the step ended with it."""
    trial = Trial(algorithm, problem, ValueFormat(64), Chance(), prox=lambda theta, _alpha: np.maximum(theta, 0.0))
    for _ in range(_ROUNDS):
        trial.round()
        assert (trial.theta >= 0).all(), (
            "server_step must end with context.descend(theta, direction) or context.move(theta, step): "
            "what an objective with an l1 part does after a step is left out otherwise")


def _check_descent(algorithm: Algorithm, problem) -> None:
    slow = _changed(algorithm, step_size=f"{0.1 / problem.smoothness!r}", decay=ConstantStep()) or algorithm
    trial, start = Trial(slow, problem, ValueFormat(64), Chance()), problem.value(problem.start())
    for _ in range(40):
        trial.round()
        if problem.value(trial.theta) < start:
            return
    raise AssertionError("with step size 0.1/L and nothing lost, f does not fall below its start in 40 rounds: check the signs, "
                         "and that server_step moves along what it was sent")

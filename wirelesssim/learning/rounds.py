"""The context of each round, the same for the ideal loop and for the simulator."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from ..errors import InputError, Problem
from ..model import Model
from ..rng import Streams
from ..units import Relative
from .algorithm import Algorithm, Context
from .values import ValueFormat

__all__ = ["contexts"]


def contexts(algorithm: Algorithm, problem, values: ValueFormat = ValueFormat(64), missing: str = "keep_last",
             streams: Streams | None = None) -> Callable[[int], Context]:
    """`round -> Context` for `algorithm` on `problem`; InputError where it needs an L that is not known."""
    smoothness = problem.smoothness
    for path, relative in _relatives(algorithm):
        try:
            relative.at(smoothness)
        except ValueError as error:
            raise InputError(Problem(("algorithm", *path), str(error))) from None
    alpha = algorithm.step_size.at(smoothness)
    known = dict(
        workers=problem.workers, smoothness=smoothness, weights=problem.weights, values=values, missing=missing,
        worker_smoothness=_needed(algorithm, problem, "worker_smoothness"),
        coordinate_smoothness=_needed(algorithm, problem, "coordinate_smoothness"),
        prox=problem.prox if problem.composite else None)
    streams = streams or Streams(0, domain="learning")

    def at(round: int) -> Context:
        return Context(alpha=alpha * algorithm.decay.factor(round), round=round,
                       random=lambda *name: streams.counted("algorithm", *name)(round), **known)

    return at


def _needed(algorithm: Algorithm, problem, name: str):
    """The array `name` of the problem if the algorithm needs it; InputError where the objective does not know it."""
    if not getattr(algorithm, f"needs_{name}"):
        return None
    found = getattr(problem, name)
    if found is None:
        raise InputError(Problem(("algorithm",), f"of type {algorithm.type_name!r} as it is set needs the "
                                                 f"{name.replace('_', ' ')} of the objective, which this one does not know; "
                                                 "choose another algorithm or objective"))
    return found


def _relatives(part) -> Iterator[tuple[tuple[str, ...], Relative]]:
    """The parameters of a model that are relative to L, with their keys, those of the models in its fields included."""
    for item in dataclasses.fields(part):
        value = getattr(part, item.name)
        if isinstance(value, Relative):
            yield (item.name,), value
        elif isinstance(value, Model):
            yield from (((item.name, *path), relative) for path, relative in _relatives(value))

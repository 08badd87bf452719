"""The context of each round, the same for the ideal loop and for the simulator."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from ..errors import InputError, Problem
from ..rng import Streams
from ..units import Relative
from .algorithm import Algorithm, Context
from .values import ValueFormat

__all__ = ["contexts"]


def contexts(algorithm: Algorithm, problem, values: ValueFormat = ValueFormat(64), missing: str = "keep_last",
             streams: Streams | None = None) -> Callable[[int], Context]:
    """`round -> Context` for `algorithm` on `problem`; InputError where a relative parameter needs an unknown L."""
    smoothness = problem.smoothness
    for item in dataclasses.fields(algorithm):
        relative = getattr(algorithm, item.name)
        try:
            if isinstance(relative, Relative):
                relative.at(smoothness)
        except ValueError as error:
            raise InputError(Problem(("algorithm", item.name), str(error))) from None
    alpha = algorithm.step_size.at(smoothness)
    worker_smoothness = problem.worker_smoothness if algorithm.needs_worker_smoothness else None
    streams = streams or Streams(0, domain="learning")

    def at(round: int) -> Context:
        return Context(alpha=alpha, workers=problem.workers, smoothness=smoothness, worker_smoothness=worker_smoothness,
                       round=round, values=values, missing=missing,
                       random=lambda worker: streams.counted("algorithm", worker)(round))

    return at

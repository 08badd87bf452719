"""The context of each round, the same for the ideal loop and for the simulator."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import InputError, Problem
from ..rng import Streams
from .algorithm import Algorithm, Context
from .values import ValueFormat

__all__ = ["contexts"]


def contexts(algorithm: Algorithm, problem, values: ValueFormat = ValueFormat(64), missing: str = "keep_last",
             streams: Streams | None = None) -> Callable[[int], Context]:
    """`round -> Context` for `algorithm` on `problem`; InputError where a relative parameter needs an unknown L."""
    smoothness = problem.smoothness
    for name in ("step_size", "xi"):
        relative = getattr(algorithm, name, None)
        try:
            value = relative.at(smoothness) if relative is not None else None
        except ValueError as error:
            raise InputError(Problem(("algorithm", name), str(error))) from None
        if name == "step_size":
            alpha = value
    worker_smoothness = problem.worker_smoothness if algorithm.needs_worker_smoothness else None
    streams = streams or Streams(0, domain="learning")

    def at(round: int) -> Context:
        return Context(alpha=alpha, workers=problem.workers, smoothness=smoothness, worker_smoothness=worker_smoothness,
                       round=round, values=values, missing=missing,
                       random=lambda worker: streams.counted("algorithm", worker)(round))

    return at

"""The guard that stops a run which diverges, and says why."""

from __future__ import annotations

import math

import numpy as np

__all__ = ["Diverged", "Guard"]


class Diverged(ArithmeticError):
    """The run left every bound; `round` says when and the text why."""

    def __init__(self, round: int, reason: str):
        self.round, self.reason = round, reason
        super().__init__(f"diverged in round {round}: {reason}")

    def __reduce__(self):
        return type(self), (self.round, self.reason)


class Guard:
    """Watches every round to the last: f - f* (f, where f* is unknown) and the norm of the server's step.

    A quantity that is not finite, or 1e6 times its start, is divergence. The step's norm over alpha stands for ||g||:
    it is what the server applied, and costs no gradient. Its start is SUM_m ||grad f_m(theta^0)||, the most that a first
    round can apply, and not what the first round did apply: under loss that may be next to nothing. Sparsified methods
    were seen to diverge after 1e-10 had been reached, so no round is too late to look.
    """

    LIMIT = 1e6

    def __init__(self, problem, optimum: float | None):
        theta = problem.start()
        value = problem.value(theta)
        self._value, self._error = abs(value), None if optimum is None else value - optimum
        self._slope = sum(float(np.linalg.norm(problem.gradients(theta, [worker]))) for worker in range(problem.workers))

    def check(self, round: int, value: float, error: float | None, step: np.ndarray, alpha: float) -> str | None:
        """Why this round diverged, or None; `step` (d,) is theta^{k+1} - theta^k."""
        watched = [("f - f*", error, self._error) if error is not None else ("f", abs(value), self._value),
                   ("the norm of the applied gradient", float(np.linalg.norm(step)) / alpha, self._slope)]
        for name, now, start in watched:
            if not math.isfinite(now):
                return f"{name} is not finite"
            if start > 0 and now > self.LIMIT * max(start, 1e-300):
                return f"{name} = {now:.3g} is {now / start:.1g} times its start"
        return None

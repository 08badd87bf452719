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

    A quantity that is not finite, or 1e6 times its start, is divergence. The step's norm over the largest alpha so far stands
    for ||g||: it is what the server applied, and costs no gradient. Over the largest, for momentum and error memories release
    under a decayed alpha what was gathered under earlier ones, so that a step over its own alpha grows where all is well.
    Its start is SUM_m ||grad f_m(theta^0)||, or the first step that moved anything over its alpha where that is more: a first
    round may apply next to nothing under loss, and the step of a method that takes signs has no measure in gradients.
    Sparsified methods were seen to diverge after 1e-10 had been reached, so no round is too late to look.
    """

    LIMIT = 1e6

    def __init__(self, problem, optimum: float | None):
        theta = problem.start()
        value = problem.value(theta)
        self._value, self._error = abs(value), None if optimum is None else value - optimum
        self._slope = sum(float(np.linalg.norm(problem.gradients(theta, [worker]))) for worker in range(problem.workers))
        self._alpha, self._moved = 0.0, False

    def check(self, round: int, value: float, error: float | None, step: np.ndarray, alpha: float) -> str | None:
        """Why this round diverged, or None; `step` (d,) is theta^{k+1} - theta^k."""
        applied = self._applied(step, alpha)
        watched = [("f - f*", error, self._error) if error is not None else ("f", abs(value), self._value),
                   ("the norm of the applied gradient", applied, self._slope)]
        for name, now, start in watched:
            if not math.isfinite(now):
                return f"{name} is not finite"
            if start > 0 and now > self.LIMIT * max(start, 1e-300):
                return f"{name} = {now:.3g} is {now / start:.1g} times its start"
        return None

    def _applied(self, step: np.ndarray, alpha: float) -> float:
        """||step|| over the largest alpha so far, where that is not 0; the first one above 0 may raise the start."""
        self._alpha = max(self._alpha, alpha)
        applied = float(np.linalg.norm(step)) / (self._alpha or 1.0)
        if not self._moved and 0 < applied < math.inf:
            self._moved, self._slope = True, max(self._slope, applied)
        return applied

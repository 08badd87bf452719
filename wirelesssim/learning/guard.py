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
    it is what the server applied, and costs no gradient. Sparsified methods were seen to diverge after 1e-10 had been
    reached, so no round is too late to look.
    """

    LIMIT = 1e6

    def __init__(self, value: float, error: float | None):
        self._value, self._error, self._step = abs(value), error, None

    def check(self, round: int, value: float, error: float | None, step: np.ndarray, alpha: float) -> str | None:
        """Why this round diverged, or None; `step` (d,) is theta^{k+1} - theta^k."""
        norm = float(np.linalg.norm(step)) / alpha
        if self._step is None and norm > 0 and math.isfinite(norm):
            self._step = norm
        watched = [("f - f*", error, self._error) if error is not None else ("f", abs(value), self._value),
                   ("the norm of the applied gradient", norm, self._step)]
        for name, now, start in watched:
            if not math.isfinite(now):
                return f"{name} is not finite"
            if start and now > self.LIMIT * max(start, 1e-300):
                return f"{name} = {now:.3g} is {now / start:.1g} times its start"
        return None

"""Cyc-IAG: the incremental aggregated gradient method, workers in turn."""

from __future__ import annotations

from ...model import model
from ..algorithm import Algorithm
from .incremental import IncrementalMethod

__all__ = ["CyclicIncremental"]


@model
class CyclicIncremental(IncrementalMethod, Algorithm, name="cyc_iag"):
    """Cyc-IAG: round k asks worker (k - 1) mod M alone; theta <- theta - (alpha/M) SUM_m ghat_m.

    The worker sends grad f_m(theta^k) - ghat_m, and the server holds ghat_m from then on; ghat_m = 0 till it is first asked
    (the paper starts from one full gradient). Default step 0.5/L, that is 1/(2 M L) a round: see `incremental`.

    Source: D. Blatt, A. O. Hero, H. Gauchman, "A convergent incremental gradient method with a constant step size", SIAM J.
    Optim. 18, 2007. The step (1/L)/M is that of the comparison in LAG (see `lag_wk`).
    """

    def select(self, state, context):
        return [(context.round - 1) % context.workers]

"""NoUnif-IAG: the incremental aggregated gradient method, rough workers more often."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ...model import model
from ..algorithm import Algorithm
from .incremental import IncrementalMethod

__all__ = ["NonUniformIncremental"]


@model
class NonUniformIncremental(IncrementalMethod, Algorithm, name="nounif_iag"):
    """NoUnif-IAG: each round asks one worker, m with probability L_m / SUM L; theta <- theta - (alpha/M) SUM_m ghat_m.

    As `cyc_iag`, but drawn independently each round, with L_m the smoothness of f_m: a gradient that changes fast is refreshed
    often. Where every L_m is 0, workers are drawn uniformly; one with L_m = 0 among others is never asked, and a constant
    gradient of its own is then never learnt: give such a worker a regulariser.

    Source: M. Schmidt, N. Le Roux, F. Bach, "Minimizing finite sums with the stochastic average gradient", Math. Program. 162,
    2017, on non-uniform sampling, in the form of the comparison in LAG (see `lag_wk`).
    """

    needs_worker_smoothness: ClassVar[bool] = True

    def select(self, state, context):
        weights = np.asarray(context.worker_smoothness, dtype=float)
        edges = np.cumsum(weights if weights.any() else np.ones(context.workers))
        place = context.random("whom to ask").random() * edges[-1]
        return [min(int(np.searchsorted(edges, place, side="right")), context.workers - 1)]

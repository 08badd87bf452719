"""Stochastic gradient descent: every worker sends a minibatch gradient every round."""

from __future__ import annotations

from ...model import model
from ...units import Count
from ..algorithm import Algorithm
from .missing import MemorylessMethod

__all__ = ["StochasticGradientDescent"]


@model
class StochasticGradientDescent(MemorylessMethod, Algorithm, name="sgd"):
    """Distributed SGD: theta <- theta - alpha SUM_m g_m(theta), g_m an unbiased minibatch estimate of grad f_m.

    Gradient descent (see `gd`, also for what did not arrive) with `batch` samples a worker and round, drawn without
    replacement. With a constant step f - f* ends at a level of order alpha times the variance of SUM g_m; a `decay` of the
    step takes it down.

    Default batch 32: see `sgd_sec`, with which it is compared; `batch: null` takes all samples, and is gradient descent.

    Source: H. Robbins, S. Monro, "A stochastic approximation method", Ann. Math. Stat. 22, 1951.
    """

    batch: Count | None = 32

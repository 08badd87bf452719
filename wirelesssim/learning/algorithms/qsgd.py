"""QSGD: stochastic gradient descent with stochastically quantised gradients."""

from __future__ import annotations

from ...model import model
from ...units import Count
from ..algorithm import Algorithm
from ..grid import Grid
from .missing import MemorylessMethod
from .quantise import Levels, quantised

__all__ = ["QuantisedStochasticGradientDescent"]


@model
class QuantisedStochasticGradientDescent(MemorylessMethod, Algorithm, name="qsgd"):
    """QSGD: theta <- theta - alpha SUM_m Q(g_m), g_m a minibatch gradient of f_m and Q the stochastic quantiser of `qgd`.

    The same message, bits and rule for what is missing as `qgd`, which is this method with full gradients (`batch: null`).
    Noise of the minibatch and of the quantiser: with a constant step it ends at a plateau; see `decay`.

    Defaults: `batch` 32, the size that Bengio, "Practical recommendations for gradient-based training of deep
    architectures", 2012, gives as a good one; `levels` as of `qgd`.

    Source: Alistarh, Grubic, Li, Tomioka, Vojnovic, NeurIPS 2017.
    """

    batch: Count | None = 32
    levels: Levels = 7

    @property
    def wire_grid(self):
        return Grid(1.0, self.levels)

    def worker_step(self, state, theta, gradient, context):
        random = context.random("qsgd", gradient.worker)
        return quantised(theta.size, None, gradient(theta), self.levels, random), state

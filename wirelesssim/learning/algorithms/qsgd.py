"""QSGD: stochastic gradient descent with stochastically quantised gradients."""

from __future__ import annotations

from ...model import model
from ...units import Count
from ..algorithm import Algorithm
from .quantise import Levels
from .quantised_gradients import QuantisedMethod

__all__ = ["QuantisedStochasticGradientDescent"]


@model
class QuantisedStochasticGradientDescent(QuantisedMethod, Algorithm, name="qsgd"):
    """QSGD: theta <- theta - alpha SUM_m Q(g_m), g_m a minibatch gradient of f_m and Q the stochastic quantiser of `qgd`.

    The same message, bits and rule for what is missing as `qgd`, which is this method with full gradients (`batch: null`).
    Noise of the minibatch and of the quantiser: with a constant step it ends at a plateau; see `decay`.

    Defaults: `batch` 32, the size that Bengio, "Practical recommendations for gradient-based training of deep
    architectures", 2012, gives as a good one; `levels` as of `qgd`.

    Source: Alistarh, Grubic, Li, Tomioka, Vojnovic, NeurIPS 2017.
    """

    batch: Count | None = 32
    levels: Levels = 7

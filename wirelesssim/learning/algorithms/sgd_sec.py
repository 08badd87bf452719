"""SGD-SEC: GD-SEC on minibatch gradients."""

from __future__ import annotations

from typing import Annotated, ClassVar

from ...model import model
from ...units import NUMBER, Count, Curvature, Quantity
from ..algorithm import Algorithm
from .differences import DifferenceMethod

__all__ = ["StochasticGradientDescentSEC"]


@model
class StochasticGradientDescentSEC(DifferenceMethod, Algorithm, name="sgd_sec"):
    """SGD-SEC: GD-SEC (see `gd_sec`) whose worker uses an unbiased estimate of its gradient from `batch` of its samples.

    Delta = g_m(theta^k) - h_m + e_m with E g_m = grad f_m; thresholds, states and server are GD-SEC's. h_m averages the
    minibatches over some 1/beta rounds, so that with a small beta it is nearer to the gradient than any of them. Laws 1 to 3
    and 7 hold with g_m in place of the gradient; 4 and 5 are of full gradients. With a constant step the error stays at the
    noise of SGD: a `decay` of the step takes it down.

    Default batch 32: Bengio, "Practical recommendations for gradient-based training of deep architectures", 2012, section
    3.1.1; Masters and Luschi, arXiv 1804.07612, find 2 to 32 best. `batch: null` takes all samples. xi and beta as `gd_sec`.

    Source: Chen, Blum, Takac, Sadler (see `gd_sec`).
    """

    corrected: ClassVar[bool] = True
    accumulates: ClassVar[bool] = True
    batch: Count | None = 32
    xi: Curvature = "5 L"
    beta: Annotated[float, Quantity(NUMBER, gt=0, le=1)] = 0.1

"""QSGD-SEC: SGD-SEC whose sent entries are quantised at random."""

from __future__ import annotations

from typing import Annotated, ClassVar

from ...model import model
from ...units import NUMBER, Count, Curvature, Quantity
from ..algorithm import Algorithm
from ..grid import Grid
from .differences import DifferenceMethod
from .quantise import Levels, quantised, relative_variance

__all__ = ["QuantisedStochasticGradientDescentSEC"]


@model
class QuantisedStochasticGradientDescentSEC(DifferenceMethod, Algorithm, name="qsgd_sec"):
    """QSGD-SEC: the entries that SGD-SEC would send (see `sgd_sec`), quantised as in QSGD with s = `levels`.

    v the entries of Delta beyond their thresholds, R = ||v||_2 in binary32: Q(v)_i = R sign(v_i) l_i/s, rounded at random so
    that E Q(v) = v. What is sent is Q(v) without its zeros, h_m <- h_m + beta Q(v), e_m <- Delta - Q(v): 32 bits for R and
    1 + ceil(log2(s + 1)) bits an entry, beside the positions. The values of the wire's format are not used.

    The rounding error goes back into e, so that law 2 of GD-SEC holds exactly; law 3 does not, as e also carries that error.
    E ||Q(v) - v||^2 <= omega ||v||^2 with omega = min(n/s^2, sqrt(n)/s) for n sent entries. **Where omega >= 1 (n >= s^2) the
    memory may grow from round to round instead of shrinking**, whatever the step.

    Default s = 127, one byte an entry: omega < 1 up to n = 16,128 sent entries, more than a linear model on MNIST has.
    Four bits (s = 7) serve up to n = 48. Batch, xi and beta as `sgd_sec`.

    Source: Chen, Blum, Takac, Sadler (see `gd_sec`); Alistarh, Grubic, Li, Tomioka, Vojnovic, "QSGD", NeurIPS 2017.
    """

    corrected: ClassVar[bool] = True
    accumulates: ClassVar[bool] = True
    batch: Count | None = 32
    xi: Curvature = "5 L"
    beta: Annotated[float, Quantity(NUMBER, gt=0, le=1)] = 0.1
    levels: Levels = 127

    @property
    def wire_grid(self):
        return Grid(1.0, self.levels)

    def encoded(self, size, indices, values, gradient, context):
        return quantised(size, indices, values, self.levels, context.random("quantise", gradient.worker))

    def divergence_hint(self, context):
        return (f"{super().divergence_hint(context)}; with levels = {self.levels} a message of more than {self.levels**2} "
                f"entries has a relative variance above {relative_variance(self.levels**2, self.levels):g}: raise levels")

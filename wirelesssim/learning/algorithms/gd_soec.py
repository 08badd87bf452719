"""GD-SOEC: GD-SEC without its error correction."""

from __future__ import annotations

from typing import Annotated, ClassVar

from ...model import model
from ...units import NUMBER, Curvature, Quantity
from ..algorithm import Algorithm
from .differences import DifferenceMethod

__all__ = ["GradientDescentSOEC"]


@model
class GradientDescentSOEC(DifferenceMethod, Algorithm, name="gd_soec"):
    """GD-SOEC: GD-SEC with e_m = 0 for ever; a component below its threshold is not remembered.

    Worker: Delta = grad f_m(theta^k) - h_m; send Delta_i where |Delta_i| > (xi/M) |theta^k_i - theta^{k-1}_i|;
    h_m <- h_m + beta Dhat. Server as in GD-SEC. With beta = 1 it is EF21 with a hard threshold: h_m is then an estimate of
    the gradient, and what was not sent is still in the next difference, so that it matters less that e is missing.

    Defaults xi = L, beta = 1, the setting that saved most in our reference runs. Loss: h_m -= beta (sent - received).

    Source: the ablation of Chen, Blum, Takac, Sadler (see `gd_sec`); EF21: Richtarik, Sokolov, Fatkhullin, NeurIPS 2021.
    """

    corrected: ClassVar[bool] = False
    xi: Curvature = "1 L"
    beta: Annotated[float, Quantity(NUMBER, gt=0, le=1)] = 1.0

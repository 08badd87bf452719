"""GD-SEC: gradient descent with sparsification and error correction."""

from __future__ import annotations

from typing import Annotated, ClassVar

from ...model import model
from ...units import NUMBER, Curvature, Quantity
from ..algorithm import Algorithm
from .differences import DifferenceMethod

__all__ = ["GradientDescentSEC"]


@model
class GradientDescentSEC(DifferenceMethod, Algorithm, name="gd_sec"):
    """GD-SEC: send the components of the gradient difference that matter, remember the rest.

    Worker m, in round k, at model theta^k:

        Delta  = grad f_m(theta^k) - h_m + e_m
        Dhat_i = 0 if |Delta_i| <= (xi_i/M) |theta^k_i - theta^{k-1}_i| else Delta_i        (all non-zero, in round 1)
        h_m <- h_m + beta Dhat,   e_m <- Delta - Dhat

    Server: theta <- theta - alpha (h + SUM_m Dhat_m), then h <- h + beta SUM_m Dhat_m.

    alpha is `step_size`, absolute or relative to L; `xi` >= 0, a curvature, absolute or relative to L; `beta` in (0, 1].
    xi = 0 is gradient descent. Proved: xi <= sqrt(1 - alpha L)/(2 alpha) suffices for min ||grad f||^2 = O(1/K).
    In practice alpha <= 1/(2L) with alpha beta xi up to 1.5 converged on all that was tried; at alpha = 1/L no safe
    constant is known, which is why the defaults are 1/(2L), 5 L and 0.1.

    Loss (new to the paper, whose channel is perfect): what did not arrive is put back into e and taken out of h.
    `coordinates` spreads xi_i over the coordinates, max xi_i = xi; `batch` makes it SGD-SEC (see `sgd_sec`).

    Source: Y. Chen, R. S. Blum, M. Takac, B. M. Sadler, "Distributed Learning With Sparsified Gradient Differences",
    IEEE J. Sel. Topics Signal Process., 2022, doi 10.1109/JSTSP.2022.3162989.
    """

    corrected: ClassVar[bool] = True
    accumulates: ClassVar[bool] = True
    xi: Curvature = "5 L"
    beta: Annotated[float, Quantity(NUMBER, gt=0, le=1)] = 0.1

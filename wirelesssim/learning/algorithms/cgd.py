"""CGD: censored gradient descent."""

from __future__ import annotations

from ...model import model
from ...units import Curvature
from ..algorithm import Algorithm
from .censoring import CensoredMethod
from .history import scaled

__all__ = ["CensoredGradientDescent"]


@model
class CensoredGradientDescent(CensoredMethod, Algorithm, name="cgd"):
    """CGD: a worker whose gradient changed little since its last upload says nothing.

    Worker: delta = grad f_m(theta^k) - ghat_m; if ||delta|| > (xi/M) ||theta^k - theta^{k-1}||, it sends delta and
    ghat_m <- ghat_m + delta. Server: theta <- theta - alpha SUM_m ghat_m. `xi` >= 0 is a curvature, absolute or relative to L;
    xi = 0 is gradient descent. GD-SEC censors coordinate by coordinate what CGD censors as a whole.

    Default xi = L: the gradient of a worker with L_m = L/M, moved by a step, changes by (L/M) ||step|| at most, so that such
    a worker speaks about every other round or less.

    Silence (as in `lag_wk`): in the first 200 rounds on the default `quadratic` workers said nothing in 88 % of their rounds at
    0.5/L and 87 % at 1/L, up to 21 in a row at both, for news and limit both go with the step; on digits 97 %, up to 78, and
    94 %, up to 121. A smaller `xi` shortens it (0.3 L: up to 6 in a row on the quadratic, 27 on digits, at 0.5/L).

    Source: Y. Chen, B. M. Sadler, R. S. Blum on censoring in distributed learning, as the comparison of GD-SEC and of CHB
    (see `chb`, whose method without momentum this is) uses it; the first paper's title is not verified here.
    """

    xi: Curvature = "1 L"

    def limit(self, moves, context):
        return scaled(self.xi.at(context.smoothness) * context.xi_scale / context.workers, moves[0])

    def divergence_hint(self, context):
        xi = self.xi.at(context.smoothness)
        relative = f", alpha*L = {context.alpha * context.smoothness:.4g}" if context.smoothness else ""
        return f"alpha*xi = {context.alpha * xi:.4g}{relative}; try a smaller step_size if alpha*L > 1, else a smaller xi"

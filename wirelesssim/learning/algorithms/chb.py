"""CHB: the censored heavy ball."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ...model import model
from ...units import NUMBER, Quantity
from ..algorithm import Algorithm
from .censoring import CensoredMethod
from .held_gradients import HeldServer, absorb
from .history import per_step

__all__ = ["CensoredHeavyBall"]


@dataclass(frozen=True)
class HeavyBallServer(HeldServer):
    """`theta` (d,), `total` = SUM ghat_m (d,) and `previous`, the model before theta (d,)."""

    previous: np.ndarray


@model
class CensoredHeavyBall(CensoredMethod, Algorithm, name="chb"):
    """CHB: censored uploads, and a server with momentum.

    Worker: delta = grad f_m(theta^k) - ghat_m is sent, and ghat_m <- ghat_m + delta, iff
    ||delta||^2 > eps1 ||theta^k - theta^{k-1}||^2, eps1 = `epsilon`/(alpha M)^2.
    Server: theta^{k+1} = theta^k - alpha SUM_m ghat_m + `momentum` (theta^k - theta^{k-1}), theta^0 = theta^1.

    `epsilon` has no unit; epsilon = 0 is the classical heavy ball, stable for alpha L < 2 (1 + momentum) (Polyak, 1964), and
    momentum = 0 is CGD with xi = sqrt(epsilon)/alpha. Where f has a non-smooth part its proximal step follows the whole move.

    Defaults epsilon = 0.1, momentum = 0.4: those of the paper's experiments as recalled, not checked against its text.

    Source: Y. Chen, R. S. Blum, B. M. Sadler, "Communication-Efficient {Federated} Learning Using Censored Heavy Ball
    Descent", arXiv 2209.11944, 2022.
    """

    epsilon: Annotated[float, Quantity(NUMBER, ge=0)] = 0.1
    momentum: Annotated[float, Quantity(NUMBER, ge=0, lt=1)] = 0.4

    def limit(self, moves, context):
        return per_step(self.epsilon * moves[0], context)

    def init_server(self, theta):
        return HeavyBallServer(theta, np.zeros_like(theta), theta)

    def server_step(self, state, outcomes, context):
        absorb(state.total, outcomes)
        step = context.alpha * state.total - self.momentum * (state.theta - state.previous)
        return HeavyBallServer(context.move(state.theta, step), state.total, state.theta)

    def divergence_hint(self, context):
        relative = f"alpha*L = {context.alpha * context.smoothness:.4g}, " if context.smoothness else ""
        return (f"{relative}epsilon = {self.epsilon:.4g}, momentum = {self.momentum:.4g} (without censoring stable for "
                f"alpha*L < {2 * (1 + self.momentum):.4g}); try a smaller step_size if alpha*L is not, else a smaller epsilon")

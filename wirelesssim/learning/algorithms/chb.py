"""CHB: the censored heavy ball."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ...model import model
from ...units import NUMBER, Quantity
from ..algorithm import Algorithm
from .censoring import CensoredMethod
from .held_gradients import HeldServer
from .history import against_smoothness, per_step
from .received import absorb

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

    Silence (as in `lag_wk`): in the first 200 rounds on the default `quadratic` workers said nothing in 81 % of their rounds, up
    to 14 in a row, at 0.5/L, and in 65 %, up to 8, at 1/L; on digits 96 %, up to 79, and 92 %, up to 69. A smaller `epsilon`
    shortens it (0.01: up to 4 in a row on the quadratic, 27 on digits, at 0.5/L).

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
        return (f"{against_smoothness(context)}epsilon = {self.epsilon:.4g}, momentum = {self.momentum:.4g} (without censoring "
                f"stable for alpha*L < {2 * (1 + self.momentum):.4g}); try a smaller step_size if alpha*L is not, else a "
                "smaller epsilon")

"""GD-SOEC: GD-SEC without its error correction."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from ..model import model
from ..units import NUMBER, Curvature, Quantity, StepSize
from .algorithm import Algorithm
from .differences import DifferenceServer, DifferenceWorker, compress, put_back, server_step, threshold
from .gd_sec import divergence_hint

__all__ = ["GradientDescentSOEC"]


@model
class GradientDescentSOEC(Algorithm, name="gd_soec"):
    """GD-SOEC: GD-SEC with e_m = 0 for ever; a component below its threshold is not remembered.

    Worker: Delta = grad f_m(theta^k) - h_m; send Delta_i where |Delta_i| > (xi/M) |theta^k_i - theta^{k-1}_i|;
    h_m <- h_m + beta Dhat. Server as in GD-SEC. With beta = 1 it is EF21 with a hard threshold: h_m is then an estimate of
    the gradient, and what was not sent is still in the next difference, so that it matters less that e is missing.

    Defaults xi = L, beta = 1, the setting that saved most in our reference runs. Loss: h_m -= beta (sent - received).

    Source: the ablation of Chen, Blum, Takac, Sadler (see `gd_sec`); EF21: Richtarik, Sokolov, Fatkhullin, NeurIPS 2021.
    """

    step_size: StepSize = "0.5/L"
    xi: Curvature = "1 L"
    beta: Annotated[float, Quantity(NUMBER, gt=0, le=1)] = 1.0

    def init_worker(self, theta):
        return DifferenceWorker(np.zeros_like(theta), np.zeros_like(theta), theta)

    def worker_step(self, state, theta, gradient, context):
        limit = threshold(self.xi.at(context.smoothness), theta, state.previous, context)
        update = compress(state, gradient(theta), limit, self.beta, False, context)
        state.previous = theta
        return update, state

    def init_server(self, theta):
        return DifferenceServer(theta, np.zeros_like(theta))

    def server_step(self, state, outcomes, context):
        return server_step(state, outcomes, self.beta, context.alpha)

    def model(self, state):
        return state.theta

    def settle(self, state, sent, received, steps_late=0):
        put_back(state, sent, received, self.beta, False, steps_late)
        return state

    def mirror(self, state):
        return state.h

    def aggregate(self, state):
        return state.h

    def divergence_hint(self, context):
        return divergence_hint(self, context)

"""GD-SEC: gradient descent with sparsification and error correction."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from ..model import model
from ..units import NUMBER, Curvature, Quantity, StepSize
from .algorithm import Algorithm
from .differences import DifferenceServer, DifferenceWorker, compress, put_back, server_step, threshold

__all__ = ["GradientDescentSEC"]


@model
class GradientDescentSEC(Algorithm, name="gd_sec"):
    """GD-SEC: send the components of the gradient difference that matter, remember the rest.

    Worker m, in round k, at model theta^k:

        Delta  = grad f_m(theta^k) - h_m + e_m
        Dhat_i = 0 if |Delta_i| <= (xi/M) |theta^k_i - theta^{k-1}_i| else Delta_i        (all non-zero, in round 1)
        h_m <- h_m + beta Dhat,   e_m <- Delta - Dhat

    Server: theta <- theta - alpha (h + SUM_m Dhat_m), then h <- h + beta SUM_m Dhat_m.

    alpha is `step_size`, absolute or relative to L; `xi` >= 0, a curvature, absolute or relative to L; `beta` in (0, 1].
    xi = 0 is gradient descent. Proved: xi <= sqrt(1 - alpha L)/(2 alpha) suffices for min ||grad f||^2 = O(1/K).
    In practice alpha <= 1/(2L) with alpha beta xi up to 1.5 converged on all that was tried; at alpha = 1/L no safe
    constant is known, which is why the defaults are 1/(2L), 5 L and 0.1.

    Loss (new to the paper, whose channel is perfect): what did not arrive is put back into e and taken out of h.
    Left out: one xi per coordinate, minibatch gradients.

    Source: Y. Chen, R. S. Blum, M. Takac, B. M. Sadler, "Distributed Learning With Sparsified Gradient Differences",
    IEEE J. Sel. Topics Signal Process., 2022, doi 10.1109/JSTSP.2022.3162989.
    """

    step_size: StepSize = "0.5/L"
    xi: Curvature = "5 L"
    beta: Annotated[float, Quantity(NUMBER, gt=0, le=1)] = 0.1

    def init_worker(self, theta):
        return DifferenceWorker(np.zeros_like(theta), np.zeros_like(theta), theta)

    def worker_step(self, state, theta, gradient, context):
        limit = threshold(self.xi.at(context.smoothness), theta, state.previous, context)
        update = compress(state, gradient(theta), limit, self.beta, True, context)
        state.previous = theta
        return update, state

    def init_server(self, theta):
        return DifferenceServer(theta, np.zeros_like(theta))

    def server_step(self, state, outcomes, context):
        return server_step(state, outcomes, self.beta, context.alpha)

    def model(self, state):
        return state.theta

    def settle(self, state, sent, received, steps_late=0):
        put_back(state, sent, received, self.beta, True, steps_late)
        return state

    def mirror(self, state):
        return state.h

    def aggregate(self, state):
        return state.h

    def divergence_hint(self, context):
        return divergence_hint(self, context)


def divergence_hint(algorithm, context) -> str:
    """alpha L, alpha beta xi and the proved limit on xi, with the way out, for a method that has all three."""
    alpha, smoothness = context.alpha, context.smoothness
    xi = algorithm.xi.at(smoothness)
    text = f"alpha*beta*xi = {alpha * algorithm.beta * xi:.4g}"
    if smoothness:
        proved = max(0.0, 1 - alpha * smoothness) ** 0.5 / (2 * alpha) / smoothness
        text = f"alpha*L = {alpha * smoothness:.4g}, {text}, xi = {xi / smoothness:.4g} L (proved limit {proved:.4g} L)"
    return f"{text}; try step_size: 0.5/L with a smaller xi or beta"

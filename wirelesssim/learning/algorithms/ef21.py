"""EF21: workers and server hold an estimate of each gradient, and compressed differences correct it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...model import model
from ..algorithm import Algorithm
from ..update import difference
from .compressors import Compressor, Turn
from .estimates import EstimateMethod, EstimateServer
from .received import received_sum

__all__ = ["ErrorFeedback21"]


@dataclass
class EF21Worker:
    """A worker's state: `estimate` G_m (d,), what the server believes its gradient to be, and the model before this one."""

    estimate: np.ndarray
    previous: np.ndarray


@model
class ErrorFeedback21(EstimateMethod, Algorithm, name="ef21"):
    """EF21: c_m = C(grad f_m(theta) - G_m); G_m += c_m; theta <- theta - alpha SUM_m G_m, after the correction.

    `compressor` C is a contraction: `top_j` (default), `rand_j`; or a threshold: `threshold` with xi, which makes the method
    GD-SOEC with beta = 1 bit for bit, and `hard_threshold`. C(v) = v is gradient descent. No plateau with a contraction and
    full gradients: linear convergence where f is strongly convex, for a small enough alpha.

    G_m = 0 before the first round, which therefore sends C(grad f_m(theta^0)), the start G_m^0 = C(grad f_m(theta^0)) of the
    source, and is counted as any other; the source's other start, the whole gradient, would cost a dense message.
    The server keeps the sum alone. A worker that is silent, lost, late or not scheduled counts with its G_m as it stands.
    Loss: G_m -= sent - received. With `batch` it is EF21-SGD, whose noise is not averaged out.

    Defaults: top-j with 1 % (see the method `top_j`); the step of the whole family, where the proof asks for less:
    alpha <= 1/(L + Ltilde sqrt(beta/theta)), theta = 1 - sqrt(1 - delta), beta = (1 - delta)/theta, Ltilde the root mean square
    of the workers' own constants (of f as a mean).

    Source: Richtarik, Sokolov, Fatkhullin, "EF21: a new, simpler, theoretically better, and practically faster error
    feedback", NeurIPS 2021, algorithm 2 and theorem 1.
    """

    compressor: Compressor = "top_j"

    def init_worker(self, theta):
        return EF21Worker(np.zeros_like(theta), theta)

    def worker_step(self, state, theta, gradient, context):
        turn = Turn(gradient.worker, theta, state.previous, context)
        update = self.compressor.compress(gradient(theta) - state.estimate, turn)
        update.add_to(state.estimate)
        state.previous = theta
        return update, state

    def settle(self, state, sent, received, steps_late=0):
        difference(sent, received).add_to(state.estimate, -1.0)
        return state

    def server_step(self, state, outcomes, context):
        estimate = state.estimate
        estimate += received_sum(outcomes, estimate)
        return EstimateServer(context.descend(state.theta, estimate), estimate)

"""DIANA: unbiased compression of the difference between a gradient and a memory that learns it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ...errors import InputError, Problem
from ...model import model
from ...units import NUMBER, Quantity
from ..algorithm import Algorithm
from ..update import difference
from .estimates import EstimateMethod, EstimateServer
from .received import received_sum
from .unbiased import UnbiasedCompressor

__all__ = ["Diana"]


@dataclass
class DianaWorker:
    """A worker's state: `estimate` h_m (d,), which the server holds too, summed over the workers."""

    estimate: np.ndarray


@model
class Diana(EstimateMethod, Algorithm, name="diana"):
    """DIANA: q_m = Q(grad f_m(theta) - h_m); theta <- theta - alpha SUM_m (h_m + q_m); h_m += beta q_m.

    `compressor` Q is unbiased, `qsgd` (default) or `rand_j` scaled by d/j, with E ||Q(v) - v||^2 <= omega ||v||^2. h_m tends to
    the gradient at theta*, so that the noise dies out and a constant step converges, which it does not in `qgd`.
    `beta` <= 1/(1 + omega(d)) is the rate at which h_m learns (the source's alpha); left out, it is that bound, with which
    the bound on E ||h_m + beta q_m - g||^2, g fixed, is smallest; InputError at the start of a run for a larger one. Q(v) = v
    is gradient descent.

    The server keeps SUM h_m alone. A worker that is silent, lost, late or not scheduled counts with its h_m.
    Loss: h_m -= beta (sent - received). Left out: the source's momentum.

    Step: 1/(2L), the default of the whole family; proofs ask for one that is smaller by a factor of the order of 1 + omega/M.

    Source: Mishchenko, Gorbunov, Takac, Richtarik, "Distributed learning with compressed gradient differences", 2019.
    """

    compressor: UnbiasedCompressor = "qsgd"
    beta: Annotated[float, Quantity(NUMBER, gt=0, le=1)] | None = None

    def rate(self, size: int) -> float:
        """beta in R^size; InputError if it is above 1/(1 + omega)."""
        largest = 1.0 / (1.0 + self.compressor.omega(size))
        if self.beta is not None and self.beta > largest:
            raise InputError(Problem(("algorithm", "beta"), (
                f"must be <= 1/(1 + omega) = {largest:.6g} for compressor {self.compressor.type_name} with d = {size}, got "
                f"{self.beta:g}; leave it out to have that value, or compress less")))
        return largest if self.beta is None else self.beta

    @property
    def wire_grid(self):
        return self.compressor.wire_grid

    def fits(self, size):
        self.rate(size)

    def init_worker(self, theta):
        self.fits(theta.size)
        return DianaWorker(np.zeros_like(theta))

    def worker_step(self, state, theta, gradient, context):
        update = self.compressor.compress(gradient(theta) - state.estimate, gradient.worker, context)
        update.add_to(state.estimate, self.rate(theta.size))
        return update, state

    def settle(self, state, sent, received, steps_late=0):
        difference(sent, received).add_to(state.estimate, -self.rate(sent.size))
        return state

    def server_step(self, state, outcomes, context):
        total = received_sum(outcomes, state.theta)
        theta = context.descend(state.theta, state.estimate + total)
        total *= self.rate(total.size)
        np.add(state.estimate, total, out=state.estimate)
        return EstimateServer(theta, state.estimate)

"""signSGD with majority vote: one bit a coordinate up, one bit down."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ...model import model
from ...units import StepSize
from ..algorithm import Algorithm, Context, Fate
from ..grid import Grid
from ..update import Update
from .received import received_sum

__all__ = ["SignDescent"]

_SIGN = Grid(1.0, 1, odd=True, unit=True)  # -1 or +1, one bit, no scale


@model
class SignDescent(Algorithm, name="signsgd"):
    """signSGD with majority vote: theta <- theta - alpha sign(SUM_m sign(grad f_m(theta))), coordinate by coordinate.

    d bits each way: the server broadcasts the vote, and every worker makes the step itself. The wire has no zero on either
    way, so a coordinate whose gradient is exactly zero (a feature that no sample of the worker has) votes by a fair coin, as
    does a tie at the server: nobody's vote then counts for nothing in the mean, where sign(0) = +1 would let the
    coordinates without data walk and outvote those who have some. The coins are functions of seed, round and worker.
    The codec's `value_bits` is not used.

    Whoever is silent, lost, late or not scheduled abstains; so do the coordinates that did not arrive; a round in which nothing
    arrives moves nothing. No memory on either side, so nothing to settle, and `server.missing` has no say.
    A worker that misses a broadcast misses a step; what bringing it up to date costs is left out.

    `step_size` is a length, not 1/curvature: every coordinate moves by alpha each round, and with unlike workers the method
    need not converge at any alpha. Default 0.001, Adam's (Kingma and Ba, ICLR 2015), whose steps are also about alpha a
    coordinate; combine it with a `decay`. Left out: momentum (Signum).

    Source: Bernstein, Wang, Azizzadenesheli, Anandkumar, "signSGD: compressed optimisation for non-convex problems", ICML
    2018, algorithm 3 (majority vote).
    """

    step_size: StepSize = 0.001

    worker_vectors: ClassVar[int] = 0
    server_vectors: ClassVar[int] = 0

    @property
    def wire_grid(self):
        return _SIGN

    def broadcast(self, theta):
        """A vector of signs, (d,): which ones does not matter for what it costs."""
        return Update(theta.size, None, np.ones_like(theta), _SIGN)

    def init_worker(self, theta):
        return None

    def worker_step(self, state, theta, gradient, context):
        signs = _signs(gradient(theta), context, "sign", gradient.worker)
        return Update(theta.size, None, signs, _SIGN), state

    def init_server(self, theta):
        return theta

    def server_step(self, state, outcomes, context):
        votes = received_sum(outcomes, state)
        heard = any(outcome.fate is Fate.DELIVERED for outcome in outcomes.values())
        return context.descend(state, _signs(votes, context, "vote") if heard else votes)

    def model(self, state):
        return state


def _signs(vector: np.ndarray, context: Context, *coin: str | int) -> np.ndarray:
    """sign(v_i), and where v_i = 0 a fair coin of this round's stream `coin`; a NaN stays one. (d,)."""
    signs = np.sign(vector)
    zero = np.flatnonzero(signs == 0)
    if len(zero):
        signs[zero] = 2.0 * context.random(*coin).integers(0, 2, len(zero)) - 1.0
    return signs

"""LAG-PS: lazily aggregated gradients, the server deciding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from ...model import model
from ...units import NUMBER, Count, Quantity
from ..algorithm import Algorithm, Fate
from .held_gradients import HeldGradientMethod, HeldServer
from .history import lazy_hint, lazy_limit, scaled
from .kernels import squared_distance
from .received import absorb

__all__ = ["LazyServer"]


@dataclass(frozen=True)
class PollingServer(HeldServer):
    """`theta` (d,), `total` = SUM ghat_m (d,); `moves`, the squared distances between its last models, newest first; `reached`,
    thetahat_m by worker: the model (d,) at which the gradient that it holds of m was computed."""

    moves: tuple[float, ...]
    reached: dict[int, np.ndarray]


@model
class LazyServer(HeldGradientMethod, Algorithm, name="lag_ps"):
    """LAG-PS: the server polls only the workers whose gradient may have changed enough, as their smoothness L_m tells.

    Server: in round k it sends theta^k to worker m iff

        L_m^2 ||theta^k - thetahat_m||^2 > (1/(alpha^2 M^2)) SUM_{j=1..D} xi_j ||theta^{k+1-j} - theta^{k-j}||^2,    xi_j = xi/D,

    or iff it has no thetahat_m yet. A polled worker sends delta = grad f_m(theta^k) - ghat_m, and ghat_m <- ghat_m + delta;
    nobody else gets the model or computes. thetahat_m <- theta^k when the whole of delta arrived, or when the worker says
    that there is none; after a loss it stays. Then theta <- theta - alpha SUM_m ghat_m.

    Needs the L_m of all workers at the server. `xi` = 0 polls whenever the model moved, which is gradient descent. A round in
    which nobody is polled costs nothing on the air, and moves the model along the old gradients.

    Defaults D = 10, xi = SUM xi_j = 1, that of `lag_wk`. The paper and the authors' code take xi_j = 1 here, that is xi = 10,
    with which the method diverges without any loss on some problems: of 120 quadratics of unlike workers (40 each of M = 4,
    10, 3, d = 12, 20, 5, conditions 10, 100, 100) 7 at alpha = 0.5/L and 16 at 1/L, none at either with xi = 1. The price, on
    the paper's own linear problem at 1/L: 62 % of gradient descent's messages, where xi = 10 converges with 26 %.

    Silence (as in `lag_wk`): in the first 200 rounds on the default `quadratic` a worker was not polled in 51 % of the rounds at
    0.5/L, in 7 % at the papers' 1/L (digits: 61 % and 36 %), never more than 4 in a row; xi = 0.1 polls in 98 % at 0.5/L.

    Source: Chen, Giannakis, Sun, Yin, NeurIPS 2018 (see `lag_wk`), (15b).
    """

    needs_worker_smoothness: ClassVar[bool] = True
    selects: ClassVar[bool] = True
    server_vectors: ClassVar[int] = 1
    xi: Annotated[float, Quantity(NUMBER, ge=0)] = 1.0
    depth: Count = 10

    def init_server(self, theta):
        return PollingServer(theta, np.zeros_like(theta), (), {})

    def select(self, state, context):
        limit = lazy_limit(self.xi, self.depth, state.moves, context)
        return [worker for worker in range(context.workers) if not self._near(state, worker, limit, context)]

    def _near(self, state: PollingServer, worker: int, limit: float, context) -> bool:
        reached = state.reached.get(worker)
        if reached is None:
            return False
        apart = context.once("since the last poll", (state.theta, reached), lambda: squared_distance(state.theta, reached))
        return scaled(context.worker_smoothness[worker], apart) <= limit

    def server_step(self, state, outcomes, context):
        absorb(state.total, outcomes)
        for worker, outcome in outcomes.items():
            whole = outcome.fate is Fate.DELIVERED and outcome.update.entries == state.theta.size
            if whole or outcome.fate is Fate.SILENT:
                state.reached[worker] = state.theta
        theta = context.descend(state.theta, state.total)
        moves = (squared_distance(theta, state.theta), *state.moves)[:self.depth]
        return PollingServer(theta, state.total, moves, state.reached)

    def divergence_hint(self, context):
        return lazy_hint(self.xi, self.depth, context)

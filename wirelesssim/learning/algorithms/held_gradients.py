"""What methods share whose server holds a gradient of each worker, ghat_m, and descends along SUM_m ghat_m."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ..algorithm import Context
from ..update import Update, difference
from .received import absorb

__all__ = ["HeldGradientMethod", "HeldServer", "HeldWorker", "upload"]


@dataclass
class HeldWorker:
    """A worker's state: `held` (d,), ghat_m, what the server holds of it."""

    held: np.ndarray


@dataclass(frozen=True)
class HeldServer:
    """The server's state: theta (d,) and `total` = SUM_m ghat_m (d,)."""

    theta: np.ndarray
    total: np.ndarray


def upload(state: HeldWorker, delta: np.ndarray, context: Context) -> Update:
    """The whole of `delta` (d,) = g_m - ghat_m as the wire decodes it; ghat_m follows, in place. Silent if that is 0."""
    update = context.values.update(delta.size, None, delta)
    if not update.values.any():
        return Update.empty(delta.size)
    state.held += update.values
    return update


class HeldGradientMethod:
    """The calls of `Algorithm` for a method whose worker sends what is new since its last upload, delta = g_m - ghat_m.

    ghat_m = 0 before the first upload. Server: SUM ghat <- SUM ghat + SUM of the deltas that arrived, then
    theta <- theta - alpha SUM ghat_m; a worker that says nothing is taken at its last word, so that silent, lost and
    unscheduled need no rule for what is missing. Loss: ghat_m -= sent - received; the next difference has it again.
    Uploads are dense, as in the papers, in the wire's format; every worker that is asked makes one, unless a leaf censors it.
    """

    worker_vectors: ClassVar[int] = 1
    server_vectors: ClassVar[int] = 0  # one sum for all workers

    def init_worker(self, theta):
        return HeldWorker(np.zeros_like(theta))

    def worker_step(self, state, theta, gradient, context):
        return upload(state, gradient(theta) - state.held, context), state

    def init_server(self, theta):
        return HeldServer(theta, np.zeros_like(theta))

    def server_step(self, state, outcomes, context):
        absorb(state.total, outcomes)
        return replace(state, theta=context.descend(state.theta, state.total))

    def model(self, state):
        return state.theta

    def settle(self, state, sent, received, steps_late=0):
        difference(sent, received).add_to(state.held, -1.0)
        return state

    def mirror(self, state):
        return state.held

    def aggregate(self, state):
        return state.total

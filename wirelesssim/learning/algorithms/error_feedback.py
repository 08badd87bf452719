"""What methods with an error memory and no memory at the server share: top-j, rand-j, EF-signSGD."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..algorithm import Context
from ..update import Update, difference
from .received import received_sum

__all__ = ["ErrorFeedbackMethod", "ErrorFeedbackWorker"]


@dataclass
class ErrorFeedbackWorker:
    """A worker's state: `error` e (d,), the part of all its steps so far that the server has not got."""

    error: np.ndarray


class ErrorFeedbackMethod(ABC):
    """The calls of `Algorithm` for p = e + alpha g, send C(p), e <- p - C(p), theta <- theta - SUM C(p): a leaf adds C.

    The virtual iterate t^k = theta^k - SUM_m e_m obeys t^{k+1} = t^k - alpha SUM_m g_m, whatever C puts out. What did not
    arrive goes back, e += sent - received, whenever that is known: the law then holds under loss too, and nothing is left for
    `server.missing` to do. An unscheduled worker keeps its state (freeze) or its whole step in e (accumulate).
    """

    accumulates: ClassVar[bool] = True
    worker_vectors: ClassVar[int] = 1
    server_vectors: ClassVar[int] = 0

    @abstractmethod
    def compress(self, step: np.ndarray, worker: int, context: Context) -> Update:
        """C(p) of p = `step` (d,), as the receiver decodes it."""

    def init_worker(self, theta):
        return ErrorFeedbackWorker(np.zeros_like(theta))

    def worker_step(self, state, theta, gradient, context):
        state.error += context.alpha * gradient(theta)  # p
        if not self.speaks(gradient.worker, context):
            return Update.empty(theta.size), state
        update = self.compress(state.error, gradient.worker, context)
        update.add_to(state.error, -1.0)
        return update, state

    def settle(self, state, sent, received, steps_late=0):
        difference(sent, received).add_to(state.error)
        return state

    def init_server(self, theta):
        return theta

    def server_step(self, state, outcomes, context):
        return context.move(state, received_sum(outcomes, state))

    def model(self, state):
        return state

    def owed(self, state, context):
        return state.error

    def divergence_hint(self, context):
        """The step size, and that error feedback delays steps."""
        return f"{super().divergence_hint(context)}; what is held back acts late, which asks for a smaller step or for more sent"

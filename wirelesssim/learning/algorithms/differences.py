"""What methods that send thresholded gradient differences share: the worker's compression and the server's memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .algorithm import Context, Fate, Outcome
from .kernels import apply_sent, scaled_distance, select_difference
from .update import Update, difference

__all__ = ["DifferenceMethod", "DifferenceServer", "DifferenceWorker", "compress", "put_back", "server_step", "threshold"]


@dataclass
class DifferenceWorker:
    """A worker's state: `h` (d,) what the server holds of it, `error` (d,) what was not sent, and the model before this one."""

    h: np.ndarray
    error: np.ndarray
    previous: np.ndarray


@dataclass(frozen=True)
class DifferenceServer:
    """The server's state: theta (d,) and h = SUM_m h_m (d,)."""

    theta: np.ndarray
    h: np.ndarray


def threshold(xi: float, theta: np.ndarray, previous: np.ndarray, context: Context) -> np.ndarray:
    """(xi/M) |theta^k - theta^{k-1}|, (d,), computed once a round; empty, for zero, before the model has moved."""
    if theta is previous or xi == 0.0:
        return np.empty(0)
    factor = xi * context.xi_scale / context.workers
    return context.once(f"threshold {factor}", (theta, previous),
                        lambda: scaled_distance(factor, theta, previous, np.empty(theta.size)))


def compress(state: DifferenceWorker, gradient: np.ndarray, limit: np.ndarray, beta: float, corrected: bool,
             context: Context) -> Update:
    """Send the entries of Delta = g - h (+ e) beyond `limit`, as the wire decodes them; h and e follow, in place.

    h <- h + beta Dhat; e <- Delta - Dhat with correction, and nothing is remembered without. An entry that the wire's
    format rounds to zero is not sent.
    """
    selected = np.empty(gradient.size, dtype=np.int64 if gradient.size > 2**31 else np.int32)
    count = select_difference(gradient, state.h, state.error, limit, corrected, selected)
    indices = selected[:count].astype(np.int64)
    values = context.values.round(state.error[indices])
    if not values.all():
        indices, values = indices[values != 0], values[values != 0]
    apply_sent(indices, values, beta, state.h, state.error, corrected)
    return Update(gradient.size, indices, values)


def put_back(state: DifferenceWorker, sent: Update, received: Update, beta: float, corrected: bool, steps_late: int) -> None:
    """What did not arrive goes back: h -= beta x, e += (1 + beta D) x, x = sent - received, D steps late; in place."""
    lost = difference(sent, received)
    lost.add_to(state.h, -beta)
    if corrected:
        lost.add_to(state.error, 1.0 + beta * steps_late)


def server_step(state: DifferenceServer, outcomes: Mapping[int, Outcome], beta: float, alpha: float) -> DifferenceServer:
    """theta <- theta - alpha (h + SUM_m Dhat_m), then h <- h + beta SUM_m Dhat_m; the sum in order of worker index."""
    total = np.zeros_like(state.theta)
    for worker in sorted(outcomes):
        if outcomes[worker].fate is Fate.DELIVERED:
            outcomes[worker].update.add_to(total)
    theta = state.theta - alpha * (state.h + total)
    np.add(state.h, beta * total, out=state.h)
    return DifferenceServer(theta, state.h)


class DifferenceMethod:
    """The calls of `Algorithm` for a method that thresholds gradient differences: a leaf adds fields and its docstring.

    Needs the fields `xi` and `beta`; `corrected` says whether what was not sent is remembered.
    """

    corrected: ClassVar[bool]

    def init_worker(self, theta):
        return DifferenceWorker(np.zeros_like(theta), np.zeros_like(theta), theta)

    def worker_step(self, state, theta, gradient, context):
        limit = threshold(self.xi.at(context.smoothness), theta, state.previous, context)
        update = compress(state, gradient(theta), limit, self.beta, self.corrected, context)
        state.previous = theta
        return update, state

    def init_server(self, theta):
        return DifferenceServer(theta, np.zeros_like(theta))

    def server_step(self, state, outcomes, context):
        return server_step(state, outcomes, self.beta, context.alpha)

    def model(self, state):
        return state.theta

    def settle(self, state, sent, received, steps_late=0):
        put_back(state, sent, received, self.beta, self.corrected, steps_late)
        return state

    def mirror(self, state):
        return state.h

    def aggregate(self, state):
        return state.h

    def divergence_hint(self, context):
        """alpha L, alpha beta xi and the proved limit on xi, with the way out."""
        alpha, smoothness = context.alpha, context.smoothness
        xi = self.xi.at(smoothness)
        text = f"alpha*beta*xi = {alpha * self.beta * xi:.4g}"
        if smoothness:
            proved = max(0.0, 1 - alpha * smoothness) ** 0.5 / (2 * alpha) / smoothness
            text = f"alpha*L = {alpha * smoothness:.4g}, {text}, xi = {xi / smoothness:.4g} L (proved limit {proved:.4g} L)"
        return f"{text}; try step_size: 0.5/L with a smaller xi or beta"

"""What methods that send thresholded gradient differences share: the worker's compression and the server's memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .algorithm import Context, Fate, Outcome
from .kernels import apply_sent, scaled_distance, select_difference
from .update import Update, difference

__all__ = ["DifferenceServer", "DifferenceWorker", "compress", "put_back", "server_step", "threshold"]


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

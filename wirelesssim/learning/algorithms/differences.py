"""What methods that send thresholded gradient differences share: the worker's compression and the server's memory."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..algorithm import Context, Outcome
from ..update import Update, difference
from .coordinates import Coordinates
from .kernels import apply_sent, scaled_distance, select_difference, weighted_distance
from .received import received_sum

__all__ = ["DifferenceMethod", "DifferenceServer", "DifferenceWorker", "put_back", "server_step", "threshold", "withhold"]


@dataclass
class DifferenceWorker:
    """A worker's state: `h` (d,) what the server holds of it, or (0,) where it holds nothing; `error` (d,) what was not sent;
    `previous` (d,) the last model that it received, before the first the starting model, which all know."""

    h: np.ndarray
    error: np.ndarray
    previous: np.ndarray


@dataclass(frozen=True)
class DifferenceServer:
    """The server's state: theta (d,) and h = SUM_m h_m (d,), or (0,)."""

    theta: np.ndarray
    h: np.ndarray


def threshold(xi: float, coordinates: Coordinates, theta: np.ndarray, previous: np.ndarray, context: Context) -> np.ndarray:
    """(xi_i/M) |theta^k_i - theta^{k-1}_i|, (d,), computed once a round; empty, for zero, before the model has moved."""
    if theta is previous or xi == 0.0:
        return np.empty(0, dtype=theta.dtype)
    factor, weights = xi * context.xi_scale / context.workers, coordinates.weights(context)
    if weights is None:
        return context.once(f"threshold {factor}", (theta, previous),
                            lambda: scaled_distance(factor, theta, previous, np.empty_like(theta)))
    return context.once(f"threshold {factor}", (theta, previous, weights),
                        lambda: weighted_distance(factor, weights, theta, previous, np.empty_like(theta)))


def withhold(state: DifferenceWorker, gradient: np.ndarray) -> None:
    """e <- Delta = g - h + e and nothing is sent: the step under infinite thresholds; in place."""
    state.error += gradient - state.h if state.h.size else gradient


def put_back(state: DifferenceWorker, sent: Update, received: Update, beta: float, corrected: bool, steps_late: int) -> None:
    """What did not arrive goes back: h -= beta x, e += (1 + beta D) x, x = sent - received, D steps late; in place."""
    lost = difference(sent, received)
    if state.h.size:
        lost.add_to(state.h, -beta)
    if corrected:
        lost.add_to(state.error, 1.0 + beta * steps_late)


def server_step(state: DifferenceServer, outcomes: Mapping[int, Outcome], beta: float, context: Context) -> DifferenceServer:
    """theta <- theta - alpha (h + SUM_m Dhat_m), then h <- h + beta SUM_m Dhat_m; the sum in order of worker index."""
    total = received_sum(outcomes, state.theta)
    if not state.h.size:
        return DifferenceServer(context.descend(state.theta, total), state.h)
    theta = context.descend(state.theta, state.h + total)
    np.add(state.h, beta * total, out=state.h)
    return DifferenceServer(theta, state.h)


@dataclass(frozen=True, kw_only=True)
class DifferenceMethod:
    """The calls of `Algorithm` for a method that thresholds gradient differences: a leaf adds fields and its docstring.

    Needs the fields `xi` and `beta` (0: neither side keeps an h); `corrected` says whether what was not sent is remembered.
    `coordinates`: how xi_i is spread, xi = max xi_i. One threshold vector a round serves all workers with the same models.

    Partial participation. A worker thresholds against the last model that it received: one that was not asked for some
    rounds, or missed broadcasts, compares with what it saw then, over a longer way and so with larger thresholds. Under
    `accumulate` (only where `corrected`) a worker that may not speak computes, keeps h and takes e <- Delta: laws 2 and 7 hold
    on. What is accumulated over P rounds is applied up to P rounds late, which asks for a step of order 1/(P L): half of the
    workers in turn converged at 0.5/L, one in nine diverged there and converged at 0.2/L (a quadratic, L = 1, mu = 1/20).
    """

    coordinates: Coordinates = "uniform"

    corrected: ClassVar[bool]
    server_vectors: ClassVar[int] = 0  # h is one for all workers

    @property
    def needs_coordinate_smoothness(self) -> bool:
        """Whether the thresholds follow the curvature of f along each coordinate."""
        return self.coordinates.needs_smoothness

    def fits(self, size):
        self.coordinates.fits(size)

    def init_worker(self, theta):
        self.fits(theta.size)
        return DifferenceWorker(self._memory(theta), np.zeros_like(theta), theta)

    def init_server(self, theta):
        return DifferenceServer(theta, self._memory(theta))

    def _memory(self, theta: np.ndarray) -> np.ndarray:
        return np.zeros_like(theta) if self.beta else np.zeros(0, dtype=theta.dtype)

    def worker_step(self, state, theta, gradient, context):
        if self.participation.absent == "accumulate" and not self.speaks(gradient.worker, context):
            withhold(state, gradient(theta))
            update = Update.empty(theta.size)
        else:
            limit = threshold(self.xi.at(context.smoothness), self.coordinates, theta, state.previous, context)
            update = self._compress(state, theta, gradient, limit, context)
        state.previous = theta
        return update, state

    def _compress(self, state: DifferenceWorker, theta: np.ndarray, gradient, limit: np.ndarray, context: Context) -> Update:
        """Send the entries of Delta = g - h (+ e) beyond `limit`, as the wire decodes them; h and e follow, in place.

        h <- h + beta Dhat; e <- Delta - Dhat with correction, and nothing is remembered without. An entry that the wire's
        format rounds to zero is not sent.
        """
        selected = np.empty(theta.size, dtype=np.int64 if theta.size > 2**31 else np.int32)
        count = select_difference(gradient(theta), state.h, state.error, limit, self.corrected, selected)
        indices = selected[:count].copy()  # narrow: an index takes no more than a float32 value
        update = self.encoded(theta.size, indices, state.error[indices], gradient, context)
        if not update.values.all():
            update = update.take(update.values != 0)
        apply_sent(update.indices, update.values, self.beta, state.h, state.error, self.corrected)
        return update

    def encoded(self, size: int, indices: np.ndarray, values: np.ndarray, gradient, context: Context) -> Update:
        """The update that states `values` (n,) at `indices` (n,) as the wire carries them."""
        return context.values.update(size, indices, values)

    def server_step(self, state, outcomes, context):
        return server_step(state, outcomes, self.beta, context)

    def model(self, state):
        return state.theta

    def settle(self, state, sent, received, steps_late=0):
        put_back(state, sent, received, self.beta, self.corrected, steps_late)
        return state

    def mirror(self, state):
        return state.h if self.beta else None

    def aggregate(self, state):
        return state.h if self.beta else None

    def owed(self, state, context):
        return context.alpha * state.error if self.corrected else None

    def divergence_hint(self, context):
        """alpha L, alpha beta xi and the proved limit on xi = max xi_i, with the way out."""
        alpha, smoothness = context.alpha, context.smoothness
        xi = self.xi.at(smoothness)
        text = f"alpha*beta*xi = {alpha * self.beta * xi:.4g}" if self.beta else f"alpha*xi = {alpha * xi:.4g}"
        if smoothness:
            proved = max(0.0, 1 - alpha * smoothness) ** 0.5 / (2 * alpha) / smoothness if alpha else math.inf
            text = f"alpha*L = {alpha * smoothness:.4g}, {text}, xi = {xi / smoothness:.4g} L (proved limit {proved:.4g} L)"
        return f"{text}; try step_size: 0.5/L with a smaller xi{' or beta' if self.beta else ''}"

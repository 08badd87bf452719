"""What methods share whose worker censors itself: it uploads only if its gradient changed more than a limit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..algorithm import Context
from ..update import Update
from .held_gradients import HeldGradientMethod, HeldWorker, upload
from .history import square, squared_move

__all__ = ["CensoredMethod", "CensoredWorker", "see"]


@dataclass
class CensoredWorker(HeldWorker):
    """`held` (d,), ghat_m; `previous` (d,), the last model that it received (the starting model before the first); `moves`,
    the squared distances between the models that it received, newest first."""

    previous: np.ndarray
    moves: tuple[float, ...] = ()


def see(state: CensoredWorker, theta: np.ndarray, depth: int, context: Context) -> None:
    """Note the arrival of model `theta` (d,): its move comes first, and `depth` moves are kept."""
    state.moves = (squared_move(theta, state.previous, context), *state.moves)[:depth]
    state.previous = theta


class CensoredMethod(HeldGradientMethod, ABC):
    """A worker uploads delta = g_m - ghat_m iff ||delta||^2 > `limit`, which grows with how far the model moved.

    The decision is made on the unrounded difference, for that is what would be left unsaid; ghat_m follows what the server
    decodes. The moves are those between models that this worker received: one that was not asked, or missed a broadcast,
    saw fewer and longer ones. In the first round nothing has moved and every worker with a gradient uploads.
    A difference that is not a number is uploaded, for the guard to see.
    """

    depth: ClassVar[int] = 1  # how many moves a worker remembers

    @abstractmethod
    def limit(self, moves: Sequence[float], context: Context) -> float:
        """The largest ||delta||^2 that stays unsaid, given the squared moves, newest first."""

    def init_worker(self, theta):
        return CensoredWorker(np.zeros_like(theta), theta)

    def worker_step(self, state, theta, gradient, context):
        see(state, theta, self.depth, context)
        delta = gradient(theta) - state.held
        if square(delta) <= self.limit(state.moves, context):
            return Update.empty(theta.size), state
        return upload(state, delta, context), state

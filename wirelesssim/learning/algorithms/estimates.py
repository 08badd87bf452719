"""What methods share whose server holds an estimate of every worker's gradient, and of which only the sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

__all__ = ["EstimateMethod", "EstimateServer"]


@dataclass(frozen=True)
class EstimateServer:
    """The server's state: theta (d,) and `estimate` (d,), the sum of the workers' estimates."""

    theta: np.ndarray
    estimate: np.ndarray


class EstimateMethod:
    """The calls of `Algorithm` that DIANA and EF21 have in common; a worker's state has its own `estimate` (d,)."""

    worker_vectors: ClassVar[int] = 1
    server_vectors: ClassVar[int] = 0  # one sum for all workers

    def init_server(self, theta):
        return EstimateServer(theta, np.zeros_like(theta))

    def model(self, state):
        return state.theta

    def mirror(self, state):
        return state.estimate

    def aggregate(self, state):
        return state.estimate

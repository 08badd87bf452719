"""The gradients of a round: all workers that hold the same model in one batch, others apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

__all__ = ["Gradients"]


class Gradients:
    """grad f_m(theta) on request, batched over the workers that were announced to hold the same model.

    A batch and a single gradient may differ in the last bit, so who is batched with whom is part of the result: `train`
    and the simulator announce the same groups and so agree bit for bit. The batch is made when it is first asked for.
    """

    def __init__(self, problem):
        self._problem = problem
        self._theta: np.ndarray | None = None
        self._rows: dict[int, int] = {}
        self._batch: np.ndarray | None = None

    def announce(self, theta: np.ndarray, workers: Sequence[int]) -> None:
        """`workers` hold `theta` (d,) from now on; replaces the earlier group."""
        self._theta, self._batch = theta, None
        self._rows = {worker: row for row, worker in enumerate(workers)}

    def of(self, worker: int) -> Callable[[np.ndarray], np.ndarray]:
        """The oracle of one worker: theta (d,) -> grad f_m(theta) (d,)."""
        return partial(self._at, worker)

    def _at(self, worker: int, theta: np.ndarray) -> np.ndarray:
        if theta is not self._theta or worker not in self._rows:
            return self._problem.gradients(theta, [worker])[0]
        if self._batch is None:
            self._batch = self._problem.gradients(theta, list(self._rows))
        return self._batch[self._rows[worker]]

"""The gradients of a round: all workers that hold the same model in one batch, others apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .algorithm import Algorithm, Context

__all__ = ["Gradients", "Oracle"]


class Oracle:
    """grad f_m of one worker in one round: `oracle(theta)` (d,) -> (d,), a full gradient or an unbiased minibatch's.

    `worker` is m, `samples` n_m (0 where there are none), `weight` w_m in f = SUM_m w_m F_m, F_m the worker's mean loss: n_m/n,
    or 1/M without samples. With `batch` b < n_m each call draws b of the worker's samples without replacement, the i-th
    call of a round by its own place in the stream, whatever was drawn before.
    """

    def __init__(self, gradients: Gradients, worker: int, batch: int | None, context: Context):
        self._gradients, self.worker, self._context, self._calls = gradients, worker, context, 0
        problem = gradients.problem
        self.samples, self.weight = problem.samples_of(worker), float(problem.weights[worker])
        self.batch = None if batch is None or 0 < self.samples <= batch else batch

    def __call__(self, theta: np.ndarray) -> np.ndarray:
        """(d,); the caller's own."""
        if self.batch is None:
            return self._gradients.at(theta, self.worker)
        if not self.samples:
            return self._gradients.problem.sampled(theta, self.worker, np.zeros(0, dtype=np.int64))  # refuses in words
        self._calls += 1
        random = self._context.random("batch", self.worker, self._calls)
        rows = random.choice(self.samples, self.batch, replace=False)
        return self._gradients.problem.sampled(theta, self.worker, rows)


class Gradients:
    """Full gradients on request, batched over the workers that were announced to hold the same model.

    A batch and a single gradient may differ in the last bit, so who is batched with whom is part of the result: `train`
    and the simulator announce the same groups and so agree bit for bit. The batch is made when it is first asked for, and
    never where the problem is not `batched`: networks, of which all gradients at once would not fit.
    """

    def __init__(self, problem):
        self.problem = problem
        self._theta: np.ndarray | None = None
        self._rows: dict[int, int] = {}
        self._batch: np.ndarray | None = None

    def announce(self, theta: np.ndarray, workers: Sequence[int]) -> None:
        """`workers` hold `theta` (d,) from now on; replaces the earlier group."""
        self._theta, self._batch = theta, None
        self._rows = {worker: row for row, worker in enumerate(workers)} if self.problem.batched else {}

    def of(self, worker: int, algorithm: Algorithm, context: Context) -> Oracle:
        """The oracle of one worker in one round."""
        return Oracle(self, worker, algorithm.batch, context)

    def at(self, theta: np.ndarray, worker: int) -> np.ndarray:
        """grad f_m(theta), (d,)."""
        if theta is not self._theta or worker not in self._rows:
            return self.problem.gradients(theta, [worker])[0]
        if self._batch is None:
            self._batch = self.problem.gradients(theta, list(self._rows))
        return self._batch[self._rows[worker]]

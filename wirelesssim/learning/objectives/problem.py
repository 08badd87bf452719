"""The interfaces between objectives and whoever runs them: samples go in, a `Problem` answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...errors import InputError

__all__ = ["Samples", "Shape", "Optimum", "Problem", "everyone"]


@dataclass(frozen=True, eq=False)
class Samples:
    """Training and test samples and who holds which.

    `features` (n, d) array or SciPy sparse matrix; `labels` (n,); `shards` one index array a worker, together every
    training sample once (a shard may be empty); `test_features` (t, d) and `test_labels` (t,) or None; `classes` the
    labels that may occur, or None where labels are real numbers (regression).
    """

    features: Any
    labels: np.ndarray
    shards: Sequence[np.ndarray]
    test_features: Any = None
    test_labels: np.ndarray | None = None
    classes: np.ndarray | None = None


@dataclass(frozen=True)
class Shape:
    """The sizes that memory depends on: M, n, d, C, and the stored entries of sparse features (None: dense)."""

    workers: int
    samples: int = 0
    features: int = 0
    classes: int = 1
    entries: int | None = None


@dataclass(frozen=True, eq=False)
class Optimum:
    """The minimum of f: `value` f(theta), `theta` (d,), and `certificate`, a proved bound on f(theta) - f*.

    The bound holds in exact arithmetic; f itself is known to about 1e-16 of its size. `method` says how it was found.
    """

    value: float
    theta: np.ndarray
    certificate: float
    method: str


class Problem(ABC):
    """f = SUM_m f_m in R^d, bound to its data. Pure: the same `theta` and `workers` give the same bits.

    `size` d, `workers` M. No method changes `theta`; every array that is returned belongs to the caller.

    Where f has a part without a gradient, f = s + r with s smooth and r convex, `composite` is True: `value` is that of f,
    `gradient`, `gradients`, `sampled` and every constant are those of s, and `prox` is that of r. A server that steps on
    such a problem puts `prox` after the step (proximal gradient descent): without it, it minimises s instead of f.
    """

    size: int
    workers: int
    batched = True  # whether the gradients of all workers in one call cost less than one by one, and fit
    composite: bool = False  # whether f has a part that is not smooth
    convex: bool = True  # whether s is known to be convex

    def start(self) -> np.ndarray:
        """theta^0, (d,): zero, unless f is not convex and would not move from there."""
        return np.zeros(self.size)

    @abstractmethod
    def value(self, theta: np.ndarray) -> float:
        """f(theta); not finite where the run has diverged."""

    @abstractmethod
    def gradient(self, theta: np.ndarray) -> np.ndarray:
        """grad f(theta), (d,)."""

    @abstractmethod
    def gradients(self, theta: np.ndarray, workers: Sequence[int]) -> np.ndarray:
        """grad f_m(theta) for each m of `workers`, (len(workers), d)."""

    @property
    def weights(self) -> np.ndarray:
        """w_m of f = SUM_m w_m F_m, (M,), F_m = f_m/w_m being worker m's own mean: n_m/n, or 1/M where there are no samples."""
        return np.full(self.workers, 1.0 / self.workers)

    def samples_of(self, worker: int) -> int:
        """n_m, the training samples that `worker` holds; 0 where there are no samples."""
        return 0

    def sampled(self, theta: np.ndarray, worker: int, rows: np.ndarray) -> np.ndarray:
        """An estimate of grad f_m(theta) from some of the worker's samples, (d,); over uniformly drawn rows its mean is exact.

        (n_m/n) mean over i in `rows` of grad loss_i(theta) + (l2/M) theta, `rows` (b,) places in 0..n_m - 1, b >= 1, that may
        repeat. All of them once give `gradients(theta, [worker])[0]` to rounding. InputError where there are no samples.
        """
        raise InputError(f"a minibatch needs samples, and {type(self).__name__} has none; leave `batch` out, or choose an "
                         "objective on data")

    def nonsmooth(self, theta: np.ndarray) -> float:
        """r(theta), the part of `value` that `gradient` leaves out; 0 where f is smooth."""
        return 0.0

    def prox(self, theta: np.ndarray, alpha: float) -> np.ndarray:
        """argmin_u r(u) + ||u - theta||^2/(2 alpha), (d,), a new array; `theta` copied where f has no such r."""
        return theta.copy()

    @property
    def coordinate_smoothness(self) -> np.ndarray | None:
        """L_i, (d,): an upper bound on the i-th diagonal entry of f's Hessian everywhere; None where none is known."""
        return None

    @property
    @abstractmethod
    def smoothness(self) -> float | None:
        """L of f: an upper bound on the largest eigenvalue of its Hessian everywhere; None where none is known."""

    @property
    @abstractmethod
    def strong_convexity(self) -> float:
        """mu of f: a lower bound on the smallest eigenvalue of its Hessian everywhere; 0 where no positive one is known."""

    @property
    @abstractmethod
    def worker_smoothness(self) -> np.ndarray | None:
        """L_m of each f_m, (M,); computed when first asked for."""

    @property
    @abstractmethod
    def digest(self) -> str:
        """A hash of all that f* depends on; the partition among workers is not part of it."""

    def accuracy(self, theta: np.ndarray) -> float | None:
        """The fraction of test samples whose class is predicted; None where there are no classes or no test samples."""
        return None

    def optimum(self) -> Optimum | None:
        """The minimum, found once and kept; None where it is unknown, never a number that is not certified."""
        return self._found

    @cached_property
    def _found(self) -> Optimum | None:
        return self._minimise()

    def _minimise(self) -> Optimum | None:
        return None


def everyone(asked: Sequence[int], workers: int) -> bool:
    """Whether `asked` is all of `workers` workers in order of index."""
    return len(asked) == workers and (asked == range(workers) or all(m == i for i, m in enumerate(asked)))

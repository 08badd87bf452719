"""The interfaces between objectives and whoever runs them: samples go in, a `Problem` answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

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
    """

    size: int
    workers: int

    def start(self) -> np.ndarray:
        """theta^0 = 0, (d,)."""
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
    @abstractmethod
    def smoothness(self) -> float | None:
        """L of f: an upper bound on the largest eigenvalue of its Hessian everywhere; None where none is known."""

    @property
    @abstractmethod
    def strong_convexity(self) -> float:
        """mu of f: a lower bound on the smallest eigenvalue of its Hessian everywhere; 0 where none is known."""

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

"""All objectives that see the samples through linear scores Z = X W: f(theta) = (1/n) SUM_i phi(z_i, y_i) + (l2/2)||theta||^2.

theta (d C,) is W (d, C) row by row; C = 1 for a scalar score. With R = dphi/dZ (n, C) and B_i the Hessian of phi in z_i:

    grad f_m(theta) = X_m^T R_m / n + (l2/M) theta        Hess f(theta) = (1/n) SUM_i (x_i x_i^T) kron B_i + l2 I

so that lambda_max(B) <= c gives L = c lambda_max(X^T X)/n + l2 and L_m = c lambda_max(X_m^T X_m)/n + l2/M.

The scores of the last model are kept: `value` and `gradients` at one theta share one pass over the features. They are kept
by content, not by identity, so that nothing can go stale.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cached_property
from hashlib import blake2b

import numpy as np
from scipy import sparse

from ...errors import InputError
from . import newton, spectrum, unregularised
from .design import design
from .problem import Optimum, Problem, Samples, Shape, everyone

__all__ = ["Loss", "LinearScores", "class_numbers", "class_targets", "memory"]


class Loss(ABC):
    """phi(z, y), a smooth function of a sample's C scores; convex where `curvature_floor` is not negative."""

    columns: int = 1  # C
    curvature: float  # c: no eigenvalue of phi's Hessian in z exceeds it, in magnitude
    curvature_floor: float = 0.0  # and none is below this
    diagonal_curvature: float | None = None  # no diagonal entry of that Hessian exceeds it; None: c
    self_concordance: float | None = None  # kappa of |D^3 phi[s, s, s]| <= kappa ||s|| D^2 phi[s, s]; None: not known
    shift_invariant = False  # whether the same number added to all scores of a sample changes nothing

    @abstractmethod
    def evaluate(self, scores: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(losses (n,), R (n, C)) from `scores` (n, C), whose memory it may reuse."""

    @abstractmethod
    def slopes(self, residual: np.ndarray, targets: np.ndarray, scores: Callable[[], np.ndarray]) -> np.ndarray:
        """What the Hessians B_i are made of, (n, C): weights for C = 1, probabilities for softmax.

        From R where that tells, as it does for most losses; `scores()` computes Z again for the others.
        """

    def bend(self, slopes: np.ndarray, change: np.ndarray) -> np.ndarray:
        """B_i s_i of every sample, (n, C); `change` (n, C) holds s_i."""
        return slopes * change

    def weight(self, slopes: np.ndarray, a: int, b: int) -> np.ndarray:
        """(B_i)_ab of every sample, (n,)."""
        return slopes[:, a]

    @abstractmethod
    def predict(self, scores: np.ndarray) -> np.ndarray | None:
        """The class number of every sample, (n,), or None where the loss knows no classes; ties: the lowest."""


class LinearScores(Problem):
    """The problem of a `Loss` on samples; `targets` (n,) in the order of `samples`, `test_targets` class numbers or None."""

    def __init__(self, name: str, loss: Loss, l2: float, samples: Samples, targets: np.ndarray,
                 test_targets: np.ndarray | None):
        self.name, self.loss, self.l2 = name, loss, float(l2)
        if samples.features.shape[0] == 0:
            raise InputError("the training set must hold at least one sample, got 0")
        self.design = design(samples.features, samples.shards)
        self.targets = targets[self.design.order]
        self.workers, self.shape = self.design.workers, (self.design.size, loss.columns)
        self.size = self.design.size * loss.columns
        self._test = _test_set(samples, test_targets)
        self._last: tuple | None = None  # (theta, f without the regulariser, R/n)

    def value(self, theta: np.ndarray) -> float:
        """f(theta)."""
        with np.errstate(over="ignore", invalid="ignore"):  # a diverged run shows in the value, not in a warning
            return float(self._forward(theta)[1] + 0.5 * self.l2 * (theta @ theta))

    def gradient(self, theta: np.ndarray) -> np.ndarray:
        """grad f(theta), (d,)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return self.design.pull(self._forward(theta)[2]).reshape(-1) + self.l2 * theta

    def gradients(self, theta: np.ndarray, workers: Sequence[int]) -> np.ndarray:
        """grad f_m(theta) for each m of `workers`, (len(workers), d)."""
        with np.errstate(over="ignore", invalid="ignore"):
            if everyone(workers, self.workers):
                gradients = self.design.pulls(self._forward(theta)[2]).reshape(self.workers, self.size)
            else:
                gradients = self._some(theta, workers)
            if self.l2:
                gradients += (self.l2 / self.workers) * theta
        return gradients

    @property
    def weights(self) -> np.ndarray:
        """w_m = n_m/n, (M,)."""
        return self.design.sizes / self.design.samples

    def samples_of(self, worker: int) -> int:
        """n_m."""
        return int(self.design.sizes[worker])

    def sampled(self, theta: np.ndarray, worker: int, rows: np.ndarray) -> np.ndarray:
        """(n_m/(n b)) X_b^T R_b + (l2/M) theta, (d,), from the worker's own samples `rows` (b,), in the order of its shard.

        InputError where `rows` is empty.
        """
        rows = np.asarray(rows, dtype=np.int64)
        if not len(rows):
            raise InputError(f"a minibatch must hold at least one sample, got none of the {self.samples_of(worker)} of worker "
                             f"{worker}")
        features = self.design.samples_of(worker, rows)  # (b, d)
        share = self.design.sizes[worker] / (self.design.samples * len(rows))
        with np.errstate(over="ignore", invalid="ignore"):
            targets = self.targets[self.design.rows[worker]][rows]
            residual = self.loss.evaluate(features @ theta.reshape(self.shape), targets)[1]  # (b, C)
            return (features.T @ (share * residual)).reshape(-1) + (self.l2 / self.workers) * theta

    def _some(self, theta: np.ndarray, workers: Sequence[int]) -> np.ndarray:
        """X_m^T R_m / n of some workers; uses the kept scores if they are there, and leaves them as they are."""
        kept = self._last[2] if self._holds(theta) else None
        gradients = np.empty((len(workers), self.size))
        for place, worker in enumerate(workers):
            rows = self.design.rows[worker]
            residual = self._residual(theta, worker) if kept is None else kept[rows]
            gradients[place] = self.design.pull_of(worker, residual).reshape(-1)
        return gradients

    def _residual(self, theta: np.ndarray, worker: int) -> np.ndarray:
        scores = self.design.scores_of(worker, theta.reshape(self.shape))
        residual = self.loss.evaluate(scores, self.targets[self.design.rows[worker]])[1]
        residual /= self.design.samples
        return residual

    def _holds(self, theta: np.ndarray) -> bool:
        return self._last is not None and np.array_equal(self._last[0], theta)

    def _forward(self, theta: np.ndarray) -> tuple:
        if not self._holds(theta):
            losses, residual = self.loss.evaluate(self.design.scores(theta.reshape(self.shape)), self.targets)
            residual /= self.design.samples
            self._last = (theta.copy(), losses.sum() / self.design.samples, residual)
        return self._last

    def slopes(self, theta: np.ndarray) -> np.ndarray:
        """What the Hessian at theta is made of, (n, C); see `Loss.slopes`."""
        residual = self._forward(theta)[2] * self.design.samples
        return self.loss.slopes(residual, self.targets, lambda: self.design.scores(theta.reshape(self.shape)))

    def bend(self, slopes: np.ndarray, direction: np.ndarray) -> np.ndarray:
        """Hess f times `direction` (d,), (d,), with the `slopes` of a theta."""
        change = self.loss.bend(slopes, self.design.features @ direction.reshape(self.shape))  # (n, C)
        return self.design.pull(change).reshape(-1) / self.design.samples + self.l2 * direction

    def hessian(self, theta: np.ndarray) -> np.ndarray:
        """Hess f(theta), (d C, d C), in the order of theta; for small sizes."""
        size, columns = self.shape
        slopes, blocks = self.slopes(theta), np.empty((size, columns, size, columns))
        for a in range(columns):
            for b in range(a + 1):
                block = self.design.gram(self.loss.weight(slopes, a, b)) / self.design.samples  # (d, d), symmetric
                blocks[:, a, :, b] = blocks[:, b, :, a] = block
        return blocks.reshape(self.size, self.size) + self.l2 * np.eye(self.size)

    @cached_property
    def smoothness(self) -> float:
        """L = c lambda_max(X^T X)/n + l2."""
        return self.loss.curvature * spectrum.largest(self.design.features) / self.design.samples + self.l2

    @cached_property
    def coordinate_smoothness(self) -> np.ndarray:
        """L_i = c' SUM_j x_ji^2/n + l2, (d C,); c' bounds the diagonal of the loss's Hessian."""
        bound = self.loss.curvature if self.loss.diagonal_curvature is None else self.loss.diagonal_curvature
        squares = self.design.squares(np.ones(self.design.samples))  # (d,)
        return np.repeat(bound * squares / self.design.samples + self.l2, self.loss.columns)

    @cached_property
    def strong_convexity(self) -> float:
        """mu = l2 + c- lambda/n, c- the floor of the loss's curvature and lambda an end of X^T X's spectrum; at least 0.

        The smallest eigenvalue for squared errors, the largest for a loss that is not convex, and nothing for the others.
        """
        return max(self._convexity, 0.0)

    @property
    def convex(self) -> bool:
        """Whether no eigenvalue of f's Hessian can be negative."""
        return self.loss.curvature_floor >= 0 or self._convexity >= 0

    @cached_property
    def _convexity(self) -> float:
        """A lower bound on the smallest eigenvalue of f's Hessian, of either sign."""
        floor, features = self.loss.curvature_floor, self.design.features
        if floor == 0:
            return self.l2
        edge = spectrum.smallest(features) if floor > 0 else spectrum.largest(features)
        return self.l2 + floor * edge / self.design.samples

    @cached_property
    def worker_smoothness(self) -> np.ndarray:
        """L_m = c lambda_max(X_m^T X_m)/n + l2/M, (M,)."""
        largest = np.array([spectrum.largest(self.design.features[rows]) for rows in self.design.rows])
        return self.loss.curvature * largest / self.design.samples + self.l2 / self.workers

    @cached_property
    def digest(self) -> str:
        """A hash of the objective, its parameters, the features and the targets."""
        state = blake2b(repr((self.name, self.l2, self.loss.columns)).encode(), digest_size=16)
        state.update(self.design.digest())
        state.update(self.targets[np.argsort(self.design.order)].astype(np.float64).tobytes())
        return state.hexdigest()

    def accuracy(self, theta: np.ndarray) -> float | None:
        """The fraction of test samples whose class is predicted."""
        if self._test is None:
            return None
        features, targets = self._test
        with np.errstate(over="ignore", invalid="ignore"):
            predicted = self.loss.predict(features @ theta.reshape(self.shape))
        return None if predicted is None else float(np.mean(predicted == targets))

    def _minimise(self) -> Optimum | None:
        if self.strong_convexity > 0:
            return newton.minimise(self)
        return unregularised.minimise(self) if self.convex else None


def _test_set(samples: Samples, targets: np.ndarray | None):
    """(features, class numbers) of the test samples, or None where there is nothing to be right about."""
    features = samples.test_features
    if features is None or targets is None or len(targets) == 0:
        return None
    if sparse.issparse(features):
        return sparse.csr_matrix(features, dtype=np.float64), targets
    return np.ascontiguousarray(features, dtype=np.float64), targets


def class_numbers(labels: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """The place of each label among the sorted `classes`, (n,) in 0..C-1; InputError for a label that is not one."""
    labels = np.asarray(labels)
    places = np.minimum(np.searchsorted(classes, labels), len(classes) - 1)
    strange = classes[places] != labels
    if np.any(strange):
        raise InputError(f"every label must be one of the classes {_list(classes)}, got {labels[strange][0]}")
    return places


def class_targets(samples: Samples) -> tuple[int, np.ndarray, np.ndarray | None]:
    """C, the class number of each training sample (n,), and of each test sample, or None where those have no labels.

    Classes are in sorted order; InputError for a test label that is none of the classes.
    """
    classes = np.unique(samples.classes)
    test = None if samples.test_labels is None else class_numbers(samples.test_labels, classes)
    return len(classes), class_numbers(samples.labels, classes), test


def _list(classes: np.ndarray) -> str:
    shown = ", ".join(str(item) for item in classes[:10])
    return shown + (", ..." if len(classes) > 10 else "")


def memory(shape: Shape, columns: int) -> int:
    """Bytes of a data problem with C = `columns`: sorted features, all gradients, scores and two temporaries of their size.

    A stored entry of a sparse matrix takes 12 bytes (float64 and a 32-bit column), and workers hold it a second time.
    """
    features = 8 * shape.samples * shape.features if shape.entries is None else 24 * shape.entries + 8 * shape.samples
    return features + 8 * columns * (shape.workers * shape.features + 3 * shape.samples)

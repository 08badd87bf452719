"""Random strongly convex quadratics with a chosen spectrum and a chosen difference between workers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from hashlib import blake2b
from typing import Annotated

import numpy as np
from scipy import linalg

from ...model import model
from ...rng import Streams
from ...units import NUMBER, Count, Fraction, Quantity
from .objective import Objective
from .problem import Optimum, Problem, Samples, Shape, everyone

__all__ = ["Quadratic", "QuadraticProblem"]


@model
class Quadratic(Objective, name="quadratic"):
    """A random quadratic f(theta) = SUM_m (theta^T A_m theta/2 - b_m^T theta) whose constants and minimum are known.

    A = SUM A_m = Q diag(lambda) Q^T, Q Haar-distributed, lambda log-spaced from 1/condition to 1 (d = 1: lambda = 1), so that
    L = 1 and mu = 1/condition. theta* is standard normal, b = A theta*, f* = -b^T theta*/2. With s = `heterogeneity`,

        A_m = A^1/2 P_m A^1/2,  P_m = (1 - s) I/M + s R_m        b_m = (b + s (v_m - mean v))/M,  v_m standard normal

    where R_m = E_m^T E_m is positive definite and SUM R_m = I: the E_m (d, d) are the blocks of a Haar-distributed
    orthonormal frame (M d, d). s = 0 gives every worker f/M; M = 1 gives f_1 = f for any s.

    Defaults: d = 50 as in LAG's synthetic set (Chen, Giannakis, Sun, Yin, NeurIPS 2018); condition 100, where gradient
    descent at 1/L takes a few hundred rounds to 1e-6; heterogeneity 1, the hard case.
    Source of the Haar sampling: Mezzadri, "How to generate random matrices from the classical compact groups", 2007.
    Left out: noise in the gradients, and non-convex spectra.
    """

    needs_data = False
    classifies = False
    dimension: Count = 50
    condition: Annotated[float, Quantity(NUMBER, ge=1)] = 100.0
    heterogeneity: Fraction = 1.0

    def problem(self, samples: Samples | None, workers: int, streams: Streams) -> QuadraticProblem:
        """The problem drawn from `streams("quadratic")`; A and theta* do not depend on the number of workers."""
        random, size, share = streams("quadratic"), self.dimension, self.heterogeneity
        eigenvalues = np.geomspace(1.0, 1.0 / self.condition, size)
        basis = _frame(random, size, size)
        optimum = random.standard_normal(size)
        root = (basis * np.sqrt(eigenvalues)) @ basis.T  # A^1/2
        whole = (basis * eigenvalues) @ basis.T
        whole = (whole + whole.T) / 2
        factors = _frame(random, workers * size, size).reshape(workers, size, size) @ root  # E_m A^1/2
        matrices = factors.transpose(0, 2, 1) @ factors  # (M, d, d)
        matrices *= share
        matrices += (1.0 - share) / workers * whole
        noise = random.standard_normal((workers, size))
        pull = whole @ optimum
        vectors = (pull + share * (noise - noise.mean(axis=0))) / workers  # (M, d)
        return QuadraticProblem(whole, optimum, float(eigenvalues[-1]), matrices, vectors)

    def size(self, shape):
        return self.dimension

    def memory(self, shape: Shape) -> int:
        """Bytes of the M matrices, and as much again while they are made (twice)."""
        return 3 * 8 * shape.workers * self.dimension**2


def _frame(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """A Haar-distributed matrix with orthonormal columns, (rows, columns)."""
    frame, triangle = np.linalg.qr(random.standard_normal((rows, columns)))
    return frame * np.where(np.diag(triangle) < 0, -1.0, 1.0)  # the sign that makes the law invariant


class QuadraticProblem(Problem):
    """f_m(theta) = theta^T A_m theta/2 - b_m^T theta with minimum at `theta_star` (d,).

    `matrix` A (d, d), `matrices` A_m (M, d, d), `vectors` b_m (M, d), `curvature` mu; L = 1.
    """

    smoothness = 1.0

    def __init__(self, matrix: np.ndarray, theta_star: np.ndarray, curvature: float, matrices: np.ndarray,
                 vectors: np.ndarray):
        self.matrix, self.theta_star, self.matrices, self.vectors = matrix, theta_star, matrices, vectors
        self.workers, self.size = vectors.shape
        self.vector = matrix @ theta_star  # b = SUM b_m
        self._curvature = curvature

    @property
    def strong_convexity(self) -> float:
        """mu = 1/condition (1 for d = 1)."""
        return self._curvature

    @property
    def coordinate_smoothness(self) -> np.ndarray:
        """L_i = A_ii, (d,)."""
        return np.diag(self.matrix).copy()

    @cached_property
    def worker_smoothness(self) -> np.ndarray:
        """L_m = lambda_max(A_m), (M,)."""
        last = [self.size - 1, self.size - 1]
        return np.array([linalg.eigvalsh(matrix, subset_by_index=last)[0] for matrix in self.matrices])

    def value(self, theta: np.ndarray) -> float:
        """f(theta)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return float(theta @ (0.5 * (self.matrix @ theta) - self.vector))

    def gradient(self, theta: np.ndarray) -> np.ndarray:
        """A theta - b, (d,)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return self.matrix @ theta - self.vector

    def gradients(self, theta: np.ndarray, workers: Sequence[int]) -> np.ndarray:
        """A_m theta - b_m for each m of `workers`, (len(workers), d)."""
        with np.errstate(over="ignore", invalid="ignore"):
            if everyone(workers, self.workers):
                return np.matmul(self.matrices, theta) - self.vectors
            images = np.empty((len(workers), self.size))
            for place, worker in enumerate(workers):
                np.matmul(self.matrices[worker], theta, out=images[place])
            return images - self.vectors[np.asarray(workers, dtype=np.int64)]

    @cached_property
    def digest(self) -> str:
        """A hash of A and theta*."""
        return blake2b(self.matrix.tobytes() + self.theta_star.tobytes(), digest_size=16).hexdigest()

    def _minimise(self) -> Optimum:
        slope = self.gradient(self.theta_star)
        certificate = float(slope @ slope) / (2 * self._curvature)
        return Optimum(-0.5 * float(self.vector @ self.theta_star), self.theta_star.copy(), certificate, "closed form")

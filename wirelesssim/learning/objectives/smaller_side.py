"""The minimum of a least-squares problem from the smaller of X^T X and X X^T, so that sparse features stay sparse.

With n >= d the eigenvectors of X^T X are directions V; with n < d those of X X^T = U diag(lambda) U^T give V = X^T U lambda^-1/2,
which is never formed. In both cases H = X^T X/n + l2 I has the eigenvalue lambda/n + l2 on V, and

    theta <- theta - V (lambda/n + l2)^-1 V^T grad f(theta)

starts from 0 and stays in the row space of X, as do all gradients. It is a direct solve whose later passes repair what squaring
the matrix cost. On the row space f is mu-strongly convex with mu = lambda_min/n + l2, so that ||grad f||^2/(2 mu) bounds
f(theta) - f* also for l2 = 0, where f is flat across it. Eigenvalues at rounding level count as zero: for l2 = 0 if they prove
to be (`spectrum.row_space`), and the certificate is for the X of that rank; for l2 > 0 mu is then l2 alone.

Source: Golub and Van Loan, "Matrix Computations", 4th edition, 5.5 and 6.1.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import spectrum
from .newton import TOLERANCE
from .problem import Optimum

__all__ = ["fits", "minimise"]

_PASSES = 20
_AIM = 1e-16  # of f(0): the certificate that ends the passes

Solve = Callable[[np.ndarray], np.ndarray]


def fits(problem) -> bool:
    """Whether the smaller side is small enough for its eigenvectors."""
    return min(problem.design.features.shape) <= spectrum.EXACT


def minimise(problem) -> Optimum | None:
    """The minimum of f; None if the certificate stays above `TOLERANCE` times max(1, f(0)), or the rank is not clear."""
    rows, columns = problem.design.features.shape
    found = _samples_side(problem) if rows < columns else _features_side(problem)
    if found is None:
        return None
    solve, mu = found
    theta, best, proof, height = problem.start(), problem.start(), np.inf, problem.value(problem.start())
    for _ in range(_PASSES):
        gradient = problem.gradient(theta)
        certificate = float(gradient @ gradient) / (2 * mu)
        if not certificate < 0.5 * proof:
            break
        best, proof = theta, certificate
        if proof <= _AIM * height:
            break
        theta = theta - solve(gradient)
    if not proof <= TOLERANCE * max(1.0, height):
        return None
    return Optimum(problem.value(best), best, proof, "eigenvectors of the smaller side")


def _features_side(problem) -> tuple[Solve, float] | None:
    """H's inverse on the row space, and mu there, from X^T X (d, d)."""
    found = _eigenpairs(problem, problem.design.features)
    if found is None:
        return None
    values, vectors = found
    curvature, mu = _curvature(problem, values)
    return lambda gradient: vectors @ ((vectors.T @ gradient) / curvature), mu


def _samples_side(problem) -> tuple[Solve, float] | None:
    """The same from X X^T (n, n)."""
    features = problem.design.features
    found = _eigenpairs(problem, features.T)
    if found is None:
        return None
    values, vectors = found  # (r,), (n, r)
    curvature, mu = _curvature(problem, values)

    def solve(gradient):
        return features.T @ (vectors @ ((vectors.T @ (features @ gradient)) / (values * curvature)))

    return solve, mu


def _eigenpairs(problem, features) -> tuple[np.ndarray, np.ndarray] | None:
    """The eigenvalues of X^T X above rounding, (r,), and their vectors; X^T gives those of X X^T. None: the rank is not clear."""
    return spectrum.above_rounding(features)[:2] if problem.l2 else spectrum.row_space(features)


def _curvature(problem, values: np.ndarray) -> tuple[np.ndarray, float]:
    """The eigenvalues of H that are kept, (r,), and mu: the least of them less LAPACK's rounding, infinite if r = 0.

    For l2 > 0 and r < min(n, d) mu is l2: what was left out may lie in the row space.
    """
    samples, l2 = problem.design.samples, problem.l2
    if not len(values):
        return values, l2 or np.inf  # no row space: the gradient there is 0
    if l2 and len(values) < min(problem.design.features.shape):
        return values / samples + l2, l2
    slack = max(problem.design.features.shape) * np.finfo(float).eps * values[-1]
    return values / samples + l2, max(float(values[0] - slack), 0.0) / samples + l2

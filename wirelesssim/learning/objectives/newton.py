"""The minimum of a strongly convex problem by damped Newton steps, stopped by a proof.

mu-strong convexity gives f(theta) - f* <= ||grad f(theta)||^2/(2 mu) (Boyd and Vandenberghe, "Convex Optimization", eq. 9.9):
that is the certificate. A minimum whose certificate stays above `TOLERANCE` is reported as unknown.

Small problems solve with the Hessian's Cholesky factor. Larger ones use conjugate gradients on Hessian products, with the
preconditioner (cbar X^T X/n + l2 I) kron I, cbar the mean curvature of the loss at the current model: one eigendecomposition
serves all steps (beyond `spectrum.EXACT` columns, the Hessian's diagonal instead). The stopping rule of the inner solve,
min(1/2, sqrt ||g||) ||g||, is Dembo, Eisenstat and Steihaug, "Inexact Newton methods", SIAM J. Numer. Anal. 19, 1982.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import linalg

from .problem import Optimum
from .spectrum import EXACT

__all__ = ["DENSE", "TOLERANCE", "iterate", "minimise"]

TOLERANCE = 1e-12  # the certificate that a reported minimum has
_AIM = 1e-14  # the certificate that ends the search, relative to f(0)
DENSE = 1500  # unknowns up to which the Hessian is factorised: 18 MB, 0.05 s a step
_STEPS, _INNER = 60, 2000

Bound = Callable[[np.ndarray, np.ndarray], float]  # (theta, gradient) -> a proved bound on f(theta) - f*
Solve = Callable[[np.ndarray, np.ndarray, float], np.ndarray | None]  # (theta, gradient, aim) -> a direction; None: give up


def minimise(problem) -> Optimum | None:
    """The minimum of a `glm.LinearScores` problem; None where no mu > 0 is known or the certificate is not reached."""
    mu = problem.strong_convexity
    if mu <= 0:
        return None
    dense = problem.size <= DENSE
    solve = _cholesky(problem) if dense else _conjugate(problem, mu)

    def bound(theta, gradient):
        return float(gradient @ gradient) / (2 * mu)

    return iterate(problem, bound, solve, "Newton, Cholesky" if dense else "Newton, conjugate gradients")


def iterate(problem, bound: Bound, solve: Solve, method: str) -> Optimum | None:
    """Damped Newton steps until `bound` proves the minimum; None where it does not, or a step cannot be made."""
    theta = problem.start()
    value = problem.value(theta)
    aim = min(_AIM * value, TOLERANCE)
    best, proof, stalled = theta, np.inf, 0
    for _ in range(_STEPS):
        gradient = problem.gradient(theta)
        if not np.all(np.isfinite(gradient)):
            break
        certificate = bound(theta, gradient)
        stalled = 0 if certificate < 0.5 * proof else stalled + 1
        if certificate < proof:
            best, proof = theta, certificate
        if proof <= aim or proof <= TOLERANCE and stalled > 2:
            break
        try:
            direction = solve(theta, gradient, aim)
        except linalg.LinAlgError:
            break
        if direction is None:
            break
        theta, value = _search(problem, theta, value, direction, float(gradient @ direction))
    if not proof <= TOLERANCE:
        return None
    return Optimum(problem.value(best), best, proof, method)


def _search(problem, theta, value, direction, slope) -> tuple[np.ndarray, float]:
    """The first halved step with sufficient decrease (Armijo, 1e-4), up to the rounding of f."""
    step = 1.0
    while True:
        there = theta + step * direction
        height = problem.value(there)
        if height <= value + 1e-4 * step * slope + 1e-14 * abs(value) or step < 1e-10:
            return there, height
        step /= 2


def _cholesky(problem) -> Solve:
    def solve(theta, gradient, aim):
        factor = linalg.cho_factor(problem.hessian(theta), overwrite_a=True)
        return linalg.cho_solve(factor, -gradient)
    return solve


def _conjugate(problem, mu: float) -> Solve:
    precondition = _kronecker(problem) if problem.design.size <= EXACT else _diagonal(problem)

    def solve(theta, gradient, aim):
        norm, floor = np.linalg.norm(gradient), 0.3 * np.sqrt(2 * mu * aim)
        slopes = problem.slopes(theta)
        return _descend(lambda v: problem.bend(slopes, v), -gradient, precondition(slopes),
                        max(min(0.5, np.sqrt(norm)) * norm, floor))
    return solve


def _descend(product, right, precondition, tolerance) -> np.ndarray:
    """x with ||A x - right|| <= tolerance by preconditioned conjugate gradients, or the last one after `_INNER` steps."""
    x, residual = np.zeros_like(right), right.copy()
    solved = precondition(residual)
    direction, energy = solved, residual @ solved
    for _ in range(_INNER):
        image = product(direction)
        length = energy / (direction @ image)
        x += length * direction
        residual -= length * image
        if np.linalg.norm(residual) <= tolerance:
            break
        solved = precondition(residual)
        energy, previous = residual @ solved, energy
        direction = solved + (energy / previous) * direction
    return x


def _kronecker(problem):
    values, vectors = linalg.eigh(problem.design.gram() / problem.design.samples)
    values = np.maximum(values, 0.0)

    def bind(slopes):
        columns = problem.shape[1]
        mean = float(np.mean([problem.loss.weight(slopes, a, a).mean() for a in range(columns)]))
        scale = (mean * values + problem.l2)[:, None]
        return lambda v: (vectors @ ((vectors.T @ v.reshape(problem.shape)) / scale)).reshape(-1)
    return bind


def _diagonal(problem):
    def bind(slopes):
        weights = np.column_stack([problem.loss.weight(slopes, a, a) for a in range(problem.shape[1])])
        scale = (problem.design.squares(weights) / problem.design.samples + problem.l2).reshape(-1)
        return lambda v: v / scale
    return bind

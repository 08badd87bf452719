"""The minimum of a logistic or softmax loss without a regulariser, with a proof that it exists.

Write f(theta) = (1/n) SUM phi(x_i W) with |D^3 phi[s, s, s]| <= kappa ||s|| D^2 phi[s, s], H for the Hessian at theta, and take
v in the space that f depends on (the row space of X; for softmax with columns that sum to zero), on which H >= m > 0. Along
theta + t v the second derivative q of f obeys |q'| <= h q, h = rho ||v||, rho = kappa max_i ||x_i||, so q(t) >= q(0) exp(-h t).
Integrated twice, with g the gradient at theta,

    f(theta + v) >= f(theta) - ||g|| ||v|| + m ||v||^2 (exp(-h) + h - 1)/h^2.

If x = rho ||g||/m < 1 the right side is least at h = -log(1 - x) and grows without bound beyond it: then a minimum is attained,
and f(theta) - f* <= (m/rho^2) (x + (1 - x) log(1 - x)) <= ||g||^2/(2 m (1 - x)), the last by comparing the series.

Where a model has SUM phi < log 2, each loss is below log 2, each sample is on its side, and the classes are separable: f falls
towards 0 along theta and has no minimum. The search then ends without a number, as it does where x stays above 1.

The inequality is proposition 1 of Bach, "Self-concordant analysis for logistic regression", Electron. J. Statist. 4, 2010; the
bound is derived here. Rounding enters it: ||g|| is raised by 4 eps mean ||x_i||, for each entry of a residual is off by some
eps, and m lowered by r eps lambda_max(H) and 2 eps mean ||x_i||^2, for each entry of a B_i is. Where a model is so sure of all
samples that its residuals are of that size, nothing is proved. Left out: more than `newton.DENSE` unknowns, for which f* stays
unknown.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg, sparse

from . import newton, spectrum
from .problem import Optimum

__all__ = ["minimise"]

_METHOD = "Newton, self-concordance"


def minimise(problem) -> Optimum | None:
    """The minimum of a `glm.LinearScores` problem with l2 = 0; None where there is none or it is not proved."""
    kappa = problem.loss.self_concordance
    if kappa is None or problem.size > newton.DENSE:
        return None
    basis = _basis(problem)
    if basis is None:
        return None
    if basis.shape[1] == 0:  # no sample has a feature: f is constant
        return Optimum(problem.value(problem.start()), problem.start(), 0.0, _METHOD)
    return newton.iterate(problem, *_search(problem, basis), _METHOD)


def _search(problem, basis: np.ndarray) -> tuple[newton.Bound, newton.Solve]:
    """The bound of the module's text and Newton's direction inside `basis` (d C, r)."""
    lengths, eps = _lengths(problem.design.features), np.finfo(float).eps
    rho = problem.loss.self_concordance * lengths.max()
    lost = np.log(2.0) / problem.design.samples  # f below this: separable

    def bent(theta):
        return basis.T @ problem.hessian(theta) @ basis  # (r, r)

    def bound(theta, gradient):
        values = linalg.eigvalsh(bent(theta))
        floor = values[0] - len(values) * eps * values[-1] - 2 * eps * np.mean(lengths**2)
        norm = float(np.linalg.norm(gradient)) + 4 * eps * np.mean(lengths)
        room = 1.0 - rho * norm / floor if floor > 0 else 0.0
        return float(norm**2 / (2 * floor * room)) if room > 0 else np.inf

    def solve(theta, gradient, aim):
        if problem.value(theta) < lost * (1 - 1e-9):
            return None
        return basis @ linalg.cho_solve(linalg.cho_factor(bent(theta)), -(basis.T @ gradient))

    return bound, solve


def _basis(problem) -> np.ndarray | None:
    """An orthonormal basis of the space that f depends on, (d C, r); None where rounding hides its dimension."""
    found = spectrum.row_space(problem.design.features)
    if found is None:
        return None
    columns = problem.loss.columns
    across = linalg.null_space(np.ones((1, columns))) if problem.loss.shift_invariant else np.eye(columns)
    return np.kron(found[1], across)


def _lengths(features) -> np.ndarray:
    """||x_i||, (n,)."""
    squares = features.multiply(features) if sparse.issparse(features) else np.square(features)
    return np.sqrt(np.asarray(squares.sum(axis=1)).ravel())

"""The minimum of a ridge or least-squares problem by an orthogonal factorisation, with its certificate.

[X y] = Q [T c] and T = U S V^T give theta = V S (S^2 + n l2)^-1 U^T c, one step of refinement after it. Singular values
at rounding level, s <= max(n, d) eps s_1 (the rule of numpy's `matrix_rank`), count as zero where l2 = 0: the solution is
then that of least norm, and the certificate is for the X of that numerical rank. A column or a row that is small beside the
others is no rounding: X must have the same rank when they are scaled to equal size, else f* stays unknown. What is left is exact:
f(theta) - f* = (1/2) g^T H^+ g with H = X^T X/n + l2 I.

Source: Golub and Van Loan, "Matrix Computations", 4th edition, 5.3 and 6.1.4.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg, sparse

from .newton import TOLERANCE
from .problem import Optimum
from .spectrum import EXACT, balanced, rank

__all__ = ["fits", "minimise"]

_ELEMENTS = 100_000_000  # n d of the dense copy that is factorised: 0.8 GB
_SPARSE = 2_000_000  # the same where the features are sparse, and the copy is nothing but this: 16 MB


def fits(problem) -> bool:
    """Whether the features are small enough for the direct solve."""
    features = problem.design.features
    n, d = features.shape
    return min(n, d) <= EXACT and n * d <= (_SPARSE if sparse.issparse(features) else _ELEMENTS)


def minimise(problem) -> Optimum | None:
    """The minimum of f; None if the certificate stays above `TOLERANCE` times max(1, f(0)), or the rank is not clear."""
    n, l2, features = problem.design.samples, problem.l2, problem.design.features
    dense = features.toarray() if sparse.issparse(features) else features
    triangle = np.linalg.qr(np.column_stack([dense, problem.targets]), mode="r")  # (min(n, d + 1), d + 1)
    left, singular, right = linalg.svd(triangle[:, :-1], full_matrices=False)
    kept = singular > (0 if l2 else max(dense.shape) * np.finfo(float).eps * singular[0])
    if not kept.all() and rank(balanced(dense)) != kept.sum():
        return None
    left, singular, right = left[:, kept], singular[kept], right[kept]
    curvature = singular**2 / n + l2  # the eigenvalues of H that matter, (r,)
    theta = right.T @ ((singular / n / curvature) * (left.T @ triangle[:, -1]))
    theta = theta - right.T @ ((right @ problem.gradient(theta)) / curvature)
    slope = right @ problem.gradient(theta)
    certificate = float(0.5 * np.sum(slope**2 / curvature))
    if l2:  # outside the features' span H is l2 I
        outside = problem.gradient(theta) - right.T @ slope
        certificate += float(outside @ outside) / (2 * l2)
    if not certificate <= TOLERANCE * max(1.0, problem.value(problem.start())):
        return None
    return Optimum(problem.value(theta), theta, certificate, "orthogonal factorisation")

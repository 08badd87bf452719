"""Extreme eigenvalues of X^T X: from LAPACK up to a side of 1000, beyond it by Lanczos with an error bound.

LAPACK's symmetric solvers are exact to a backward error of about d eps lambda_max (LAPACK Users' Guide, section 4.7). The
Lanczos value is raised by its residual norm ||A v - lambda v||, which bounds its distance to an eigenvalue (Parlett, "The
Symmetric Eigenvalue Problem", theorem 4.5.1), so that it stays an upper bound. Where Lanczos does not converge,
lambda_max(X^T X) <= ||X||_1 ||X||_inf is used (Golub and Van Loan, "Matrix Computations", 2.3.3).
"""

from __future__ import annotations

import numpy as np
from scipy import linalg, sparse
from scipy.sparse.linalg import ArpackError, LinearOperator, eigsh

__all__ = ["EXACT", "largest", "row_space", "smallest"]

EXACT = 4000  # the side up to which a dense Gram matrix is formed: 128 MB
_DIRECT = 1000  # the side up to which LAPACK reduces it (0.06 s); at 4000 that took 4.1 s and Lanczos 0.9 s


def _gram(features) -> np.ndarray:
    """X^T X or X X^T, whichever is smaller, dense."""
    rows, columns = features.shape
    gram = features @ features.T if rows < columns else features.T @ features
    return gram.toarray() if sparse.issparse(gram) else gram


def largest(features) -> float:
    """lambda_max(X^T X) of `features` (n, d), dense or sparse; 0 for no samples. An upper bound to rounding."""
    side = min(features.shape)
    if side == 0:
        return 0.0
    if side <= _DIRECT:
        return max(float(linalg.eigvalsh(_gram(features), subset_by_index=[side - 1, side - 1])[0]), 0.0)
    gram = _gram(features) if side <= EXACT else None
    try:
        if gram is not None:
            return _lanczos(side, lambda v: gram @ v)
        return _lanczos(features.shape[1], lambda v: features.T @ (features @ v))
    except ArpackError:
        return float(abs(features).sum(axis=0).max() * abs(features).sum(axis=1).max())


def _lanczos(side: int, product) -> float:
    """lambda_max of a positive semidefinite operator, plus the residual norm of its eigenvector."""
    start = np.random.Generator(np.random.Philox(key=0)).standard_normal(side)  # fixed: the same bits every time
    operator = LinearOperator((side, side), matvec=product, dtype=np.float64)
    values, vectors = eigsh(operator, k=1, which="LA", v0=start, tol=1e-10, maxiter=20 * side)
    value, vector = float(values[0]), vectors[:, 0]
    return value + float(np.linalg.norm(product(vector) - value * vector)) / float(np.linalg.norm(vector))


def smallest(features) -> float:
    """A lower bound on lambda_min(X^T X) of `features` (n, d): 0 where n < d, or where d > `EXACT` and it is not computed."""
    rows, columns = features.shape
    if rows < columns or columns > EXACT or columns == 0:
        return 0.0
    values = linalg.eigvalsh(_gram(features))
    return max(float(values[0] - columns * np.finfo(float).eps * values[-1]), 0.0)


def row_space(features) -> tuple[np.ndarray, np.ndarray] | None:
    """The eigenvalues of X^T X above rounding, (r,) in rising order, and their eigenvectors, (d, r).

    Below max(n, d) eps lambda_1 an eigenvalue counts as zero, if X maps its eigenvector to zero to the accuracy that rounding
    leaves to the vector, max(n, d) eps lambda_1/sqrt(lambda_r) (a perturbation eps lambda_1 over the gap lambda_r: Parlett,
    theorem 11.7.1, verify the number). None where it does not, and the squared matrix cannot tell the rank of X. With X^T for
    X, the same of X X^T. Meant for sides up to `EXACT`.
    """
    values, vectors = linalg.eigh(_columns_gram(features))
    slack = max(features.shape) * np.finfo(float).eps * max(float(values[-1]), 0.0)
    kept = values > slack
    if not np.any(kept):
        return values[kept], vectors[:, kept]
    lost = max((float(np.linalg.norm(features @ vector)) for vector in vectors[:, ~kept].T), default=0.0)
    if lost > slack / np.sqrt(values[kept][0]):
        return None
    return values[kept], vectors[:, kept]


def _columns_gram(features) -> np.ndarray:
    gram = features.T @ features
    return gram.toarray() if sparse.issparse(gram) else gram

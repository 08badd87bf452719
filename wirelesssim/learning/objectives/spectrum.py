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

__all__ = ["EXACT", "above_rounding", "balanced", "largest", "rank", "row_space", "smallest"]

EXACT = 4000  # the side up to which a dense Gram matrix is formed: 128 MB
_DIRECT = 1000  # the side up to which LAPACK reduces it (0.06 s); at 4000 that took 4.1 s and Lanczos 0.9 s
_BLOCK = 64  # vectors that X is applied to at once: (n, 64) is small beside X's Gram matrix
_CLEANINGS = 3  # each divides what is left by more than ten, unless lambda_r is itself at rounding level


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
    """The eigenvalues of X^T X above rounding, (r,) in rising order, and their eigenvectors, (d, r); None where r is not clear.

    Below max(n, d) eps lambda_1 an eigenvalue counts as zero, if X maps its eigenvector to no more than max(n, d) eps s_1, what
    the rule of numpy's `matrix_rank` calls a zero singular value. Eigenvectors of the squared matrix are only good to
    eps lambda_1/lambda_r (Parlett, theorem 11.7.1, verify the number), so that they are first freed of their part in the row
    space. Where r < min(n, d), `balanced` X must have the same r: else a feature or a sample was taken for rounding because it
    is small. With X^T for X, the same of X X^T. Meant for sides up to `EXACT`.
    """
    found = _proved(features)
    if found is None or len(found[0]) == min(features.shape):
        return found
    again = _proved(balanced(features))
    return found if again is not None and len(again[0]) == len(found[0]) else None


def above_rounding(features) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The eigenvalues of X^T X above max(n, d) eps lambda_1, (r,), their eigenvectors, (d, r), and the others', (d, d - r)."""
    gram = features.T @ features
    values, vectors = linalg.eigh(gram.toarray() if sparse.issparse(gram) else gram)
    kept = values > max(features.shape) * np.finfo(float).eps * max(float(values[-1]), 0.0)
    return values[kept], vectors[:, kept], vectors[:, ~kept]


def _proved(features) -> tuple[np.ndarray, np.ndarray] | None:
    """`row_space` without its second look; None where X does not map the other eigenvectors to zero."""
    values, vectors, others = above_rounding(features)
    if not len(values):
        return values, vectors
    zero = max(features.shape) * np.finfo(float).eps * np.sqrt(values[-1])
    for start in range(0, others.shape[1], _BLOCK):
        null = others[:, start:start + _BLOCK]
        for _ in range(_CLEANINGS):
            null = null - vectors @ ((vectors.T @ (features.T @ (features @ null))) / values[:, None])
        if np.any(np.linalg.norm(features @ null, axis=0) > zero * np.linalg.norm(null, axis=0)):
            return None
    return values, vectors


def balanced(features):
    """X with columns, then rows, then columns scaled by powers of two until the largest entry of each lies in [1/2, 1).

    It has the rank of X exactly, and no column or row of it is small beside the others: a copy, dense or CSR.
    """
    for axis in (0, 1, 0):
        largest = abs(features).max(axis=axis)
        largest = largest.toarray().ravel() if sparse.issparse(features) else largest
        scale = np.ldexp(1.0, -np.clip(np.frexp(largest)[1], -1000, 1000))  # (d,) or (n,); 1 where all entries are 0
        if sparse.issparse(features):
            diagonal = sparse.diags(scale)
            features = sparse.csr_matrix(diagonal @ features if axis else features @ diagonal)
        else:
            features = features * (scale[:, None] if axis else scale)
    return features


def rank(features: np.ndarray) -> int:
    """How many singular values of X exceed max(n, d) eps s_1: the rule of numpy's `matrix_rank`."""
    singular = linalg.svdvals(np.linalg.qr(features, mode="r"))
    return int(np.sum(singular > max(features.shape) * np.finfo(float).eps * singular[0]))

"""The features of all training samples, sorted by worker once, so that each worker is a slice of rows.

Workers are ordered by the size of their shard, so that shards of equal size lie one after another and are one stacked array
(k, n_m, d) for `numpy.matmul`, which calls BLAS once per worker without Python between. Scores of a worker are computed
from its own rows alone: they have the same bits whether all workers were asked or this one. Sparse features stay CSR.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from scipy import sparse

from ...errors import InputError

__all__ = ["Design", "Dense", "Sparse", "design", "hash_rows", "worker_order"]


@dataclass(frozen=True, eq=False)
class _Stack:
    """Workers with shards of one size: who they are, their rows, and their features, (k, n_m, d)."""

    workers: np.ndarray | slice
    rows: slice
    features: np.ndarray


class Design:
    """X sorted by worker, (n, d); `order` (n,) is the sample of each row, `rows[m]` the rows of worker m."""

    def __init__(self, features, shards: Sequence[np.ndarray]):
        self.samples, self.size = features.shape
        self.workers = len(shards)
        self.sizes = np.array([len(shard) for shard in shards], dtype=np.int64)
        ranked = np.argsort(-self.sizes, kind="stable")
        self.ranked = ranked
        self.order = worker_order([shards[m] for m in ranked], self.samples)
        ends = np.cumsum(self.sizes[ranked])
        self.rows: list[slice] = [slice(0, 0)] * self.workers
        for m, end in zip(ranked, ends):
            self.rows[m] = slice(int(end - self.sizes[m]), int(end))
        sorted_already = np.array_equal(self.order, np.arange(self.samples))
        self.features = features if sorted_already else features[self.order]

    def pull(self, residual: np.ndarray) -> np.ndarray:
        """X^T R, (d, C)."""
        return self.features.T @ residual

    def digest(self) -> bytes:
        """A hash of the features in the order in which they came, so that the partition does not matter."""
        state = blake2b(repr((type(self).__name__, self.samples, self.size)).encode(), digest_size=16)
        hash_rows(state, self.features, np.argsort(self.order), 8192)
        return state.digest()


class Dense(Design):
    """Features as one float64 array."""

    def __init__(self, features: np.ndarray, shards: Sequence[np.ndarray]):
        super().__init__(np.ascontiguousarray(features, dtype=np.float64), shards)
        self.stacks = list(self._stacks())

    def _stacks(self) -> Iterator[_Stack]:
        start = 0
        while start < self.workers:
            size = self.sizes[self.ranked[start]]
            stop = start + int(np.count_nonzero(self.sizes == size))
            group = self.ranked[start:stop]
            rows = slice(self.rows[group[0]].start, self.rows[group[-1]].stop)
            together = np.array_equal(group, np.arange(group[0], group[0] + len(group)))
            workers = slice(int(group[0]), int(group[0]) + len(group)) if together else group
            yield _Stack(workers, rows, self.features[rows].reshape(len(group), size, self.size))
            start = stop

    def scores(self, weights: np.ndarray) -> np.ndarray:
        """X W for all workers, (n, C); `weights` (d, C)."""
        scores = np.empty((self.samples, weights.shape[1]))
        for stack in self.stacks:
            shape = (*stack.features.shape[:2], weights.shape[1])
            np.matmul(stack.features, weights, out=scores[stack.rows].reshape(shape))  # a view: rows are contiguous
        return scores

    def scores_of(self, worker: int, weights: np.ndarray) -> np.ndarray:
        """X_m W, (n_m, C)."""
        return np.matmul(self.features[self.rows[worker]], weights)

    def samples_of(self, worker: int, places: np.ndarray) -> np.ndarray:
        """The samples at `places` (b,) of the worker's shard, (b, d)."""
        return self.features[self.rows[worker]][places]

    def pulls(self, residual: np.ndarray) -> np.ndarray:
        """X_m^T R_m of every worker, (M, d, C); `residual` (n, C) in the order of the rows."""
        pulled = np.empty((self.workers, self.size, residual.shape[1]))
        for stack in self.stacks:
            block = residual[stack.rows].reshape(*stack.features.shape[:2], -1) if stack.features.size else None
            if block is None:
                pulled[stack.workers] = 0.0
            elif isinstance(stack.workers, slice):
                np.matmul(stack.features.transpose(0, 2, 1), block, out=pulled[stack.workers])
            else:
                pulled[stack.workers] = np.matmul(stack.features.transpose(0, 2, 1), block)
        return pulled

    def pull_of(self, worker: int, residual: np.ndarray) -> np.ndarray:
        """X_m^T R_m, (d, C); `residual` (n_m, C)."""
        return np.matmul(self.features[self.rows[worker]].T, residual)

    def gram(self, weights: np.ndarray | None = None) -> np.ndarray:
        """X^T diag(weights) X, (d, d)."""
        return self.features.T @ (self.features if weights is None else self.features * weights[:, None])

    def squares(self, weights: np.ndarray) -> np.ndarray:
        """The diagonal of X^T diag(weights) X, (d,) or, for `weights` (n, C), (d, C)."""
        return np.square(self.features).T @ weights


class Sparse(Design):
    """Features as a CSR matrix of float64, which is never made dense."""

    def __init__(self, features, shards: Sequence[np.ndarray]):
        features = sparse.csr_matrix(features, dtype=np.float64)
        if not features.has_canonical_format:
            features = features.copy()
            features.sum_duplicates()
        super().__init__(features, shards)
        self.blocks = [self.features[rows] for rows in self.rows]

    def scores(self, weights: np.ndarray) -> np.ndarray:
        """X W for all workers, (n, C); `weights` (d, C)."""
        return self.features @ weights

    def scores_of(self, worker: int, weights: np.ndarray) -> np.ndarray:
        """X_m W, (n_m, C)."""
        return self.blocks[worker] @ weights

    def samples_of(self, worker: int, places: np.ndarray) -> sparse.csr_matrix:
        """The samples at `places` (b,) of the worker's shard, (b, d)."""
        return self.blocks[worker][places]

    def pulls(self, residual: np.ndarray) -> np.ndarray:
        """X_m^T R_m of every worker, (M, d, C)."""
        pulled = np.empty((self.workers, self.size, residual.shape[1]))
        for worker, rows in enumerate(self.rows):
            pulled[worker] = self.pull_of(worker, residual[rows])
        return pulled

    def pull_of(self, worker: int, residual: np.ndarray) -> np.ndarray:
        """X_m^T R_m, (d, C)."""
        return self.blocks[worker].T @ residual

    def gram(self, weights: np.ndarray | None = None) -> np.ndarray:
        """X^T diag(weights) X, (d, d), dense."""
        right = self.features if weights is None else sparse.diags(weights) @ self.features
        return (self.features.T @ right).toarray()

    def squares(self, weights: np.ndarray) -> np.ndarray:
        """The diagonal of X^T diag(weights) X, (d,) or (d, C)."""
        return self.features.multiply(self.features).T @ weights


def worker_order(shards: Sequence[np.ndarray], samples: int) -> np.ndarray:
    """The samples in order of worker, (n,); InputError unless each of the n = `samples` is held by exactly one worker."""
    order = np.concatenate([np.asarray(shard, dtype=np.int64) for shard in shards] or [np.empty(0, dtype=np.int64)])
    if not np.array_equal(np.sort(order), np.arange(samples)):
        raise InputError(f"a partition must give each of the {samples} training samples to exactly one worker, "
                         f"got {len(order)} places for {len(np.unique(order))} different samples")
    return order


def hash_rows(state, features, order: np.ndarray, chunk: int) -> None:
    """Feed `state`, a hash, the rows of `features` (n, d), dense or CSR, in `order` (n,), `chunk` rows at a time."""
    for start in range(0, len(order), chunk):
        rows = features[order[start:start + chunk]]
        parts = (rows.data, rows.indices.astype(np.int64), rows.indptr.astype(np.int64)) if sparse.issparse(rows) else (rows,)
        for part in parts:
            state.update(np.ascontiguousarray(part).data)


def design(features, shards: Sequence[np.ndarray]) -> Design:
    """The design of `features` (n, d), dense or sparse, for the given shards."""
    return (Sparse if sparse.issparse(features) else Dense)(features, shards)

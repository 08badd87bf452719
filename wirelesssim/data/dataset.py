"""Samples as arrays: a whole set, and its training and test parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import scipy.sparse as sp

__all__ = ["Dataset", "Split", "content_digest"]


@dataclass(frozen=True, eq=False)
class Dataset:
    """A set of n labelled samples of d features, before it is split; its arrays are shared and read-only.

    `features` (n, d) float64, an ndarray or a CSR matrix; `labels` (n,): int64 or text for classes, float64 for a
    regression target; `classes` (k,) the sorted label values, None for regression; `digest` see `content_digest`.
    `given_test`: how many samples, the last, were published for testing; `groups` (n,): where each sample comes from, and
    `columns` (d,): names of the features, where the set says so.
    """

    features: np.ndarray | sp.csr_matrix
    labels: np.ndarray
    name: str
    classes: np.ndarray | None
    digest: str
    given_test: int = 0
    groups: np.ndarray | None = None
    columns: tuple[str, ...] | None = None

    @classmethod
    def of(cls, features, labels: np.ndarray, name: str, classification: bool, *, given_test: int = 0,
           groups: np.ndarray | None = None, columns: Sequence[str] | None = None) -> Dataset:
        """The set with its classes and digest worked out, its arrays closed for writing."""
        classes = np.unique(labels) if classification else None
        for array in (*_arrays(features), labels, *(() if groups is None else (groups,))):
            array.flags.writeable = False
        names = None if columns is None else tuple(columns)
        return cls(features, labels, name, classes, content_digest(features, labels, groups), given_test, groups, names)

    @property
    def task(self) -> str:
        """`classification` or `regression`."""
        return "regression" if self.classes is None else "classification"


@dataclass(frozen=True, eq=False)
class Split:
    """The training part (n, d), (n,) and the test part (n', d), (n',) of a set; n' may be 0.

    `classes` are those of the whole set: a class may be missing from either part. `train_groups` (n,) and `columns` (d,) as
    in `Dataset`.
    """

    train_features: np.ndarray | sp.csr_matrix
    train_labels: np.ndarray
    test_features: np.ndarray | sp.csr_matrix
    test_labels: np.ndarray
    classes: np.ndarray | None
    name: str
    digest: str
    train_groups: np.ndarray | None = None
    columns: tuple[str, ...] | None = None


def content_digest(features, labels: np.ndarray, groups: np.ndarray | None = None) -> str:
    """SHA-256, in hex, of the samples in their order: shape, type and bytes of features, labels and groups, if any.

    Indices of a sparse matrix count as int64 and numbers as little-endian, so that it is the same on every platform; a
    dense and a sparse matrix of the same numbers differ.
    """
    state = sha256(repr(("sparse" if sp.issparse(features) else "dense", features.shape)).encode())
    for array in (*_arrays(features), labels, *(() if groups is None else (groups,))):
        kind = {"i": "<i8", "f": "<f8"}.get(array.dtype.kind, array.dtype.newbyteorder("<"))
        plain = np.ascontiguousarray(array, dtype=kind)
        state.update(repr((plain.dtype.str, plain.shape)).encode())
        state.update(plain.view(np.uint8).data if plain.size else b"")
    return state.hexdigest()


def _arrays(features) -> Iterator[np.ndarray]:
    return iter((features.data, features.indices, features.indptr) if sp.issparse(features) else (features,))

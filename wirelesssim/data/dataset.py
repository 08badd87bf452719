"""Samples as arrays: a whole set, and its training and test parts."""

from __future__ import annotations

from collections.abc import Iterator
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
    """

    features: np.ndarray | sp.csr_matrix
    labels: np.ndarray
    name: str
    classes: np.ndarray | None
    digest: str

    @classmethod
    def of(cls, features, labels: np.ndarray, name: str, classification: bool) -> Dataset:
        """The set with its classes and digest worked out, its arrays closed for writing."""
        classes = np.unique(labels) if classification else None
        for array in (*_arrays(features), labels):
            array.flags.writeable = False
        return cls(features, labels, name, classes, content_digest(features, labels))

    @property
    def task(self) -> str:
        """`classification` or `regression`."""
        return "regression" if self.classes is None else "classification"


@dataclass(frozen=True, eq=False)
class Split:
    """The training part (n, d), (n,) and the test part (n', d), (n',) of a set; n' may be 0.

    `classes` are those of the whole set: a class may be missing from either part.
    """

    train_features: np.ndarray | sp.csr_matrix
    train_labels: np.ndarray
    test_features: np.ndarray | sp.csr_matrix
    test_labels: np.ndarray
    classes: np.ndarray | None
    name: str
    digest: str


def content_digest(features, labels: np.ndarray) -> str:
    """SHA-256, in hex, of the samples in their order: shape, type and bytes of features and labels.

    Indices of a sparse matrix count as int64 and numbers as little-endian, so that it is the same on every platform; a
    dense and a sparse matrix of the same numbers differ.
    """
    state = sha256(repr(("sparse" if sp.issparse(features) else "dense", features.shape)).encode())
    for array in (*_arrays(features), labels):
        kind = {"i": "<i8", "f": "<f8"}.get(array.dtype.kind, array.dtype.newbyteorder("<"))
        plain = np.ascontiguousarray(array, dtype=kind)
        state.update(repr((plain.dtype.str, plain.shape)).encode())
        state.update(plain.view(np.uint8).data if plain.size else b"")
    return state.hexdigest()


def _arrays(features) -> Iterator[np.ndarray]:
    return iter((features.data, features.indices, features.indptr) if sp.issparse(features) else (features,))

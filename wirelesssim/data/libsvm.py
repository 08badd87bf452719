"""LIBSVM text: a line is `label index:value …`, indices from 1 and increasing, `#` begins a comment.

Format: Chang and Lin, "LIBSVM: a library for support vector machines", ACM TIST 2(3), 2011, and its README.
"""

from __future__ import annotations

import io

import scipy.sparse as sp

from .content import FORMATS
from .table import Table, Unreadable

__all__ = ["read_libsvm"]

_DENSE = 0.5  # above it a dense matrix is the smaller: CSR holds 8 + 4 bytes an entry, dense 8


def read_libsvm(data: bytes, dimension: int | None = None) -> Table:
    """CSR features, or dense ones where more than half of the entries are there; d is the largest index, or `dimension`.

    Unreadable names the first line that is wrong.
    """
    from sklearn.datasets import load_svmlight_file

    try:
        features, labels = load_svmlight_file(io.BytesIO(data), dtype=float, zero_based=False)
    except (ValueError, OverflowError) as error:
        raise Unreadable(_first_mistake(data) or f"is not LIBSVM text ({error}); give {FORMATS}") from None
    largest = features.shape[1] if features.nnz else 0
    if dimension is not None and dimension < largest:
        raise Unreadable(f"must be >= {largest}, the largest index in the file, got {dimension}", "features")
    features = sp.csr_matrix((features.data, features.indices, features.indptr), (len(labels), dimension or largest))
    features.eliminate_zeros()
    full = features.shape[0] * features.shape[1]
    return Table(features.toarray() if features.nnz > _DENSE * full else features, labels, where="sample")


def _first_mistake(data: bytes) -> str | None:
    """What is wrong with the first line that is, in words; None if every line looks right."""
    for number, line in enumerate(data.split(b"\n"), start=1):
        words = line.split(b"#")[0].decode("utf-8", "replace").split()
        if words and (why := _mistake(words)):
            return f"line {number} is not LIBSVM text: {why}; a line is 'label index:value …', or give {FORMATS}"
    return None


def _mistake(words: list[str]) -> str | None:
    """What is wrong with one line's words."""
    if not _number(words[0]):
        return f"the label {words[0][:40]!r} is not a number"
    last = 0
    for word in words[1:]:
        index, colon, value = word.partition(":")
        if index == "qid":
            continue  # the query of a ranking set: read over
        if not colon or not index.isdigit() or not _number(value):
            return f"{word[:40]!r} is not index:value"
        if not 0 < int(index) < 2**31:
            return f"index {index} must be from 1 to {2**31 - 1}"
        if int(index) <= last:
            return f"index {index} follows {last}, and indices must increase"
        last = int(index)
    return None


def _number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True

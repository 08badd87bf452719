"""What a reader of one file format hands over, and how it says that it cannot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

__all__ = ["Table", "Unreadable", "class_labels"]

_MOST_CLASSES = 100  # CIFAR-100 has the most classes among the sets of this literature; `task` overrides


class Unreadable(ValueError):
    """Why a file cannot be read, and the way out; `key` is the field at fault, `path` unless said."""

    def __init__(self, message: str, key: str = "path"):
        super().__init__(message)
        self.key = key


@dataclass(frozen=True, eq=False)
class Table:
    """A file's content: `features` (n, d) numbers, dense or CSR; `labels` (n,) numbers or text; `columns` (d,) names, if it
    has any; `pixel_maximum` where the features are pixels; `where` what a row is called in its format; `groups` (n,) where
    each sample comes from, if a column says so."""

    features: np.ndarray | sp.csr_matrix
    labels: np.ndarray
    columns: list[str] | None = None
    pixel_maximum: float | None = None
    where: str = "row"
    groups: np.ndarray | None = None

    def check(self) -> None:
        """Unreadable unless there are samples and features, as many labels as samples, all finite."""
        samples = self.features.shape[0]
        if samples == 0:
            raise Unreadable("has no samples; it is empty or holds only a header")
        if self.features.shape[1] == 0:
            raise Unreadable("has no features; a sample is a label and at least one number")
        if len(self.labels) != samples:
            raise Unreadable(f"has {samples} samples and {len(self.labels)} labels; give one label a sample")
        self._check_finite()

    def _check_finite(self) -> None:
        values = self.features.data if sp.issparse(self.features) else self.features
        bad = ~np.isfinite(values)
        if bad.any():
            if sp.issparse(self.features):
                place = int(bad.argmax())
                row = int(np.searchsorted(self.features.indptr, place, side="right")) - 1
                column, value = int(self.features.indices[place]), values[place]
            else:
                row, column = map(int, np.unravel_index(bad.argmax(), bad.shape))
                value = values[row, column]
            name = f" ({self.columns[column]})" if self.columns else ""
            raise Unreadable(f"{self.where} {row + 1}, column {column + 1}{name}, is {_say(value)}; "
                             "fill or drop such samples first")
        if self.labels.dtype.kind == "f" and not np.isfinite(self.labels).all():
            row = int((~np.isfinite(self.labels)).argmax())
            raise Unreadable(f"{self.where} {row + 1} has the label {_say(self.labels[row])}; fill or drop such samples first")


def _say(value: float) -> str:
    return "not a number (NaN, or missing)" if np.isnan(value) else "infinite (or beyond what a float64 holds)"


def class_labels(labels: np.ndarray, task: str) -> tuple[np.ndarray, bool]:
    """Labels (n,) as int64 or text and True for classification, as float64 and False for regression.

    `auto` is classification for text, and for whole numbers of which at most two differ, or at most 100 and half of n.
    Unreadable (`task`) where the labels do not fit the task, or one class is all there is.
    """
    text = labels.dtype.kind not in "iufb"
    whole = not text and bool(np.all(labels == np.rint(labels)) and np.all(np.abs(labels.astype(float)) < 2**53))
    distinct = len(np.unique(labels))
    few = distinct <= max(2, min(_MOST_CLASSES, len(labels) // 2))
    if task == "regression" or task == "auto" and not text and not (whole and few):
        if text:
            raise Unreadable(f"must be 'classification' for text labels like {str(labels[0])!r}, got 'regression'", "task")
        return labels.astype(float), False
    if not text and not whole:
        raise Unreadable(f"must be 'regression' for labels that are not whole numbers, like "
                         f"{labels[labels != np.rint(labels)][0]:g}, got 'classification'", "task")
    if distinct < 2:
        only = labels[0] if text else int(labels[0])
        raise Unreadable(f"has one class only, {only}; there is nothing to learn: add samples of another class")
    return labels.astype(np.str_ if text else np.int64), True

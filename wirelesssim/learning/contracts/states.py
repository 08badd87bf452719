"""What two states of a method are compared by, and what a check notes of a worker's turn."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Mapping
from numbers import Number

import numpy as np

__all__ = ["Watched", "same"]


class Watched:
    """An oracle that counts how often it was asked, and keeps the last gradient that it gave, `last` (d,)."""

    def __init__(self, oracle):
        self._oracle, self.calls, self.last = oracle, 0, None

    def __call__(self, theta: np.ndarray) -> np.ndarray:
        """As the oracle's own."""
        gradient = self._oracle(theta)
        self.calls, self.last = self.calls + 1, gradient.copy()
        return gradient

    def __getattr__(self, name):
        return getattr(self._oracle, name)


def same(left, right, tolerance: float = 0.0) -> bool:
    """Whether two values are equal, arrays and floats to `tolerance` of the largest entry (at least 1); NaN equals NaN.

    Goes into mappings, sequences and the fields of objects; what has none of these is not compared.
    """
    if isinstance(right, np.ndarray):
        return _same_arrays(left, right, tolerance)
    if isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same(left[key], right[key], tolerance) for key in right)
    if isinstance(right, (list, tuple, deque)):
        return len(left) == len(right) and all(same(a, b, tolerance) for a, b in zip(left, right))
    if isinstance(right, (Number, str, bytes, set, frozenset, type(None))):
        return left == right or (isinstance(right, Number) and isinstance(left, Number) and _near(left, right, tolerance))
    names = _fields(right)
    return all(same(getattr(left, name, None), getattr(right, name, None), tolerance) for name in names)


def _same_arrays(left, right: np.ndarray, tolerance: float) -> bool:
    if np.shape(left) != right.shape:
        return False
    if right.dtype.kind != "f" or not tolerance:
        return np.array_equal(left, right, equal_nan=right.dtype.kind == "f")
    return bool((np.abs(left - right) <= tolerance * max(1.0, np.abs(right).max(initial=0.0))).all())


def _near(left, right, tolerance: float) -> bool:
    return bool((left != left and right != right) or abs(left - right) <= tolerance * max(1.0, abs(right)))


def _fields(value) -> list[str]:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [item.name for item in dataclasses.fields(value)]
    return [*getattr(value, "__dict__", ()), *getattr(type(value), "__slots__", ())]

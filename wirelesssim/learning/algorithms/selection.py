"""Which j entries of a vector to send: the largest, or those that a common seed names."""

from __future__ import annotations

import numpy as np

from ..algorithm import Context
from ..update import Update

__all__ = ["drawn", "largest", "send_drawn", "send_largest", "stated"]


def largest(vector: np.ndarray, count: int) -> np.ndarray:
    """The indices of the `count` entries of `vector` (d,) that are largest in magnitude, increasing, int64.

    Ties go to the lowest index; what is not a number counts as largest, so that a run that diverged is seen. One selection
    in linear time and one more vector of memory.
    """
    if count >= len(vector):
        return np.arange(len(vector))
    magnitude = np.abs(vector)
    magnitude[np.isnan(magnitude)] = np.inf
    least = np.partition(magnitude, len(vector) - count)[len(vector) - count]
    above = np.flatnonzero(magnitude > least)
    ties = np.flatnonzero(magnitude == least)[:count - len(above)]
    return np.sort(np.concatenate([above, ties]))


def drawn(size: int, count: int, random: np.random.Generator) -> np.ndarray:
    """`count` of `size` indices without replacement, each set as likely as another, increasing, int64."""
    if count >= size:
        return np.arange(size)
    return np.sort(random.choice(size, count, replace=False, shuffle=False))


def stated(update: Update) -> Update:
    """`update` without the entries that are zero: what is not stated changes nothing at the receiver either."""
    return update.take(update.values != 0)


def send_largest(vector: np.ndarray, count: int, context: Context) -> Update:
    """The `count` largest entries of `vector` (d,) as the wire decodes them; zeros are not sent."""
    indices = largest(vector, count)
    return stated(context.values.update(len(vector), indices, vector[indices]))


def send_drawn(vector: np.ndarray, count: int, worker: int, context: Context, factor: float = 1.0) -> Update:
    """`count` entries of `vector` (d,), times `factor`, at places that both ends draw from the round's and worker's stream.

    The places cost no bits, so zeros among them are sent too.
    """
    indices = drawn(len(vector), count, context.random("rand_j", worker))
    values = vector[indices] if factor == 1.0 else factor * vector[indices]
    return context.values.update(len(vector), indices, values, shared=True)

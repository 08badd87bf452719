"""A mean over replications and how well it is known: Student's t intervals, at a point or along a curve.

For n independent replications x_1..x_n with mean m and standard deviation s (divisor n - 1), the interval of
confidence c is m +- t s / sqrt(n), t the (1 + c)/2 quantile of Student's law with n - 1 degrees of freedom
(Student 1908). Exact for normal replications, otherwise approximate; pointwise along a curve, not simultaneous.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit  # scipy.stats takes half a second to import

__all__ = ["Band", "interval", "mean_band", "step"]

CONFIDENCE = 0.95  # what this literature draws


def interval(values, confidence: float = CONFIDENCE, axis: int = 0):
    """Mean and half width of its interval over `axis` (the replications); half width None with one replication."""
    values = np.asarray(values, dtype=float)
    count = values.shape[axis]
    mean = values.mean(axis=axis)
    if count < 2:
        return mean, None
    quantile = stdtrit(count - 1, (1 + confidence) / 2)
    return mean, quantile * values.std(axis=axis, ddof=1) / np.sqrt(count)


def step(x, y, at):
    """The step function through (x, y), x (n,) not decreasing, at `at` (k,): the value of the last x <= at, NaN before the first.

    Between two server steps the model is the earlier one, so this is what a trajectory *is*, not an approximation.
    """
    place = np.searchsorted(np.asarray(x, dtype=float), at, side="right") - 1
    return np.where(place >= 0, np.asarray(y, dtype=float)[np.maximum(place, 0)], np.nan)


@dataclass(frozen=True)
class Band:
    """A mean curve: `x`, `mean` (k,), `low` and `high` (k,) or None with one replication; `count` replications."""

    x: np.ndarray
    mean: np.ndarray
    low: np.ndarray | None
    high: np.ndarray | None
    count: int


def mean_band(trajectories: Sequence[tuple], confidence: float = CONFIDENCE) -> Band:
    """Mean and pointwise interval of step functions (x, y), one a replication, on the union of their x.

    The curve begins where the last of them begins and ends where the **first** of them ends. A replication that stopped
    (at its target, or diverged) says nothing of later times: to hold its last value would bend the mean towards a run
    that no longer learns, and to go on without it would make the mean jump. Points that are not finite are left out;
    a replication without any finite point is not counted. With none at all the band is empty.
    """
    curves = [_finite(x, y) for x, y in trajectories]
    curves = [(x, y) for x, y in curves if len(x)]
    if not curves:
        return Band(np.empty(0), np.empty(0), None, None, 0)
    grid = np.unique(np.concatenate([x for x, _ in curves]))
    grid = grid[(grid >= max(x[0] for x, _ in curves)) & (grid <= min(x[-1] for x, _ in curves))]
    mean, half = interval(np.array([step(x, y, grid) for x, y in curves]), confidence)  # (replications, k) -> (k,)
    low, high = (None, None) if half is None else (mean - half, mean + half)
    return Band(grid, mean, low, high, len(curves))


def _finite(x, y) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    keep = np.isfinite(x) & np.isfinite(y)
    return x[keep], y[keep]

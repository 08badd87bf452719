"""How unlike one another the workers' shards are, for the manifest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["heterogeneity"]


def heterogeneity(labels: np.ndarray, shards: Sequence[np.ndarray], classes: np.ndarray | None) -> dict[str, Any]:
    """Label counts of each worker and their mean distance from the law of all labels, as plain data.

    `labels` (n,), `shards` one index array a worker, `classes` (k,) sorted, or None for regression. `samples`: shard
    sizes, M integers; `label_counts`: M lists of k; `total_variation`: the mean over workers of TV(p_m, p) =
    (1/2) SUM_c |p_m(c) - p(c)|, in [0, 1): 0 when all workers have the same label law. The two last are None for
    regression. Left out: unlikeness of features within a class.
    """
    sizes = [len(shard) for shard in shards]
    if classes is None:
        return {"samples": sizes, "label_counts": None, "total_variation": None}
    codes = np.searchsorted(classes, labels)
    counts = np.array([np.bincount(codes[shard], minlength=len(classes)) for shard in shards])  # (M, k)
    whole = counts.sum(axis=0) / counts.sum()
    laws = counts / counts.sum(axis=1, keepdims=True)
    distance = 0.5 * np.abs(laws - whole).sum(axis=1)  # (M,)
    return {"samples": sizes, "label_counts": counts.tolist(), "total_variation": float(distance.mean())}

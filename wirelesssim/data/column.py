"""A partition by where each sample comes from, or by the value of a feature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import scipy.sparse as sp

from ..errors import InputError, Problem
from ..model import model
from .partition import Partition
from .place import ColumnLabel, place_of

__all__ = ["Column"]


@model
class Column(Partition, name="column"):
    """By a column of the data: the one that says where a sample comes from, or a feature.

    `column`: a feature, by its name or its number from 1; not given, the set's own groups (`group` of a file: a hospital, a
    user, a writer; the parts of `lag_synthetic`). `by: value`: all samples of one value are one worker's; with as many
    values as workers, worker m has the m-th value in sorted order; with more, the values are dealt at random, each worker
    the same number of them, but for one. `by: range`: neighbouring values to one worker, cut where the shares of the
    samples are nearest to equal; equal values stay together.

    InputError (`workers`) where there are fewer distinct values than workers, (`data.partition.column`) where there is no
    such column, or none was said and the set has no groups.
    """

    column: ColumnLabel | None = None
    by: Literal["value", "range"] = "value"

    def values(self, features, groups: np.ndarray | None, columns: Sequence[str] | None, name: str) -> np.ndarray:
        if self.column is None:
            if groups is None:
                raise InputError(Problem(("data", "partition", "column"), f"is required for {name}, which does not say where its "
                                         "samples come from: a feature's name or number, or data.group for a column of the file"))
            return groups
        try:
            at = place_of(self.column, features.shape[1], columns, "feature")
        except ValueError as error:
            raise InputError(Problem(("data", "partition", "column"), str(error))) from None
        return features[:, [at]].toarray()[:, 0] if sp.issparse(features) else features[:, at]

    def shards(self, labels, workers, generator, values=None):
        distinct, code = np.unique(values, return_inverse=True)
        if workers > len(distinct):
            said = "the set's groups" if self.column is None else f"column {self.column!r}"
            raise InputError(Problem(("workers",), f"must be <= {len(distinct)}, the distinct values of {said} among the samples "
                                                   f"that train, got {workers}; data.partition: column gives each worker one"))
        owner = self._ranges(code, workers) if self.by == "range" else self._dealt(len(distinct), workers, generator)
        return [np.flatnonzero(owner[code] == worker) for worker in range(workers)]

    def _dealt(self, distinct: int, workers: int, generator: np.random.Generator) -> np.ndarray:
        """The worker of each value, (distinct,)."""
        order = np.arange(distinct) if distinct == workers else generator.permutation(distinct)
        owner = np.empty(distinct, dtype=np.int64)
        for worker, hand in enumerate(np.array_split(order, workers)):
            owner[hand] = worker
        return owner

    def _ranges(self, code: np.ndarray, workers: int) -> np.ndarray:
        """The worker of each value, (distinct,), non-decreasing; each has one value at least."""
        ends = np.cumsum(np.bincount(code))  # samples up to and with each value
        edges = [0]
        for worker in range(1, workers):
            nearest = 1 + int(np.abs(ends - worker * len(code) / workers).argmin())
            edges.append(min(max(nearest, edges[-1] + 1), len(ends) - (workers - worker)))
        return np.searchsorted(np.array(edges), np.arange(len(ends)), side="right") - 1

"""Compressors that lose a part of a vector and never all of it: what EF21 sends."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ...model import Model, model
from ...units import NUMBER, Curvature, Quantity
from ..algorithm import Context
from ..update import Update
from .entries import Entries
from .selection import send_drawn, send_largest, stated

__all__ = ["Compressor", "HardThreshold", "LargestEntries", "RandomEntries", "Threshold", "Turn"]


@dataclass(frozen=True)
class Turn:
    """Where a compressor is asked: the worker's index, the model theta^k (d,) that it holds and the one before, the round."""

    worker: int
    theta: np.ndarray
    previous: np.ndarray
    context: Context


class Compressor(Model, family="compressor", default="top_j"):
    """A map C with E ||v - C(v)||^2 <= (1 - delta) ||v||^2, 0 < delta <= 1, or with every |v_i - C(v)_i| below a limit."""

    @abstractmethod
    def compress(self, vector: np.ndarray, turn: Turn) -> Update:
        """C(`vector`), (d,), as the receiver decodes it."""


@model
class LargestEntries(Compressor, name="top_j"):
    """The j entries largest in magnitude, ties to the lowest index; delta = j/d. Default 1 %, as of the method `top_j`."""

    j: Entries = "1 %"

    def compress(self, vector, turn):
        return send_largest(vector, self.j.of(vector.size), turn.context)


@model
class RandomEntries(Compressor, name="rand_j"):
    """j entries drawn uniformly at places that both ends know, so that they take no bits; delta = j/d, in the mean."""

    j: Entries = "1 %"

    def compress(self, vector, turn):
        return send_drawn(vector, self.j.of(vector.size), turn.worker, turn.context)


@model
class Threshold(Compressor, name="threshold"):
    """The entries with |v_i| > (xi/M) |theta^k_i - theta^{k-1}_i|: GD-SEC's threshold, which falls as the model settles.

    `xi`, a curvature, absolute or relative to L. All non-zero entries in a worker's first round. EF21 with it is GD-SOEC
    with beta = 1, bit for bit. Default xi = L, as there.
    """

    xi: Curvature = "1 L"

    def compress(self, vector, turn):
        context, here, there = turn.context, turn.theta, turn.previous
        factor = self.xi.at(context.smoothness) * context.xi_scale / context.workers
        limit = context.once(f"compressor threshold {factor}", (here, there), lambda: factor * np.abs(here - there))
        return _beyond(vector, limit, context)


@model
class HardThreshold(Compressor, name="hard_threshold"):
    """The entries with |v_i| > `limit`, the same number in every round, in the units of the gradient.

    Every entry of EF21's estimate is then within `limit` of the gradient's, and f ends at a plateau of that size. No default:
    the right size depends on the problem. Source: Sahu et al., "Rethinking gradient sparsification as total error
    minimization", NeurIPS 2021.
    """

    limit: Annotated[float, Quantity(NUMBER, ge=0)]

    def compress(self, vector, turn):
        return _beyond(vector, self.limit, turn.context)


def _beyond(vector: np.ndarray, limit: np.ndarray | float, context: Context) -> Update:
    """The entries of `vector` beyond `limit`; what is not a number is sent, so that a run that diverged is seen."""
    indices = np.flatnonzero(~(np.abs(vector) <= limit))
    return stated(context.values.update(len(vector), indices, vector[indices]))

"""Compressors whose mean is what they were given: what DIANA sends."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from ...model import Model, model
from ..algorithm import Context
from ..grid import Grid
from ..update import Update
from .entries import Entries
from .quantise import Levels, quantised, relative_variance
from .selection import send_drawn

__all__ = ["Quantiser", "ScaledRandomEntries", "UnbiasedCompressor"]


class UnbiasedCompressor(Model, family="unbiased compressor", default="qsgd"):
    """A random map Q with E Q(v) = v and E ||Q(v) - v||^2 <= omega ||v||^2."""

    @abstractmethod
    def compress(self, vector: np.ndarray, worker: int, context: Context) -> Update:
        """Q(`vector`), (d,), as the receiver decodes it; a function of the round, the worker and the vector."""

    @property
    def wire_grid(self) -> Grid | None:
        """What its updates lie on, as `Algorithm.wire_grid` says."""
        return None

    @abstractmethod
    def omega(self, size: int) -> float:
        """The bound omega in R^size."""


@model
class Quantiser(UnbiasedCompressor, name="qsgd"):
    """QSGD's stochastic quantiser with s = `levels`: 32 + d (1 + ceil log2(s + 1)) bits; omega = min(d/s^2, sqrt(d)/s).

    Default as of the method `qgd`.
    """

    levels: Levels = 7

    @property
    def wire_grid(self):
        return Grid(1.0, self.levels)

    def compress(self, vector, worker, context):
        return quantised(len(vector), None, vector, self.levels, context.random("qsgd", worker))

    def omega(self, size):
        return relative_variance(size, self.levels)


@model
class ScaledRandomEntries(UnbiasedCompressor, name="rand_j"):
    """(d/j) v_i at j entries drawn uniformly, zero elsewhere; omega = d/j - 1, met with equality.

    Both ends know the places, so that they take no bits. The mean is exact before the wire's rounding. Default j = 1 %, as
    of the method `rand_j`.
    """

    j: Entries = "1 %"

    def compress(self, vector, worker, context):
        return send_drawn(vector, self.j.of(len(vector)), worker, context, len(vector) / self.j.of(len(vector)))

    def omega(self, size):
        return size / self.j.of(size) - 1.0

"""Gradient descent: every worker sends its whole gradient every round."""

from __future__ import annotations

from ...model import model
from ..algorithm import Algorithm
from .missing import MemorylessMethod

__all__ = ["GradientDescent"]


@model
class GradientDescent(MemorylessMethod, Algorithm, name="gd"):
    """Distributed gradient descent: theta <- theta - alpha SUM_m grad f_m(theta).

    The server keeps nothing of a worker between rounds, so a coordinate that does not arrive needs a rule,
    `server.missing`, applied coordinate by coordinate: `keep_last` uses the last value that arrived (zero before the
    first; costs M d numbers at the server), `zero` takes it for zero, `rescale` multiplies what arrived by
    M / (number of workers of whom it arrived). With constant steps only `keep_last` converges under loss.

    Default step: 1/(2L), the default of the whole family, so that a comparison is one of what is sent.
    """

"""The family of objectives that a scenario may name."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated

import numpy as np

from ...errors import InputError
from ...errors import Problem as Mistake
from ...model import Model
from ...rng import Streams
from ...units import NUMBER, Quantity
from .problem import Problem, Samples, Shape

__all__ = ["Objective", "Penalty", "wrong_type"]

Penalty = Annotated[float, Quantity(NUMBER, ge=0)]  # the l2 of (l2/2) ||theta||^2


class Objective(Model, family="objective", later=("lasso", "nonlinear_least_squares", "torch", "mlp", "messages")):
    """What is minimised; `problem` binds it to its data.

    Data objectives: f(theta) = (1/n) SUM_i loss_i(theta) + (l2/2) ||theta||^2 over all n training samples; f_m carries 1/n
    of its own samples and 1/M of the regulariser. There is no bias and theta^0 = 0.
    """

    needs_data = True  # whether `problem` needs samples; where it does not, the objective brings its own data

    classifies = True  # whether samples that have classes give it a test accuracy

    def suits(self, classes: np.ndarray | None) -> None:
        """InputError where labels of these `classes` (None: real numbers) do not fit; all do, unless an objective says so."""

    @abstractmethod
    def problem(self, samples: Samples | None, workers: int, streams: Streams) -> Problem:
        """The problem for M = `workers`; InputError where the samples do not fit the objective.

        `samples` is None for an objective that brings its own data, which it draws from `streams`.
        """

    def size(self, shape: Shape) -> int:
        """d of a problem of this shape: one coordinate a feature, unless an objective says otherwise."""
        return shape.features

    @abstractmethod
    def memory(self, shape: Shape) -> int:
        """Bytes that a problem of this shape holds at its peak in a round, known before anything is allocated."""


def wrong_type(allowed: str, got: str) -> InputError:
    """The mistake of naming an objective that the data do not fit: says which one does."""
    return InputError(Mistake(("type",), f"must be {allowed}, got {got}"))

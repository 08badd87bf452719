"""The family of objectives that a scenario may name."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable
from typing import Annotated, ClassVar

import numpy as np

from ...errors import InputError
from ...errors import Problem as Mistake
from ...model import Model
from ...rng import Streams
from ...units import NUMBER, Quantity
from .problem import Problem, Samples, Shape

__all__ = ["Objective", "Penalty", "several_classes", "two_classes"]

Penalty = Annotated[float, Quantity(NUMBER, ge=0)]  # the l2 of (l2/2) ||theta||^2


class Objective(Model, family="objective"):
    """What is minimised; `problem` binds it to its data.

    Data objectives: f(theta) = (1/n) SUM_i loss_i(theta) + (l2/2) ||theta||^2 over all n training samples; f_m carries 1/n
    of its own samples and 1/M of the regulariser. There is no bias and theta^0 = 0.
    """

    needs_data = True  # whether `problem` needs samples; where it does not, the objective brings its own data

    classifies = True  # whether samples that have classes give it a test accuracy

    width: ClassVar[int] = 8  # bytes of a coordinate of the model: 8, or 4 where it is held in float32

    batched: ClassVar[bool] = True  # whether gradients of all workers are made in one call; see `Problem.batched`

    knows_smoothness: ClassVar[bool] = True  # whether L is known, without which `0.5/L` and `5 L` mean nothing

    learns: ClassVar[bool] = True  # whether there is anything to learn, and so an algorithm

    def stamp(self) -> Hashable:
        """What changes when the content behind the same configuration does: a file of the user's, for one."""
        return None

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


def _wrong_type(allowed: str, got: str) -> InputError:
    """The mistake of naming an objective that the data do not fit: says which one does."""
    return InputError(Mistake(("type",), f"must be {allowed}, got {got}"))


def two_classes(name: str, classes: np.ndarray | None) -> None:
    """InputError unless there are exactly two `classes`, for the objective of this `name`."""
    found = _count(name, classes)
    if found != 2:
        raise _wrong_type("softmax unless there are exactly two classes", f"{name!r} with {found} classes")


def several_classes(name: str, classes: np.ndarray | None) -> None:
    """InputError unless there are at least two `classes`, for the objective of this `name`."""
    found = _count(name, classes)
    if found < 2:
        raise _wrong_type("linear where labels are fewer than two classes", f"{name!r} with {found}")


def _count(name: str, classes: np.ndarray | None) -> int:
    """How many classes there are; InputError, for the objective of this `name`, where labels are real numbers."""
    if classes is None:
        raise _wrong_type("linear or lasso where labels are numbers and not classes (this is a regression set)", f"{name!r}")
    return len(np.unique(classes))

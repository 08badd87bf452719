"""How the threshold of the GD-SEC family is spread over the coordinates: xi_i = xi v_i with max v_i = 1."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar

import numpy as np

from ...errors import InputError, Problem
from ...model import Model, model
from ...units import NUMBER, Number, Quantity
from ..algorithm import Context

__all__ = ["Coordinates", "ListedCoordinates", "SmoothnessCoordinates", "UniformCoordinates"]


class Coordinates(Model, family="coordinate thresholds", default="uniform"):
    """v_i >= 0 in xi_i = xi v_i, so scaled that max v_i = 1: the proofs of GD-SEC use max xi_i, which is then xi itself.

    One xi for all is a good default: in our reference runs xi_i proportional to 1/L_i lost 18 to 32 points of saving.
    """

    needs_smoothness: ClassVar[bool] = False

    def fits(self, size: int) -> None:
        """InputError where these are not the thresholds of a model in R^size."""

    @abstractmethod
    def weights(self, context: Context) -> np.ndarray | None:
        """v (d,) in float64 with max 1; None where all are 1."""


@model
class UniformCoordinates(Coordinates, name="uniform"):
    """xi_i = xi."""

    def weights(self, context):
        return None


@model
class SmoothnessCoordinates(Coordinates, name="smoothness"):
    """v_i = L_i^`power` / max_j L_j^power, L_i bounding the i-th diagonal entry of f's Hessian (`coordinate_smoothness`).

    Power -1 withholds most where f is flat, as one would to balance the coordinates' rates; 0 is uniform. Where L_i = 0,
    f has no curvature, and L_i^power has no value for a negative power: such a coordinate gets that of the least positive
    L_i, v_i = 1, and all get it where no L_i is positive. The ratios are computed from logarithms, so that none overflows.
    """

    needs_smoothness: ClassVar[bool] = True
    power: Number = -1.0

    def weights(self, context):
        return context.once("coordinates", (context.coordinate_smoothness,), lambda: self._weights(context.coordinate_smoothness))

    def _weights(self, smoothness: np.ndarray) -> np.ndarray:
        curved = smoothness > 0
        if not curved.any() or self.power == 0:
            return np.ones(len(smoothness))
        weights = np.full(len(smoothness), 1.0 if self.power < 0 else 0.0)
        logarithms = self.power * np.log(smoothness[curved])
        weights[curved] = np.exp(logarithms - logarithms.max())
        return weights


@model
class ListedCoordinates(Coordinates, name="list"):
    """v_i = `values`_i / max_j values_j: one number >= 0 a coordinate, of which one at least is above 0."""

    values: tuple[Annotated[float, Quantity(NUMBER, ge=0)], ...]

    def check(self):
        if not any(value > 0 for value in self.values):
            raise InputError(Problem(("values",), "must have an entry above 0; xi: 0 switches all thresholds off"))

    def fits(self, size):
        if len(self.values) != size:
            raise InputError(Problem(("algorithm", "coordinates", "values"),
                                     f"must have one entry a coordinate of the model: {size}, got {len(self.values)}"))

    def weights(self, context):
        return context.once("coordinates", (), lambda: np.array(self.values) / max(self.values))

"""Where the workers stand: positions in the plane around the server, which is at the origin.

Heights are left out: a distance is the horizontal one, d_2D. Workers do not move.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated, Any

import numpy as np
from pydantic_core import PydanticCustomError, core_schema

from ..errors import InputError, Problem
from ..model import Model, model, validate
from ..rng import Streams
from ..units import DISTANCE, Distance, Quantity

__all__ = ["Geometry", "Disc", "Ring", "Positions"]


class Geometry(Model, family="geometry", later=("grid", "hexagonal")):
    """The places of the workers; a bare list of [x, y] means `positions`."""

    @abstractmethod
    def positions(self, workers: int, streams: Streams) -> np.ndarray:
        """Coordinates in metres, (workers, 2); the server is at (0, 0)."""

    @classmethod
    def from_scalar(cls, value: Any) -> Geometry:
        """`positions` from a list of [x, y]."""
        if isinstance(value, (list, tuple)):
            return validate(Positions, {"places": value})
        return super().from_scalar(value)


@model
class Disc(Geometry, name="disc"):
    """Independent places, uniform over the area between `minimum` and `radius` from the server.

    r = sqrt(a^2 + u (R^2 - a^2)), angle 2 pi v; u, v uniform; a = `minimum`, R = `radius`. The minimum of 10 m is the least
    distance for which TR 38.901, table 7.2-1 (UMi street canyon), places a terminal. Worker m draws from a stream of
    its own: more workers leave the others where they are. InputError if `minimum` exceeds `radius`.
    """

    radius: Distance
    minimum: Distance = "10 m"

    def __post_init__(self):
        if self.minimum > self.radius:
            rule = f"must be <= radius ({self.radius:g} m), got {self.minimum:g} m; give a smaller minimum"
            raise InputError(Problem(("minimum",), rule))

    def positions(self, workers, streams):
        u = np.array([streams("geometry", worker).random(2) for worker in range(workers)]).reshape(workers, 2)
        distance = np.sqrt(self.minimum**2 + u[:, 0] * (self.radius**2 - self.minimum**2))
        angle = 2 * math.pi * u[:, 1]
        return np.column_stack([distance * np.cos(angle), distance * np.sin(angle)])  # (M, 2)


@model
class Ring(Geometry, name="ring"):
    """All at the distance `radius`, at equal angles: equal median path loss, as far apart from each other as possible."""

    radius: Distance

    def positions(self, workers, streams):
        angle = 2 * math.pi * np.arange(workers) / max(workers, 1)
        return self.radius * np.column_stack([np.cos(angle), np.sin(angle)])  # (M, 2)


class _Places:
    """The annotation of a list of places: pairs of distances, of either sign."""

    entry = Quantity(DISTANCE)

    def validate(self, value: Any) -> tuple[tuple[float, float], ...]:
        """A tuple of (x, y) in metres; names the entry that is wrong."""
        if not isinstance(value, (list, tuple, np.ndarray)) or len(value) == 0:
            raise PydanticCustomError("quantity", "{message}", {"message": f"must be a list of [x, y], got {value!r}"})
        problems, places = [], []
        for index, place in enumerate(value):
            try:
                x, y = place
                places.append((self.entry.validate(x), self.entry.validate(y)))
            except PydanticCustomError as error:
                problems.append(Problem((index,), error.message()))
            except (TypeError, ValueError):
                problems.append(Problem((index,), f"must be [x, y], got {place!r}"))
        if problems:
            raise PydanticCustomError("nested", "{problems}", {"problems": tuple(problems)})
        return tuple(places)

    def show(self, value) -> list:
        """As in a scenario file."""
        return [[self.entry.show(x), self.entry.show(y)] for x, y in value]

    def __get_pydantic_core_schema__(self, source, handler):
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, schema, handler):
        pair = {"type": "array", "items": self.entry.__get_pydantic_json_schema__(schema, handler), "minItems": 2, "maxItems": 2}
        return {"type": "array", "items": pair, "minItems": 1}


@model
class Positions(Geometry, name="positions"):
    """Given places, one [x, y] a worker, metres unless said; InputError if their number is not that of the workers."""

    places: Annotated[tuple, _Places()]

    def positions(self, workers, streams):
        if len(self.places) != workers:
            raise InputError(Problem(("places",), f"must have one entry a worker: {workers}, got {len(self.places)}"))
        return np.array(self.places, dtype=float)  # (M, 2)

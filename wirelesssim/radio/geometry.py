"""Where the workers stand: positions in the plane around the server, which is at the origin.

Heights belong to the path-loss law: a distance here is the horizontal one, d_2D. How workers move from these places is
the channel's `mobility`.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated, Any, Literal

import numpy as np
from pydantic_core import PydanticCustomError, core_schema

from ..errors import InputError, Problem
from ..model import Model, model, validate
from ..rng import Streams
from ..units import DISTANCE, Distance, Quantity

__all__ = ["Geometry", "Disc", "Ring", "Grid", "Hexagonal", "Positions", "in_hexagon"]


class Geometry(Model, family="geometry"):
    """The places of the workers; a bare list of [x, y] means `positions`."""

    @abstractmethod
    def positions(self, workers: int, streams: Streams) -> np.ndarray:
        """Coordinates in metres, (workers, 2); the server is at (0, 0)."""

    @property
    def other_sites(self) -> np.ndarray:
        """Places of other base stations in the same band, (S, 2) m; none unless the geometry has neighbour cells."""
        return np.zeros((0, 2))

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


@model
class Grid(Geometry, name="grid"):
    """A square lattice centred on the server, `spacing` m apart: ceil(sqrt(M)) columns, filled row by row from below.

    The shape depends on the number of workers M; with an odd number of rows and columns one worker stands under the server.
    """

    spacing: Distance

    def positions(self, workers, streams):
        columns = max(math.ceil(math.sqrt(workers)), 1)
        rows = max(math.ceil(workers / columns), 1)
        row, column = np.divmod(np.arange(workers), columns)
        return self.spacing * np.column_stack([column - (columns - 1) / 2, row - (rows - 1) / 2])  # (M, 2)


@model
class Hexagonal(Geometry, name="hexagonal"):
    """The centre cell of a hexagonal layout: independent places, uniform over the cell and at least `minimum` from the server.

    Sites stand `inter_site_distance` D apart, 1, 7 (one ring) or 19 (two rings) of them; a cell is the hexagon of the places
    that are nearest to its site, with the inner radius D/2 and the area sqrt(3)/2 D^2. The server is the site in the middle;
    the others matter to `interference: {type: hexagonal}` alone. Worker m draws from a stream of its own. `minimum` 10 m and
    the layout: TR 38.901, table 7.2-1 (UMi: 19 sites, D = 200 m). InputError unless `minimum` < D/2. Left out: sectors.
    """

    inter_site_distance: Distance
    sites: Literal[1, 7, 19] = 19
    minimum: Distance = "10 m"

    def check(self):
        if self.minimum >= self.inter_site_distance / 2:
            rule = f"must be < inter_site_distance / 2 ({self.inter_site_distance / 2:g} m), got {self.minimum:g} m"
            raise InputError(Problem(("minimum",), f"{rule}; give a smaller minimum"))

    def positions(self, workers, streams):
        return np.array([self._place(streams("geometry", worker)) for worker in range(workers)]).reshape(workers, 2)

    def _place(self, draw: np.random.Generator) -> np.ndarray:
        reach = self.inter_site_distance / math.sqrt(3)  # outer radius
        while True:  # a square around the hexagon: at least 5 % of the draws are good
            place = reach * (2 * draw.random(2) - 1)
            if in_hexagon(place, self.inter_site_distance) and np.hypot(*place) >= self.minimum:
                return place

    @property
    def other_sites(self):
        rings = {1: 0, 7: 1, 19: 2}[self.sites]
        steps = [(a, b) for a in range(-rings, rings + 1) for b in range(-rings, rings + 1)
                 if 0 < max(abs(a), abs(b), abs(a + b)) <= rings]
        places = [(a + b / 2, math.sqrt(3) / 2 * b) for a, b in steps]
        return self.inter_site_distance * np.array(places, dtype=float).reshape(-1, 2)  # (S, 2)


def in_hexagon(places: np.ndarray, inter_site_distance: float) -> np.ndarray:
    """Which `places` (..., 2) m lie in the cell around the origin, (...) of bool: at most D/2 along each way to a neighbour."""
    x, y = np.asarray(places, dtype=float)[..., 0], np.asarray(places, dtype=float)[..., 1]
    along = (np.abs(x), np.abs(x / 2 + math.sqrt(3) / 2 * y), np.abs(x / 2 - math.sqrt(3) / 2 * y))
    return np.maximum(np.maximum(along[0], along[1]), along[2]) <= inter_site_distance / 2


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

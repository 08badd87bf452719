"""What the laws of 3GPP TR 38.901 share: a state that is a field over the plane, its shadowing, and walls.

Clauses: path loss 7.4.1 (table 7.4.1-1), probability of line of sight 7.4.2, penetration 7.4.3, decorrelation 7.5 (table
7.5-6) and 7.6.3.3. Release 16 and 19 agree in all of them. The carrier is held against 0.5 to 100 GHz (`rma`: 30 GHz).
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np

from ...rng import Streams
from ...units import from_db
from ..los import state_field
from ..penetration import INSIDE_LOSS, WALL_DEVIATION, indoor_depth, indoor_draws, wall_loss
from .family import Propagation, check_distance

__all__ = ["Tr38901", "PROPAGATION_VELOCITY"]

PROPAGATION_VELOCITY = 3.0e8  # m/s, as note 1 of table 7.4.1-1 has it in the break-point distance


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tr38901(ABC):
    """The common part of TR 38.901's laws, beside `PathLoss`; a leaf gives the formulas.

    `state`: `field` draws line of sight or not for each place, with the probability of its distance, from one field a
    site that never changes; `los` or `nlos` fixes it everywhere. `gain` without a place is that of the fixed state, or under
    `field` the mean over places at that distance. A distance below the table's least is held at the least; beyond the
    greatest the formula is continued.
    """

    state: Literal["field", "los", "nlos"] = "field"

    frequencies: ClassVar[tuple[float, float]] = (0.5e9, 100e9)
    penetration: ClassVar[str] = "none"  # a leaf where 7.4.3 applies makes a field of it
    deepest: ClassVar[float] = 0.0  # m, bound of the uniform draws of d_2D-in
    indoor_shadowing: ClassVar[tuple[float, float]] = (0.0, 0.0)  # sigma (dB) and decorrelation (m) of O2I, table 7.5-6

    @abstractmethod
    def loss(self, distance, frequency, los):
        """Basic path loss in dB at `distance` d_2D (m) and `frequency` (Hz) in the state `los` (bool); broadcasts."""

    @abstractmethod
    def los_probability(self, distance):
        """The probability of line of sight at d_2D-out = `distance` (m)."""

    @abstractmethod
    def deviation(self, distance, frequency, los):
        """Standard deviation of shadowing in dB, without walls."""

    @property
    @abstractmethod
    def outdoor_decorrelation(self) -> tuple[float, float]:
        """Decorrelation distances (m) of shadowing with and without line of sight, without walls."""

    @property
    @abstractmethod
    def state_decorrelation(self) -> float:
        """Correlation distance (m) of the state, 7.6.3.3."""

    def place_loss(self, streams: Streams) -> Callable:
        """`loss` of one site with what else is drawn per place: (positions, distance, frequency, los) -> dB."""
        return lambda positions, distance, frequency, los: self.loss(distance, frequency, los)

    @property
    def decorrelation(self):
        indoors = self.indoor_shadowing[1]
        return self.outdoor_decorrelation if self.penetration == "none" else (indoors, indoors)

    @property
    def distance_scale(self):
        return self.state_decorrelation if self.state == "field" else np.inf

    @property
    def states(self):
        kept = ("los", "nlos") if self.state == "field" else (self.state,)
        return tuple(dataclasses.replace(self, state=state) for state in kept)

    def gain(self, distance, frequency):
        check_distance(distance)
        walls = 0.0
        if self.penetration != "none":  # the middle wall, and the mean depth behind it
            walls = wall_loss(self.penetration, frequency) + INSIDE_LOSS * self.deepest / 3
        with_sight, without = (from_db(-(self.loss(distance, frequency, los) + walls)) for los in (True, False))
        probability = {"los": 1.0, "nlos": 0.0}.get(self.state)
        if probability is None:
            probability = self.los_probability(distance)
        return np.where(probability == 1, with_sight, probability * with_sight + (1 - probability) * without)[()]

    def at(self, streams):
        return _Site(self, streams)


class _Site:
    """The propagation around one site, by place and worker; see `PathLoss.at`."""

    def __init__(self, law: Tr38901, streams: Streams):
        self.law, self.streams, self._buildings = law, streams, {}
        self.loss = law.place_loss(streams)
        self.state = state_field(streams, law.state_decorrelation) if law.state == "field" else None

    def __call__(self, positions, frequency, workers=0) -> Propagation:
        positions, law = np.asarray(positions, dtype=float), self.law
        distance = np.hypot(positions[..., 0], positions[..., 1])  # (...) d_2D
        depth, walls = self._indoors(np.broadcast_to(workers, distance.shape), frequency)
        los = self._los(positions, np.maximum(distance - depth, 0.0))
        loss = self.loss(positions, distance, frequency, los) + walls
        sigma = law.deviation(distance, frequency, los) if law.penetration == "none" else law.indoor_shadowing[0]
        return Propagation(np.minimum(from_db(-loss), 1.0), los, np.broadcast_to(sigma, distance.shape))

    def _los(self, positions: np.ndarray, outside: np.ndarray) -> np.ndarray:
        if self.state is None:
            return np.full(outside.shape, self.law.state == "los")
        return self.state(positions, self.law.los_probability(outside))

    def _indoors(self, workers: np.ndarray, frequency: float):
        """d_2D-in (m) and the loss (dB) of wall and inside of each worker, (...); zeros where there are no walls."""
        building = self.law.penetration
        if building == "none":
            return 0.0, 0.0
        present, place = np.unique(workers, return_inverse=True)
        draws = np.array([self._building(worker) for worker in present.tolist()])  # (present, 2)
        depth, normal = np.moveaxis(draws[place.reshape(workers.shape)], -1, 0)
        return depth, wall_loss(building, frequency) + INSIDE_LOSS * depth + WALL_DEVIATION[building] * normal

    def _building(self, worker: int) -> tuple[float, float]:
        if worker not in self._buildings:
            uniforms, normal = indoor_draws(self.streams, worker)
            self._buildings[worker] = (float(indoor_depth(uniforms, self.law.deepest)), normal)
        return self._buildings[worker]

"""The family of path-loss laws, and what a law says of a place."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...errors import InputError, Problem
from ...model import Model
from ...rng import Streams
from ...units import FREQUENCY, Quantity

__all__ = ["PathLoss", "Propagation", "check_distance"]


@dataclass(frozen=True, eq=False)
class Propagation:
    """What a law says of places, each (...): the median `gain` (linear), the state `los` (bool) and the standard deviation
    `sigma` (dB) of shadowing there; the last two None where the law knows none."""

    gain: np.ndarray
    los: np.ndarray | None = None
    sigma: np.ndarray | None = None


class PathLoss(Model, family="path loss"):
    """The median power gain between isotropic antennas as a function of distance and carrier.

    A law without states writes `gain` alone. One whose gain depends on the place itself (line of sight or not) also writes
    `at`, and `decorrelation` if it knows how shadowing behaves. `frequencies` (Hz): lowest and highest carrier of its validity.
    """

    frequencies: ClassVar[tuple[float, float]] = (0.0, math.inf)

    @abstractmethod
    def gain(self, distance, frequency):
        """Linear gain in (0, 1], not growing with distance; `distance` m, >= 0, array or scalar; `frequency` Hz.

        InputError where a distance is negative or no number (`check_distance`).
        """

    def at(self, streams: Streams) -> Callable[..., Propagation]:
        """One site's propagation: (positions (..., 2) m, frequency, workers (...) or one) -> `Propagation` of each place.

        The site stands at (0, 0). A pure function of the place, and of the worker where something belongs to it (its building).
        """
        return lambda positions, frequency, workers=0: Propagation(self.gain(_horizontal(positions), frequency))

    @property
    def decorrelation(self) -> tuple[float, float] | None:
        """Decorrelation distances (m) of shadowing with and without line of sight; None where the law states no shadowing."""
        return None

    @property
    def distance_scale(self) -> float:
        """The distance (m) over which the state of a place lasts; infinite for a law without states."""
        return math.inf

    @property
    def states(self) -> tuple[PathLoss, ...]:
        """This law with its state fixed, one law a state; itself where it has none."""
        return (self,)

    def not_growing_from(self, frequency: float) -> float:
        """The distance (m) from which on the gain does not grow, 0 unless waves interfere."""
        return 0.0

    def check_carrier(self, carrier: float) -> None:
        """InputError (`carrier`) outside `frequencies`."""
        low, high = self.frequencies
        if not low <= carrier <= high:
            show = Quantity(FREQUENCY).show
            allowed = f"{show(low)}" if low == high else f"{show(low)} to {show(high)}"
            rule = f"must be {allowed} with path_loss {self.type_name!r}, got {show(carrier)}; choose another law or carrier"
            raise InputError(Problem(("carrier",), rule))


def check_distance(distance) -> None:
    """InputError (`distance`) where one is negative or no number."""
    short = ~(np.asarray(distance, dtype=float) >= 0)
    if short.any():
        first = np.asarray(distance, dtype=float)[short].flat[0]
        raise InputError(Problem(("distance",), f"must be >= 0 m, got {first:g} m; give it in the plane, without a sign"))


def _horizontal(positions: np.ndarray) -> np.ndarray:
    """d_2D (m) of positions (..., 2) from the site, (...)."""
    return np.hypot(positions[..., 0], positions[..., 1])

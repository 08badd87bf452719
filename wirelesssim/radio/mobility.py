"""How workers move: the place of a worker as a pure function of (seed, worker, time).

No state is kept from call to call, so that two algorithms meet a worker at the same place at the same time, however
often and in whatever order they ask. The server stays at the origin.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Annotated

import numpy as np

from ..errors import InputError, Problem
from ..model import Model, model
from ..perworker import PerWorker, PerWorkerValue
from ..rng import Streams
from ..units import SPEED, Dimension, Quantity

__all__ = ["Mobility", "Motion", "Static", "Linear", "WorkerSpeed", "values_of"]

_AT_REST = 1e-9  # m/s: a metre in the 1e9 s that any time may be
_ANGLE = Dimension("angle", "90 deg", {"rad": 1, "deg": math.pi / 180})
WorkerSpeed = Annotated[PerWorkerValue, PerWorker(Quantity(SPEED, ge=0))]
WorkerAngle = Annotated[PerWorkerValue, PerWorker(Quantity(_ANGLE))]


class Motion(ABC):
    """One worker's way; `fastest` (m/s) is never exceeded but where a looped trace jumps back."""

    fastest: float

    @abstractmethod
    def __call__(self, times: np.ndarray) -> np.ndarray:
        """The places at `times` (...) s, >= 0; (..., 2) m."""


class Mobility(Model, family="mobility"):
    """The law by which workers move from the places that the geometry gave them."""

    @abstractmethod
    def motions(self, starts: np.ndarray, streams: Streams) -> list[Motion | None]:
        """The way of each worker from its start, `starts` (M, 2) m; None for a worker that stays. InputError names the key."""

    @property
    def states_speed(self) -> bool:
        """Whether `speeds` knows how fast the workers move; here not."""
        return False

    def speeds(self, workers: int, streams: Streams) -> np.ndarray:
        """How fast each worker moves (M,), m/s, 0 of one that stays: what its fading follows; here 0 of all."""
        return np.zeros(workers)


@model
class Static(Mobility, name="static"):
    """Nobody moves."""

    @property
    def states_speed(self):
        return True

    def motions(self, starts, streams):
        return [None] * len(starts)


@model
class Linear(Mobility, name="linear"):
    """Each worker walks straight on, for ever: x(t) = x(0) + v t (cos a, sin a).

    `speed` v and `direction` a (degrees, counter-clockwise from the x axis), each for all, a list or a distribution; without
    `direction` each worker draws its own, uniform. 3 km/h is the pedestrian of TR 38.901 (tables 7.2-1 and 7.2-2). It leaves
    every cell in the end: `random_waypoint` stays inside one. Up to 1e-9 m/s a worker stays.
    """

    speed: WorkerSpeed = "3 km/h"
    direction: WorkerAngle | None = None

    @property
    def states_speed(self):
        return True

    def speeds(self, workers, streams):
        return values_of(self.speed, "speed", workers, streams)

    def motions(self, starts, streams):
        count = len(starts)
        speeds = self.speeds(count, streams)
        angles = (values_of(self.direction, "direction", count, streams) if self.direction is not None else
                  [2 * math.pi * streams("mobility", worker).random() for worker in range(count)])
        return [_Straight(start, float(speed), float(angle)) if speed > _AT_REST else None
                for start, speed, angle in zip(np.asarray(starts, dtype=float), speeds, angles)]


class _Straight(Motion):
    """Uniform motion from `start` (2,) with `speed` (m/s) into the direction `angle` (rad)."""

    def __init__(self, start: np.ndarray, speed: float, angle: float):
        self.start, self.fastest = start, speed
        self.velocity = speed * np.array([math.cos(angle), math.sin(angle)])

    def __call__(self, times):
        return self.start + np.asarray(times, dtype=float)[..., None] * self.velocity


def values_of(given: PerWorkerValue, key: str, workers: int, streams: Streams) -> np.ndarray:
    """A per-worker quantity, (workers,); InputError names `key`."""
    try:
        return given.values(workers, streams, "mobility", key)
    except InputError as error:
        raise InputError([Problem((key, *problem.path), problem.message) for problem in error.problems]) from None

"""Random waypoint: a worker walks to a place in the disc, rests, and goes on to another."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from ..errors import InputError, Problem
from ..model import model
from ..rng import Counted
from ..units import DISTANCE, SPEED, Quantity, Time
from .mobility import Mobility, Motion

__all__ = ["RandomWaypoint"]

_CHUNK = 64  # legs that are drawn together
_Radius = Annotated[float, Quantity(DISTANCE, gt=0, ge=1)]  # legs of a smaller disc would be countless
_Speed = Annotated[float, Quantity(SPEED, gt=0, ge=1e-6)]


@model
class RandomWaypoint(Mobility, name="random_waypoint"):
    """Random waypoints: straight to a uniform place of the disc at a uniform speed, then a pause, again and again.

    The disc has `radius` m around the server; the speed of a leg is uniform between `min_speed` and `max_speed`; `pause` (s)
    follows each leg. The first leg starts, at time 0, where the geometry put the worker, also if that lies outside. Leg n of
    worker m comes from a stream that is read by the counter n, so that time may be asked in any order.
    After long the places are denser in the middle than uniform ones, and slow legs take most of the time: both are properties
    of the model (J. Yoon, M. Liu, B. Noble, "Random waypoint considered harmful", INFOCOM 2003, who ask for a least
    speed > 0). Fading that follows the motion takes the middle of the speeds, whatever the leg. Model: D. B. Johnson and
    D. A. Maltz, in "Mobile Computing", 1996. Defaults: 3 km/h +- half, around the pedestrian of TR 38.901. InputError if
    `min_speed` exceeds `max_speed`.
    """

    radius: _Radius
    min_speed: _Speed = "1.5 km/h"
    max_speed: _Speed = "4.5 km/h"
    pause: Time = "0 s"

    def check(self):
        if self.min_speed > self.max_speed:
            rule = f"must be <= max_speed ({self.max_speed:g} m/s), got {self.min_speed:g} m/s; give a smaller min_speed"
            raise InputError(Problem(("min_speed",), rule))

    @property
    def states_speed(self):
        return True

    def speeds(self, workers, streams):
        """The middle of the range, for all: fading does not follow the leg."""
        return np.full(workers, (self.min_speed + self.max_speed) / 2)

    def motions(self, starts, streams):
        return [_Legs(self, start, streams.counted("mobility", worker))
                for worker, start in enumerate(np.asarray(starts, dtype=float))]


class _Legs(Motion):
    """The legs of one worker, drawn as far as they were asked for; what is known is a prefix of one fixed table."""

    def __init__(self, law: RandomWaypoint, start: np.ndarray, stream: Counted):
        self.law, self.stream, self.fastest = law, stream, law.max_speed
        self.places, self.leaving, self.arriving = start[None], np.zeros(1), np.zeros(0)  # (n + 1, 2), (n + 1,), (n,)

    def __call__(self, times):
        times = np.asarray(times, dtype=float)
        while times.size and self.leaving[-1] <= times.max():
            self._extend()
        leg = np.searchsorted(self.leaving, times, side="right") - 1  # leaving[leg] <= t < leaving[leg + 1]
        done = (times - self.leaving[leg]) / np.maximum(self.arriving[leg] - self.leaving[leg], 1e-300)
        done = np.clip(done, 0.0, 1.0)[..., None]  # 1 during the pause
        return (1 - done) * self.places[leg] + done * self.places[leg + 1]

    def _extend(self) -> None:
        """Draw the next `_CHUNK` legs."""
        law, first = self.law, len(self.arriving)
        squared, angle, speed = self.stream(first // _CHUNK).random((_CHUNK, 3)).T  # a leg's draws are three in a row
        radius, angle = law.radius * np.sqrt(squared), 2 * math.pi * angle
        places = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])  # (_CHUNK, 2)
        steps = np.diff(np.concatenate([self.places[-1:], places]), axis=0)
        walks = np.hypot(steps[:, 0], steps[:, 1]) / (law.min_speed + speed * (law.max_speed - law.min_speed))
        leaving = np.cumsum(np.concatenate([self.leaving[-1:], walks + law.pause]))  # (_CHUNK + 1,)
        self.arriving = np.concatenate([self.arriving, leaving[:-1] + walks])
        self.leaving = np.concatenate([self.leaving, leaving[1:]])
        self.places = np.concatenate([self.places, places])

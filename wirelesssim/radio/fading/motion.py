"""What fading laws share that move with a Doppler shift: what a scenario says of the motion, coherence time and blocks."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Annotated

import numpy as np

from ...errors import InputError, Problem
from ...perworker import PerWorkerValue
from ...rng import Streams
from ...units import FRACTION, FREQUENCY, SPEED, SPEED_OF_LIGHT, Quantity
from ..mobility import WorkerSpeed
from .block import SHORTEST_BLOCK
from .family import FadingLaw

__all__ = ["COHERENCE", "PEDESTRIAN", "Doppler", "MovingFading", "MovingLaw", "Speed", "Step"]

Speed = WorkerSpeed
Doppler = Annotated[float, Quantity(FREQUENCY, ge=0)]
Step = Annotated[float, Quantity(FRACTION, gt=0, le=1)]

COHERENCE = 0.423  # coherence time times maximum Doppler shift: sqrt(9 / (16 pi)) (Rappaport, 2nd ed., eq. 5.40.c)
_AT_REST = COHERENCE / 1e9  # Hz: a coherence time of 1e9 s, the most that any time may be
PEDESTRIAN = Quantity(SPEED).validate("3 km/h")  # users of TR 38.901, table 7.2-1 (UMi and UMa, indoor and outdoor)


class MovingLaw(FadingLaw):
    """A law of maximum Doppler shift `doppler` (Hz), whose gain is held over blocks of `step` times the coherence time."""

    doppler: float
    step: float

    @property
    def coherence_time(self) -> float:
        """0.423 / fd, s; infinite at rest."""
        return COHERENCE / self.doppler if self.doppler > 0 else math.inf

    @property
    def block_time(self):
        return self.step * self.coherence_time


class MovingFading:
    """The part of a leaf, beside `Fading`, that says how it moves: the leaf adds `speed`, `doppler`, `step` and `tuned`.

    `speed` (m/s, for all, a list or a distribution) makes a Doppler shift at a carrier, `doppler` (Hz) states it. With neither
    a worker fades at the speed that `mobility` gives it, or at `PEDESTRIAN` where it stays. InputError if both are given, or if
    a block would be shorter than 1 us.
    """

    speed: PerWorkerValue | None
    doppler: float | None
    step: float

    def check(self):
        if self.doppler is None:
            return
        if self.speed is not None:
            raise InputError(Problem(("doppler",), f"must not stand beside speed ({self._said()}): give one of the two"))
        self.shift(None)

    def _said(self) -> str:
        given = self.speed.given
        return f"{given:g} m/s" if isinstance(given, float) else "of each worker"

    @property
    def needs_speed(self) -> bool:
        """Yes, unless `speed` or `doppler` is given."""
        return self.speed is None and self.doppler is None

    @property
    def typical_speed(self) -> float:
        """The speed (m/s) where one is asked for without a worker: that of all, the fastest of a list, else `PEDESTRIAN`."""
        given = PEDESTRIAN if self.speed is None else self.speed.given
        return max(given) if isinstance(given, tuple) else given if isinstance(given, float) else PEDESTRIAN

    def laws(self, carrier: float, bandwidth: float, streams: Streams, moving: np.ndarray) -> list[FadingLaw]:
        """The law of each worker: at the speed stated, or its own of `moving` (M,) m/s; equal speeds share one."""
        if self.needs_speed:
            speeds = np.where(moving > 0, moving, PEDESTRIAN)
        elif self.speed is None:
            speeds = np.full(len(moving), self.typical_speed)
        else:
            speeds = self._drawn(len(moving), streams)
        at = lru_cache(maxsize=None)(lambda speed: self.tuned(carrier, bandwidth, speed))
        return [at(speed) for speed in speeds.tolist()]

    def _drawn(self, workers: int, streams: Streams) -> np.ndarray:
        try:
            return self.speed.values(workers, streams, "fading", "speed")
        except InputError as error:
            raise error.under("speed") from None

    def shift(self, carrier: float | None, speed: float | None = None) -> float:
        """The maximum Doppler shift in Hz at `carrier` (Hz) and `speed` (m/s; None: `typical_speed`).

        A coherence time of 1e9 s or more counts as rest, 0 Hz. ValueError if there is no `carrier` and one is needed; InputError
        if the blocks would be shorter than 1 us.
        """
        if self.doppler is None and carrier is None:
            raise ValueError("a speed gives a Doppler shift at a carrier only: call tuned(carrier, bandwidth) first")
        speed = self.typical_speed if speed is None else speed
        key, shift = ("doppler", self.doppler) if self.doppler is not None else ("speed", speed * carrier / SPEED_OF_LIGHT)
        most = self.step * COHERENCE / SHORTEST_BLOCK
        if shift > most:
            at = f"{shift:g} Hz" if key == "doppler" else f"{speed:g} m/s ({shift:g} Hz)"
            rule = f"must make a Doppler shift <= {most:g} Hz, got {at}: blocks of step * 0.423 / shift would be below 1 us"
            raise InputError(Problem((key,), rule))
        return shift if shift > _AT_REST else 0.0

    @property
    def coherence_time(self) -> float:
        """0.423 / `doppler`; ValueError where a speed waits for a carrier (see `tuned`)."""
        return self.tuned().coherence_time

    @property
    def block_time(self):
        return self.tuned().block_time

    def process(self, streams, worker):
        return self.tuned().process(streams, worker)

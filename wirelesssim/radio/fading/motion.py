"""What fading laws share that move with a Doppler shift: what a scenario says of the motion, coherence time and blocks."""

from __future__ import annotations

import math
from typing import Annotated

from ...errors import InputError, Problem
from ...units import FRACTION, FREQUENCY, SPEED, SPEED_OF_LIGHT, Quantity
from .block import SHORTEST_BLOCK
from .family import FadingLaw

__all__ = ["COHERENCE", "PEDESTRIAN", "Doppler", "MovingFading", "MovingLaw", "Speed", "Step"]

Speed = Annotated[float, Quantity(SPEED, ge=0)]
Doppler = Annotated[float, Quantity(FREQUENCY, ge=0)]
Step = Annotated[float, Quantity(FRACTION, gt=0, le=1)]

COHERENCE = 0.423  # coherence time times maximum Doppler shift: sqrt(9 / (16 pi)) (Rappaport, 2nd ed., eq. 5.40.c)
PEDESTRIAN = "3 km/h"  # users of TR 38.901, table 7.2-1 (UMi and UMa, indoor and outdoor)


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

    `speed` (m/s) makes a Doppler shift at a carrier, `doppler` (Hz) states it. InputError if both are given, or if a block
    would be shorter than 1 us.
    """

    def check(self):
        if self.doppler is None:
            return
        if self.speed != Quantity(SPEED).validate(PEDESTRIAN):
            raise InputError(Problem(("doppler",), f"must not stand beside speed ({self.speed:g} m/s): give one of the two"))
        self.shift(None)

    def shift(self, carrier: float | None) -> float:
        """The maximum Doppler shift in Hz at `carrier` (Hz).

        ValueError if there is no `carrier` and one is needed; InputError if the blocks would be shorter than 1 us.
        """
        if self.doppler is None and carrier is None:
            raise ValueError("a speed gives a Doppler shift at a carrier only: call tuned(carrier, bandwidth) first")
        key, shift = ("doppler", self.doppler) if self.doppler is not None else (
            "speed", self.speed * carrier / SPEED_OF_LIGHT)
        most = self.step * COHERENCE / SHORTEST_BLOCK
        if shift > most:
            at = f"{shift:g} Hz" if key == "doppler" else f"{self.speed:g} m/s ({shift:g} Hz)"
            rule = f"must make a Doppler shift <= {most:g} Hz, got {at}: blocks of step * 0.423 / shift would be below 1 us"
            raise InputError(Problem((key,), rule))
        return shift

    @property
    def coherence_time(self) -> float:
        """0.423 / `doppler`; ValueError where a speed waits for a carrier (see `tuned`)."""
        return self.tuned().coherence_time

    @property
    def block_time(self):
        return self.tuned().block_time

    def process(self, streams, worker):
        return self.tuned().process(streams, worker)

"""When a frame goes: at once, after a random time, or in a slot."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

__all__ = ["Continuous", "Slotted", "Timing"]

_SAME = 1e-9  # of a slot: what adding times may be off


class Timing(ABC):
    """From the instant when a sender is ready to the one when its frame goes."""

    @abstractmethod
    def start(self, now: float, duration: float, uniform: float | None) -> tuple[float, int]:
        """(seconds to wait, slot) of a frame of `duration` s; `uniform` in [0, 1) draws the backoff, None: without."""


@dataclass(frozen=True)
class Continuous(Timing):
    """Backoff uniform over [0, window durations of the frame)."""

    window: int

    def start(self, now, duration, uniform):
        return (0.0 if uniform is None else uniform * self.window * duration), -1


@dataclass(frozen=True)
class Slotted(Timing):
    """Slots of `slot` s from time 0; a ready sender takes the next that begins, after a backoff the one so many later:

        uniform over 0, ..., window - 1,   or with `probability` q geometric: each slot with probability q
    """

    slot: float
    window: int
    probability: float | None = None

    def start(self, now, duration, uniform):
        place = math.ceil(now / self.slot - _SAME) + (0 if uniform is None else self._later(uniform))
        return max(0.0, place * self.slot - now), place

    def _later(self, uniform: float) -> int:
        if self.probability is None:
            return int(uniform * self.window)
        return 0 if self.probability >= 1 else int(math.log1p(-uniform) / math.log1p(-self.probability))

"""A uniform grid of values: what a quantised update lies on, so that whole numbers can travel in place of real ones."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

__all__ = ["Grid", "binary32_above"]

_BLOCK = 1 << 16  # entries rounded at a time: the temporaries stay in the cache, and small beside 5e7 entries
_LEAST = 2.0**-100  # smallest scale above 0 that `over` gives: scale / steps is then a normal binary32


@dataclass(frozen=True)
class Grid:
    """The values scale * level / steps, with whole levels in [-steps, steps]; with `odd` only odd ones, so no zero.

    `scale` >= 0, a number that binary32 holds: it is sent as one. `steps` >= 1. `unit`: both ends agreed on scale 1, which is
    not sent. Midtread (odd=False): QSGD's s = steps (Alistarh et al. 2017); b bits are steps 2^(b-1) - 1. Midrise (odd=True):
    LAQ's b bits are steps 2^b - 1, value -R + 2 R l / steps (Sun et al., NeurIPS 2019); a sign is steps 1.

    The receiver computes (scale * level) / steps in binary64: the product is exact for steps < 2^29, so that both ends
    get the same number. A scale that is not finite makes every value not a number: it marks a run that diverged.
    ValueError for fields outside these bounds.
    """

    scale: float
    steps: int
    odd: bool = False
    unit: bool = False

    def __post_init__(self):
        if not 1 <= self.steps < 1 << 29 or (self.odd and self.steps % 2 == 0):
            raise ValueError(f"a grid's steps must be in [1, 2^29), and odd where its levels are, got {self.steps}")
        if self.scale < 0 or (self.unit and self.scale != 1):
            raise ValueError(f"a grid's scale must be >= 0, and 1 where it is not sent, got {self.scale}")
        if math.isfinite(self.scale) and float(np.float32(self.scale)) != self.scale:
            raise ValueError(f"a grid's scale must be a binary32 number, got {self.scale!r}; round it by binary32_above")

    @classmethod
    def over(cls, values: np.ndarray, steps: int, odd: bool = False) -> Grid:
        """The grid on which no value saturates: scale is the largest magnitude, rounded up to binary32; 0 for none.

        Between 0 and 2^-100 the scale is 2^-100; beyond the largest finite binary32 it is that, and values saturate.
        """
        largest = max(float(np.max(values, initial=0.0)), -float(np.min(values, initial=0.0)))  # no temporary of n numbers
        return cls(max(binary32_above(largest), _LEAST) if largest > 0 else largest, steps, odd)

    @property
    def bits(self) -> int:
        """Bits of a level on the wire: ceil(log2(steps + 1)) if odd, else 1 for the sign and as many for the magnitude."""
        return self.steps.bit_length() + (not self.odd)

    def values(self, levels: np.ndarray) -> np.ndarray:
        """What the receiver decodes from `levels`, float64 of the same shape."""
        return np.asarray(levels, dtype=np.float64) * self.scale / self.steps

    def levels(self, values: np.ndarray) -> np.ndarray:
        """The nearest level of each value, int64; beyond the scale, the outermost. Ties to even; upwards if odd (LAQ)."""
        least = 1 if self.odd else 0
        if not (math.isfinite(self.scale) and self.scale > 0):
            return np.full(np.shape(values), least, dtype=np.int64)
        exact = np.clip(np.asarray(values, dtype=np.float64) * self.steps / self.scale, -self.steps, self.steps)
        if self.odd:
            return (2 * np.floor((exact + self.steps) / 2 + 0.5) - self.steps).astype(np.int64)
        return np.rint(exact).astype(np.int64)

    def round(self, values: np.ndarray) -> np.ndarray:
        """Each value on the nearest level, as the receiver decodes it: a new array of the same type, float32 or float64."""
        rounded = np.empty_like(values)
        flat, out = values.reshape(-1), rounded.reshape(-1)
        for start in range(0, len(flat), _BLOCK):
            out[start:start + _BLOCK] = self.values(self.levels(flat[start:start + _BLOCK]))
        return rounded

    def holds(self, values: np.ndarray) -> bool:
        """Whether every value lies on the grid: exactly what the receiver decodes, in the type of `values`."""
        return np.array_equal(self.round(values), values, equal_nan=True)


def binary32_above(number: float) -> float:
    """The least binary32 number >= `number` >= 0, at most the largest finite one; infinity and NaN themselves."""
    with np.errstate(over="ignore"):
        nearest = np.float32(number)
    if math.isinf(nearest) and not math.isinf(number):
        return float(np.finfo(np.float32).max)
    return float(np.nextafter(nearest, np.float32(np.inf)) if float(nearest) < number else nearest)

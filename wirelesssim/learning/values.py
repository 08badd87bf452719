"""The format of a value on the wire: how many bits, and what the receiver decodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .grid import Grid
from .update import Update

__all__ = ["ValueFormat"]


@dataclass(frozen=True)
class ValueFormat:
    """`bits` 64, 32 or 16: IEEE 754 binary64, 32 or 16 (IEEE Std 754-2019, 3.6); 2 to 15: quantised with a scale.

    Rounding is to nearest, ties to even. A finite value beyond the range of an IEEE format saturates at its largest finite
    number: error correction then sends the rest later, where infinity would destroy the model. b quantised bits are sign and
    magnitude on the midtread grid of 2^(b-1) - 1 steps up to the largest magnitude of the whole update, rounded up to
    binary32: the error is at most scale / (2 steps), and nothing saturates within binary32's range.
    """

    bits: int = 32
    _TYPES: ClassVar[dict] = {64: np.float64, 32: np.float32, 16: np.float16}

    def __post_init__(self):
        if not self.knows(self.bits):
            raise ValueError(f"value_bits must be 64, 32, 16 or, quantised, 2 to 15, got {self.bits}")

    @classmethod
    def knows(cls, bits: int) -> bool:
        """Whether there is a format of that many bits."""
        return bits in cls._TYPES or 2 <= bits <= 15

    @property
    def quantised(self) -> bool:
        """Whether levels of a grid travel, 2 to 15 bits each, and not IEEE numbers."""
        return self.bits not in self._TYPES

    @property
    def steps(self) -> int:
        """Steps of the grid of a quantised format, 2^(bits-1) - 1."""
        return (1 << (self.bits - 1)) - 1

    @property
    def dtype(self) -> np.dtype:
        """Little-endian type of an IEEE value on the wire."""
        return np.dtype(self._TYPES[self.bits]).newbyteorder("<")

    def grid(self, values: np.ndarray) -> Grid | None:
        """The grid that `round` puts `values` on; None if the format is not quantised."""
        return Grid.over(values, self.steps) if self.quantised else None

    def update(self, size: int, indices: np.ndarray | None, values: np.ndarray, shared: bool = False) -> Update:
        """The update of R^size that states `values` (n,) at `indices` (n,), rounded to this format and with its grid."""
        grid = self.grid(values)
        rounded = self.round(values) if grid is None else grid.round(values)
        return Update(size, indices, rounded, grid=grid, shared=shared)

    def round(self, values: np.ndarray) -> np.ndarray:
        """`values` (…) as the receiver decodes them, in their own type (float32 or float64).

        The input itself where the format holds that type: 64 bits, or 32 bits for float32. round(round(v)) == round(v).
        """
        if self.quantised:
            return self.grid(values).round(values)
        if values.dtype.itemsize * 8 <= self.bits:
            return values
        with np.errstate(over="ignore"):
            rounded = values.astype(self.dtype).astype(values.dtype)
        finite = np.isfinite(rounded)
        if not finite.all():
            over = ~finite & np.isfinite(values)
            rounded[over] = np.copysign(np.finfo(self.dtype).max, values[over])
        return rounded

"""The format of a value on the wire: how many bits, and what the receiver decodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

__all__ = ["ValueFormat"]


@dataclass(frozen=True)
class ValueFormat:
    """IEEE 754 binary64, binary32 or binary16 (IEEE Std 754-2019, 3.6); `bits` is 64, 32 or 16.

    Rounding is to nearest, ties to even. A finite value beyond the format's range saturates at its largest finite
    number: error correction then sends the rest later, where infinity would destroy the model.
    """

    bits: int = 32
    _TYPES: ClassVar[dict] = {64: np.float64, 32: np.float32, 16: np.float16}

    def __post_init__(self):
        if self.bits not in self._TYPES:
            raise ValueError(f"value_bits must be 64, 32 or 16, got {self.bits}")

    @property
    def dtype(self) -> np.dtype:
        """Little-endian type of a value on the wire."""
        return np.dtype(self._TYPES[self.bits]).newbyteorder("<")

    def round(self, values: np.ndarray) -> np.ndarray:
        """`values` as the receiver decodes them, float64 of the same shape; the input itself for 64 bits."""
        if self.bits == 64:
            return values
        with np.errstate(over="ignore"):
            rounded = values.astype(self.dtype).astype(np.float64)
        finite = np.isfinite(rounded)
        if not finite.all():
            over = ~finite & np.isfinite(values)
            rounded[over] = np.copysign(np.finfo(self.dtype).max, values[over])
        return rounded

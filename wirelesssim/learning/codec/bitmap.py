"""One bit a coordinate."""

from __future__ import annotations

from typing import ClassVar

from ...model import model
from .family import Codec, LevelCode, ValueBits
from .kernels import BITMAP

__all__ = ["Bitmap"]


@model
class Bitmap(Codec, name="bitmap"):
    """A bit for every coordinate from the first to the last stated one, then the values.

    last - first + 1 + n value_bits bits and a header of 3 to 19 bytes: smaller than the dense frame below a density of
    1 - 1/value_bits, and than Golomb-Rice above about 1/2, there by the one byte of its parameter. A packet covers only
    the coordinates between its own first and last entry.
    """

    value_bits: ValueBits = 32
    levels: LevelCode = "fixed"
    kind: ClassVar[int] = BITMAP

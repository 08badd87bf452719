"""Indices of equally many bits."""

from __future__ import annotations

from typing import ClassVar

from ...model import model
from .family import Codec, LevelCode, ValueBits
from .kernels import FIXED_WIDTH

__all__ = ["FixedWidth"]


@model
class FixedWidth(Codec, name="fixed_width"):
    """Each index in ceil(log2 d) bits, then the values: the plain count of sparse methods.

    n (ceil(log2 d) + value_bits) bits and a header of 2 to 10 bytes. The receiver knows the model's dimension d. Nothing is
    gained from the order of the indices: against the least possible, log2 C(d, n), it loses about log2(n/e) bits an entry.
    """

    value_bits: ValueBits = 32
    levels: LevelCode = "fixed"
    kind: ClassVar[int] = FIXED_WIDTH

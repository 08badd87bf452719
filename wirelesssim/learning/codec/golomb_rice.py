"""Golomb-Rice coded gaps."""

from __future__ import annotations

from typing import ClassVar

from ...model import model
from .family import Codec, LevelCode, ValueBits
from .kernels import RICE

__all__ = ["GolombRice"]


@model
class GolombRice(Codec, name="golomb_rice"):
    """The first index, then the gaps between indices in a Golomb-Rice code, then the values.

    A gap g = index - previous index - 1 takes 1 + k + floor(g / 2^k) bits; k is the one that makes the frame smallest,
    found exactly and for each packet anew. For positions drawn at random the position bits lie within about 4 % of
    log2 C(d, n), the least possible, up to density 1/2. Beyond, k = 0 makes the gaps unary, which is a bitmap: a frame is
    never more than one byte, that of k, above the bitmap's.
    Source: Golomb, IEEE Trans. Inf. Theory 12(3), 1966; Rice and Plaunt, IEEE Trans. Commun. Technol. 19(6), 1971.
    """

    value_bits: ValueBits = 32
    levels: LevelCode = "fixed"
    kind: ClassVar[int] = RICE

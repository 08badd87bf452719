"""Elias-gamma coded gaps."""

from __future__ import annotations

from typing import ClassVar

from ...model import model
from .family import Codec, LevelCode, ValueBits
from .kernels import ELIAS_GAMMA

__all__ = ["EliasGamma"]


@model
class EliasGamma(Codec, name="elias_gamma"):
    """The differences of successive indices in the Elias gamma code, then the values: no parameter, good for clusters.

    A difference g >= 1 takes 2 floor(log2 g) + 1 bits: floor(log2 g) zeros, then g in binary. The first is counted from index
    -1. Where positions are drawn at random at a low density it takes nearly twice the bits of the gaps' entropy.
    Source: Elias, Universal codeword sets and representations of the integers, IEEE Trans. Inf. Theory 21(2), 1975; for
    the positions of quantised gradients: Alistarh et al., QSGD, NeurIPS 2017, 3.2.
    """

    value_bits: ValueBits = 32
    levels: LevelCode = "fixed"
    kind: ClassVar[int] = ELIAS_GAMMA

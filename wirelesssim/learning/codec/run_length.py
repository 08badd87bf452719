"""Lengths of runs."""

from __future__ import annotations

from typing import ClassVar

from ...model import model
from .family import Codec, LevelCode, ValueBits
from .kernels import RUN_LENGTH

__all__ = ["RunLength"]


@model
class RunLength(Codec, name="run_length"):
    """The lengths of runs of unstated and stated coordinates in turn, in the Elias gamma code, then the values.

    For updates whose entries come in blocks (a layer, a row, a filter): the bits grow with the number of runs, not of
    entries. Of the run before the first entry, which may be empty, one more than its length is coded.
    Source: Golomb, Run-length encodings, IEEE Trans. Inf. Theory 12(3), 1966, for coding runs; Elias, IEEE Trans. Inf. Theory
    21(2), 1975, for the code of a length, which needs no parameter.
    """

    value_bits: ValueBits = 32
    levels: LevelCode = "fixed"
    kind: ClassVar[int] = RUN_LENGTH

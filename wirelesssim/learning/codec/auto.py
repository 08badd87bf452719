"""The smallest of the others."""

from __future__ import annotations

import numpy as np

from ...model import model
from .family import Codec, LevelCode, ValueBits
from .kernels import BITMAP, DENSE, RICE, cut, smallest, smallest_each

__all__ = ["Auto"]


@model
class Auto(Codec, name="auto"):
    """The smallest of dense, bitmap and Golomb-Rice, for the whole and for each packet; the tag says which.

    A message is cut as each of the three would cut it, every packet takes its smallest frame, and the cut with the fewest
    bits in all is sent: never more bits than the best of the three, as one frame or as packets. The dense frame
    covers only the coordinates between the first and the last entry.
    """

    value_bits: ValueBits = 32
    levels: LevelCode = "fixed"

    def measure(self, indices, start, stop, form):
        return smallest(indices, start, stop, form)

    def cut(self, indices, entries, form, limit):
        whole = self.measure(indices, 0, entries, form)[1]
        if whole <= limit:  # one packet: no cut can be smaller
            return np.array([0, entries]), np.array([whole])
        edges, sizes = cut(DENSE, indices, entries, form, limit)
        if len(indices) == 0 or edges[-1] < entries:  # nothing beats dense there; where it holds no entry, none does
            return edges, sizes
        sizes = smallest_each(indices, edges, form)
        for kind in (BITMAP, RICE):
            other, _ = cut(kind, indices, entries, form, limit)
            if other[-1] == entries:
                coded = smallest_each(indices, other, form)
                edges, sizes = min((edges, sizes), (other, coded), key=lambda plan: plan[1].sum())
        return edges, sizes

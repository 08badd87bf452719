"""The smallest of the others."""

from __future__ import annotations

import numpy as np

from ...model import model
from .dense import has_holes, masked_packets
from .family import Codec, LevelCode, ValueBits
from .kernels import BITMAP, DENSE, RICE, cut, smallest, smallest_each

__all__ = ["Auto"]


@model
class Auto(Codec, name="auto"):
    """The smallest of dense, bitmap and Golomb-Rice, for the whole and for each packet; the tag says which.

    As one frame never more bits than the best of the three; and what fits into one packet is one, since each packet has a
    transport's header besides. What does not is cut as each of the three would cut it, every packet takes its smallest
    frame, and the cut with the fewest bits in all is sent: never more bits than the best of the three. The dense frame covers
    only the coordinates between its first and last entry, unless the dense codec's own packets take less (a first index
    of 128 takes a byte more than one of 127).
    """

    value_bits: ValueBits = 32
    levels: LevelCode = "fixed"

    def measure(self, indices, start, stop, form):
        return smallest(indices, start, stop, form)

    def cut(self, indices, entries, form, limit):
        whole = self.measure(indices, 0, entries, form)[1]
        if whole <= limit:
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

    def packets(self, update, max_bits):
        packets = super().packets(update, max_bits)
        if packets.count < 2 or not has_holes(update):
            return packets
        numbers = self.numbers(update)
        if packets.count * max_bits <= update.size * numbers.masked_bits:  # all coordinates, without a header, take no less
            return packets
        every = masked_packets(update, numbers, max_bits)
        fits = every.spans[-1] == update.size
        return every if fits and every.coded_bits.sum() < packets.coded_bits.sum() else packets

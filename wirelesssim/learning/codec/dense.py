"""Every coordinate, stated or not."""

from __future__ import annotations

import numpy as np

from ...model import model
from .family import EVERY, Codec, ValueBits, pack, whole_bytes
from .frame import range_frame
from .kernels import DENSE, cut, frame_bytes

__all__ = ["Dense"]


@model
class Dense(Codec, name="dense"):
    """The whole vector without positions: d value_bits bits and a header, however few entries are stated.

    A coordinate that is not stated travels as negative zero, which the receiver drops; a stated zero arrives as zero.
    Packets cut the d coordinates, not the entries: one that covers no stated entry is sent all the same.
    A silent update is not sent.
    """

    value_bits: ValueBits = 32

    def measure(self, indices, start, stop):
        return DENSE, frame_bytes(DENSE, indices, start, stop, self.value_bits // 8)

    def cut(self, indices, entries, limit):
        return cut(DENSE, indices, entries, self.value_bits // 8, limit)

    def size(self, update):
        return 0 if update.silent else 8 * int(self.measure(EVERY, 0, update.size)[1])

    def encode(self, update):
        return b"" if update.silent else range_frame(update, 0, update.entries, 0, update.size, self.values)

    def packets(self, update, max_bits):
        if update.silent:
            return super().packets(update, max_bits)
        spans, sizes = self.cut(EVERY, update.size, whole_bytes(max_bits))
        if spans[-1] < update.size:
            self.refuse(max_bits, self.measure(EVERY, spans[-1], spans[-1] + 1)[1])
        edges = spans if update.indices is None else np.searchsorted(update.indices, spans)
        return pack(edges, sizes, self.value_bits, spans)

    def encode_packet(self, update, packets, i):
        start, stop = map(int, packets.edges[i:i + 2])
        first, end = map(int, packets.spans[i:i + 2])
        return range_frame(update, start, stop, first, end, self.values)

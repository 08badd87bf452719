"""Every coordinate, stated or not."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ...model import model
from .family import EVERY, Codec, LevelCode, ValueBits, is_shared, pack, whole_bytes
from .frame import masked_frame
from .kernels import DENSE, MASKED, cut, frame_bytes

__all__ = ["Dense"]


@model
class Dense(Codec, name="dense"):
    """The whole vector without positions: d value_bits bits and a header, however few entries are stated.

    A coordinate that is not stated travels as negative zero, which the receiver drops; a stated zero arrives as zero. (On an
    odd grid, which has no zero, it takes a bit more a coordinate.) Packets cut the d coordinates, not the entries: one that
    covers no stated entry is sent all the same. A silent update is not sent. Levels of an update with holes take the fixed
    width.
    """

    value_bits: ValueBits = 32
    levels: LevelCode = "fixed"
    kind: ClassVar[int] = DENSE

    def numbers(self, update):
        found = super().numbers(update)
        return found.masked if _has_holes(update) else found

    def size(self, update):
        if not _has_holes(update):
            return super().size(update)
        return 8 * int(frame_bytes(MASKED, EVERY, 0, update.size, self.form(update)))

    def encode(self, update):
        if not _has_holes(update):
            return super().encode(update)
        return masked_frame(update, 0, update.entries, 0, update.size, self.numbers(update))

    def packets(self, update, max_bits):
        if not _has_holes(update):
            return super().packets(update, max_bits)
        form = self.form(update)
        spans, sizes = cut(MASKED, EVERY, update.size, form, whole_bytes(max_bits))
        if spans[-1] < update.size:
            self.refuse(max_bits, frame_bytes(MASKED, EVERY, spans[-1], spans[-1] + 1, form))
        starts = spans[:-1].astype(update.indices.dtype)  # of one type, or the search would copy the indices
        edges = np.append(np.searchsorted(update.indices, starts), update.entries)
        return pack(edges, sizes, form, self.numbers(update).extra_bits, spans)

    def encode_packet(self, update, packets, i):
        if not _has_holes(update):
            return super().encode_packet(update, packets, i)
        (start, stop), (first, end) = packets.edges[i:i + 2].tolist(), packets.spans[i:i + 2].tolist()
        return masked_frame(update, start, stop, first, end, self.numbers(update))


def _has_holes(update) -> bool:
    """Whether some coordinates must be said to be not stated."""
    return not (update.silent or update.indices is None or is_shared(update))

"""Every coordinate, stated or not."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ...model import model
from ..update import Update
from .family import EVERY, Codec, LevelCode, ValueBits, is_shared, whole_bytes
from .frame import masked_frame
from .kernels import DENSE, MASKED, WIDTH, cut, frame_bytes
from .numbers import Numbers
from .packets import Packets

__all__ = ["Dense", "has_holes", "masked_packets"]


@model
class Dense(Codec, name="dense"):
    """The whole vector without positions: d value_bits bits and a header, however few entries are stated.

    A coordinate that is not stated travels as negative zero, which the receiver drops; a stated zero arrives as zero. (On an
    odd grid, which has no zero, it takes a bit more a coordinate.) Packets cut the d coordinates, not the entries: one that
    covers no stated entry is sent all the same. A silent update is not sent. Levels of an update with holes take the fixed
    width, whatever `levels` says.
    """

    value_bits: ValueBits = 32
    levels: LevelCode = "fixed"
    kind: ClassVar[int] = DENSE

    def size(self, update):
        if not has_holes(update):
            return super().size(update)
        return 8 * int(frame_bytes(MASKED, EVERY, 0, update.size, self.numbers(update).fixed.form(update.size, update.values)))

    def encode(self, update):
        if not has_holes(update):
            return super().encode(update)
        return masked_frame(update, 0, update.entries, 0, update.size, self.numbers(update))

    def packets(self, update, max_bits):
        if not has_holes(update):
            return super().packets(update, max_bits)
        numbers = self.numbers(update)
        packets = masked_packets(update, numbers, max_bits)
        end = packets.spans[-1]
        if end < update.size:
            form = numbers.fixed.form(update.size, update.values)
            self.refuse(update, max_bits, frame_bytes(MASKED, EVERY, end, end + 1, form))
        return packets


def has_holes(update: Update) -> bool:
    """Whether some coordinates must be said to be not stated."""
    return not (update.silent or update.indices is None or is_shared(update))


def masked_packets(update: Update, numbers: Numbers, max_bits: int) -> Packets:
    """All coordinates cut into masked frames of at most `max_bits`; spans[-1] < d where one coordinate is too much."""
    form = numbers.fixed.form(update.size, update.values)
    spans, sizes = cut(MASKED, EVERY, update.size, form, whole_bytes(max_bits))
    starts = spans[:-1].astype(update.indices.dtype)  # of one type, or the search would copy the indices
    edges = np.append(np.searchsorted(update.indices, starts), update.entries)
    return Packets(edges, 8 * sizes, np.diff(edges) * form[WIDTH] + numbers.extra_bits, spans)

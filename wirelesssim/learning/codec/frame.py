"""The bytes of a frame, the unit that decodes alone; a silent update has no frame.

    tag (1 byte) | first (varint) | length (varint) | [k (1 byte)] | [positions] | values

- tag: bits 0-1 the kind, bits 2-3 the width of a value (0, 1, 2: binary16, 32, 64), bits 4-7 zero.
- varint: unsigned LEB128 (DWARF 5, 7.6), at most 9 bytes, no superfluous zero byte.
- first: the index of the first coordinate that the frame covers. values: IEEE 754, little-endian, in order of index.
- kind 0, dense: `length` values of coordinates first, first+1, …, all of them stated.
- kind 1, masked: the same, but a coordinate whose value is *negative zero* is not stated. A stated zero is sent as +0,
  so that a value that rounded to zero remains a statement.
- kind 2, bitmap: ceil(length/8) bytes, one bit a coordinate from `first` on, most significant bit first, zero-padded; the
  first and the last of the `length` bits are 1. Then one value for each 1.
- kind 3, Golomb-Rice: `length` entries; k; for each entry after the first, its gap g = index - previous index - 1 as
  floor(g / 2^k) zeros, a one, and the k low bits of g, all most significant bit first, zero-padded to a byte. Then the values.

Left out: a checksum (the link's frame check has its own) and the dimension of the model, which both ends know.
Source: Golomb, Run-length encodings, IEEE Trans. Inf. Theory 12(3), 1966; Rice and Plaunt, Adaptive variable-length
coding for efficient compression of spacecraft television data, IEEE Trans. Commun. Technol. 19(6), 1971.
"""

from __future__ import annotations

import numpy as np

from ..update import Update
from ..values import ValueFormat
from .kernels import BITMAP, DENSE, MASKED, rice_best, write_rice

__all__ = ["WIDTHS", "frame", "range_frame", "varint"]

WIDTHS = (16, 32, 64)  # bits of a value by its code in the tag


def varint(number: int) -> bytes:
    """`number` >= 0 in unsigned LEB128."""
    out = bytearray()
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def frame(kind: int, update: Update, start: int, stop: int, values: ValueFormat) -> bytes:
    """The frame of `kind` (DENSE, BITMAP or RICE) with entries start:stop, start < stop, of `update`."""
    if kind <= MASKED:
        first, last = (start, stop - 1) if update.indices is None else update.indices[[start, stop - 1]]
        return range_frame(update, start, stop, int(first), int(last) + 1, values)
    where = np.arange(start, stop) if update.indices is None else np.ascontiguousarray(update.indices[start:stop], dtype=np.int64)
    length, positions = _bitmap(where) if kind == BITMAP else _rice(where)
    return _head(kind, int(where[0]), length, values) + positions + _wire(update, start, stop, values).tobytes()


def range_frame(update: Update, start: int, stop: int, first: int, end: int, values: ValueFormat) -> bytes:
    """The dense or masked frame of coordinates first:end, in which entries start:stop of `update` lie (all that do)."""
    wire = _wire(update, start, stop, values)
    if stop - start == end - first:
        return _head(DENSE, first, end - first, values) + wire.tobytes()
    padded = np.full(end - first, -0.0, dtype=values.dtype)
    padded[update.indices[start:stop] - first] = wire + wire.dtype.type(0)  # -0 + 0 = +0
    return _head(MASKED, first, end - first, values) + padded.tobytes()


def _head(kind: int, first: int, length: int, values: ValueFormat) -> bytes:
    return bytes([kind | WIDTHS.index(values.bits) << 2]) + varint(first) + varint(length)


def _wire(update: Update, start: int, stop: int, values: ValueFormat) -> np.ndarray:
    return values.round(update.values[start:stop]).astype(values.dtype)


def _bitmap(where: np.ndarray) -> tuple[int, bytes]:
    """The number of coordinates that indices `where` (n,) span, and their bitmap."""
    span = int(where[-1] - where[0]) + 1
    stated = np.zeros(span, dtype=bool)
    stated[where - where[0]] = True
    return span, np.packbits(stated).tobytes()


def _rice(where: np.ndarray) -> tuple[int, bytes]:
    """The number of indices `where` (n,), and k with their gaps."""
    k, bits = rice_best(where, 0, len(where))
    return len(where), bytes([k]) + write_rice(where, k, bits).tobytes()

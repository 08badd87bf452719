"""The bytes of a frame, the unit that decodes alone; a silent update has no frame.

    tag (byte) | [steps (varint)] | [scale (binary32)] | [first (varint)] | length (varint) | [k (byte)] | [positions] | values

- tag: bits 0-3 the kind, bits 4-7 the format of values. varint: unsigned LEB128 (DWARF 5, 7.6), at most 9 bytes, no
  superfluous zero byte. Positions and levels: most significant bit first, each list zero-padded to a byte. No byte follows.
- formats 0, 1, 2: IEEE binary16, 32, 64, little-endian, in order of index. Formats 3 to 8: levels of a grid (`levels`), whose
  steps follow the tag; 3 midtread, 4 odd, 7 midtread in the Elias gamma code, each with its scale; 5, 6, 8 the same with the
  agreed scale 1, which is not sent. Where a sender may use 7 (or 8), it does in the frames that are shorter so, else 3 (or 5).
- kind 0, dense: `length` values of coordinates first, first+1, …, all of them stated.
- kind 1, masked: the same, but some of them are not stated: *negative zero*, or a level that begins with 0 on an odd grid. A
  stated zero is sent as +0, so that a value that rounded to zero remains a statement.
- kind 2, bitmap: `length` bits, one a coordinate from `first` on; the first and the last are 1. Then a value for each 1.
- kind 3, Golomb-Rice: `length` entries from index `first` on; k; for each entry after the first, its gap
  g = index - previous index - 1 as floor(g / 2^k) zeros, a one, and the k low bits of g. Then the values.
- kind 4, fixed width: `length` indices of ceil(log2 d) bits in a model of d coordinates; no `first`. Then the values.
- kind 5, Elias gamma: `length` differences of indices, the first from -1, each in the gamma code; no `first`. Then the values.
- kind 6, run length: in the gamma code, one more than the unstated coordinates before the first entry, then the runs of
  stated and unstated coordinates in turn until `length` are stated; no `first`. Then the values.
- kind 7, shared: `length` values of the positions `first`, first+1, … in a list that the receiver has.

Left out: a checksum (the link's frame check has its own) and the dimension of the model, which both ends know.
Source: Golomb, Run-length encodings, IEEE Trans. Inf. Theory 12(3), 1966; Rice and Plaunt, Adaptive variable-length
coding for efficient compression of spacecraft television data, IEEE Trans. Commun. Technol. 19(6), 1971; Elias, Universal
codeword sets and representations of the integers, IEEE Trans. Inf. Theory 21(2), 1975.
"""

from __future__ import annotations

import numpy as np

from ..update import Update
from .bits.kernels import write_bits, write_rice
from .kernels import BITMAP, DENSE, ELIAS_GAMMA, FIXED_WIDTH, MASKED, RICE, SHARED, rice_best
from .levels import gamma_width
from .numbers import Numbers, index_bits
from .varint import varint

__all__ = ["frame", "masked_frame"]


def frame(kind: int, update: Update, start: int, stop: int, numbers: Numbers) -> bytes:
    """The frame of `kind` with entries start:stop, start < stop, of `update`; a dense one with holes becomes masked."""
    if kind == SHARED:
        return _bytes(SHARED, varint(start) + varint(stop - start), b"", update, start, stop, numbers)
    where = np.arange(start, stop) if update.indices is None else update.indices[start:stop].astype(np.int64)
    first, span = int(where[0]), int(where[-1] - where[0]) + 1
    if kind == DENSE and span > stop - start:
        return masked_frame(update, start, stop, first, first + span, numbers)
    header = varint(first) if kind <= RICE else b""
    length, positions = (span, _bitmap(where)) if kind == BITMAP else (len(where), _positions(kind, where, update.size))
    return _bytes(kind, header + varint(length), positions, update, start, stop, numbers)


def masked_frame(update: Update, start: int, stop: int, first: int, end: int, numbers: Numbers) -> bytes:
    """The masked frame of coordinates first:end, in which entries start:stop of `update` lie, or none."""
    numbers = numbers.fixed
    values = numbers.write_masked(update.values[start:stop], update.positions()[start:stop] - first, end - first)
    return _tag(MASKED, numbers) + numbers.head() + varint(first) + varint(end - first) + values


def _bytes(kind: int, header: bytes, positions: bytes, update: Update, start: int, stop: int, numbers: Numbers) -> bytes:
    values = update.values[start:stop]
    numbers = numbers.shortest(values)
    return _tag(kind, numbers) + numbers.head() + header + positions + numbers.write(values)


def _tag(kind: int, numbers: Numbers) -> bytes:
    return bytes([kind | numbers.code << 4])


def _bitmap(where: np.ndarray) -> bytes:
    stated = np.zeros(int(where[-1] - where[0]) + 1, dtype=bool)
    stated[where - where[0]] = True
    return np.packbits(stated).tobytes()


def _positions(kind: int, where: np.ndarray, size: int) -> bytes:
    """The indices `where` (n,) as bytes, with k in front where the kind has one."""
    if kind == DENSE:
        return b""
    if kind == RICE:
        k, bits = rice_best(where, 0, len(where))
        return bytes([k]) + write_rice(where, k, bits).tobytes()
    if kind == FIXED_WIDTH:
        return write_bits(where, np.full(len(where), index_bits(size))).tobytes()
    codes = np.diff(where, prepend=-1) if kind == ELIAS_GAMMA else _runs(where)
    return write_bits(codes, gamma_width(codes)).tobytes()


def _runs(where: np.ndarray) -> np.ndarray:
    """One more than the unstated coordinates before `where` (n,), then the lengths of its runs and of the holes between."""
    steps = np.diff(where)
    ends = np.flatnonzero(steps > 1)
    stated = np.diff(ends, prepend=-1, append=len(where) - 1)
    runs = np.empty(2 * len(ends) + 2, dtype=np.int64)
    runs[0], runs[1::2], runs[2::2] = where[0] + 1, stated, steps[ends] - 1
    return runs

"""From the bytes of a frame back to an update, trusting nothing that the bytes say."""

from __future__ import annotations

import numpy as np

from ..update import Update
from .bits.kernels import read_bits, read_gaps, read_rice, read_runs
from .kernels import BITMAP, DENSE, ELIAS_GAMMA, FIXED_WIDTH, MASKED, RICE, SHARED
from .levels import Levels
from .numbers import IEEE, Numbers, index_bits
from .varint import CodecError, read_varint

__all__ = ["CodecError", "decode"]


def decode(data: bytes, size: int, positions: np.ndarray | None = None, dtype: type = np.float64) -> Update:
    """The update of R^size that the frame `data` states; nothing stated for no bytes.

    Indices are strictly increasing in [0, size), or None if all `size` coordinates are stated. `positions` (n,): the indices
    of the whole update that a *shared* frame leaves out. `dtype`: the type of the receiver's model, which values are given
    in. A damaged frame raises CodecError or, where the damage makes another valid frame, states something else inside those
    bounds. Allocates O(len(data)) bytes, whatever the header claims.
    """
    data = bytes(data)
    if not data:
        return Update.empty(size)
    kind, code = data[0] & 15, data[0] >> 4
    if kind > SHARED:
        raise CodecError(f"the tag's kind of frame, {kind}, is not known")
    numbers, at = (list(IEEE.values())[code], 1) if code < len(IEEE) else Levels.of_code(code, data, 1)
    grid = numbers.grid if isinstance(numbers, Levels) else None
    where, values = _entries(kind, data, at, size, positions, numbers)
    with np.errstate(over="ignore"):
        values = values.astype(dtype, copy=False)
    return Update(size, None if len(where) == size else where, values, grid=grid, shared=kind == SHARED)


def _entries(kind: int, data: bytes, at: int, size: int, positions: np.ndarray | None,
             numbers: Numbers) -> tuple[np.ndarray, np.ndarray]:
    """Indices (n,) and values (n,) of the frame whose header is at byte `at`."""
    first = 0
    if kind <= RICE or kind == SHARED:
        first, at = read_varint(data, at)
    length, at = read_varint(data, at)
    places = size if kind != SHARED else 0 if positions is None else len(positions)
    if length < 1 or first >= places or length > places - first:
        raise CodecError(f"{length} coordinates from {first} on do not lie among {places}")
    if kind == MASKED:
        stated, values = numbers.read_masked(data, at, length)
        return first + stated, values
    if kind == BITMAP:
        where, at = _bitmap(data, at, first, length)
        return where, numbers.read(data, at, len(where))
    numbers.check_count(data, at, length)
    if kind == DENSE:
        return np.arange(first, first + length), numbers.read(data, at, length)
    if kind == SHARED:
        return positions[first:first + length], numbers.read(data, at, length)
    where, at = _indices(kind, data, at, size, first, length)
    return where, numbers.read(data, at, length)


def _bitmap(data: bytes, at: int, first: int, length: int) -> tuple[np.ndarray, int]:
    """The indices of a bitmap of `length` bits that starts at byte `at`, and the byte after it."""
    end = at + (length + 7) // 8
    if end > len(data):
        raise CodecError(f"a bitmap of {length} bits is cut short")
    stated = np.unpackbits(np.frombuffer(data, dtype=np.uint8)[at:end])
    if not stated[0] or not stated[length - 1] or stated[length:].any():
        raise CodecError(f"a bitmap of {length} bits must begin and end with 1, and its padding be 0")
    return first + np.flatnonzero(stated), end


def _indices(kind: int, data: bytes, at: int, size: int, first: int, length: int) -> tuple[np.ndarray, int]:
    """The `length` indices that start at byte `at`, and the byte after them."""
    where, stream = np.empty(length, dtype=np.int64), np.frombuffer(data, dtype=np.uint8)
    if kind == RICE:
        if at >= len(data) or data[at] > 62:
            raise CodecError("a Golomb-Rice frame is cut short, or its k is beyond 62")
        end = read_rice(stream, at + 1, data[at], first, size, where)
    elif kind == FIXED_WIDTH:
        end = read_bits(stream, at, index_bits(size), where)
        if end >= 0 and (where[-1] >= size or (np.diff(where) <= 0).any()):
            end = -1
    else:
        end = (read_gaps if kind == ELIAS_GAMMA else read_runs)(stream, at, size, where)
    if end < 0:
        raise CodecError(f"the positions of {length} entries do not lie in a model of {size}")
    return where, end

"""From the bytes of a frame back to an update, trusting nothing that the bytes say."""

from __future__ import annotations

import numpy as np

from ..update import Update
from ..values import ValueFormat
from .frame import WIDTHS
from .kernels import BITMAP, MASKED, read_rice

__all__ = ["CodecError", "decode"]


class CodecError(ValueError):
    """Bytes that are not a frame of this layout for a model of this size."""


def decode(data: bytes, size: int) -> Update:
    """The update of R^size that the frame `data` states; nothing stated for no bytes.

    Indices are strictly increasing in [0, size), or None if all `size` coordinates are stated. A damaged frame raises
    CodecError or, where the damage makes another valid frame, states something else inside those bounds. Allocates
    O(len(data)) bytes, whatever the header claims.
    """
    data = bytes(data)
    if not data:
        return Update.empty(size)
    kind, width = data[0] & 3, data[0] >> 2
    if width >= len(WIDTHS):
        raise CodecError(f"tag {data[0]} is not one of a frame")
    values = ValueFormat(WIDTHS[width])
    first, at = _varint(data, 1)
    length, at = _varint(data, at)
    if length < 1 or first >= size or length > size - first:
        raise CodecError(f"{length} coordinates from {first} on do not lie in a model of {size}")
    if kind <= MASKED:
        return _dense(data[at:], size, first, length, values, kind == MASKED)
    where, at = (_bitmap if kind == BITMAP else _rice)(data, at, size, first, length, values)
    return Update(size, None if len(where) == size else where, _values(data[at:], len(where), values))


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that starts at byte `at`, and where it ends."""
    number = 0
    for place, byte in enumerate(data[at:at + 9]):
        number |= (byte & 127) << 7 * place
        if byte < 128:
            if byte == 0 and place > 0:
                break
            return number, at + place + 1
    raise CodecError(f"no number at byte {at} of the frame")


def _values(data: bytes, count: int, values: ValueFormat) -> np.ndarray:
    if len(data) * 8 != count * values.bits:
        raise CodecError(f"{count} values of {values.bits} bits are not {len(data)} bytes")
    with np.errstate(invalid="ignore"):  # a damaged value may be a signalling NaN
        return np.frombuffer(data, dtype=values.dtype).astype(np.float64)


def _dense(data: bytes, size: int, first: int, length: int, values: ValueFormat, masked: bool) -> Update:
    stated = _values(data, length, values)
    where = np.arange(first, first + length)
    if masked:
        keep = (stated != 0) | ~np.signbit(stated)
        where, stated = where[keep], stated[keep]
    return Update(size, None if len(where) == size else where, stated)


def _bitmap(data: bytes, at: int, size: int, first: int, length: int, values: ValueFormat) -> tuple[np.ndarray, int]:
    """The indices of a bitmap of `length` bits that starts at byte `at`, and where the values start."""
    end = at + (length + 7) // 8
    if end > len(data):
        raise CodecError(f"a bitmap of {length} bits is cut short")
    stated = np.unpackbits(np.frombuffer(data, dtype=np.uint8)[at:end])
    if not stated[0] or not stated[length - 1] or stated[length:].any():
        raise CodecError(f"a bitmap of {length} bits must begin and end with 1, and its padding be 0")
    return first + np.flatnonzero(stated), end


def _rice(data: bytes, at: int, size: int, first: int, length: int, values: ValueFormat) -> tuple[np.ndarray, int]:
    """The `length` indices whose parameter k is at byte `at`, and where the values start."""
    end = len(data) - length * values.bits // 8
    if end <= at or data[at] > 62:
        raise CodecError(f"a Golomb-Rice frame of {length} entries is cut short, or its k is beyond 62")
    where = read_rice(np.frombuffer(data, dtype=np.uint8)[at + 1:end], data[at], first, length, size)
    if len(where) == 0:
        raise CodecError(f"the gaps of {length} entries do not lie in a model of {size}")
    return where, end

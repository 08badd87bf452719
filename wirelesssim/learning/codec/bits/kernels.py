"""Compiled writing and reading of bits, most significant first, zero-padded to a byte.

A reader begins at byte `at` of `data` (uint8), fills an array (n,) int64 that the caller has sized by what the bytes can hold,
and returns the byte after its last, or -1 where the bytes are not exactly such a list: they end early, the padding is not
zero, or a number leaves its bound. Every index that is filled in is strictly increasing and inside [0, size).
"""

from __future__ import annotations

import numpy as np

from ....compiled import compiled

__all__ = ["write_bits", "write_rice", "read_bits", "read_rice", "read_gamma", "read_gaps", "read_runs"]


@compiled(nogil=True)
def write_bits(numbers, widths):
    """Each of `numbers` (n,) int64 in its `widths` (n,) bits; of more than 63 bits the first are zero (Elias gamma)."""
    out = np.zeros((widths.sum() + 7) // 8, dtype=np.uint8)
    at = 0
    for i in range(len(numbers)):
        at += widths[i]
        number, place = numbers[i], at - 1
        while number > 0:
            if number & 1:
                out[place >> 3] |= np.uint8(128 >> (place & 7))
            number >>= 1
            place -= 1
    return out


@compiled(nogil=True)
def write_rice(indices, k, bits):
    """The gaps of `indices` (n,) in the Rice code of parameter k; `bits` is what `rice_bits` counts."""
    out = np.zeros((bits + 7) // 8, dtype=np.uint8)
    at = 0
    for i in range(1, len(indices)):
        gap = indices[i] - indices[i - 1] - 1
        at += gap >> k  # the zeros of the unary part are there
        out[at >> 3] |= np.uint8(128 >> (at & 7))
        at += 1
        for j in range(k - 1, -1, -1):
            if (gap >> j) & 1:
                out[at >> 3] |= np.uint8(128 >> (at & 7))
            at += 1
    return out


@compiled(nogil=True)
def _bit(data, at):
    return (data[at >> 3] >> (7 - (at & 7))) & 1


@compiled(nogil=True)
def _bits(data, at, width):
    """The number in `width` bits at bit `at`; the caller has checked that they are there."""
    number = 0
    for place in range(at, at + width):
        number = 2 * number + _bit(data, place)
    return number


@compiled(nogil=True)
def _end(data, at):
    """The byte after bit `at`, -1 where the rest of a begun byte is not zero."""
    if at & 7 and data[at >> 3] & ((1 << (8 - (at & 7))) - 1):
        return -1
    return (at + 7) >> 3


@compiled(nogil=True)
def _zeros(data, at, most):
    """The number of zeros before the one at or after bit `at`; -1 if they are more than `most` or the bytes end."""
    zeros = 0
    while at < 8 * len(data) and not _bit(data, at):
        at += 1
        zeros += 1
        if zeros > most:
            return -1
    return zeros if at < 8 * len(data) else -1


@compiled(nogil=True)
def _gamma(data, at):
    """The number of the Elias gamma code at bit `at`, below 2^62, and the bit after it; (-1, at) if there is none."""
    zeros = _zeros(data, at, 61)
    if zeros < 0 or at + 2 * zeros + 1 > 8 * len(data):
        return -1, at
    return _bits(data, at + zeros, zeros + 1), at + 2 * zeros + 1


@compiled(nogil=True)
def read_bits(data, at, width, out):
    """Numbers of `width` <= 62 bits each."""
    bit = 8 * at
    if bit + width * len(out) > 8 * len(data):
        return -1
    for i in range(len(out)):
        out[i] = _bits(data, bit, width)
        bit += width
    return _end(data, bit)


@compiled(nogil=True)
def read_gamma(data, at, out):
    """Numbers >= 1 in the Elias gamma code."""
    bit = 8 * at
    for i in range(len(out)):
        out[i], bit = _gamma(data, bit)
        if out[i] < 0:
            return -1
    return _end(data, bit)


@compiled(nogil=True)
def read_rice(data, at, k, first, size, indices):
    """Indices from `first` < size on, their gaps in the Rice code of parameter `k`; a unary run beyond `size` is given up."""
    bit = 8 * at
    indices[0] = last = first
    for i in range(1, len(indices)):
        room = size - 2 - last  # the largest gap that stays inside
        high = _zeros(data, bit, room >> k) if room >= 0 else -1
        if high < 0 or bit + high + 1 + k > 8 * len(data):
            return -1
        gap = (high << k) + _bits(data, bit + high + 1, k)
        bit += high + 1 + k
        if gap > room:
            return -1
        last += 1 + gap
        indices[i] = last
    return _end(data, bit)


@compiled(nogil=True)
def read_gaps(data, at, size, indices):
    """Indices by their differences in the Elias gamma code, the first from -1."""
    bit, last = 8 * at, -1
    for i in range(len(indices)):
        step, bit = _gamma(data, bit)
        if step < 0 or step > size - 1 - last:
            return -1
        last += step
        indices[i] = last
    return _end(data, bit)


@compiled(nogil=True)
def read_runs(data, at, size, indices):
    """Indices by runs in the Elias gamma code: unstated + 1, stated, unstated, stated, …; the last must end the list."""
    step, bit = _gamma(data, 8 * at)
    last, filled = step - 2, 0  # the run of unstated coordinates before the first may be empty
    while step > 0:
        run, bit = _gamma(data, bit)
        if run < 0 or run > len(indices) - filled or run > size - 1 - last:
            return -1
        for i in range(filled, filled + run):
            last += 1
            indices[i] = last
        filled += run
        if filled == len(indices):
            return _end(data, bit)
        step, bit = _gamma(data, bit)
        last += step  # beyond the end, no stated run fits
    return -1

"""Compiled counting, cutting, writing and reading of frames; the layout itself is described in `frame`.

`indices` (n,) int64 strictly increasing, or an array of length 0 for an update that states all coordinates: entry i then
stands at index i and every count has a closed form. `start`, `stop` are entry offsets with start < stop. Sizes are bytes.
"""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["DENSE", "MASKED", "BITMAP", "RICE", "frame_bytes", "smallest", "smallest_each", "cut", "rice_best", "write_rice",
           "read_rice"]

DENSE, MASKED, BITMAP, RICE = 0, 1, 2, 3  # the kinds of frame, as in the tag byte


@njit(cache=True, nogil=True)
def varint_bytes(number):
    """Length of `number` >= 0 in LEB128."""
    length = 1
    while number >= 128:
        number >>= 7
        length += 1
    return length


@njit(cache=True, nogil=True)
def _index(indices, entry):
    return entry if len(indices) == 0 else indices[entry]


@njit(cache=True, nogil=True)
def rice_bits(indices, start, stop, k):
    """SUM over gaps g of 1 + k + floor(g / 2^k): the position bits after the first index."""
    total = (stop - start - 1) * (1 + k)
    if len(indices) > 0:
        for i in range(start + 1, stop):
            total += (indices[i] - indices[i - 1] - 1) >> k
    return total


@njit(cache=True, nogil=True)
def rice_best(indices, start, stop):
    """The smallest k among those that minimise `rice_bits`, and the bits.

    bits(k+1) - bits(k) = n - SUM ceil(floor(g / 2^k) / 2) does not decrease with k: the count is convex in k, and a walk
    downhill from floor(log2(mean gap)) ends at the global minimum.
    """
    gaps = stop - start - 1
    if gaps == 0 or len(indices) == 0:
        return 0, gaps
    excess = indices[stop - 1] - indices[start] - gaps  # the sum of the gaps
    k = 0
    while gaps << (k + 1) <= excess:
        k += 1
    bits = rice_bits(indices, start, stop, k)
    moved = False
    while k > 0:
        lower = rice_bits(indices, start, stop, k - 1)
        if lower > bits:
            break
        k, bits, moved = k - 1, lower, True
    while not moved:
        higher = rice_bits(indices, start, stop, k + 1)
        if higher >= bits:
            break
        k, bits = k + 1, higher
    return k, bits


@njit(cache=True, nogil=True)
def frame_bytes(kind, indices, start, stop, width):
    """Bytes of the frame of `kind` that holds entries start:stop, `width` bytes a value."""
    first = _index(indices, start)
    entries = stop - start
    span = _index(indices, stop - 1) - first + 1
    head = 1 + varint_bytes(first)
    if kind <= MASKED:
        return head + varint_bytes(span) + span * width
    if kind == BITMAP:
        return head + varint_bytes(span) + (span + 7) // 8 + entries * width
    bits = rice_best(indices, start, stop)[1]
    return head + varint_bytes(entries) + 1 + (bits + 7) // 8 + entries * width


@njit(cache=True, nogil=True)
def smallest(indices, start, stop, width):
    """The kind of the smallest frame for entries start:stop, and its bytes; ties in the order dense, bitmap, Rice."""
    kind, best = DENSE, frame_bytes(DENSE, indices, start, stop, width)
    for other in (BITMAP, RICE):
        size = frame_bytes(other, indices, start, stop, width)
        if size < best:
            kind, best = other, size
    return kind, best


@njit(cache=True, nogil=True)
def smallest_each(indices, edges, width):
    """Bytes (K,) of the smallest frame of each slice edges[i]:edges[i+1]."""
    sizes = np.empty(len(edges) - 1, dtype=np.int64)
    for i in range(len(sizes)):
        sizes[i] = smallest(indices, edges[i], edges[i + 1], width)[1]
    return sizes


@njit(cache=True, nogil=True)
def _search(kind, indices, start, end, width, limit):
    """The largest stop <= end whose frame fits, `start` if none: doubling steps, then bisection (sizes grow with stop)."""
    good, step = start, 1
    while good + step <= end and frame_bytes(kind, indices, start, good + step, width) <= limit:
        good += step
        step *= 2
    bad = min(good + step, end + 1)
    while bad - good > 1:
        middle = (good + bad) // 2
        if frame_bytes(kind, indices, start, middle, width) <= limit:
            good = middle
        else:
            bad = middle
    return good


@njit(cache=True, nogil=True)
def _rice_stop(indices, start, end, width, limit, k):
    """The largest stop <= end whose Rice frame with parameter k fits, `start` if none."""
    head = 2 + varint_bytes(indices[start])
    bits, stop = 0, start
    while stop < end:
        if stop > start:
            bits += 1 + k + ((indices[stop] - indices[stop - 1] - 1) >> k)
        entries = stop + 1 - start
        if head + varint_bytes(entries) + (bits + 7) // 8 + entries * width > limit:
            break
        stop += 1
    return stop


@njit(cache=True, nogil=True)
def _rice_fit(indices, start, end, width, limit, k):
    """The largest stop <= end whose Rice frame fits, `start` if none, and a k with which it does; `k` is a first guess.

    Ends where one entry more does not fit even with its own best k, so that no k fits more.
    """
    stop = _rice_stop(indices, start, end, width, limit, k)
    while stop < end and frame_bytes(RICE, indices, start, stop + 1, width) <= limit:
        k = rice_best(indices, start, stop + 1)[0]
        stop = _rice_stop(indices, start, end, width, limit, k)
    return stop, k


@njit(cache=True, nogil=True)
def cut(kind, indices, entries, width, limit):
    """Cut entries 0:`entries` greedily into frames of `kind` of at most `limit` bytes: edges (K+1,), bytes (K,).

    Greedy makes the fewest frames, since a part of a slice that fits fits. Where not even one entry fits, it stops:
    edges[-1] < entries then names that entry.
    """
    edges, sizes = np.zeros(17, dtype=np.int64), np.zeros(16, dtype=np.int64)
    count, start, k = 0, 0, 0
    while start < entries:
        end = min(entries, start + limit // width)  # values alone allow no more
        if end <= start:
            break
        if kind == RICE and len(indices) > 0:
            stop, k = _rice_fit(indices, start, end, width, limit, k)
        else:
            stop = _search(kind, indices, start, end, width, limit)
        if stop == start:
            break
        if count == len(sizes):
            edges, sizes = np.append(edges, np.zeros_like(sizes)), np.append(sizes, np.zeros_like(sizes))
        sizes[count] = frame_bytes(kind, indices, start, stop, width)
        count += 1
        edges[count] = start = stop
    return edges[:count + 1].copy(), sizes[:count].copy()


@njit(cache=True, nogil=True)
def write_rice(indices, k, bits):
    """The gaps of `indices` (n,) as bytes, most significant bit first; `bits` is what `rice_bits` counts."""
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


@njit(cache=True, nogil=True)
def read_rice(data, k, first, count, size):
    """`count` indices from `data`, starting at `first`; an empty array if the bytes are not exactly such a list.

    Every index is inside [0, size): a unary run is given up as soon as it would leave it. Needs first < size, count >= 1.
    """
    indices, none = np.empty(count, dtype=np.int64), np.empty(0, dtype=np.int64)
    indices[0] = last = first
    at, end = 0, 8 * len(data)
    for i in range(1, count):
        room = size - 2 - last  # the largest gap that stays inside
        high = 0
        while at < end and not (data[at >> 3] >> (7 - (at & 7))) & 1:
            at += 1
            high += 1
            if high > room >> k:
                return none
        at += 1
        if at + k > end:
            return none
        low = 0
        for _ in range(k):
            low = 2 * low + ((data[at >> 3] >> (7 - (at & 7))) & 1)
            at += 1
        gap = (high << k) + low
        if gap > room:
            return none
        last += 1 + gap
        indices[i] = last
    if (at + 7) // 8 != len(data) or (at & 7 and data[-1] & ((1 << (8 - (at & 7))) - 1)):
        return none
    return indices

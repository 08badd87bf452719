"""Compiled counting and cutting of frames; the layout itself is described in `frame`.

`indices` (n,) int64 or int32 strictly increasing, or an array of length 0 for an update that states all coordinates: entry
i then stands at index i and every count has a closed form. `start`, `stop` are entry offsets with start < stop. Sizes are
bytes. Indices lie below 2^53, where a float64 still tells the length of every gap.

`form` (4,) or (4 + n + 1,) int64 is what counting must know beside the indices: form[HEAD] bytes of the tag and the grid,
form[WIDTH] bits of a value, form[MASKED_WIDTH] bits of a coordinate in a masked frame, form[INDEX_WIDTH] bits of an index of
fixed width; then, where the values have a code of their own besides, the bits in it before each of them: a frame takes what
is less, the code or form[WIDTH] for each, so that what a part of it takes is never more. An array, because a call unpacks one
in a tenth of a microsecond, and a tuple in half a one.
"""

from __future__ import annotations

import numpy as np

from ...compiled import compiled

__all__ = ["DENSE", "MASKED", "BITMAP", "RICE", "FIXED_WIDTH", "ELIAS_GAMMA", "RUN_LENGTH", "SHARED", "HEAD", "WIDTH",
           "MASKED_WIDTH", "INDEX_WIDTH", "COSTS", "frame_bytes", "value_bits", "smallest", "smallest_each", "cut", "rice_best"]

DENSE, MASKED, BITMAP, RICE, FIXED_WIDTH, ELIAS_GAMMA, RUN_LENGTH, SHARED = range(8)  # the kinds of frame, as in the tag byte
HEAD, WIDTH, MASKED_WIDTH, INDEX_WIDTH, COSTS = range(5)  # places in a `form`


@compiled(nogil=True)
def varint_bytes(number):
    """Length of `number` >= 0 in LEB128."""
    length = 1
    while number >= 128:
        number >>= 7
        length += 1
    return length


@compiled(nogil=True)
def _index(indices, entry):
    return entry if len(indices) == 0 else indices[entry]


@compiled(nogil=True)
def _gamma(number):
    """2 floor(log2 number) + 1, the length of `number` >= 1 in the Elias gamma code, read off the exponent of a float64."""
    return 2 * ((np.float64(number).view(np.int64) >> 52) - 1023) + 1


@compiled(nogil=True)
def gamma_bits(indices, start, stop):
    """Position bits of an Elias-gamma frame: of the first index + 1, and of each difference."""
    total = _gamma(_index(indices, start) + 1) + (stop - start - 1)
    if len(indices) > 0:
        exponents = 0
        for i in range(start + 1, stop):
            exponents += (np.float64(indices[i] - indices[i - 1]).view(np.int64) >> 52) - 1023
        total += 2 * exponents
    return total


@compiled(nogil=True)
def run_bits(indices, start, stop):
    """Position bits of a run-length frame: of the first index + 1, then of each run, stated and unstated in turn."""
    total = _gamma(_index(indices, start) + 1)
    if len(indices) == 0:
        return total + _gamma(stop - start)
    begin = start
    for i in range(start + 1, stop):
        step = indices[i] - indices[i - 1]
        if step > 1:
            total += _gamma(i - begin) + _gamma(step - 1)
            begin = i
    return total + _gamma(stop - begin)


@compiled(nogil=True)
def rice_bits(indices, start, stop, k):
    """SUM over gaps g of 1 + k + floor(g / 2^k): the position bits after the first index."""
    total = (stop - start - 1) * (1 + k)
    if len(indices) > 0:
        for i in range(start + 1, stop):
            total += (indices[i] - indices[i - 1] - 1) >> k
    return total


@compiled(nogil=True)
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


@compiled(nogil=True)
def _value_bits(start, stop, form):
    bits = (stop - start) * form[WIDTH]
    return bits if len(form) == COSTS else min(bits, form[COSTS + stop] - form[COSTS + start])


@compiled(nogil=True)
def _value_bytes(start, stop, form):
    return (_value_bits(start, stop, form) + 7) >> 3


@compiled(nogil=True)
def _range_bytes(kind, indices, start, stop, form):
    """Dense, masked or bitmap: what grows with the span."""
    first = _index(indices, start)
    span = _index(indices, stop - 1) - first + 1
    head = form[HEAD] + varint_bytes(first) + varint_bytes(span)
    if kind == MASKED or (kind == DENSE and span > stop - start):
        return head + ((span * form[MASKED_WIDTH] + 7) >> 3)
    bitmap = (span + 7) >> 3 if kind == BITMAP else 0
    return head + bitmap + _value_bytes(start, stop, form)


@compiled(nogil=True)
def _rice_bytes(indices, start, stop, form):
    bits = rice_best(indices, start, stop)[1]
    head = form[HEAD] + varint_bytes(_index(indices, start)) + varint_bytes(stop - start) + 1
    return head + ((bits + 7) >> 3) + _value_bytes(start, stop, form)


@compiled(nogil=True)
def _list_bytes(kind, indices, start, stop, form):
    """The kinds that state no first index, and shared positions, whose first is a place in the receiver's list."""
    head = form[HEAD] + varint_bytes(stop - start)
    if kind == SHARED:
        return head + varint_bytes(start) + _value_bytes(start, stop, form)
    if kind == FIXED_WIDTH:
        bits = (stop - start) * form[INDEX_WIDTH]
    else:
        bits = gamma_bits(indices, start, stop) if kind == ELIAS_GAMMA else run_bits(indices, start, stop)
    return head + ((bits + 7) >> 3) + _value_bytes(start, stop, form)


@compiled(nogil=True)
def frame_bytes(kind, indices, start, stop, form):
    """Bytes of the frame of `kind` that holds entries start:stop; DENSE is counted as MASKED where they leave holes."""
    if kind <= BITMAP:
        return _range_bytes(kind, indices, start, stop, form)
    if kind == RICE:
        return _rice_bytes(indices, start, stop, form)
    return _list_bytes(kind, indices, start, stop, form)


@compiled(nogil=True)
def value_bits(kinds, indices, edges, form):
    """Bits (K,) of the values in frames of `kinds` (K,) that hold edges[i]:edges[i+1], (K+1,); DENSE as in `frame_bytes`."""
    bits = np.empty(len(kinds), dtype=np.int64)
    for i in range(len(kinds)):
        start, stop = edges[i], edges[i + 1]
        bits[i] = _value_bits(start, stop, form)
        if kinds[i] == DENSE and _index(indices, stop - 1) - _index(indices, start) >= stop - start:
            bits[i] = (stop - start) * form[WIDTH]
    return bits


@compiled(nogil=True)
def smallest(indices, start, stop, form):
    """The kind of the smallest frame for entries start:stop, and its bytes; ties in the order dense, bitmap, Rice."""
    first, entries, values = _index(indices, start), stop - start, _value_bytes(start, stop, form)
    span = _index(indices, stop - 1) - first + 1
    head = form[HEAD] + varint_bytes(first)
    dense = head + varint_bytes(span) + (values if span == entries else (span * form[MASKED_WIDTH] + 7) >> 3)
    bitmap = head + varint_bytes(span) + ((span + 7) >> 3) + values
    rice = head + varint_bytes(entries) + 1 + values
    best = min(dense, bitmap)
    if rice < best:  # else not even gaps of no bits would make it smaller
        rice += (rice_best(indices, start, stop)[1] + 7) >> 3
        if rice < best:
            return RICE, rice
    return (DENSE, dense) if dense <= bitmap else (BITMAP, bitmap)


@compiled(nogil=True)
def smallest_each(indices, edges, form):
    """Bytes (K,) of the smallest frame of each slice edges[i]:edges[i+1]."""
    sizes = np.empty(len(edges) - 1, dtype=np.int64)
    for i in range(len(sizes)):
        sizes[i] = smallest(indices, edges[i], edges[i + 1], form)[1]
    return sizes


@compiled(nogil=True)
def _search(kind, indices, start, end, form, limit, guess):
    """The largest stop <= end whose frame fits, `start` if none (sizes grow with stop).

    Steps from the guess, each twice the last, and halves what is left where a step would leave it.
    """
    good, bad, step = start, end + 1, 1
    stop = min(max(guess, start + 1), end)
    while bad - good > 1:
        if kind <= BITMAP:  # most often; the call is short enough to be compiled in place
            size = _range_bytes(kind, indices, start, stop, form)
        else:
            size = frame_bytes(kind, indices, start, stop, form)
        if size <= limit:
            good, stop = stop, stop + step
        else:
            bad, stop = stop, stop - step
        step *= 2
        if not good < stop < bad:
            stop = (good + bad) // 2
    return good


@compiled(nogil=True)
def _rice_stop(indices, start, end, form, limit, k):
    """The largest stop <= end whose Rice frame with parameter k fits, `start` if none."""
    head = form[HEAD] + 1 + varint_bytes(indices[start])
    bits, stop = 0, start
    while stop < end:
        if stop > start:
            bits += 1 + k + ((indices[stop] - indices[stop - 1] - 1) >> k)
        entries = stop + 1 - start
        if head + varint_bytes(entries) + ((bits + 7) >> 3) + _value_bytes(start, stop + 1, form) > limit:
            break
        stop += 1
    return stop


@compiled(nogil=True)
def _rice_fit(indices, start, end, form, limit, k):
    """The largest stop <= end whose Rice frame fits, `start` if none, and a k with which it does; `k` is a first guess.

    Ends where one entry more does not fit even with its own best k, so that no k fits more.
    """
    stop = _rice_stop(indices, start, end, form, limit, k)
    while stop < end and frame_bytes(RICE, indices, start, stop + 1, form) <= limit:
        k = rice_best(indices, start, stop + 1)[0]
        stop = _rice_stop(indices, start, end, form, limit, k)
    return stop, k


@compiled(nogil=True)
def cut(kind, indices, entries, form, limit):
    """Cut entries 0:`entries` greedily into frames of `kind` of at most `limit` bytes: edges (K+1,), bytes (K,).

    Greedy makes the fewest frames, since a part of a slice that fits fits. Where not even one entry fits, it stops:
    edges[-1] < entries then names that entry.
    """
    edges, sizes = np.zeros(17, dtype=np.int64), np.zeros(16, dtype=np.int64)
    count, start, filled, k = 0, 0, 1, 0
    least = form[WIDTH] if len(form) == COSTS else 1
    while start < entries:
        end = min(entries, start + 8 * limit // least)  # values alone allow no more
        if end <= start:
            break
        if kind == RICE and len(indices) > 0:
            stop, k = _rice_fit(indices, start, end, form, limit, k)
        else:
            stop = _search(kind, indices, start, end, form, limit, start + filled)
        if stop == start:
            break
        if count == len(sizes):
            edges, sizes = np.append(edges, np.zeros_like(sizes)), np.append(sizes, np.zeros_like(sizes))
        sizes[count] = frame_bytes(kind, indices, start, stop, form)
        count += 1
        filled = stop - start  # the next packet holds about as many
        edges[count] = start = stop
    return edges[:count + 1].copy(), sizes[:count].copy()

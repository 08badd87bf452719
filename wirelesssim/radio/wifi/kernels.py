"""Compiled integers of a contention loop: how long a frame lasts, how many are sent in one, which rate comes next."""

from __future__ import annotations

from ...compiled import compiled

__all__ = ["ppdu_nanoseconds", "aggregate", "arf"]


@compiled
def ppdu_nanoseconds(psdu_bytes, preamble, bits_per_symbol, symbol, overhead_bits, grid):
    """preamble + ceil(ceil((overhead_bits + 8 psdu_bytes) / bits_per_symbol) symbol / grid) grid, integers (see `Mode`)."""
    symbols = (overhead_bits + 8 * psdu_bytes + bits_per_symbol - 1) // bits_per_symbol
    return preamble + (symbols * symbol + grid - 1) // grid * grid


@compiled
def aggregate(sizes, start, stop, limit_bytes, limit_count, single):
    """How many of the MPDUs `sizes`[start:stop] (bytes) go into one PSDU, and its bytes.

    Each has a delimiter of 4 bytes and, but for the last, padding to a multiple of 4. At most `limit_count` of them and
    `limit_bytes`; the first goes in any case. One alone has `single` bytes more than its own: 4, or 0 where it goes without a
    delimiter.
    """
    count, length, padded = 0, 0, 0
    for place in range(start, min(stop, start + limit_count)):
        longer = padded + 4 + sizes[place]
        if count > 0 and longer > limit_bytes:
            break
        count, length, padded = count + 1, longer, (longer + 3) // 4 * 4
    if count == 1:
        length = sizes[start] + single
    return count, length


@compiled
def arf(row, run, probing, success, up, down, highest):
    """The next (row, run, probing) of automatic rate fallback after a frame that was acknowledged or not; start: (row, 0, 0).

    `run`: successes (> 0) or failures (< 0) in a row since the rate changed. `up` successes: the next row above, on probation;
    a failure on probation, or `down` failures: the next row below. Rows are 0, ..., `highest`.
    """
    if success:
        run = max(run, 0) + 1
        if run >= up and row < highest:
            return row + 1, 0, 1
        return row, min(run, up), 0
    run = min(run, 0) - 1
    if probing == 1 or run <= -down:
        return max(row - 1, 0), 0, 0
    return row, run, 0

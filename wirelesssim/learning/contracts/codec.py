"""The contract of every codec: decode(encode(u)) == u, sizes equal bytes, each packet decodes alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ..codec import Codec
from ..grid import Grid
from ..update import Update

__all__ = ["check_codec"]

_LIMITS = (400, 11_776)  # bits of a packet: 50 bytes; 1500 B less 28 B


def check_codec(codec: Codec) -> None:
    """AssertionError with a sentence for the first clause that does not hold, on updates from silent to dense.

    1. A silent update takes no bits; the size of any other is that of its bytes, and they decode to it, its grid included.
    2. The packets hold every entry once, each within the limit; each decodes alone; payload bits are part of the coded.
    3. The same for values on a grid of their own (a quantiser, signs), for positions that the receiver has, and for the types
       of models of 5e7 coordinates: float32 values, int32 indices.
    """
    for update in _updates(codec):
        _check(codec, update)


def _updates(codec: Codec) -> Iterator[Update]:
    """The updates on which a codec is tried, as its own format and other grids round them."""
    random = np.random.default_rng(5)
    for size in (1, 7, 1000):
        for density in (0.0, 0.01, 0.3, 1.0):
            where = np.flatnonzero(random.random(size) < density)
            values = random.standard_normal(len(where)) + 2.0
            made = codec.values.update(size, where, values)
            yield from (made, replace(made, shared=True))
            yield codec.values.update(size, where.astype(np.int32), values.astype(np.float32))
            for grid in (Grid.over(values, 6), Grid.over(values, 7, odd=True), Grid(1.0, 1, odd=True, unit=True)):
                yield Update(size, where, grid.round(values), grid)
                yield Update(size, where.astype(np.int32), grid.round(values.astype(np.float32)), grid)
        dense = random.standard_normal(size)
        yield codec.values.update(size, None, dense)
        yield Update(size, None, Grid.over(dense, 1, odd=True).round(dense), Grid.over(dense, 1, odd=True))


def _check(codec: Codec, update: Update) -> None:
    if update.silent:
        assert codec.size(update) == 0, "a silent update takes no bits"
        return
    data = codec.encode(update)
    assert codec.size(update) == 8 * len(data), f"size says {codec.size(update)} bits, encode gives {8 * len(data)}"
    assert _equal(_received(codec, data, update), update), "decode(encode(update)) must be the update"
    for limit in _LIMITS:
        _check_packets(codec, update, limit)


def _check_packets(codec: Codec, update: Update, limit: int) -> None:
    packets = codec.packets(update, limit)
    assert packets.edges[0] == 0 and packets.edges[-1] == update.entries, "the packets must hold every entry once"
    assert (packets.coded_bits <= limit).all(), "no packet may be larger than the limit"
    assert (packets.payload_bits <= packets.coded_bits).all(), "payload bits are part of the coded bits"
    for i in range(packets.count):
        data = codec.encode_packet(update, packets, i)
        assert 8 * len(data) == packets.coded_bits[i], f"packet {i}: {packets.coded_bits[i]} bits said, {8 * len(data)} encoded"
        arrived = np.arange(packets.count) == i
        assert _equal(_received(codec, data, update), update.take(packets.mask(arrived))), f"packet {i} must decode alone"


def _received(codec: Codec, data: bytes, update: Update) -> Update:
    """What a receiver with the sender's type, and with its positions where they are shared, makes of `data`."""
    return codec.decode(data, update.size, update.indices if update.shared else None, update.values.dtype)


def _equal(left: Update, right: Update) -> bool:
    return (left.size == right.size and np.array_equal(left.positions(), right.positions())
            and np.array_equal(left.values, right.values) and (left.silent or left.grid == right.grid))

"""The contract of every codec: decode(encode(u)) == u, sizes equal bytes, each packet decodes alone."""

from __future__ import annotations

import numpy as np

from ..codec import Codec
from ..update import Update

__all__ = ["check_codec"]


def check_codec(codec: Codec) -> None:
    """AssertionError with a sentence for the first clause that does not hold, on updates from silent to dense."""
    random = np.random.default_rng(5)
    for size in (1, 7, 1000):
        for density in (0.0, 0.01, 0.3, 1.0):
            where = np.flatnonzero(random.random(size) < density)
            values = codec.values.round(random.standard_normal(len(where)) + 2.0)
            _check(codec, Update(size, where, values))
        _check(codec, Update(size, None, codec.values.round(random.standard_normal(size))))


def _check(codec: Codec, update: Update) -> None:
    if update.silent:
        assert codec.size(update) == 0, "a silent update takes no bits"
        return
    data = codec.encode(update)
    assert codec.size(update) == 8 * len(data), f"size says {codec.size(update)} bits, encode gives {8 * len(data)}"
    assert _equal(codec.decode(data, update.size), update), "decode(encode(update)) must be the update"
    for limit in (400, 11_776):  # 50 bytes; 1500 B less 28 B
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
        assert _equal(codec.decode(data, update.size), update.take(packets.mask(arrived))), f"packet {i} must decode alone"


def _equal(left: Update, right: Update) -> bool:
    return (left.size == right.size and np.array_equal(left.positions(), right.positions())
            and np.array_equal(left.values, right.values))

"""Packets: every entry once, each decodes alone, exact sizes, none above the limit."""

import numpy as np
import pytest
from codec_cases import CODECS, on_wire, same, updates
from hypothesis import given, settings
from hypothesis import strategies as st

from wirelesssim.errors import InputError
from wirelesssim.learning.codec import Auto, Bitmap, Dense, GolombRice
from wirelesssim.learning.update import Update


def check(codec, update, max_bits):
    packets = codec.packets(update, max_bits)
    edges, bits = packets.edges, codec.value_bits
    assert edges[0] == 0 and edges[-1] == update.entries and packets.count == len(edges) - 1
    assert np.all(np.diff(edges) >= (0 if isinstance(codec, Dense) else 1))
    assert np.all(packets.coded_bits <= max_bits)
    assert np.array_equal(packets.payload_bits, np.diff(edges) * bits)
    for array in (edges, packets.coded_bits, packets.payload_bits):
        assert array.dtype == np.int64
    for i in range(packets.count):
        data = codec.encode_packet(update, packets, i)
        assert 8 * len(data) == packets.coded_bits[i]
        only = np.arange(packets.count) == i
        assert same(codec.decode(data, update.size), update.take(packets.mask(only)))
    return packets


def check_full(codec, update, max_bits):
    packets = check(codec, update, max_bits)
    for start, stop in zip(packets.edges[:-2], packets.edges[1:-1], strict=True):
        one_more = Update(update.size, update.indices[start:stop + 1], update.values[start:stop + 1])
        assert codec.size(one_more) > max_bits


@pytest.mark.parametrize("codec", CODECS, ids=str)
@settings(max_examples=40, deadline=None, derandomize=True)
@given(update=updates(), max_bits=st.integers(14 * 8, 1500))
def test_packets_cover_once_and_decode_alone(codec, update, max_bits):
    # 14 bytes hold any single entry: tag 1, first <= 2, length 1, k or bitmap 1, value <= 8
    check(codec, on_wire(update, codec), max_bits)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(update=updates(), bits=st.sampled_from([64, 32, 16]), max_bits=st.integers(14 * 8, 1500))
def test_auto_never_sends_more_than_the_best_cut(update, bits, max_bits):
    best = min(leaf(value_bits=bits).packets(update, max_bits).coded_bits.sum() for leaf in (Dense, Bitmap, GolombRice))
    assert Auto(value_bits=bits).packets(update, max_bits).coded_bits.sum() <= best


# Bytes as one frame of binary32. Indices 2, 3, 7: bitmap 3 + 1 + 12 = 16, Rice 4 + 1 + 12, dense 3 + 24.
# 10 to 19: dense 3 + 40 = 43, bitmap 3 + 2 + 40, Rice 4 + 2 + 40. 0, 100, 200: Rice 4 + 2 + 12 = 18 (k = 6: 2 * 8 bits).
@pytest.mark.parametrize("where, size", [([2, 3, 7], 16), (range(10, 20), 43), ([0, 100, 200], 18)])
def test_auto_takes_the_only_cut_that_needs_one_packet(where, size):
    update = Update(300, np.array(where), np.ones(len(where)))
    assert list(check(Auto(), update, 8 * size).coded_bits) == [8 * size]
    for leaf in (Dense, Bitmap, GolombRice):
        assert leaf().packets(update, 8 * size).count > 1 or leaf().size(update) == 8 * size


@pytest.mark.parametrize("codec", [Bitmap(), Auto(), GolombRice()], ids=str)
def test_one_entry_more_would_not_fit(codec):
    generator = np.random.default_rng(2)
    update = Update(20_000, np.sort(generator.choice(20_000, 900, replace=False)), np.ones(900))
    check_full(codec, update, 1200)


def test_the_whole_fits_in_one_packet_exactly_at_its_size():
    generator = np.random.default_rng(3)
    sparse = Update(7840, np.sort(generator.choice(7840, 300, replace=False)), np.ones(300))
    for update in (sparse, Update(900, None, np.ones(900))):
        for codec in CODECS:
            size = codec.size(update)
            assert codec.packets(update, size).count == 1
            assert codec.packets(update, size - 1).count == 2


def test_dense_packets_by_hand():
    # 100 bytes: tag, first (1 byte below 128), length 1, so 97 // 4 = 24 values; from first = 144 on, one byte less: 24 again
    packets = Dense().packets(Update(250, np.array([30, 31, 200]), np.ones(3)), 800)
    assert list(packets.spans) == [0, 24, 48, 72, 96, 120, 144, 168, 192, 216, 240, 250]
    assert list(packets.edges) == [0, 0, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3]
    assert list(packets.coded_bits) == [8 * 99] * 6 + [8 * 100] * 4 + [8 * 44]


def test_mask_marks_the_entries_that_arrived():
    packets = Dense().packets(Update(60, None, np.ones(60)), 8 * (3 + 4 * 25))
    assert list(packets.edges) == [0, 25, 50, 60]
    assert list(np.flatnonzero(~packets.mask(np.array([True, False, True])))) == list(range(25, 50))


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_silence_is_no_packet(codec):
    packets = codec.packets(Update.empty(100), 1)
    assert packets.count == 0 and list(packets.edges) == [0]
    assert packets.mask(np.zeros(0, dtype=bool)).shape == (0,)


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_a_limit_below_one_entry_is_refused(codec):
    update = Update(300, np.array([2, 200]), np.ones(2))
    # index 200: tag 1, first 2, length 1, then k (Rice) or one byte of bitmap, then the value
    least = 8 * (4 + (isinstance(codec, (GolombRice, Bitmap)))) + codec.value_bits
    check(codec, update, least)
    for limit in (least - 1, 7, 0, -5):
        with pytest.raises(InputError, match=rf"takes \d+ bits, but the limit .* is {limit} bits"):
            codec.packets(update, limit)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32), entries=st.integers(2, 400), spread=st.integers(1, 18), limit=st.integers(120, 900))
def test_clustered_positions(seed, entries, spread, limit):
    """Gaps from a heavy-tailed law: k changes from packet to packet, and every packet is still as full as any k allows."""
    gaps = (2.0 ** (np.random.default_rng(seed).random(entries) * spread)).astype(np.int64)
    where = np.cumsum(gaps)
    update = Update(int(where[-1]) + 1, where, np.ones(entries))
    for codec in (GolombRice(), GolombRice(value_bits=16)):
        check_full(codec, update, limit)
    check(Auto(value_bits=16), update, limit)

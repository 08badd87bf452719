"""Codecs: bytes written by hand, decode after encode, sizes, and how near Golomb-Rice comes to the entropy."""

import math

import numpy as np
import pytest
from codec_cases import CODECS, on_wire, same, updates
from hypothesis import given, settings
from hypothesis import strategies as st

from wirelesssim.errors import InputError
from wirelesssim.learning.codec import Auto, Bitmap, Codec, Dense, GolombRice
from wirelesssim.learning.codec.kernels import rice_best, rice_bits
from wirelesssim.learning.update import Update
from wirelesssim.learning.values import ValueFormat
from wirelesssim.model import build, plain


@pytest.mark.parametrize("codec", CODECS, ids=str)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(update=updates())
def test_decode_inverts_encode_and_size_is_exact(codec, update):
    update = on_wire(update, codec)
    data = codec.encode(update)
    back = codec.decode(data, update.size)
    assert same(back, update)
    assert back.values.dtype == np.float64
    assert (back.indices is None) == (update.entries == update.size)
    assert codec.size(update) == 8 * len(data)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(update=updates(), bits=st.sampled_from([64, 32, 16]))
def test_auto_is_never_larger_than_the_best(update, bits):
    smallest = min(leaf(value_bits=bits).size(update) for leaf in (Dense, Bitmap, GolombRice))
    assert Auto(value_bits=bits).size(update) <= smallest


@settings(max_examples=60, deadline=None, derandomize=True)
@given(update=updates())
def test_rice_is_at_most_a_byte_above_a_bitmap(update):
    """With k = 0 the gaps are unary: last - first bits, one less than the bitmap; k itself takes a byte."""
    assert GolombRice().size(update) <= Bitmap().size(update) + 8


@pytest.mark.parametrize("codec", [GolombRice(), Auto()], ids=str)
def test_positions_beyond_32_bits(codec):
    update = Update(2**42, np.array([0, 5, 2**33, 2**42 - 1]), np.array([1.0, -2.0, 3.0, 0.5]))
    data = codec.encode(update)
    assert same(codec.decode(data, update.size), update)
    assert codec.size(update) == 8 * len(data) < 1000


ONE, MINUS_TWO, HALF = "0000803f", "000000c0", "0000003f"  # binary32, least significant byte first
# Indices 2, 3, 7. Bitmap from 2 to 7: 110001, padded to 11000100 = c4.
# Gaps 0 and 3: k = 0 takes 1 + 4 = 5 bits, k = 1 takes 2 + 3 = 5: the smaller k. 1 0001 padded to 10001000 = 88.
# Indices 130, 135, 146: gaps 4 and 10; k = 2 takes 4 + 5 = 9 bits, k = 1 takes 4 + 7 = 11, k = 3 takes 9.
# 01|00 001|10 padded to 01000011 00000000 = 4300. 130 = 2 + 128 * 1 in LEB128: 82 01.
SMALL = Update(10, np.array([2, 3, 7]), np.array([1.0, -2.0, 0.5]))
BY_HAND = [
    (Dense(value_bits=32), Update(3, None, np.array([1.0, -2.0, 0.5])), "040003" + ONE + MINUS_TWO + HALF),
    (Dense(value_bits=64), Update(4, np.array([1, 3]), np.array([1.0, 0.0])),
     "090004" + "0000000000000080" + "000000000000f03f" + "0000000000000080" + "0000000000000000"),
    (Bitmap(value_bits=32), SMALL, "060206" + "c4" + ONE + MINUS_TWO + HALF),
    (GolombRice(value_bits=32), SMALL, "070203" + "00" + "88" + ONE + MINUS_TWO + HALF),
    (GolombRice(value_bits=16), Update(1000, np.array([130, 135, 146]), np.array([1.0, -2.0, 0.5])),
     "03820103" + "02" + "4300" + "003c" + "00c0" + "0038"),
    (Auto(value_bits=32), SMALL, "060206" + "c4" + ONE + MINUS_TWO + HALF),  # 16 bytes; Rice 17, dense 27
]


@pytest.mark.parametrize("codec, update, expected", BY_HAND)
def test_bytes_written_by_hand(codec, update, expected):
    assert codec.encode(update).hex() == expected
    assert same(codec.decode(bytes.fromhex(expected), update.size), update)


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_silence_is_no_frame(codec):
    assert codec.size(Update.empty(9)) == 0
    assert codec.encode(Update.empty(9)) == b""
    assert codec.decode(b"", 9).silent


def test_dense_counts_every_coordinate():
    # d values of 32 bits; header: tag, first = 0 in one byte, d = 7840 in two
    few = Update(7840, np.array([5, 6]), np.ones(2))
    assert Dense().size(few) == Dense().size(Update(7840, None, np.ones(7840))) == 7840 * 32 + 8 * 4


def test_a_stated_zero_survives_the_dense_frame_and_keeps_its_place():
    update = Update(6, np.array([1, 4]), np.array([-0.0, 2.0]))
    back = Dense().decode(Dense().encode(update), 6)
    assert list(back.indices) == [1, 4] and list(back.values) == [0.0, 2.0]


def test_values_beyond_the_format_saturate():
    update = Update(5, np.array([3]), np.array([1e6]))
    assert GolombRice(value_bits=16).decode(GolombRice(value_bits=16).encode(update), 5).values == [65504.0]


def entropy(size: int, entries: int) -> float:
    """log2 C(size, entries)."""
    return (math.lgamma(size + 1) - math.lgamma(entries + 1) - math.lgamma(size - entries + 1)) / math.log(2)


@pytest.mark.parametrize("density", [0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.38, 0.5])
def test_golomb_rice_is_near_the_entropy(density):
    size, entries = 100_000, round(100_000 * density)
    where = np.sort(np.random.default_rng(1).choice(size, entries, replace=False))
    update = Update(size, where, np.ones(entries))
    for bits in (64, 32, 16):
        coded = GolombRice(value_bits=bits).size(update)
        ideal = entropy(size, entries)
        assert ideal < coded - entries * bits <= 1.045 * ideal + 56  # positions alone; 7 bytes of header
        assert coded <= 1.04 * (ideal + entries * bits)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 5000), min_size=1, max_size=60), st.integers(0, 100))
def test_rice_parameter_is_the_global_minimum(gaps, first):
    where = first + np.concatenate([[0], np.cumsum(np.array(gaps) + 1)])
    cost = [sum(1 + k + (gap >> k) for gap in gaps) for k in range(16)]
    k, bits = rice_best(where, 0, len(where))
    assert bits == min(cost) and k == cost.index(min(cost))
    assert rice_bits(where, 0, len(where), 3) == cost[3]


def test_configuration():
    assert build(Codec, {"type": "golomb_rice", "value_bits": "16"}) == GolombRice(value_bits=16)
    assert build(Codec, "dense").values == ValueFormat(32)
    for codec in CODECS:
        assert build(Codec, plain(codec)) == codec
    for wrong in (8, "8", "many", None, 32.5, True):
        with pytest.raises(InputError, match="value_bits must be 64, 32 or 16"):
            build(Codec, {"type": "auto", "value_bits": wrong})
    with pytest.raises(InputError, match="planned"):
        build(Codec, "elias_gamma")

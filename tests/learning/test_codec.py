"""Codecs: bytes written by hand, decode after encode, sizes, and how near Golomb-Rice comes to the entropy."""

import math
import tracemalloc

import numpy as np
import pytest
from codec_cases import CODECS, IEEE, LEAVES, received, same, sent, updates
from hypothesis import given, settings
from hypothesis import strategies as st

from wirelesssim.errors import InputError
from wirelesssim.learning.codec import (
    Auto,
    Bitmap,
    Codec,
    Dense,
    EliasGamma,
    FixedWidth,
    GolombRice,
    RunLength,
    decode,
    ideal_bits,
)
from wirelesssim.learning.codec.kernels import gamma_bits, rice_best, rice_bits, run_bits
from wirelesssim.learning.grid import Grid
from wirelesssim.learning.update import Update
from wirelesssim.learning.values import ValueFormat
from wirelesssim.model import build, plain


@pytest.mark.parametrize("codec", CODECS, ids=str)
@settings(max_examples=50, deadline=None, derandomize=True)
@given(data=st.data())
def test_decode_inverts_encode_and_size_is_exact(codec, data):
    update = data.draw(sent(codec))
    frame = codec.encode(update)
    back = received(codec, frame, update)
    assert same(back, update)
    assert back.values.dtype == update.values.dtype or update.silent
    assert (back.indices is None) == (update.entries == update.size)
    assert back.silent or back.grid == update.grid
    assert codec.size(update) == 8 * len(frame)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(update=updates(), bits=st.sampled_from([64, 32, 16, 12, 2]), levels=st.sampled_from(["fixed", "elias_gamma"]))
def test_auto_is_never_larger_than_the_best(update, bits, levels):
    smallest = min(leaf(value_bits=bits, levels=levels).size(update) for leaf in (Dense, Bitmap, GolombRice))
    assert Auto(value_bits=bits, levels=levels).size(update) <= smallest


@settings(max_examples=60, deadline=None, derandomize=True)
@given(update=updates())
def test_rice_is_at_most_a_byte_above_a_bitmap(update):
    """With k = 0 the gaps are unary: last - first bits, one less than the bitmap; k itself takes a byte."""
    assert GolombRice().size(update) <= Bitmap().size(update) + 8


@pytest.mark.parametrize("codec", [GolombRice(), Auto(), FixedWidth(), EliasGamma(), RunLength()], ids=str)
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
THREE = ONE + MINUS_TWO + HALF
# On the grid of scale 2 and 7 steps (4 bits): 3.5, -7 and 1.75 go to the levels 4 (the even one), -7 and 2.
QUANTISED = Update(3, None, np.array([8 / 7, -2.0, 4 / 7]), Grid(2.0, 7))
SIGNS = Grid(1.0, 1, odd=True, unit=True)
# The low half of the tag is the kind, the high half the format: 0, 1, 2 for 16, 32, 64 bits.
BY_HAND = [
    (Dense(value_bits=32), Update(3, None, np.array([1.0, -2.0, 0.5])), "100003" + THREE),
    (Dense(value_bits=64), Update(4, np.array([1, 3]), np.array([1.0, 0.0])),
     "210004" + "0000000000000080" + "000000000000f03f" + "0000000000000080" + "0000000000000000"),
    (Bitmap(value_bits=32), SMALL, "120206" + "c4" + THREE),
    (GolombRice(value_bits=32), SMALL, "130203" + "00" + "88" + THREE),
    (GolombRice(value_bits=16), Update(1000, np.array([130, 135, 146]), np.array([1.0, -2.0, 0.5])),
     "03820103" + "02" + "4300" + "003c" + "00c0" + "0038"),
    (Auto(value_bits=32), SMALL, "120206" + "c4" + THREE),  # 16 bytes; Rice 17, dense 27
    # ceil(log2 10) = 4 bits: 0010 0011 0111, padded: 23 70
    (FixedWidth(value_bits=32), SMALL, "1403" + "2370" + THREE),
    # differences from -1: 3, 1, 4 are 011 1 00100, padded: 72 00
    (EliasGamma(value_bits=32), SMALL, "1503" + "7200" + THREE),
    # 2 + 1 unstated, 2 stated, 3 unstated, 1 stated: 011 010 011 1, padded: 69 c0
    (RunLength(value_bits=32), SMALL, "1603" + "69c0" + THREE),
    (Bitmap(value_bits=32), Update(10, SMALL.indices, SMALL.values, shared=True), "170003" + THREE),
    # format 3: steps 7, scale 2; sign and magnitude 0 100, 1 111, 0 010
    (Dense(value_bits=4), QUANTISED, "30" + "07" + "00000040" + "0003" + "4f20"),
    # 2 |level| + sign = 8, 15, 4 take 7 + 7 + 5 bits in the gamma code, more than 3 of 4: format 3 as above
    (Dense(value_bits=32, levels="elias_gamma"), QUANTISED, "30" + "07" + "00000040" + "0003" + "4f20"),
    # levels 0, -1, 0, 1, 3 are 1, 3, 1, 2, 6 in gamma: 1 011 1 010 00110 in format 7: 13 bits, where fixed width takes 20
    (Dense(value_bits=32, levels="elias_gamma"), Update(5, None, np.array([0.0, -1.0, 0.0, 1.0, 3.0]), Grid(7.0, 7)),
     "70" + "07" + "0000e040" + "0005" + "ba30"),
    # the same with a hole, masked in fixed width, format 3: 0 000, 1 001, 1 000 (none), 0 001, 0 011
    (Dense(value_bits=32, levels="elias_gamma"), Update(5, np.array([0, 1, 3, 4]), np.array([0.0, -1.0, 1.0, 3.0]), Grid(7.0, 7)),
     "31" + "07" + "0000e040" + "0005" + "098130"),
    # format 6: signs + - + are 1 0 1, and no scale
    (Dense(), Update(3, None, np.array([1.0, -1.0, 1.0]), SIGNS), "60" + "01" + "0003" + "a0"),
    # masked, format 4: scale 1/2; two bits a coordinate: 00 10 00 11
    (Dense(), Update(4, np.array([1, 3]), np.array([-0.5, 0.5]), Grid(0.5, 1, odd=True)),
     "41" + "01" + "0000003f" + "0004" + "23"),
    # masked, format 3: unstated is 1 000: 1000 0100 1000 1111
    (Dense(), Update(4, np.array([1, 3]), np.array([8 / 7, -2.0]), Grid(2.0, 7)), "31" + "07" + "00000040" + "0004" + "848f"),
]


@pytest.mark.parametrize("codec, update, expected", BY_HAND)
def test_bytes_written_by_hand(codec, update, expected):
    assert codec.encode(update).hex() == expected
    assert codec.size(update) == 4 * len(expected)
    back = received(codec, bytes.fromhex(expected), update)
    assert same(back, update) and back.grid == update.grid and back.shared == update.shared


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


@pytest.mark.parametrize("density", [0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.38, 0.5])
def test_golomb_rice_is_near_the_entropy(density):
    size, entries = 100_000, round(100_000 * density)
    where = np.sort(np.random.default_rng(1).choice(size, entries, replace=False))
    update = Update(size, where, np.ones(entries))
    for bits in (64, 32, 16):
        coded = GolombRice(value_bits=bits).size(update)
        ideal = ideal_bits(size, entries)
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


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.integers(1, 2**40), min_size=1, max_size=40), st.booleans())
def test_gamma_and_runs_count_what_their_definition_says(steps, narrow):
    where = np.cumsum(steps) - 1
    runs, last, length = [int(where[0]) + 1], where[0], 1
    for place in where[1:]:
        if place > last + 1:
            runs += [length, int(place - last) - 1]
            length = 0
        last, length = place, length + 1
    if narrow and where[-1] < 2**31:
        where = where.astype(np.int32)
    assert gamma_bits(where, 0, len(where)) == sum(2 * (step.bit_length() - 1) + 1 for step in steps)
    assert run_bits(where, 0, len(where)) == sum(2 * (run.bit_length() - 1) + 1 for run in [*runs, length])


def test_the_exponent_is_exact_at_powers_of_two():
    for power in range(1, 53):
        for number in (2**power - 1, 2**power, 2**power + 1):
            where = np.array([0, number])
            assert gamma_bits(where, 0, 2) == 1 + 2 * (number.bit_length() - 1) + 1


def test_sizes_of_a_block_and_of_scattered_entries():
    """A layer of 1000 of 10^6 coordinates: runs cost 2 numbers, gaps a bit each; scattered, gaps win."""
    block = Update(10**6, np.arange(5000, 6000), np.ones(1000))
    # header 3; gamma(5001), gamma(1000): 25 + 19 bits = 6 bytes / gamma(5001) and 999 ones: 1024 bits / 1000 * 20 bits
    assert RunLength().size(block) == 8 * (3 + 6 + 4000)
    assert EliasGamma().size(block) == 8 * (3 + 128 + 4000)
    assert FixedWidth().size(block) == 8 * (3 + 2500 + 4000)
    spread = Update(10**6, np.arange(0, 10**6, 1000), np.ones(1000))
    # gamma(1), 999 times gamma(1000): 1 + 999 * 19 bits / the same with 1000 runs of 1 and gaps of 999: 1 + 1000 + 999 * 19
    assert EliasGamma().size(spread) == 8 * (3 + math.ceil(18982 / 8) + 4000)
    assert RunLength().size(spread) == 8 * (3 + math.ceil(19982 / 8) + 4000)


def test_grids_of_the_literature_by_their_own_counts():
    """QSGD: 32 + d (1 + ceil(log2(s + 1))); LAQ: 32 + b d; EF-sign: 32 + d; signSGD: d. Payload: what a packet's values take."""
    for grid, bits in ((Grid(2.0, 4), 32 + 100 * 4), (Grid(2.0, 7), 32 + 100 * 4), (Grid(2.0, 2**3 - 1, odd=True), 32 + 100 * 3),
                       (Grid(2.0, 1, odd=True), 32 + 100), (Grid(1.0, 1, odd=True, unit=True), 100)):
        update = Update(100, None, grid.round(np.linspace(-2.0, 2.0, 100)), grid)
        for codec in CODECS:
            if codec.levels == "fixed":
                assert codec.packets(update, 10**6).payload_bits.sum() == bits


def test_the_gamma_code_pays_where_most_levels_are_zero():
    """QSGD at s = 1, d = 10^4: a zero takes 1 bit, +-1 three, against 2 bits each: 1 + 2 * 0.1 with a tenth not zero."""
    levels = np.zeros(10_000)
    levels[::10] = np.tile([1.0, -1.0], 500)
    update = Update(10_000, None, levels, Grid(1.0, 1))
    # header: tag 1, steps 1, scale 4, first 1, length 2
    assert Dense().size(update) == 8 * (9 + 2500)
    assert Dense(levels="elias_gamma").size(update) == 8 * (9 + 1500)


def test_gamma_coded_levels_never_cost_more_than_fixed_ones():
    """Gamma alone would take 31 bits for each of the outermost of 32768 steps, and 7 for each of 7."""
    generator = np.random.default_rng(11)
    for steps in (1, 7, 127, 32768):
        for spread in (0.1, 1.0, 30.0):
            levels = np.clip(np.rint(generator.standard_normal(400) * spread), -steps, steps)
            for indices in (None, np.sort(generator.choice(3000, 400, replace=False))):
                update = Update(400 if indices is None else 3000, indices, Grid(1.0, steps).values(levels), Grid(1.0, steps))
                gamma = sum(2 * max(int(2 * abs(level) + (level < 0)), 1).bit_length() - 1 for level in levels)
                fixed = 400 * update.grid.bits
                for leaf in (Bitmap, GolombRice, FixedWidth, EliasGamma, RunLength, *([Dense] if indices is None else [])):
                    both = leaf(levels="elias_gamma").size(update)
                    assert leaf().size(update) - both == 8 * (-(-fixed // 8) - -(-min(gamma, fixed) // 8))


def test_values_without_their_grid_get_the_one_of_the_codec():
    codec = GolombRice(value_bits=6)
    bare = Update(9, np.array([1, 5]), codec.values.round(np.array([0.3, -1.7])))
    back = codec.decode(codec.encode(bare), 9)
    assert same(back, bare) and back.grid.steps == 31 and codec.size(bare) == 8 * len(codec.encode(bare))
    with pytest.raises(ValueError, match="do not lie on"):
        codec.encode(Update(9, np.array([1, 5]), np.array([0.3, -1.7])))


def test_shared_positions_cost_no_bits():
    generator = np.random.default_rng(8)
    where = np.sort(generator.choice(10**6, 500, replace=False))
    update = Update(10**6, where, np.ones(500), shared=True)
    for leaf in LEAVES:
        assert leaf().size(update) == 8 * (1 + 1 + 2 + 2000)  # tag, first, length, values
    with pytest.raises(ValueError, match="among 0"):
        decode(Auto().encode(update), 10**6)


@pytest.mark.parametrize("leaf", [Dense, Bitmap, GolombRice, EliasGamma, RunLength, FixedWidth, Auto])
def test_counting_copies_nothing(leaf):
    """At d = 5e7 a copy of indices or values to 8 bytes is 400 MB: int32 and float32 are counted where they lie."""
    where = np.flatnonzero(np.random.default_rng(1).random(2_000_000) < 0.2).astype(np.int32)
    update = Update(2_000_000, where, np.ones(len(where), dtype=np.float32))
    codec = leaf()
    codec.size(update), codec.packets(update, 10**9)  # compiled
    tracemalloc.start()
    codec.size(update), codec.packets(update, 10**9), codec.values.update(update.size, where, update.values)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000
    wide = Update(update.size, where.astype(np.int64), update.values.astype(np.float64))
    assert codec.size(wide) == codec.size(update)


def test_configuration():
    assert build(Codec, {"type": "golomb_rice", "value_bits": "16"}) == GolombRice(value_bits=16)
    assert build(Codec, {"type": "auto", "value_bits": "8", "levels": "elias_gamma"}).values == ValueFormat(8)
    assert build(Codec, "dense").values == ValueFormat(32)
    for codec in CODECS:
        assert build(Codec, plain(codec)) == codec
    assert set(LEAVES) <= set(Codec.known.values()) and not Codec.later and IEEE
    for wrong in (1, 17, 24, "31", "many", None, 32.5, True):
        with pytest.raises(InputError, match="value_bits must be 64, 32, 16 or, quantised, 2 to 15, got"):
            build(Codec, {"type": "auto", "value_bits": wrong})
    with pytest.raises(InputError, match="levels must be 'fixed' or 'elias_gamma'"):
        build(Codec, {"type": "auto", "levels": "huffman"})

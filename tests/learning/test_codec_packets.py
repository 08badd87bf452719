"""Packets: every entry once, each decodes alone, exact sizes, none above the limit."""

from dataclasses import replace

import numpy as np
import pytest
from codec_cases import CODECS, IEEE, LEAVES, QUANTISED, on_wire, received, same, sent, updates
from hypothesis import given, settings
from hypothesis import strategies as st

from wirelesssim.errors import InputError
from wirelesssim.learning.codec import Auto, Bitmap, Dense, EliasGamma, FixedWidth, GolombRice, RunLength
from wirelesssim.learning.grid import Grid
from wirelesssim.learning.update import Update


def check(codec, update, max_bits):
    packets = codec.packets(update, max_bits)
    edges = packets.edges
    bits, scale = (update.grid.bits, 32 * (not update.grid.unit)) if update.grid else (codec.value_bits, 0)
    assert edges[0] == 0 and edges[-1] == update.entries and packets.count == len(edges) - 1
    assert np.all(np.diff(edges) >= (1 if packets.spans is None else 0))
    assert np.all(packets.coded_bits <= max_bits)
    assert np.all(packets.payload_bits <= packets.coded_bits)
    if codec.levels == "fixed":
        assert np.array_equal(packets.payload_bits, np.diff(edges) * bits + scale)
    assert np.all(packets.payload_bits <= np.diff(edges) * bits + scale)
    for array in (edges, packets.coded_bits, packets.payload_bits):
        assert array.dtype == np.int64
    for i in range(packets.count):
        data = codec.encode_packet(update, packets, i)
        assert 8 * len(data) == packets.coded_bits[i]
        only = np.arange(packets.count) == i
        part = update.take(packets.mask(only))
        back = received(codec, data, update)
        assert same(back, part) and (back.silent or back.grid == update.grid)
        if data[0] >> 4 < 7:  # the frame itself says that its levels are not gamma coded
            assert packets.payload_bits[i] == part.entries * bits + scale
        else:
            assert packets.payload_bits[i] == gamma_bits_of(update.grid, part.values) + scale
    return packets


def gamma_bits_of(grid, values):
    return sum(2 * max(int(2 * abs(level) + (level < 0)), 1).bit_length() - 1 for level in grid.levels(values))


def check_full(codec, update, max_bits):
    packets = check(codec, update, max_bits)
    for start, stop in zip(packets.edges[:-2], packets.edges[1:-1], strict=True):
        one_more = replace(update, indices=update.indices[start:stop + 1], values=update.values[start:stop + 1])
        assert codec.size(one_more) > max_bits


@pytest.mark.parametrize("codec", CODECS, ids=str)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(data=st.data(), max_bits=st.integers(15 * 8, 1500))
def test_packets_cover_once_and_decode_alone(codec, data, max_bits):
    # 15 bytes hold any single entry: tag 1, grid 3 + 4 or value 8, first <= 2, length 1, k or bitmap 1, level <= 4
    check(codec, data.draw(sent(codec)), max_bits)


def bits_of(leaf, levels, update, max_bits, value_bits=32):
    return leaf(value_bits=value_bits, levels=levels).packets(update, max_bits).coded_bits.sum()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(data=st.data(), bits=st.sampled_from([64, 32, 16, 5]), levels=st.sampled_from(["fixed", "elias_gamma"]),
       max_bits=st.integers(16 * 8, 1500))
def test_auto_never_sends_more_than_the_best_cut(data, bits, levels, max_bits):
    update = data.draw(sent(Auto(value_bits=bits)))
    best = min(bits_of(leaf, levels, update, max_bits, bits) for leaf in (Dense, Bitmap, GolombRice))
    packets = Auto(value_bits=bits, levels=levels).packets(update, max_bits)
    assert packets.coded_bits.sum() <= best or packets.count == 1
    assert packets.count <= 1 or Auto(value_bits=bits, levels=levels).size(update) > max_bits


def test_auto_with_many_levels_takes_the_fixed_width():
    """32768 steps: 17 bits a level, up to 31 in the gamma code. 29 contiguous of 30: dense 8 + 29 * 17 bits, with the hole 30."""
    grid = Grid(1.0, 32768)
    update = Update(30, np.arange(29), np.ones(29), grid)
    # header: tag 1, steps 3, scale 4, first 1, length 1 = 10 bytes; 493 bits are 62 bytes, 510 are 64
    assert Auto(levels="elias_gamma").size(update) == 8 * (10 + 62)
    assert Dense(levels="elias_gamma").size(update) == 8 * (10 + 64)
    assert bits_of(Auto, "elias_gamma", update, 400) <= bits_of(Dense, "elias_gamma", update, 400)


@pytest.mark.parametrize("levels", ["fixed", "elias_gamma"])
def test_auto_sends_every_coordinate_where_a_larger_first_index_costs_more(levels):
    """134 coordinates of 3 bits, 24 bytes a packet: tag 1, grid 5, first 1, length 1 leave 16 bytes, 42 coordinates.

    All coordinates: 126 in three packets, then 126:134 with 8 + 3 bytes. From the first entry, 128, on: a first of 2 bytes, and
    6 levels, which take 3 bytes, too. Levels of 3 take 5 bits in the gamma code, more than 3.
    """
    where = np.array([i for i in range(134) if i not in (20, 60, 100, 126, 127)])
    update = Update(134, where, np.ones(len(where)), Grid(1.0, 3))
    packets = check(Auto(levels=levels), update, 8 * 24)
    assert list(packets.coded_bits) == [8 * 24] * 3 + [8 * 11] and list(packets.spans) == [0, 42, 84, 126, 134]
    assert list(packets.payload_bits) == [3 * 41 + 32] * 3 + [3 * 6 + 32]


def test_what_fits_into_one_packet_is_one():
    """Two clusters 10^6 apart: a bitmap of each takes less than one Rice frame, but a packet more."""
    cluster = np.sort(np.random.default_rng(0).choice(200, 100, replace=False))
    update = Update(10**6 + 300, np.concatenate([cluster, cluster + 10**6]), np.ones(200))
    assert check(Bitmap(), update, 50_000).count == 2
    packets = check(Auto(), update, 50_000)
    assert packets.count == 1 and packets.coded_bits[0] == Auto().size(update) > Bitmap().packets(update, 50_000).coded_bits.sum()


# Bytes as one frame of binary32. Indices 2, 3, 7: bitmap 3 + 1 + 12 = 16, Rice 4 + 1 + 12, dense 3 + 24.
# 10 to 19: dense 3 + 40 = 43, bitmap 3 + 2 + 40, Rice 4 + 2 + 40. 0, 100, 200: Rice 4 + 2 + 12 = 18 (k = 6: 2 * 8 bits).
@pytest.mark.parametrize("where, size", [([2, 3, 7], 16), (range(10, 20), 43), ([0, 100, 200], 18)])
def test_auto_takes_the_only_cut_that_needs_one_packet(where, size):
    update = Update(300, np.array(where), np.ones(len(where)))
    assert list(check(Auto(), update, 8 * size).coded_bits) == [8 * size]
    for leaf in (Dense, Bitmap, GolombRice):
        assert leaf().packets(update, 8 * size).count > 1 or leaf().size(update) == 8 * size


@pytest.mark.parametrize("codec", [codec for codec in IEEE[3:] + QUANTISED if codec.levels == "fixed"], ids=str)
def test_one_entry_more_would_not_fit(codec):
    generator = np.random.default_rng(2)
    where = np.sort(generator.choice(20_000, 900, replace=False))
    check_full(codec, codec.values.update(20_000, where, generator.standard_normal(900)), 1200)
    if not isinstance(codec, Dense):
        check_full(codec, Update(20_000, where, np.ones(900), Grid(1.0, 1, odd=True)), 1200)


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


@pytest.mark.parametrize("codec", [codec for codec in CODECS if codec.levels == "fixed"], ids=str)
def test_a_limit_below_one_entry_is_refused(codec):
    update = Update(300, np.array([2, 200]), np.ones(2))
    # index 200: tag 1, first 2, length 1, then k (Rice) or one byte of bitmap, then the value. In place of the first index,
    # 9 bits (fixed width), 15 (gamma of 201) and 16 (and of the run 1) take 2 bytes, too. A grid: steps 1, scale 4.
    least = 8 * (4 + isinstance(codec, (GolombRice, Bitmap)) + 5 * codec.values.quantised) + codec.value_bits
    check(codec, codec.values.update(300, update.indices, update.values), least)
    size = 300 if isinstance(codec, FixedWidth) else 201  # 200 is the last index there, and 9 bits of index here
    assert codec.holds_one(size, least) and not codec.holds_one(size, least - 1)
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
    for codec in (GolombRice(), GolombRice(value_bits=16), EliasGamma(), RunLength(), FixedWidth(value_bits=16)):
        check_full(codec, update, limit)
    check(Auto(value_bits=16), update, limit)


@pytest.mark.parametrize("leaf", LEAVES)
def test_shared_positions_are_found_from_any_packet(leaf):
    where = np.arange(0, 3000, 3)
    update = Update(3000, where, np.sin(where), shared=True)
    update = replace(update, values=leaf().values.round(update.values))
    packets = check(leaf(), update, 1000)
    # 125 bytes: tag, first (2 from entry 128 on), length: (125 - 3) / 4 = 30 values, or (125 - 4) / 4 = 30
    assert list(np.diff(packets.edges)) == [30] * 33 + [10]


def test_gamma_coded_levels_fill_packets_by_what_they_take():
    """Half the levels are 0 (1 bit), half 1 (2 * 1 = 2: 3 bits) or, of 7 steps, 7 (7 bits, but 4 in fixed width)."""
    levels = np.concatenate([np.zeros(2000), np.full(2000, 1.0)])
    update = Update(4000, None, levels, Grid(7.0, 7))
    packets = check(Dense(levels="elias_gamma"), update, 800)
    counts = np.diff(packets.edges)
    # 100 bytes less tag 1, grid 5, first 1, length 2: 91 bytes = 728 ones; later first takes 2: 90 * 8 // 3 = 240
    assert counts[0] == 728 and counts[-2] == 240
    assert packets.payload_bits.sum() == 2000 * 1 + 2000 * 3 + 32 * packets.count
    packets = check(Dense(levels="elias_gamma"), Update(4000, None, 7 * levels, Grid(7.0, 7)), 800)
    assert np.diff(packets.edges)[[0, -2]].tolist() == [728, 180]  # 90 * 8 // 4


@pytest.mark.parametrize("codec", [leaf(value_bits=8, levels="elias_gamma") for leaf in LEAVES], ids=str)
def test_a_packet_holds_one_gamma_coded_level_where_it_holds_one_of_fixed_width(codec):
    """Level 127 takes 15 bits in the gamma code and 8 in fixed width."""
    outermost = Update(200, np.array([199]), np.ones(1), Grid(1.0, 127))
    for limit in range(64, 160, 8):
        assert codec.holds_one(200, limit) == replace(codec, levels="fixed").holds_one(200, limit)
        if codec.holds_one(200, limit) and not isinstance(codec, Dense):
            assert check(codec, outermost, limit).count == 1
    assert codec.holds_one(200, 160)


def test_levels_of_a_dense_frame_with_holes_are_not_gamma_coded():
    update = Update(500, np.arange(0, 500, 5), np.tile([0.0, 7.0], 50), Grid(7.0, 7))
    packets = check(Dense(levels="elias_gamma"), update, 800)
    # 4 bits a level; 100 bytes less tag 1, grid 5, first 1 or 2, length 2 are 182 or 180 coordinates of 4 bits: 3 packets
    assert packets.payload_bits.sum() == 100 * 4 + 3 * 32 and packets.count == 3


@pytest.mark.parametrize("levels", ["fixed", "elias_gamma"])
def test_no_packet_has_more_payload_than_bits(levels):
    """Outermost levels with few holes: auto masks them, in 4 bits each, where the gamma code would take 7."""
    where = np.array([i for i in range(900) if i % 50])
    update = Update(900, where, np.full(len(where), 7.0), Grid(7.0, 7))
    packets = check(Auto(levels=levels), update, 1600)
    assert packets.payload_bits.sum() == 4 * len(where) + 32 * packets.count
    # levels of 0 and one hole a packet: gamma takes 1 bit each besides a bit of bitmap, half of the mask's 4
    few = Update(900, where, np.zeros(len(where)), Grid(7.0, 7))
    packets = check(Auto(levels=levels), few, 1600)
    assert packets.payload_bits.sum() == (4 if levels == "fixed" else 1) * len(where) + 32 * packets.count


def test_the_way_out_of_a_limit_below_one_entry():
    """value_bits does not alter what a method quantises itself, so that lowering it is no way out there."""
    own = Update(300, np.array([200]), np.ones(1), Grid(1.0, 2**24))
    with pytest.raises(InputError, match="with levels of 26 bits takes .* quantise to fewer bits"):
        Auto(value_bits=16).packets(own, 64)
    for codec in (Auto(value_bits=16), Auto(value_bits=8), Dense(value_bits=8)):
        with pytest.raises(InputError, match=f"with value_bits {codec.value_bits} takes .* lower value_bits"):
            codec.packets(codec.values.update(300, own.indices, own.values), 32)

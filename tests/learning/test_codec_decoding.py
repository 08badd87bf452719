"""Decoding of damaged frames: an error or a valid update, never an index outside, never memory that the bytes do not back."""

import tracemalloc

import numpy as np
import pytest
from codec_cases import CODECS, GRIDS

from wirelesssim.learning.codec import Auto, CodecError, decode
from wirelesssim.learning.codec.bits.kernels import read_bits, read_gamma, read_gaps, read_rice, read_runs
from wirelesssim.learning.update import Update

SIZE = 300
SHARED = np.arange(0, SIZE, 3)  # the positions that a receiver of shared frames has


def frames():
    """Frames of every codec, width and kind of grid at several densities, and of shared positions."""
    generator = np.random.default_rng(4)
    found = []
    for codec in CODECS:
        for entries in (1, 3, 30, 200, SIZE):
            where = np.sort(generator.choice(SIZE, entries, replace=False)) if entries < SIZE else None
            found.append(codec.encode(codec.values.update(SIZE, where, generator.standard_normal(entries))))
        values = generator.standard_normal(len(SHARED))
        found += [codec.encode(Update(SIZE, SHARED, (grid := make(values)).round(values), grid)) for make in GRIDS.values()]
        found.append(codec.encode(codec.values.update(SIZE, SHARED, values, shared=True)))
    return found


def damage(data: bytes, generator) -> bytes:
    """`data` cut short, with one to four bits or bytes changed (mostly near the header), extended, or all random."""
    damaged = bytearray(data)
    kind = generator.integers(6)
    if kind == 0:
        return bytes(damaged[:generator.integers(len(damaged))])
    if kind == 1:
        return bytes(damaged) + generator.bytes(generator.integers(1, 12))
    if kind == 2:
        return generator.bytes(generator.integers(1, 40))
    for _ in range(generator.integers(1, 5)):
        at = generator.integers(min(len(damaged), 16) if kind < 5 else len(damaged))
        damaged[at] = damaged[at] ^ 1 << generator.integers(8) if kind == 3 else generator.integers(256)
    return bytes(damaged)


def fuzz(count: int, seed: int) -> tuple[int, int]:
    """How many of `count` damaged frames were refused, and how many decoded; asserts that those are valid updates."""
    generator = np.random.default_rng(seed)
    sources, refused, decoded = frames(), 0, 0
    for i in range(count):
        try:
            update = decode(damage(sources[i % len(sources)], generator), SIZE, SHARED)
        except CodecError:
            refused += 1
            continue
        decoded += 1
        where = update.positions()
        assert len(where) == len(update.values) <= SIZE
        assert update.silent or (where[0] >= 0 and where[-1] < SIZE)
        assert (where[1:] > where[:-1]).all()
        if update.grid is not None and np.isfinite(update.grid.scale):
            assert (np.abs(update.values) <= update.grid.scale).all()
    return refused, decoded


def test_damaged_frames():
    refused, decoded = fuzz(20_000, 5)
    assert refused > 2000 and decoded > 500  # both ways out are exercised


def test_damaged_frames_take_no_memory():
    """Every frame and its damaged form is below 3 kB; reading one makes a few arrays of 8 bytes a bit at most."""
    sources, generator = frames(), np.random.default_rng(9)
    tracemalloc.start()
    for i in range(2000):
        try:
            decode(damage(sources[i % len(sources)], generator), SIZE, SHARED)
        except CodecError:
            pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200_000


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(10))
def test_a_million_damaged_frames(batch):
    refused, decoded = fuzz(100_000, 100 + batch)
    assert refused > 10_000 and decoded > 2_500


def test_every_truncation_is_refused():
    for data in frames():
        for length in {*range(1, min(40, len(data))), len(data) // 2, len(data) - 1}:
            with pytest.raises(CodecError):
                decode(data[:length], SIZE, SHARED)


def test_a_model_too_small_is_refused():
    for data in frames():
        last = decode(data, SIZE, SHARED).positions()[-1]
        if data[0] & 15 not in (1, 7) and last > 0:  # a masked frame covers more than it states; a shared one only counts
            with pytest.raises(CodecError):
                decode(data, int(last))


def test_shared_positions_must_be_there():
    data = Auto().encode(Update(SIZE, SHARED, np.ones(len(SHARED)), shared=True))
    for positions in (None, SHARED[:-1]):
        with pytest.raises(CodecError, match="do not lie among"):
            decode(data, SIZE, positions)


HUGE = "ffffffffffffffff7f"  # 2^63 - 1
TWO_60 = "8080808080808080" + "10"
GRID = "07" + "00000040"  # 7 steps, scale 2
REFUSED = {
    "kind 8": "18000100000000",
    "format 9": "9000010000000000",
    "no header": "10",
    "number without end": "10" + "ff" * 12,
    "number with a superfluous zero byte": "1080000100000000",
    "nothing covered": "100000",
    "dense, huge": "1000" + HUGE + "00000000",
    "bitmap, huge": "1200" + HUGE + "ff00000000",
    "rice, huge": "1300" + HUGE + "00ff00000000",
    "first outside": "10ac0201" + "00000000",  # 300 = ac 02
    "first huge": "13" + HUGE + "010000000000",
    "bitmap begins with 0": "12020360" + "00000000" * 2,
    "bitmap ends with 0": "120203c0" + "00000000" * 2,
    "bitmap padding": "120203e8" + "00000000" * 4,
    "rice, k beyond 62": "1302023f" + "80" + "00" * 7 + "00000000" * 2,
    "rice, without k": "130201" + "00000000",
    "rice, endless zeros": "13020200" + "00" * 40 + "00000000" * 2,
    "rice, zeros beyond the bytes": "13020200" + "00" + "00000000" * 2,
    "rice, low bits cut": "13020208" + "80" + "00000000" * 2,
    "rice, a byte too many": "13020200" + "8000" + "00000000" * 2,
    "rice, padding": "13020200" + "81" + "00000000" * 2,
    # 9 bits an index: 000000010 000000001 would decrease, 100101100 is 300
    "fixed width, decreasing": "1402" + "010040" + "00000000" * 2,
    "fixed width, equal": "1402" + "010080" + "00000000" * 2,
    "fixed width, outside": "1401" + "9600" + "00000000",
    "fixed width, padding": "1401" + "0001" + "00000000",
    "fixed width, cut": "1401" + "00" + "00000000",
    # gamma: 00000000100101101 is 301 = 300 + 1
    "gamma, outside": "1501" + "009680" + "00000000",
    "gamma, padding": "1501" + "81" + "00000000",
    "gamma, endless zeros": "1501" + "00" * 40 + "00000000",
    "gamma, cut": "1501" + "01" + "00000000",
    # runs: 1, then 010 = 2 stated where one is announced
    "runs, too many stated": "1601" + "a0" + "00000000",
    # 1, 1, 00000000100101011 = 299 unstated, 1: one more than there are
    "runs, outside": "1602" + "c02570" + "00000000" * 2,
    "runs, padding": "1601" + "c1" + "00000000",
    "runs, endless zeros": "1601" + "00" * 40 + "00000000",
    "shared, beyond the list": "176401" + "00000000",  # there are 100 = 64
    "grid without steps": "30",
    "grid of 0 steps": "3000" + "00000040" + "0001" + "00",
    "grid of 2^29 steps": "30" + "8080808002" + "00000040" + "0001" + "0000000000",
    "odd grid of even steps": "4002" + "00000040" + "0001" + "00",
    "scale cut": "3007" + "000000",
    "negative scale": "3007" + "000000c0" + "0001" + "00",
    "level beyond the steps": "3005" + "00000040" + "0001" + "70",
    "odd level beyond the steps": "4005" + "00000040" + "0001" + "e0",  # 3 bits: 7 is level 9
    "negative zero": "30" + GRID + "0001" + "80",
    "level padding": "30" + GRID + "0001" + "01",
    "masked, odd, a level that is not stated": "4101" + "00000040" + "0002" + "60",  # 01 10
    "gamma level beyond the steps": "70" + GRID + "0001" + "0080",  # 000000001 is cut, too
    "gamma level padding": "70" + GRID + "0001" + "81",
    "gamma levels, a byte too many": "70" + GRID + "0001" + "8000",
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what):
    with pytest.raises(CodecError):
        decode(bytes.fromhex(REFUSED[what]), SIZE, SHARED)


ACCEPTED = {  # the same bytes without the fault: what the table refuses is that fault alone
    "fixed width": ("1402" + "008080" + "00000000" * 2, [1, 2]),  # 000000001 000000010
    "fixed width, last": ("1401" + "9580" + "00000000", [299]),
    "gamma, last": ("1501" + "009600" + "00000000", [299]),  # 00000000100101100 = 300
    "runs": ("1601" + "c0" + "00000000", [0]),
    "runs, last": ("1602" + "c02550" + "00000000" * 2, [0, 299]),  # 1, 1, 00000000100101010 = 298, 1
    "shared, last": ("176301" + "00000000", [297]),
    "level": ("3005" + "00000040" + "0001" + "50", [0]),
    "odd level": ("4005" + "00000040" + "0001" + "a0", [0]),
    "masked, odd": ("4101" + "00000040" + "0002" + "20", [1]),
    "gamma level": ("70" + GRID + "0001" + "80", [0]),
}


@pytest.mark.parametrize("what", ACCEPTED)
def test_accepted(what):
    data, where = ACCEPTED[what]
    assert list(decode(bytes.fromhex(data), SIZE, SHARED).positions()) == where


@pytest.mark.parametrize("size", [SIZE, 2**62])
def test_no_memory_for_what_a_header_claims(size):
    """2^60 entries in 20 bytes: refused before anything of that size is made, whatever kind and format."""
    for kind in range(8):
        for code in range(9):
            head = "" if code < 3 else "07" + ("" if code in (5, 6, 8) else "00000040")
            first = "00" if kind in (0, 1, 2, 3, 7) else ""
            data = bytes.fromhex(f"{code:x}{kind:x}{head}{first}{TWO_60}00ffffffff")
            tracemalloc.start()
            with pytest.raises(CodecError):
                decode(data, size, SHARED)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert peak < 20_000


def test_memory_is_that_of_the_bytes():
    """A frame of 125 kB states 10^6 signs: 8 bytes an index and a value, and what reading takes."""
    data = bytes.fromhex("60" + "01" + "00" + "c0843d") + bytes(125_000)
    tracemalloc.start()
    update = decode(data, 10**6)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert update.entries == 10**6 and peak < 60e6


def test_readers_write_nowhere_else():
    """Random bytes, 4000 times: what lies behind the array that a reader fills stays as it was, and indices stay inside."""
    generator = np.random.default_rng(12)
    readers = (lambda data, out: read_rice(data, 0, 1, 5, SIZE, out), lambda data, out: read_gaps(data, 0, SIZE, out),
               lambda data, out: read_runs(data, 0, SIZE, out), lambda data, out: read_bits(data, 0, 9, out),
               lambda data, out: read_gamma(data, 0, out))
    for i in range(4000):
        data = (generator.random(8 * generator.integers(1, 30)) < generator.choice([0.3, 0.6, 0.9])).astype(np.uint8)
        memory, count = np.full(300, -7), generator.integers(1, 8)
        reader = readers[i % len(readers)]
        end = reader(np.packbits(data), memory[:count])
        assert end <= len(data) // 8 and (memory[count:] == -7).all()
        if i % len(readers) < 3:
            assert (memory < SIZE).all()


def test_the_last_coordinate_is_reached():
    # first 254 = fe 01; k = 2; gap 44 = 11 * 4 + 0 leads to 254 + 1 + 44 = 299: eleven zeros, 1, 00 = 00000000 000100(00)
    assert list(decode(bytes.fromhex("13fe010202" + "0010" + "00000000" * 2), SIZE).indices) == [254, 299]
    with pytest.raises(CodecError):
        decode(bytes.fromhex("13fe010202" + "0014" + "00000000" * 2), SIZE)  # low bits 01: gap 45 would lead to 300


def test_frames_of_views_and_arrays():
    data = frames()[7]
    assert np.array_equal(decode(memoryview(bytearray(data)), SIZE).values, decode(data, SIZE).values)

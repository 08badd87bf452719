"""Decoding of damaged frames: an error or a valid update, never an index outside, never memory that the bytes do not back."""

import numpy as np
import pytest
from codec_cases import CODECS

from wirelesssim.learning.codec import CodecError, decode
from wirelesssim.learning.update import Update

SIZE = 300


def frames():
    """Frames of every codec and value width at several densities."""
    generator = np.random.default_rng(4)
    found = []
    for codec in CODECS:
        for entries in (1, 3, 30, 200, SIZE):
            where = np.sort(generator.choice(SIZE, entries, replace=False)) if entries < SIZE else None
            found.append(codec.encode(Update(SIZE, where, generator.standard_normal(entries))))
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
        at = generator.integers(min(len(damaged), 12) if kind < 5 else len(damaged))
        damaged[at] = damaged[at] ^ 1 << generator.integers(8) if kind == 3 else generator.integers(256)
    return bytes(damaged)


def fuzz(count: int, seed: int) -> tuple[int, int]:
    """How many of `count` damaged frames were refused, and how many decoded; asserts that those are valid updates."""
    generator = np.random.default_rng(seed)
    sources, refused, decoded = frames(), 0, 0
    for i in range(count):
        try:
            update = decode(damage(sources[i % len(sources)], generator), SIZE)
        except CodecError:
            refused += 1
            continue
        decoded += 1
        where = update.positions()
        assert len(where) == len(update.values) <= SIZE
        assert update.silent or (where[0] >= 0 and where[-1] < SIZE)
        assert (where[1:] > where[:-1]).all()
    return refused, decoded


def test_damaged_frames():
    refused, decoded = fuzz(20_000, 5)
    assert refused > 2000 and decoded > 500  # both ways out are exercised


@pytest.mark.slow
def test_a_million_damaged_frames():
    refused, decoded = fuzz(1_000_000, 6)
    assert refused > 100_000 and decoded > 25_000


def test_every_truncation_is_refused():
    for data in frames():
        for length in range(1, len(data)):
            with pytest.raises(CodecError):
                decode(data[:length], SIZE)


def test_a_model_too_small_is_refused():
    for data in frames():
        last = decode(data, SIZE).positions()[-1]
        if data[0] & 3 != 1 and last > 0:  # a masked frame covers more than it states
            with pytest.raises(CodecError):
                decode(data, int(last))


HUGE = "ffffffffffffffff7f"  # 2^63 - 1
REFUSED = {
    "kind 0, width code 3": "0c000100000000",
    "high bits of the tag": "14000100000000",
    "no header": "04",
    "number without end": "04" + "ff" * 12,
    "number with a superfluous zero byte": "0480000100000000",
    "nothing covered": "040000",
    "dense, huge": "0400" + HUGE + "00000000",
    "bitmap, huge": "0600" + HUGE + "ff00000000",
    "rice, huge": "0700" + HUGE + "00ff00000000",
    "first outside": "04ac0201" + "00000000",  # 300 = ac 02
    "first huge": "07" + HUGE + "010000000000",
    "bitmap begins with 0": "06020360" + "00000000" * 2,
    "bitmap ends with 0": "060203c0" + "00000000" * 2,
    "bitmap padding": "060203e8" + "00000000" * 4,
    "rice, k beyond 62": "0702023f" + "80" + "00" * 7 + "00000000" * 2,
    "rice, without k": "070201" + "00000000",
    "rice, endless zeros": "07020200" + "00" * 40 + "00000000" * 2,
    "rice, zeros beyond the bytes": "07020200" + "00" + "00000000" * 2,
    "rice, low bits cut": "07020208" + "80" + "00000000" * 2,
    "rice, a byte too many": "07020200" + "8000" + "00000000" * 2,
    "rice, padding": "07020200" + "81" + "00000000" * 2,
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what):
    with pytest.raises(CodecError):
        decode(bytes.fromhex(REFUSED[what]), SIZE)


def test_the_last_coordinate_is_reached():
    # first 254 = fe 01; k = 2; gap 44 = 11 * 4 + 0 leads to 254 + 1 + 44 = 299: eleven zeros, 1, 00 = 00000000 000100(00)
    assert list(decode(bytes.fromhex("07fe010202" + "0010" + "00000000" * 2), SIZE).indices) == [254, 299]
    with pytest.raises(CodecError):
        decode(bytes.fromhex("07fe010202" + "0014" + "00000000" * 2), SIZE)  # low bits 01: gap 45 would lead to 300


def test_frames_of_views_and_arrays():
    data = frames()[7]
    assert np.array_equal(decode(memoryview(bytearray(data)), SIZE).values, decode(data, SIZE).values)

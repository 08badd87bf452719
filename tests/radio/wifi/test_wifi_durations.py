"""Rates and durations of 802.11: points of the standard's tables, frames by hand, laws over every mode, refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wifi_cases import DURATIONS, FORBIDDEN, RATES, UNITS

from wirelesssim.errors import InputError
from wirelesssim.radio.wifi import (DATA_TONES, MAX_AMPDU_BYTES, MAX_AMPDU_MPDUS, STANDARDS, ack_duration, aggregate, ampdu_bytes,
                                    ampdu_limit, block_ack_duration, block_ack_request_duration, control_mode, cts_duration,
                                    largest_psdu, legacy_mode, modes, ppdu_duration, resource_unit_modes, rts_duration, standard)
from wirelesssim.radio.wifi.kernels import aggregate as packed
from wirelesssim.radio.wifi.kernels import ppdu_nanoseconds

EVERY = [mode for name, guards in (("a", (800,)), ("n", (800, 400)), ("ac", (800, 400)), ("ax", (800, 1600, 3200)))
         for band in DATA_TONES[name] for streams in ((1,) if name == "a" else (1, 2, 4)) for guard in guards
         for mode in modes(name, band, streams, guard)]
ANY_MODE = st.sampled_from(EVERY)


def mode_of(name, band, mcs, streams, guard):
    return next(mode for mode in modes(name, band * 1e6, streams, guard) if mode.mcs == mcs)


@pytest.mark.parametrize("name, band, mcs, streams, guard, bits, rate", RATES)
def test_rates_of_the_tables(name, band, mcs, streams, guard, bits, rate):
    mode = mode_of(name, band, mcs, streams, guard)
    assert mode.bits_per_symbol == bits and mode.rate / 1e6 == pytest.approx(rate, abs=6e-5)


@pytest.mark.parametrize("tones, mcs, streams, guard, bits, rate", UNITS)
def test_rates_of_resource_units(tones, mcs, streams, guard, bits, rate):
    mode = resource_unit_modes(tones, streams, guard)[mcs]
    assert mode.bits_per_symbol == bits and mode.rate / 1e6 == pytest.approx(rate, abs=6e-5)


@pytest.mark.parametrize("name, band, mcs, guard, size, microseconds", DURATIONS)
def test_durations_of_the_tables(name, band, mcs, guard, size, microseconds):
    assert ppdu_duration(mode_of(name, band, mcs, 1, guard), size) == microseconds * 1000


@pytest.mark.parametrize("band, mcs, streams", FORBIDDEN)
def test_modes_that_the_standard_leaves_out_are_missing(band, mcs, streams):
    known = [mode.mcs for mode in modes("ac", band * 1e6, streams)]
    assert mcs not in known and len(known) == 9


def test_control_frames_by_hand():
    """14 bytes are 134 bits with service and tail: 6 symbols at 24 bits, 3 at 48, 2 at 96; 32 bytes 278 bits, 3 symbols at 96."""
    slow, middle, fast = map(legacy_mode, (6, 12, 24))
    assert [ack_duration(mode) for mode in (slow, middle, fast)] == [44_000, 32_000, 28_000]
    assert cts_duration(fast) == 28_000 and block_ack_duration(fast) == 32_000
    assert rts_duration(slow) == 20_000 + 8 * 4_000  # 182 bits
    assert block_ack_request_duration(fast) == 20_000 + 3 * 4_000  # 214 bits


def test_preambles_by_hand():
    """n: 20 + 8 + 4 + 4 N_LTF; ac: 20 + 8 + 4 + 4 N_LTF + 4; ax: 20 + 4 + 8 + 4 + N_LTF (LTF + GI), 4 more when triggered."""
    assert [modes("n", streams=n)[0].preamble for n in (1, 2, 3, 4)] == [36_000, 40_000, 48_000, 48_000]
    assert [modes("ac", streams=n)[0].preamble for n in (1, 4, 8)] == [40_000, 52_000, 68_000]
    assert [modes("ax", guard_interval=gi)[0].preamble for gi in (800, 1600, 3200)] == [43_200, 44_000, 52_000]
    assert modes("ax", streams=2)[0].preamble == 36_000 + 2 * 7_200
    assert modes("ax", preamble="ns3")[0].preamble == 44_000
    assert resource_unit_modes(106)[0].preamble == 40_000 + 8_000


def test_the_short_guard_interval_ends_on_the_grid_of_the_long_one():
    """n, 20 MHz, MCS 7, 260 bits a symbol: 367 bytes are 22 + 2936 bits, 12 symbols of 3.6 us: 43.2 us, rounded to 44."""
    assert ppdu_duration(modes("n", guard_interval=400)[7], 367) == 36_000 + 44_000
    assert ppdu_duration(modes("n")[7], 367) == 36_000 + 48_000


def test_constants_of_the_mac():
    """DIFS 16 + 18, AIFS 16 + 27, timeout 16 + 9 + 20, EIFS 16 + 44 + 34 us; headers 24 + 8 + 4 and 26 + 8 + 4 bytes."""
    dcf, edca = standard("a"), standard("ax")
    assert (dcf.aifs, dcf.difs, dcf.ack_timeout, dcf.eifs, dcf.msdu_overhead) == (34_000, 34_000, 45_000, 94_000, 36)
    assert (edca.aifs, edca.eifs, edca.msdu_overhead) == (43_000, 103_000, 38)
    assert all((one.cw_min, one.cw_max, one.slot, one.attempts) == (15, 1023, 9_000, 7) for one in STANDARDS.values())


def test_encoders_of_fast_modes_each_have_a_tail():
    """One encoder to 300 Mb/s in n and 600 Mb/s in ac, at the short guard interval: 6 bits of tail each, 16 of service."""
    cases = [("n", 40, 7, 2), ("n", 40, 7, 4), ("ac", 160, 7, 4), ("ac", 80, 9, 1), ("ax", 80, 11, 1)]
    tails = [mode_of(*case, 800).overhead_bits for case in cases]
    assert tails == [16 + 6, 16 + 12, 16 + 36, 16 + 6, 16 + 6]


@pytest.mark.parametrize("name, mcs, expected", [("a", 0, 6), ("a", 1, 6), ("a", 3, 12), ("a", 7, 24), ("n", 0, 6), ("ac", 1, 12),
                                                 ("ax", 2, 12), ("ax", 3, 24), ("ax", 11, 24)])
def test_answers_are_as_robust_as_what_they_answer(name, mcs, expected):
    """QPSK 3/4 stands for 18 Mb/s of 802.11a, whatever a wide band makes of it."""
    for band in {20e6, max(DATA_TONES[name])}:
        assert control_mode(next(mode for mode in modes(name, band) if mode.mcs == mcs)).rate == expected * 1e6


@settings(max_examples=200, deadline=None)
@given(ANY_MODE, st.integers(0, 65_535), st.integers(0, 65_535))
def test_durations_grow_with_bytes_and_carry_them(mode, one, other):
    small, large = sorted((one, other))
    first, second = ppdu_duration(mode, np.array([small, large]))
    assert first <= second and first == ppdu_duration(mode, small)
    assert (first - mode.preamble) % mode.grid == 0
    symbols = (first - mode.preamble) // mode.symbol
    assert symbols * mode.bits_per_symbol >= 8 * small + mode.overhead_bits  # they fit,
    assert symbols * mode.bits_per_symbol < 8 * small + mode.overhead_bits + 3 * mode.bits_per_symbol  # without waste
    assert largest_psdu(mode, first) >= small and ppdu_duration(mode, largest_psdu(mode, first)) == first
    assert ppdu_nanoseconds(small, *mode.row) == first


@pytest.mark.parametrize("name", STANDARDS)
def test_a_higher_mode_is_faster(name):
    """In rate, and for 1536 bytes in time; 802.11a's 9 Mb/s (BPSK 3/4) is no exception."""
    for band in DATA_TONES[name]:
        made = modes(name, band)
        assert np.all(np.diff([mode.rate for mode in made]) > 0)
        assert np.all(np.diff([ppdu_duration(mode, 15_360) for mode in made]) < 0)


@settings(max_examples=150, deadline=None)
@given(ANY_MODE, st.lists(st.integers(40, 1600), min_size=1, max_size=90), st.data())
def test_an_aggregate_is_the_longest_allowed(mode, sizes, data):
    """What is taken keeps the three limits, and one more would break one: by the plain sum, not by the loop."""
    start = data.draw(st.integers(0, len(sizes) - 1))
    count = aggregate(sizes, start, mode)
    chosen = sizes[start:start + count]

    def allowed(these):
        return len(these) <= MAX_AMPDU_MPDUS and ampdu_bytes(these) <= MAX_AMPDU_BYTES and (
            ppdu_duration(mode, ampdu_bytes(these)) <= 5_484_000)

    assert count >= 1 and (count == 1 or allowed(chosen))
    assert start + count == len(sizes) or not allowed(sizes[start:start + count + 1])
    compiled = packed(np.array(sizes), start, len(sizes), ampdu_limit(mode), MAX_AMPDU_MPDUS, 4)
    assert compiled == (count, ampdu_bytes(chosen))


def test_aggregates_by_hand():
    """Two of 1538 bytes: 4 + 1538, padded to 1544, + 1542; 42 of them are 41 * 1544 + 1542 = 64,846 bytes, and 43 too many."""
    assert ampdu_bytes([1538, 1538]) == 3086 and ampdu_bytes([7]) == 11 and ampdu_bytes([]) == 0
    fast = modes("ac", 80e6)[9]
    assert aggregate([1538] * 100, 0, fast) == 42
    assert aggregate([40] * 100, 0, fast) == 64 and aggregate([40] * 100, 99, fast) == 1 and aggregate([40], 1, fast) == 0
    slow = modes("n")[0]  # 5448 us are 1362 symbols of 26 bits: 4423 bytes, two of 1538 and no third
    assert ampdu_limit(slow) == 4423 and aggregate([1538] * 9, 0, slow) == 2
    assert packed(np.array([1538]), 0, 1, ampdu_limit(slow), 64, 0) == (1, 1538)


@pytest.mark.parametrize("asked, key", [
    (lambda: standard("g"), "standard"), (lambda: modes("a", 40e6), "bandwidth"), (lambda: modes("n", 80e6), "bandwidth"),
    (lambda: modes("n", streams=5), "streams"), (lambda: modes("a", streams=2), "streams"),
    (lambda: modes("ax", guard_interval=400), "guard_interval"), (lambda: modes("ac", preamble="ns3"), "preamble"),
    (lambda: resource_unit_modes(53), "tones"), (lambda: legacy_mode(11), "rate"),
    (lambda: ppdu_duration(legacy_mode(6), -1), "psdu_bytes"), (lambda: ppdu_duration(legacy_mode(6), 1.5), "psdu_bytes")])
def test_what_no_standard_has_is_refused(asked, key):
    with pytest.raises(InputError) as refused:
        asked()
    assert refused.value.problems[0].path == (key,)

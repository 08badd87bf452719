"""Error laws and rate choice: points of ns-3, the soft bound by sampling, monotone laws, the fallback's state machine by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirelesssim.errors import InputError
from wirelesssim.model import build
from wirelesssim.radio import Channel, Phy, Radio, Wifi
from wirelesssim.radio.wifi import (LAWS, REFERENCE_BITS, Arf, Best, FixedMcs, hearing, legacy_mode, log_success_per_bit, modes,
                                    packet_error_rate, required_snr)
from wirelesssim.radio.wifi.error_laws import _bhattacharyya, _gaussian
from wirelesssim.radio.wifi.kernels import arf

MODES = [*modes("a"), *modes("ax")]


@pytest.mark.parametrize("rate, decibels", [(6, 4.0), (12, 7.0), (24, 13.55), (54, 22.65)])
def test_nist_points_of_ns3(rate, decibels):
    """802.11a, 1500 bytes, PER 0.1, as NistErrorRateModel of ns-3 3.44 gives them, rounded to 0.05 dB."""
    found = 10 * np.log10(required_snr(legacy_mode(rate), 12_000, 0.1, "nist"))
    assert abs(found - decibels) <= 0.05


def test_nist_by_hand():
    """BPSK 1/2 at snr 1: q = erfc(1)/2 = 0.0786496; D^2 = 4 q (1 - q) = 0.2898552;
    p = (36 D^10 + 211 D^12 + ... ) / 2, of which the first two terms are 18 * 0.0020460 and 105.5 * 0.00059305."""
    wrong = 0.15729920705028513 / 2
    square = 4 * wrong * (1 - wrong)
    weights = [36, 211, 1404, 11633, 77433, 502690, 3322763, 21292910, 134365911]
    expected = sum(weight * square ** (5 + place) for place, weight in enumerate(weights)) / 2
    assert 18 * square**5 == pytest.approx(0.03683, rel=1e-3)
    assert -np.expm1(log_success_per_bit(1.0, legacy_mode(6))) == pytest.approx(min(expected, 1.0), rel=1e-9)


def test_the_soft_law_is_optimistic_by_its_stated_margin():
    """2.7 to 4.2 dB below nist at a PER of 0.1 of 1500 bytes, for every constellation and code rate."""
    margins = [10 * np.log10(required_snr(mode, 12_000, 0.1, "nist") / required_snr(mode, 12_000, 0.1, "soft")) for mode in MODES]
    assert 2.7 <= min(margins) and max(margins) <= 4.2


@pytest.mark.parametrize("constellation, decibels", [(1, 0.0), (2, 2.0), (4, 8.0), (6, 14.0)])
def test_the_bhattacharyya_factor_by_sampling(constellation, decibels):
    """Against complex symbols drawn at random: within 5 standard errors (a false alarm in 1.7 million)."""
    draw, snr, count = np.random.default_rng([802, constellation]), 10 ** (decibels / 10), 20_000
    if constellation == 1:
        points, labels = np.array([-1.0 + 0j, 1.0]), np.array([[0], [1]])
    else:
        half = constellation // 2
        levels, gray = np.arange(1 - 2**half, 2**half, 2.0), np.arange(2**half) ^ (np.arange(2**half) >> 1)
        points = (levels[:, None] + 1j * levels).ravel()
        points = points / np.sqrt(np.mean(np.abs(points) ** 2))
        bits = (gray[:, None] >> np.arange(half)) & 1
        labels = np.concatenate([np.repeat(bits, 2**half, axis=0), np.tile(bits, (2**half, 1))], axis=1)
    sent = draw.integers(0, len(points), count)
    received = points[sent] + (draw.standard_normal(count) + 1j * draw.standard_normal(count)) * np.sqrt(0.5 / snr)
    likelihood = np.exp(-np.abs(received[:, None] - points) ** 2 * snr)
    factors = np.zeros(count)
    for bit in labels.T:
        right = (likelihood * (bit == bit[sent][:, None])).sum(axis=1)
        factors += np.sqrt(likelihood.sum(axis=1) / right - 1)
    factors /= labels.shape[1]
    assert abs(factors.mean() - _bhattacharyya(constellation, snr)) <= 5 * factors.std() / np.sqrt(count) + 1e-9


def test_the_soft_law_of_bpsk_is_the_exact_pairwise_error():
    """B = exp(-snr) for BPSK, so that P_d = Q(sqrt(2 d snr)); where the curve is held, nothing fails."""
    from scipy.special import erfc

    snr = np.array([0.3, 1.0, 4.0, 11.3])
    assert np.allclose(_gaussian(snr[:, None], 1, np.array([10.0]))[:, 0], erfc(np.sqrt(10 * snr)) / 2, rtol=1e-6)
    assert packet_error_rate(1e5, modes("ax")[11], 1e6, "soft") < 1e-30


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(MODES), st.sampled_from(LAWS), st.integers(1, 100_000), st.integers(1, 100_000))
def test_error_rates_are_monotone(mode, law, one, other):
    snr = 10 ** (np.arange(-20, 50, 0.5) / 10)
    short, long = (packet_error_rate(snr, mode, bits, law) for bits in sorted((one, other)))
    assert np.all((short >= 0) & (long <= 1) & (short <= long))
    assert np.all(np.diff(short) <= 0) and short[-1] < 1e-9 < 0.999 < long[0] + (one + other < 12)
    assert np.all(np.isfinite(log_success_per_bit(snr, mode, law)))


def test_no_signal_and_unknown_laws():
    assert packet_error_rate(0.0, MODES[0], 100, "nist") == packet_error_rate(0.0, MODES[0], 100, "soft") == 1.0
    with pytest.raises(InputError, match="error law"):
        log_success_per_bit(1.0, MODES[0], "table")


@pytest.mark.parametrize("law", LAWS)
def test_best_takes_the_highest_mode_within_the_target(law):
    """By the definition, mode by mode; out of reach where six symbols of BPSK do not come through."""
    carrier = build(Phy, {"type": "wifi", "error_law": law}).wifi(20e6)
    decibels = np.arange(-5, 45, 0.25)
    success = carrier.log_success(10 ** (decibels / 10))
    rows = carrier.choose(success)
    assert rows[0] == -1 and rows[-1] == len(carrier.modes) - 1 and np.all(np.diff(rows) >= 0)
    for place, row in enumerate(rows):
        failed = [float(packet_error_rate(10 ** (decibels[place] / 10), mode, REFERENCE_BITS, law)) for mode in carrier.modes]
        good = [index for index, rate in enumerate(failed) if rate <= 0.1]
        assert row == (good[-1] if good else 0 if failed[0] <= 0.9 else -1)


def test_a_fixed_mode_never_waits_and_streams_share_the_power():
    carrier = Wifi(standard="n", rate={"type": "fixed", "mcs": 7}).wifi(20e6)
    assert [mode.name for mode in carrier.modes] == ["HT-MCS 7"]
    assert np.array_equal(carrier.choose(carrier.log_success(np.array([1e-3, 1e3]))), [0, 0])
    single, double = (Wifi(standard="n", streams=n).wifi(20e6) for n in (1, 2))
    assert double.modes[7].name == "HT-MCS 15" and double.modes[7].rate == 2 * single.modes[7].rate
    assert np.array_equal(single.log_success(np.array([7.0])), double.log_success(np.array([14.0])))


def test_one_sinr_of_many_has_their_mean_capacity():
    """3 and 15 carry 2 and 4 bits: 3 bits are an SINR of 7. A flat band is itself."""
    carrier = Wifi().wifi(20e6)
    assert carrier.effective(np.array([[3.0, 15.0], [5.0, 5.0]])) == pytest.approx([7.0, 5.0])
    assert np.array_equal(carrier.effective(np.array([2.0])), [2.0])


def test_rate_fallback_by_hand():
    """Ten acknowledgements raise; a failure on probation lowers at once; one failure in a good run is forgiven, two are not."""
    rules = (10, 2, 7)  # up, down, highest
    state = (3, 0, 0)
    for _ in range(9):
        state = arf(*state, True, *rules)
    assert state[0] == 3
    state = arf(*state, True, *rules)
    assert state == (4, 0, 1)
    assert arf(*state, False, *rules) == (3, 0, 0)
    settled = arf(*state, True, *rules)
    assert settled == (4, 1, 0)
    once = arf(*settled, False, *rules)
    assert once == (4, -1, 0) and arf(*once, False, *rules) == (3, 0, 0) and arf(*once, True, *rules) == (4, 1, 0)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.booleans(), max_size=300), st.integers(1, 12), st.integers(1, 4), st.integers(0, 11))
def test_rate_fallback_stays_within_its_rows(outcomes, up, down, highest):
    """One row at a time, never beyond the ends; success never lowers, failure never raises."""
    state = (highest // 2, 0, 0)
    for success in outcomes:
        after = arf(*state, success, up, down, highest)
        assert 0 <= after[0] <= highest and after[0] - state[0] in ((0, 1) if success else (0, -1))
        assert -down < after[1] <= up
        state = after
    for _ in range(up * (highest + 1)):
        state = arf(*state, True, up, down, highest)
    assert state[0] == highest


def test_choices_in_a_scenario():
    assert Wifi(rate={"type": "arf", "up": 5}).rate == Arf(up=5) and Arf(up=5).memory == (5, 2)
    assert Best().memory == FixedMcs().memory == (0, 0)
    for bad, key, words in [({"rate": {"type": "fixed", "mcs": 10}, "standard": "ac"}, ("rate", "mcs"), "802.11ac"),
                            ({"standard": "n", "streams": 5}, ("streams",), "1 to 4"),
                            ({"standard": "a", "guard_interval": "0.4 us"}, ("guard_interval",), "0.8 us"),
                            ({"standard": "ac", "preamble": "ns3"}, ("preamble",), "802.11ax")]:
        with pytest.raises(InputError) as refused:
            build(Phy, {"type": "wifi", **bad})
        assert refused.value.problems[0].path == key and words in str(refused.value)


def test_the_band_belongs_to_the_standard():
    radio = {"carrier": 5.18e9, "bandwidth": 40e6}
    assert Radio(**radio, phy={"type": "wifi"}).phy.max_efficiency == pytest.approx(1950 / 13.6e-6 / 20e6)
    for phy, band, key in [({"type": "wifi", "standard": "a"}, 40e6, ("bandwidth",)), ({"type": "wifi"}, 10e6, ("bandwidth",)),
                           ({"type": "wifi", "standard": "ac", "rate": {"type": "fixed", "mcs": 9}}, 20e6,
                            ("phy", "rate", "mcs"))]:
        with pytest.raises(InputError) as refused:
            build(Channel, {"type": "radio", "carrier": 5.18e9, "bandwidth": band, "phy": phy})
        assert refused.value.problems[0].path == key
    with pytest.raises(InputError, match="carrier must lie within 5.15 to 7.125 GHz.*got 2.412 GHz; the timing of 2.4 GHz"):
        build(Channel, {"type": "radio", "carrier": "2.412 GHz", "phy": "wifi"})


def test_the_law_of_the_sinr_alone():
    """Zero below its least SINR, rising above, the top rate in the end; a fixed mode that only 80 MHz has is one, too."""
    for phy in (Wifi(), Wifi(standard="ac", rate={"type": "fixed", "mcs": 9}), Wifi(streams=2), Wifi(error_law="soft")):
        axis = 10 ** (np.arange(-10, 60, 0.5) / 10)
        carried = phy.efficiency(axis)
        assert np.all(np.diff(carried) >= 0) and np.all((carried > 0) == (axis >= phy.min_sinr))
        assert carried[-1] == pytest.approx(phy.max_efficiency) and phy.fixed_rate is None
        assert phy.efficiency(phy.min_sinr * 1.000001) == pytest.approx(phy.min_efficiency, rel=1e-3)


def test_hearing_by_hand():
    """20 dBm over a gain of d^-4: -82 dBm is a loss of 102 dB, 354.8 m; 3 dB less of sensitivity, 298.5 m, in 40 MHz."""
    places = np.array([[0.0, 0.0], [350.0, 0.0], [-20.0, 0.0]])
    heard = hearing(places, lambda d: np.maximum(d, 1.0) ** -4.0, 0.1)
    assert np.array_equal(heard, [[1, 1, 1], [1, 1, 0], [1, 0, 1]])  # 370 m: hidden from each other
    assert not hearing(places, lambda d: np.maximum(d, 1.0) ** -4.0, 0.1, bandwidth=40e6)[0, 1]

"""Peak rates, throughput, CQI and the choice of a scheme."""

import numpy as np
import pytest

from wirelesssim.errors import InputError
from wirelesssim.radio.nr import (Numerology, coded_bits, cqi, cqi_table, cqi_thresholds, mcs_table, peak_rate,
                                  required_sinr, scheme_thresholds, throughput, transport_block_size)


def test_the_peak_rate_by_hand():
    """100 MHz at 30 kHz, 4 layers, 256-QAM: 12 x 273 x 28000 = 91 728 000 symbols a second; x 4 x 8
    x 948/1024 = 2 717 442 000; x 0.86 = 2 337 000 120 bit/s."""
    assert peak_rate(273, Numerology(1), 4, 8) == 2_337_000_120.0
    assert peak_rate(273, Numerology(1), 1, 6, direction="uplink") == 91_728_000 * 6 * 948 * 92 / 1024 / 100


def test_the_peak_rate_scales_as_its_formula():
    """Linear in layers, order and blocks; FR2 at 120 kHz has 0.82 of 8 times the symbols of 15 kHz."""
    one = peak_rate(100, Numerology(0), 1, 2)
    assert peak_rate(100, Numerology(0), 4, 8) == pytest.approx(16 * one, rel=1e-15)
    assert peak_rate(100, Numerology(0), 1, 2, 0.75) == pytest.approx(0.75 * one, rel=1e-15)
    assert peak_rate(100, Numerology(3), 1, 2, frequency_range="FR2") == pytest.approx(8 * one * 0.82 / 0.86, rel=1e-15)
    with pytest.raises(InputError, match="scaling must be one of"):
        peak_rate(100, Numerology(0), 1, 2, 0.5)
    with pytest.raises(InputError, match="FR1 or FR2"):
        peak_rate(100, Numerology(0), 1, 2, direction="sidelink")


def test_the_rate_stays_below_the_peak():
    """A slot of 156 elements at the highest scheme carries 156/168 of all symbols, but for the rounding of N_info: to a multiple
    of 2^n, n = floor(log2 N_info) - 5, so by at most 1/64."""
    most = transport_block_size(mcs_table(2).at(27), 273, 156, 4) / 0.5e-3
    assert most / (peak_rate(273, Numerology(1), 4, 8) / 0.86) == pytest.approx(156 / 168, rel=1 / 64)


def test_throughput_goes_from_nothing_to_the_block_size_and_only_rises():
    sinr_db = np.arange(-20.0, 40.0, 0.25)
    scheme = mcs_table(1).at(15)
    found = throughput(sinr_db, scheme, 51, 144, 1e-3)
    assert found[0] == 0 and found[-1] == transport_block_size(scheme, 51, 144) / 1e-3
    assert (np.diff(found) >= 0).all()


def test_the_best_throughput_rises_with_sinr_and_stays_below_shannon():
    """Over all schemes, a slot of 51 blocks x 144 elements in 1 ms: never above log2(1 + SINR) bits an element."""
    sinr_db = np.arange(-10.0, 35.0, 0.5)
    best = np.max([throughput(sinr_db, mcs_table(2).at(index), 51, 144, 1e-3) for index in range(28)], axis=0)
    assert (np.diff(best) >= 0).all()
    assert (best < 51 * 144 * np.log2(1 + 10 ** (sinr_db / 10)) / 1e-3).all()


def test_thresholds_are_where_a_tenth_fails():
    table = mcs_table(1)
    needed = scheme_thresholds(table, 51, 144)
    scheme = table.at(12)
    size = transport_block_size(scheme, 51, 144)
    assert needed[12] == required_sinr(scheme, size, 0.1, coded_bits(scheme, 51, 144))
    assert throughput(needed[12], scheme, 51, 144, 1e-3) == pytest.approx(0.9 * size / 1e-3, rel=1e-6)


def test_the_cqi_by_its_definition():
    """The reported CQI is the highest whose threshold is met; out of range below the first."""
    needed = cqi_thresholds(cqi_table(1), 51)
    assert (np.diff(needed) > 0).all()
    sinr_db = np.array([needed[0] - 0.01, needed[0], needed[7] + 0.01, needed[8] - 0.01, 60.0])
    assert cqi(sinr_db, needed).tolist() == [0, 1, 8, 8, 15]
    assert needed[0] == pytest.approx(-7.6, abs=0.7) and needed[14] == pytest.approx(19.3, abs=0.7)


def test_the_reliable_table_asks_for_more():
    """Table 3 stands for an error rate of 1e-5: CQI 5 there is the scheme of CQI 3 in table 1, at a higher SINR."""
    reliable, usual = cqi_thresholds(cqi_table(3), 51), cqi_thresholds(cqi_table(1), 51)
    assert cqi_table(3).at(5).rate_x2048 == cqi_table(1).at(3).rate_x2048
    assert 0.2 < reliable[4] - usual[2] < 1.5
    assert cqi_thresholds(cqi_table(3), 51, 0.1)[4] == usual[2]


def test_the_highest_cqi_that_is_carried_is_reported():
    """Thresholds that do not rise: 3 is passed over at 5 dB, since 4 needs less."""
    needed = np.array([0.0, 2.0, 6.0, 4.0, np.inf])
    assert cqi([-1.0, 0.0, 3.9, 4.0, 5.0, 90.0], needed).tolist() == [0, 1, 2, 4, 4, 4]
    draw = np.random.default_rng(9)
    for _ in range(50):
        needed, sinr_db = draw.normal(0.0, 5.0, 12) + np.arange(12), draw.uniform(-8.0, 20.0)
        assert cqi(sinr_db, needed) == max(np.flatnonzero(needed <= sinr_db), default=-1) + 1


def test_a_rate_above_095_is_never_carried():
    needed = scheme_thresholds(mcs_table(1), 5, 132)
    assert np.isposinf(needed[28]) and np.isfinite(needed[:28]).all()  # 3752 bits and 16 of CRC in 660 x 6: 0.9515 > 0.95

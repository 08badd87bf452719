"""LoRa's time on air to the symbol, its limits, and the band's numbers."""

import math

import numpy as np
import pytest

from wirelesssim.errors import InputError
from wirelesssim.model import build
from wirelesssim.radio import Channel, Phy
from wirelesssim.radio.lora import (FACTORS, REJECTION_DB, bit_rate, duty_cycle, low_data_rate, payload_limit, payload_symbols,
                                    rejection, sensitivity_dbm, snr_limit_db, sub_band, time_on_air)

# SF, bandwidth (Hz), CR, payload (B), preamble, implicit, CRC -> payload symbols, ms: the formula of the SX1276 data sheet,
# 4.1.1.7, worked out apart from this package
TABLE = [
    (7, 125e3, 1, 10, 8, False, True, 28, 41.216), (7, 125e3, 1, 51, 8, False, True, 88, 102.656),
    (9, 125e3, 1, 20, 8, False, True, 33, 185.344), (11, 125e3, 1, 20, 8, False, True, 33, 741.376),
    (12, 125e3, 1, 20, 8, False, True, 28, 1318.912), (12, 500e3, 2, 32, 6, True, False, 38, 395.264),
    (10, 250e3, 3, 64, 12, True, True, 99, 472.064), (7, 125e3, 1, 23, 8, False, True, 48, 61.696),
    (12, 125e3, 1, 13, 8, False, True, 23, 1155.072), (6, 125e3, 1, 16, 8, True, True, 38, 25.728)]


@pytest.mark.parametrize(("factor", "bandwidth", "coding", "payload", "preamble", "implicit", "crc", "symbols", "ms"), TABLE)
def test_time_on_air(factor, bandwidth, coding, payload, preamble, implicit, crc, symbols, ms):
    assert payload_symbols(payload, factor, bandwidth, coding, crc, implicit) == symbols
    assert time_on_air(payload, factor, bandwidth, coding, preamble, crc, implicit) == pytest.approx(ms * 1e-3, rel=1e-14)


def test_time_on_air_of_one_frame_by_hand():
    """SF 8, 125 kHz, 4/6, 30 B: T = 2.048 ms; ceil((240 - 32 + 28 + 16) / 32) = 8, 8 + 8 * 6 = 56 symbols; (12.25 + 56) T."""
    assert time_on_air(30, 8, 125e3, 2) == pytest.approx(68.25 * 2.048e-3, rel=1e-14)


def test_the_optimisation_is_on_where_a_symbol_is_longer_than_16_ms():
    on = [(factor, bandwidth) for factor in FACTORS for bandwidth in (125e3, 250e3, 500e3) if low_data_rate(factor, bandwidth)]
    assert on == [(11, 125e3), (12, 125e3), (12, 250e3)]


def test_time_grows_with_bytes_and_factor_in_steps_of_whole_symbols():
    times = np.array([[float(time_on_air(size, factor, 125e3)) for size in range(0, 236)] for factor in FACTORS])
    assert (np.diff(times, axis=1) >= 0).all() and (np.diff(times, axis=0) > 0).all()
    symbols = times / (2.0**np.array(FACTORS)[:, None] / 125e3) - 4.25
    assert np.allclose(symbols, np.round(symbols), atol=1e-9)


@pytest.mark.parametrize(("factor", "limit", "dbm", "rate"), [
    (7, -7.5, -124.5, 5468.75), (8, -10, -127.0, 3125.0), (9, -12.5, -129.5, 1757.81), (10, -15, -132.0, 976.56),
    (11, -17.5, -134.5, 537.11), (12, -20, -137.0, 292.97)])
def test_limits_and_rates(factor, limit, dbm, rate):
    """-174 + 10 log10(125e3) + 6 = -117.03 dBm of noise; rates SF 125 kHz / 2^SF 4/5, to a hundredth."""
    assert snr_limit_db(factor) == limit
    assert sensitivity_dbm(factor, 125e3, 6.0) == pytest.approx(dbm, abs=0.05)
    assert float(bit_rate(factor, 125e3)) == pytest.approx(rate, abs=0.005)


def test_factors_out_of_range_are_refused():
    with pytest.raises(ValueError, match="6 to 12, got 13"):
        snr_limit_db(13)


@pytest.mark.parametrize(("mhz", "duty"), [(863.1, 0.001), (867.5, 0.01), (868.1, 0.01), (868.5, 0.01), (868.9, 0.001),
                                           (869.525, 0.1), (869.8, 0.01)])
def test_duty_cycles(mhz, duty):
    assert duty_cycle(mhz * 1e6) == duty


@pytest.mark.parametrize("mhz", [868.65, 869.3, 862.0, 868.6, 869.4])
def test_channels_between_the_sub_bands_are_refused(mhz):
    with pytest.raises(ValueError, match="must lie within one of"):
        sub_band(mhz * 1e6)


def test_payloads():
    assert [payload_limit(factor) - 13 for factor in (12, 11, 10, 9, 8, 7)] == [51, 51, 51, 115, 222, 222]


def test_rejection():
    """6 dB of the own factor; a slower frame survives more of a faster one's power than the reverse."""
    linear = rejection()
    assert np.allclose(10 * np.log10(np.diag(linear)), 6.0) and np.nanmax(REJECTION_DB) == -8 and np.nanmin(REJECTION_DB) == -25
    low, high = np.tril_indices(6, -1), np.triu_indices(6, 1)
    assert (linear[low] <= linear.T[low]).all() and (linear[high] < 1).all()


def test_the_law_of_the_sinr():
    """SF 9 carries 9/512 4/5 bit/s/Hz from -12.5 dB on; adaptive the best of all."""
    fixed, adaptive = (build(Phy, {"type": "lora", "spreading_factor": factor}) for factor in (9, "adaptive"))
    at = 10 ** (np.array([-21, -13, -12, 30]) / 10)
    assert fixed.efficiency(at) == pytest.approx([0, 0, 9 / 512 * 0.8, 9 / 512 * 0.8])
    assert adaptive.efficiency(at) == pytest.approx([0, 10 / 1024 * 0.8, 9 / 512 * 0.8, 7 / 128 * 0.8])
    assert adaptive.largest_frame == 64 and build(Phy, "lora").largest_frame == 235


def test_the_adaptive_factor_keeps_its_margin():
    phy = build(Phy, {"type": "lora", "spreading_factor": "adaptive", "margin": "10 dB"})
    assert [phy.factor_for(10 ** (level / 10)) for level in (2.6, 2.4, -2.6, -30)] == [7, 8, 10, 12]
    assert phy.factor_for(0.0) == 12


def test_bandwidths_of_lora_alone():
    with pytest.raises(InputError, match="bandwidth must be 125, 250 or 500 kHz"):
        build(Channel, {"type": "radio", "carrier": "868 MHz", "bandwidth": "200 kHz", "phy": "lora"})


def test_a_link_beyond_the_limit_has_no_rate():
    """At 125 kHz and 6 dB the noise is -117 dBm; free space at 868 MHz of 14 dBm is at the limit of SF 7 some 230 km away."""
    channel = build(Channel, {"type": "radio", "carrier": "868 MHz", "bandwidth": "125 kHz", "tx_power": "14 dBm",
                              "noise_figure": "6 dB", "path_loss": "free_space", "phy": "lora"})
    reach = 299792458 / 868e6 / (4 * math.pi) * 10 ** ((14 - sensitivity_dbm(7, 125e3, 6.0)) / 20)
    for place, rate in ((0.99 * reach, 5468.75), (1.01 * reach, 0.0)):
        mean = channel.mean_sinr(np.array([[place, 0.0]]), None)[0]
        assert float(channel.phy.efficiency(mean)) * 125e3 == pytest.approx(rate)

"""Tapped delay lines: the profiles of TR 38.901, correlation over frequency and time, distribution, and the rate of a link.

False alarms: five standard errors (6e-7) a number; seeds are fixed.
"""

import math

import numpy as np
import pytest
from fading_cases import error, reference

from wirelesssim.errors import InputError
from wirelesssim.model import build, validate
from wirelesssim.radio import Iid, Radio, Shannon
from wirelesssim.radio.fading import PROFILES, Fading, Tdl, mean_jointly, mean_over
from wirelesssim.radio.fading_link import AdaptiveLink, FixedRateLink
from wirelesssim.rng import Streams

STREAMS = Streams(17, domain="radio")


def responses(profile, spread, frequencies, times=(3.0,), workers=2500, doppler=1.0):
    """H of many workers, (workers, times, frequencies) complex."""
    law = Tdl(profile=profile, delay_spread=spread, doppler=doppler).tuned(3.5e9, 20e6)
    times, frequencies = np.array(times), np.array(frequencies)
    return np.array([law.selective(STREAMS, worker).response(times, frequencies) for worker in range(workers)])


@pytest.mark.parametrize("name, taps, total, delays, last", [
    ("A", 23, 3.46766, 58.1474, 9.6586), ("B", 23, 7.09303, 34.1999, 4.7834), ("C", 24, 5.87450, 62.0402, 8.6523)])
def test_profiles(name, taps, total, delays, last):
    """Taps, the sums of 10^(P/10) and of the delays (a slip of a digit shows), and an RMS delay spread of 1, as normalised."""
    profile = PROFILES[name]
    assert len(profile.delays) == len(profile.powers_db) == taps and max(profile.delays) == last == profile.delays[-1]
    assert max(profile.powers_db) == 0 and min(profile.delays) == 0
    assert sum(10 ** (power / 10) for power in profile.powers_db) == pytest.approx(total, rel=1e-5)
    assert sum(profile.delays) == pytest.approx(delays, rel=1e-9)
    assert profile.powers.sum() == pytest.approx(1, rel=1e-12) and profile.spread == pytest.approx(1, abs=1e-4)
    delays = profile.scaled(100e-9)
    assert math.sqrt(profile.powers @ delays**2 - (profile.powers @ delays) ** 2) == pytest.approx(100e-9, rel=1e-4)


@pytest.mark.parametrize("name", "ABC")
def test_frequency_correlation_is_the_transform_of_the_profile(name):
    """E[H(f + F) H*(f)] = SUM p exp(-j 2 pi F d) at F = 0 to 10 MHz, 100 ns; 2500 links, two origins f."""
    spacings, origin = np.array([0, 0.36e6, 1e6, 2e6, 3e6, 5e6, 10e6]), np.array([-4e6, 5.5e6])
    seen = responses(name, "100 ns", np.concatenate([origin, (origin[:, None] + spacings).ravel()]))[:, 0]  # (workers, 16)
    product = (seen[:, 2:].reshape(-1, 2, 7) * seen[:, :2, None].conj()).mean(axis=1)  # (workers, 7)
    powers, delays = 10 ** (np.array(PROFILES[name].powers_db) / 10), np.array(PROFILES[name].delays) * 100e-9
    expected = np.array([np.sum(powers * np.exp(-2j * np.pi * spacing * delays)) for spacing in spacings]) / powers.sum()
    assert np.allclose(PROFILES[name].correlation(spacings, 100e-9), expected, rtol=1e-12)
    difference = product.mean(axis=0) - expected
    assert np.all(np.abs(difference.real) < 5 * error(product.real))
    assert np.all(np.abs(difference.imag) < 5 * error(product.imag) + 1e-12)
    assert error(product.real).max() < 0.03 and abs(expected[3]) < 0.85  # 2 MHz do not fade as one


def test_each_band_is_rayleigh():
    """P(|H|^2 < x) of the first and the last resource block, over 2500 links."""
    power = np.abs(responses("A", "300 ns", [-9.8e6, 9.8e6])[:, 0]) ** 2
    assert np.all(np.abs(power.mean(axis=0) - 1) < 5 * error(power))
    for margin in (0, 3, 10):
        p = -math.expm1(-(10 ** (-margin / 10)))
        assert np.all(np.abs(np.mean(power < 10 ** (-margin / 10), axis=0) - p) < 5 * math.sqrt(p * (1 - p) / len(power)))


def test_time_correlation_of_a_band():
    """J0(2 pi fd tau) in every band, whatever the delay spread: 1500 links, fd = 1 Hz."""
    points = reference("j0")
    times = 7.0 + np.array([0.0] + [x for _, x, _ in points])
    seen = responses("C", "1 us", [3e6], times, workers=1500)[:, :, 0]
    product = seen[:, 1:] * seen[:, :1].conj()
    expected = np.array([value for *_, value in points])
    assert np.all(np.abs(product.real.mean(axis=0) - expected) < 5 * error(product.real))
    assert np.all(np.abs(product.imag.mean(axis=0)) < 5 * error(product.imag))


def test_no_spread_is_flat():
    law = Tdl(delay_spread=0, doppler=5.0).tuned(3.5e9, 20e6)
    gains = law.process(STREAMS, 0).gains(0, 200)
    assert gains.shape == (200, 56) and np.allclose(gains, gains[:, :1], rtol=1e-12) and gains[:, 0].std() > 0.1


def test_a_wide_band_fades_less():
    """The mean over m bands has the variance (1/m^2) SUM_ij |R(f_i - f_j)|^2 (the taps' gains are Gaussian); 2500 links.

    2 MHz of a delay spread of 100 ns fades nearly as one band does, 100 MHz with a quarter of the variance.
    """
    spread = []
    for bandwidth in (2e6, 100e6):
        law = Tdl(delay_spread="100 ns", doppler=1.0).tuned(3.5e9, bandwidth)
        frequencies = law.frequencies[:: max(1, law.bands // 40)]
        power = (np.abs(responses("A", "100 ns", frequencies)[:, 0]) ** 2).mean(axis=1)
        apart = frequencies[:, None] - frequencies
        expected = np.mean(np.abs(PROFILES["A"].correlation(apart, 100e-9)) ** 2)
        squares = (power - 1) ** 2
        assert abs(squares.mean() - expected) < 5 * error(squares) + expected / 64
        spread.append(expected)
    assert 0.8 < spread[0] < 0.9 and 0.2 < spread[1] < 0.3


def test_a_pure_function_of_time_and_frequency():
    law = Tdl(doppler=20.0).tuned(3.5e9, 20e6)
    source, frequencies = law.selective(STREAMS, 2), law.frequencies
    times = (np.arange(70) + 0.5) * law.block_time
    all_at_once = source.gains(times, frequencies)
    assert all_at_once.shape == (70, 56) == (len(times), law.bands)
    assert np.allclose(law.process(STREAMS, 2).gains(0, 70), all_at_once, rtol=1e-9)
    assert np.allclose(source.gains(times[60:61], frequencies[7:8]), all_at_once[60, 7], rtol=1e-12)
    assert frequencies[0] == -frequencies[-1] == pytest.approx(-10e6 + 20e6 / 112)


def links(kind=AdaptiveLink, phy=None, snr=4.0, **said):
    law = Tdl(profile="B", delay_spread="200 ns", doppler=20.0).tuned(3.5e9, 5e6)
    return law, kind(1, STREAMS, Iid(probability=0.0), bandwidth=5e6, phy=phy or Shannon(), fading=law, mean_sinr=snr, **said)


def test_a_flat_link_carries_the_mean_over_its_resource_blocks():
    law, link = links()
    gains = law.selective(STREAMS, 1).gains((np.arange(3) + 0.5) * law.block_time, law.frequencies)  # (3, 14)
    by_hand = [sum(5e6 / 14 * float(Shannon().efficiency(4.0 * gain)) for gain in row) for row in gains]
    assert law.bands == 14 and np.allclose(link.capacities(0, 3), by_hand, rtol=1e-9)
    assert link.rate_at(1.5 * law.block_time) == pytest.approx(by_hand[1], rel=1e-9)


def test_expected_rates_are_those_of_long_runs():
    """An adaptive rate by the marginal law, a fixed one by the joint law of the bands: blocks far apart of 40 workers."""
    law, link = links()
    _, fixed = links(FixedRateLink, rate=6e6)
    said = dict(bandwidth=5e6, phy=Shannon(), fading=law, mean_sinr=4.0)
    rates = np.array([AdaptiveLink(worker, STREAMS, Iid(probability=0.0), **said).capacities(0, 20_000)[::200]
                      for worker in range(40)])
    assert abs(rates.mean() - link.expected_rate()) < 5 * error(rates.mean(axis=1))
    usable = (rates >= 6e6).mean(axis=1)
    chance = fixed.expected_rate() / 6e6
    assert abs(usable.mean() - chance) < 5 * (error(usable) + math.sqrt(chance * (1 - chance) / 4096))
    alone = mean_over(law, lambda gains: (5e6 * Shannon().efficiency(4.0 * gains) >= 6e6).astype(float))
    assert chance > alone + 0.02  # fourteen bands together are steadier than one
    assert mean_jointly(Tdl(doppler=1.0).tuned(), lambda gains: gains.mean(axis=1)) == pytest.approx(1, abs=5 / 64)


def test_the_radio_says_its_carrier_and_band():
    radio = validate(Radio, {"fading": {"type": "tdl", "delay_spread": "30 ns", "speed": "30 km/h"}, "bandwidth": "10 MHz"})
    law = radio.fading_law
    assert (law.bands, law.delay_spread) == (28, 30e-9) and law.width == pytest.approx(10e6 / 28)
    assert law.doppler == pytest.approx(97.29, rel=1e-3)
    link = radio.links(2, None, STREAMS)[1]
    assert type(link) is AdaptiveLink and link.block_time == pytest.approx(law.block_time) and link.rate_at(1.0) > 0
    still = validate(Radio, {"fading": {"type": "tdl", "speed": 0}}).links(1, None, STREAMS)[0]
    assert still.constant and still.rate_at(0.0) == still.rate_at(1e6) > 0


@pytest.mark.parametrize("given, message", [
    ({"profile": "Z"}, "^profile must be 'A', 'B' or 'C', got 'Z'"), ({"delay_spread": "1 s"}, "^delay_spread must be <= 0.1 ms"),
    ({"delay_spread": "-1 ns"}, "^delay_spread must be >= 0 s"),
    ({"resource_block": "1 Hz"}, "^resource_block must be >= 10 kHz"),
    ({"doppler": "5 MHz"}, "^doppler must make a Doppler shift"), ({"k_factor": 3}, "^k_factor unknown key"),
])
def test_refused_by_key(given, message):
    with pytest.raises(InputError, match=message):
        build(Fading, {"type": "tdl"} | given)


def test_refused_at_the_radio():
    with pytest.raises(InputError, match="^fading.speed must make a Doppler shift"):
        validate(Radio, {"carrier": "60 GHz", "fading": {"type": "tdl", "speed": "5000 m/s"}})

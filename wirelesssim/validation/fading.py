"""Small-scale fading: distributions, correlation in time and over frequency, antennas."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, partial

import numpy as np

from ..radio.fading import PROFILES, Clarke, Nakagami, Rayleigh, Rician, Scatter, Tdl, combine
from ..rng import Streams
from ..units import from_db
from .reference import closed_form
from .row import Check, Seen, worst
from .sampling import means, shares

__all__ = ["checks"]

_STREAMS = Streams(5, domain="validation")
_LAGS = 0.05  # s, at fd = 1 Hz


def _relative(found_expected) -> Seen:
    """Largest relative difference; the points have ten digits."""
    return worst([found / expected - 1 for found, expected in found_expected], 1e-8)


def outage() -> Seen:
    """Distribution functions down to 3e-7: Rayleigh, and Rician for K from 0 to 10 dB."""
    rayleigh = [(Rayleigh().outage(from_db(-margin)), value) for _, margin, value in closed_form("rayleigh_outage")]
    rician = [(Rician(k_factor=from_db(k)).outage(from_db(-margin)), value) for k, margin, value in closed_form("rician_outage")]
    return _relative([*rayleigh, *rician])


def nakagami() -> Seen:
    """m = 1/2: erf(sqrt(x/2)); m = 1: 1 - e^-x; m = 2: 1 - e^-2x (1 + 2x)."""
    by_shape = {0.5: lambda x: math.erf(math.sqrt(x / 2)), 1.0: lambda x: -math.expm1(-x),
                2.0: lambda x: 1 - math.exp(-2 * x) * (1 + 2 * x)}
    return _relative([(Nakagami(m=m).outage(x), law(x)) for m, law in by_shape.items() for x in (0.01, 0.1, 1.0, 4.0)])


def combining() -> Seen:
    """1 - e^-x SUM_{k<L} x^k/k! for two, four and eight branches."""
    return _relative([(combine(Rayleigh(), int(branches)).outage(from_db(-margin)), value)
                      for branches, margin, value in closed_form("mrc_outage")])


def blocks_in_outage() -> Seen:
    """200,000 blocks of each law, 10 dB below the mean: simulated gains against the distribution function."""
    laws = (Rayleigh(), Rician(k_factor="3 dB"), Nakagami(m=0.5), Nakagami(m=3.0))
    found = [np.mean(law.process(_STREAMS, worker).gains(0, 200_000) < 0.1) for worker, law in enumerate(laws)]
    return shares(found, [float(law.outage(0.1)) for law in laws], 200_000)


def combined_in_outage() -> Seen:
    """200,000 blocks of one, two, four and eight antennas at margins of 0 and -3 dB of a branch's mean."""
    found, expected = [], []
    for branches in (1, 2, 4, 8):
        gains = combine(Rayleigh(), branches).process(_STREAMS, 9).gains(0, 200_000)
        for x in (1.0, from_db(3.0)):
            found.append(np.mean(gains < x))
            expected.append(1 - math.exp(-x) * sum(x**k / math.factorial(k) for k in range(branches)))
    return shares(found, expected, 200_000)


@cache
def _autocorrelation() -> tuple[np.ndarray, np.ndarray]:
    """Of 1000 realisations of 60 s: real part of mean h*(t) h(t + tau), and covariance of |h|^2, (1000, lags) each."""
    h = Scatter(_STREAMS("autocorrelation"), 1.0, paths=1000).on_grid(0.0, _LAGS, 1200)  # (time, realisations)
    steps = [round(x / _LAGS) for _, x, _ in closed_form("j0")]
    power, length = np.abs(h) ** 2 - 1, len(h) - max(steps)
    gains = [(h[:length].conj() * h[step:length + step]).real.mean(axis=0) for step in steps]
    powers = [(power[:length] * power[step:length + step]).mean(axis=0) for step in steps]
    return np.array(gains).T, np.array(powers).T


def gain_correlation() -> Seen:
    """J0(2 pi fd tau) at eight lags to tau = 3/fd."""
    return means(_autocorrelation()[0], [value for *_, value in closed_form("j0")])


def power_correlation() -> Seen:
    """J0^2; 128 equal phasors are not quite Gaussian and lack 1/128 of the power's variance."""
    return means(_autocorrelation()[1], [value**2 for *_, value in closed_form("j0")], bias=1 / 128)


def dominant_path() -> Seen:
    """One instant of 4000 links with a dominant path, K = 3 and 10 dB, at 3 and 5 dB below the mean: the block law's outage."""
    found, expected = [], []
    for k in ("3 dB", "10 dB"):
        law = Clarke(doppler=3.0, k_factor=k).tuned()
        power = np.array([np.abs(law.process(_STREAMS, worker).response(np.array([12.34]))[0]) ** 2 for worker in range(4000)])
        for x in (from_db(-3.0), from_db(-5.0)):
            found.append(np.mean(power < x))
            expected.append(float(Rician(k_factor=k).outage(x)))
    return shares(found, expected, 4000, bias=1 / 512)


def profile_spread() -> Seen:
    """The RMS delay spread of tables 7.7.2-1 to -3 is 1 in units of itself, to the four digits of the tables."""
    return worst([profile.spread - 1 for profile in PROFILES.values()], 1e-4)


@cache
def _responses(profile: str) -> np.ndarray:
    """H of 2000 links at one instant, delay spread 100 ns, at the band's start and 0.36 to 10 MHz above, (2000, 7)."""
    law = Tdl(profile=profile, delay_spread="100 ns", doppler=1.0).tuned(3.5e9, 20e6)
    return np.array([law.selective(_STREAMS, worker).response(np.array([3.0]), _SPACINGS)[0] for worker in range(2000)])


_SPACINGS = np.array([0, 0.36e6, 1e6, 2e6, 3e6, 5e6, 10e6])


def frequency_correlation(name: str) -> Seen:
    """E[H(f + F) H*(f)] = SUM p exp(-j 2 pi F d) with the profile's powers p and delays d, real and imaginary parts."""
    response, profile = _responses(name), PROFILES[name]
    powers, delays = 10 ** (np.array(profile.powers_db) / 10), np.array(profile.delays) * 100e-9
    expected = np.exp(-2j * np.pi * np.outer(_SPACINGS, delays)) @ (powers / powers.sum())
    product = response * response[:, :1].conj()
    # at F = 0 the imaginary part is 0 but for rounding, with no spread
    return means(np.hstack([product.real, product.imag]), np.hstack([expected.real, expected.imag]), bias=1e-12)


def band_outage() -> Seen:
    """Each band alone is Rayleigh: the share of 2000 links below 0, -3 and -10 dB of the mean, at both ends of 10 MHz."""
    power = np.abs(_responses("A")[:, [0, -1]]) ** 2
    levels = from_db(np.array([0.0, -3.0, -10.0]))
    found = np.array([(power < level).mean(axis=0) for level in levels])
    return shares(found, np.repeat(-np.expm1(-levels)[:, None], 2, axis=1), 2000)


def checks() -> Iterator[Check]:
    """Block fading, antennas, Clarke, tapped delay lines."""
    check = partial(Check, "fading")
    metric = "outage, largest relative difference"
    yield check("rayleigh, rician", "1 - e^-x; 1 - Q1, by quadrature with 50 digits", metric, outage)
    yield check("nakagami", "incomplete gamma function, by hand for m = 1/2, 1, 2", metric, nakagami)
    yield check("maximum-ratio combining, 2 to 8", "Proakis, 4th ed., 14.4", metric, combining)
    yield check("rayleigh, rician, nakagami blocks", "their distribution functions", "outage of 200,000 blocks", blocks_in_outage)
    yield check("branches: 1, 2, 4, 8", "1 - e^-x SUM x^k/k!", "outage of 200,000 blocks", combined_in_outage)
    yield check("clarke", "J0(2 pi fd tau), Clarke 1968", "autocorrelation of the gain, 8 lags, 1000 runs", gain_correlation)
    yield check("clarke", "J0^2(2 pi fd tau)", "covariance of the power, 8 lags, 1000 runs", power_correlation)
    yield check("clarke with k_factor", "Rician distribution", "outage of 4000 links", dominant_path)
    yield check("tdl A, B, C", "TR 38.901, tables 7.7.2-1 to -3", "RMS delay spread of the profile less 1", profile_spread)
    for name in PROFILES:
        yield check(f"tdl {name}", "Fourier transform of the profile, TR 38.901, 7.7.2",
                    "frequency correlation to 10 MHz, 2000 links", partial(frequency_correlation, name))
    yield check("tdl A, one band", "1 - e^-x", "outage of 2000 links", band_outage)

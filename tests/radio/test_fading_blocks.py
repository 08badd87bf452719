"""Block fading: distribution and closed-form outage. Random access, mean and independence are in the contract."""

import math

import numpy as np
import pytest
from scipy.integrate import trapezoid
from scipy.special import i0e

from wirelesssim.radio.fading import NoFading, Rayleigh, Rician, mean_over
from wirelesssim.rng import Streams
from wirelesssim.units import from_db

STREAMS = Streams(8, domain="radio")


def test_rayleigh_outage_closed_form():
    """1 - exp(-x): 10 dB below the mean 0.0951626, 20 dB below 0.00995017."""
    assert Rayleigh().outage(0.1) == pytest.approx(0.0951625820, rel=1e-9)
    assert Rayleigh().outage(0.01) == pytest.approx(0.00995016625, rel=1e-9)


@pytest.mark.parametrize("k_db, margin_db", [(0, 5), (3, 10), (6, 3), (6, 20), (7, 15)])
def test_rician_outage_is_the_integral_of_its_density(k_db, margin_db):
    """p(g) = (1+K) exp(-K - (1+K) g) I0(2 sqrt(K (1+K) g)), integrated by the trapezoid rule."""
    k, x = from_db(k_db), from_db(-margin_db)
    g = np.linspace(0, x, 200_001)
    argument = 2 * np.sqrt(k * (1 + k) * g)
    density = (1 + k) * np.exp(argument - k - (1 + k) * g) * i0e(argument)
    assert Rician(k_factor=k).outage(x) == pytest.approx(trapezoid(density, g), rel=1e-7)


@pytest.mark.parametrize("fading", [Rayleigh(), Rician(k_factor="3 dB")], ids=["rayleigh", "rician"])
def test_fraction_of_blocks_in_outage(fading):
    """400,000 blocks, 10 dB below the mean: binomial, z < 5 (6e-7)."""
    n, p = 400_000, float(fading.outage(0.1))
    found = np.mean(fading.process(STREAMS, 0).gains(0, n) < 0.1)
    assert abs(found - p) < 5 * math.sqrt(p * (1 - p) / n)


def test_weak_line_of_sight_becomes_rayleigh():
    x = np.array([0.01, 0.1, 1.0, 3.0])
    assert np.allclose(Rician(k_factor=1e-9).outage(x), Rayleigh().outage(x), rtol=1e-6)


def test_blocks_are_uncorrelated_in_time():
    gains = Rayleigh().process(STREAMS, 0).gains(0, 100_000)
    for lag in (1, 2, 255, 256, 257):
        assert abs(np.corrcoef(gains[:-lag], gains[lag:])[0, 1]) < 5 / math.sqrt(100_000 - lag)


def test_mean_over_the_distribution():
    """E[min(g, 2)] = 1 - e^-2 for an exponential gain; a gain that never changes gives the function itself."""
    assert mean_over(Rayleigh(), lambda g: np.minimum(g, 2)) == pytest.approx(1 - math.exp(-2), abs=2 / 4096)
    assert mean_over(NoFading(), lambda g: 3 * g) == 3

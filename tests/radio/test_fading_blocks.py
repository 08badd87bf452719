"""Block fading: distribution and closed-form outage. Random access, mean and independence are in the contract."""

import math

import numpy as np
import pytest
from fading_cases import reference
from scipy.integrate import trapezoid
from scipy.special import i0e

from wirelesssim.radio.fading import Nakagami, NoFading, Rayleigh, Rician, mean_over
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


def test_outage_against_the_reference():
    """Nine digits, down to 3e-7: Rician with K from 0 to 10 dB, Rayleigh."""
    for k_db, margin, value in reference("rician_outage"):
        assert Rician(k_factor=from_db(k_db)).outage(from_db(-margin)) == pytest.approx(value, rel=1e-8)
    for _, margin, value in reference("rayleigh_outage"):
        assert Rayleigh().outage(from_db(-margin)) == pytest.approx(value, rel=1e-9)


def test_nakagami_by_hand():
    """m = 1: Rayleigh. m = 1/2: g is the square of a standard normal, P(g < x) = erf(sqrt(x/2)). m = 2: 1 - e^-2x (1 + 2x)."""
    x = np.array([1e-4, 0.01, 0.3, 1.0, 4.0])
    assert np.allclose(Nakagami(m=1).outage(x), Rayleigh().outage(x), rtol=1e-12)
    assert np.allclose(Nakagami(m=0.5).outage(x), [math.erf(math.sqrt(v / 2)) for v in x], rtol=1e-12)
    assert np.allclose(Nakagami(m=2).outage(x[1:]), 1 - np.exp(-2 * x[1:]) * (1 + 2 * x[1:]), rtol=1e-10)


def test_nakagami_amount_of_fading():
    """The variance of the gain is 1/m; fourth moments make its standard error sqrt((E(g-1)^4 - 1/m^2)/n), 400,000 blocks."""
    for m in (0.5, 2.0, 10.0):
        squares = (Nakagami(m=m).process(STREAMS, 1).gains(0, 400_000) - 1) ** 2
        assert abs(squares.mean() - 1 / m) < 5 * squares.std() / math.sqrt(len(squares))


def test_nakagami_has_the_spread_of_a_rician():
    """m = (K+1)^2/(2K+1): both have the variance 1/m; K = 1 + sqrt(2) makes m = 2."""
    k = 1 + math.sqrt(2)
    rician = Rician(k_factor=k).process(STREAMS, 2).gains(0, 400_000)
    squares = (rician - 1) ** 2
    assert (k + 1) ** 2 / (2 * k + 1) == pytest.approx(2.0)
    assert abs(squares.mean() - 0.5) < 5 * squares.std() / math.sqrt(len(squares))


@pytest.mark.parametrize("fading", [Rayleigh(), Rician(k_factor="3 dB"), Nakagami(m=0.5), Nakagami(m=3)],
                         ids=["rayleigh", "rician", "nakagami 0.5", "nakagami 3"])
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

"""Places, path gain and shadowing: numbers by hand, and the field's statistics."""

import math

import numpy as np
import pytest

from wirelesssim.errors import InputError
from wirelesssim.model import build, plain
from wirelesssim.radio import Disc, FreeSpace, Geometry, LogDistance, LognormalShadowing, NoShadowing, Ring
from wirelesssim.rng import Streams
from wirelesssim.units import to_db

STREAMS = Streams(5, domain="radio")


def test_disc_is_uniform_over_area():
    """The area fraction (r^2 - a^2)/(R^2 - a^2) is uniform: Kolmogorov-Smirnov by DKW at false alarm 1e-6; same for the angle."""
    places = Disc(radius=200, minimum=50).positions(5000, STREAMS)
    squared = (places**2).sum(axis=1)
    assert 50**2 <= squared.min() and squared.max() <= 200**2
    for uniform in ((squared - 50**2) / (200**2 - 50**2), (np.arctan2(places[:, 1], places[:, 0]) / (2 * np.pi)) % 1):
        steps = np.arange(1, 5001) / 5000
        assert np.max(np.abs(np.sort(uniform) - steps)) < math.sqrt(math.log(2 / 1e-6) / 10_000) + 1 / 5000


def test_an_added_worker_leaves_the_others_in_place():
    disc = Disc(radius=200)
    assert np.array_equal(disc.positions(9, STREAMS)[:5], disc.positions(5, STREAMS))
    assert disc.positions(0, STREAMS).shape == (0, 2)


def test_ring_and_positions():
    assert np.allclose(Ring(radius=3).positions(4, STREAMS), [[3, 0], [0, 3], [-3, 0], [0, -3]])
    given = build(Geometry, [["-10 m", "0.2 km"], [3, -4]])
    assert np.array_equal(given.positions(2, STREAMS), [[-10, 200], [3, -4]])
    assert build(Geometry, plain(given)) == given
    with pytest.raises(InputError, match="places must have one entry a worker: 3, got 2"):
        given.positions(3, STREAMS)
    with pytest.raises(InputError, match=r"places\.1 must be a distance"):
        build(Geometry, [[1, 2], ["1 s", 2]])
    with pytest.raises(InputError, match="minimum must be <= radius"):
        build(Geometry, {"type": "disc", "radius": "5 m"})


def test_free_space_by_hand():
    """Friis in dB: 20 log10(4 pi d f / c); 100 m, 3.5 GHz: 4 pi 100 3.5e9 / 299792458 = 14670.9, 83.329 dB."""
    assert -to_db(FreeSpace().gain(100.0, 3.5e9)) == pytest.approx(83.329, abs=1e-3)
    assert FreeSpace().gain(0.0, 3.5e9) == 1.0


def test_log_distance_by_hand():
    """1 m, 3.5 GHz: 43.329 dB; 30 dB a decade from there: 200 m adds 30 * 2.30103 = 69.031, in all 112.360 dB."""
    law = LogDistance()
    assert -to_db(law.gain(200.0, 3.5e9)) == pytest.approx(112.360, abs=1e-3)
    assert law.gain(0.3, 3.5e9) == law.gain(1.0, 3.5e9) == FreeSpace().gain(1.0, 3.5e9)
    assert np.allclose(LogDistance(exponent=2).gain(np.array([5.0, 80.0]), 1e9), FreeSpace().gain(np.array([5.0, 80.0]), 1e9))


def test_shadowing_is_a_function_of_the_place():
    field = LognormalShadowing().field(STREAMS)
    places = STREAMS("places").uniform(-300, 300, (40, 2))
    gains = field(places)
    assert np.array_equal(LognormalShadowing().field(STREAMS)(places[::-1])[::-1], gains)
    assert field(places[7]) == gains[7]
    assert field(places.reshape(4, 10, 2)).shape == (4, 10)
    assert np.all(NoShadowing().field(STREAMS)(places) == 1.0)


def test_shadowing_statistics():
    """2000 independent fields: mean 0, sigma, and correlation exp(-r/d) at four distances, in two directions.

    Standard errors: sigma/sqrt(n) for the mean, sigma/sqrt(2n) for sigma, (1 - rho^2)/sqrt(n) for rho; 5 of each.
    """
    n, law = 2000, LognormalShadowing(sigma="8 dB", decorrelation="40 m")
    apart = np.array([0.0, 5.0, 20.0, 40.0, 100.0])
    along = np.concatenate([np.column_stack([apart, 0 * apart]), np.column_stack([0.6 * apart, 0.8 * apart])]) + [70, -20]
    levels = np.array([to_db(law.field(Streams(seed))(along)) for seed in range(n)])  # (n, 10) dB
    assert np.all(np.abs(levels.mean(axis=0)) < 5 * 8 / math.sqrt(n))
    assert np.all(np.abs(levels.std(axis=0) - 8) < 5 * 8 / math.sqrt(2 * n))
    for offset in (0, 5):
        for place in range(1, 5):
            rho = math.exp(-apart[place] / 40)
            found = np.corrcoef(levels[:, offset], levels[:, offset + place])[0, 1]
            assert abs(found - rho) < 5 * (1 - rho**2) / math.sqrt(n) + 1e-3, (apart[place], found, rho)
    skewness = np.mean((levels[:, 0] / 8) ** 3)
    kurtosis = np.mean((levels[:, 0] / 8) ** 4)
    assert abs(skewness) < 5 * math.sqrt(15 / n) and abs(kurtosis - 3) < 5 * math.sqrt(96 / n) + 0.01  # Gaussian

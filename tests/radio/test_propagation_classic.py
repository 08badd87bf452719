"""Two rays, COST 231-Hata and the classic macro line: numbers by hand and limits."""

import math

import numpy as np
import pytest

from wirelesssim.radio import CostHata, FreeSpace, Macro, TwoRay
from wirelesssim.units import SPEED_OF_LIGHT, to_db


def test_two_ray_far_out_is_independent_of_the_carrier():
    """(h_BS h_UT / d^2)^2 = (15 / 1e8)^2 = 2.25e-14 at 10 km, -136.478 dB. sin^2 u = u^2 (1 - u^2/3), u = pi d_c / 2 d: less by
    0.02 % at 868 MHz, d_c = 4 h_BS h_UT / lambda = 174 m; by 0.4 % (0.018 dB) at 3.5 GHz, d_c = 700 m."""
    law = TwoRay()
    assert to_db(law.gain(10_000.0, 868e6)) == pytest.approx(-136.478, abs=3e-3)
    assert to_db(law.gain(10_000.0, 3.5e9)) == pytest.approx(-136.478 - 0.018, abs=3e-3)
    assert to_db(law.gain(1e4, 868e6) / law.gain(1e5, 868e6)) == pytest.approx(40, abs=0.01)


def test_two_ray_is_the_sum_of_two_waves():
    """The complex sum itself, at random places where no digit is lost."""
    law, wavelength, wave = TwoRay(bs_height=8.0, ut_height=2.0), SPEED_OF_LIGHT / 2e9, 2 * math.pi * 2e9 / SPEED_OF_LIGHT
    d = np.random.default_rng(1).uniform(2, 300, 200)
    direct, reflected = np.hypot(d, 6.0), np.hypot(d, 10.0)
    field = np.exp(-1j * wave * direct) / direct - np.exp(-1j * wave * reflected) / reflected
    assert np.allclose(law.gain(d, 2e9), (wavelength / (4 * math.pi)) ** 2 * abs(field) ** 2, rtol=1e-8, atol=0)


def test_two_ray_doubles_the_field_at_the_last_maximum():
    """Rays half a wavelength apart add in phase: 6 dB over free space along the direct path, less 1 % for the longer path."""
    law, frequency = TwoRay(), 3.5e9
    d = law.not_growing_from(frequency)
    direct, reflected = math.hypot(d, 8.5), math.hypot(d, 11.5)
    assert reflected - direct == pytest.approx(SPEED_OF_LIGHT / frequency / 2, rel=1e-6)
    assert law.gain(d, frequency) / FreeSpace().gain(direct, frequency) == pytest.approx(4, rel=1e-3)
    before = law.gain(np.linspace(0.97 * d, d, 400), frequency)
    assert 0.97 * d < d and before.argmax() < 399  # the maximum lies just before, and all beyond falls
    assert np.all(np.diff(law.gain(np.geomspace(d, 100 * d, 2000), frequency)) < 0)
    assert TwoRay(bs_height=0.02, ut_height=0.02).not_growing_from(868e6) == 0  # never half a wavelength apart


def test_cost_hata_by_hand():
    """2 GHz, 30 m, 1.5 m, 1 km: 46.3 + 33.9 3.30103 = 158.2049; -13.82 1.477121 = -20.4138; a = 2.931133 1.5 - 4.349607 =
    0.047093: 137.7440 dB. A decade costs 44.9 - 6.55 1.477121 = 35.2249 dB; metropolitan 3 dB."""
    law = CostHata()
    assert -to_db(law.gain(1000.0, 2e9)) == pytest.approx(137.7440, abs=1e-3)
    assert -to_db(law.gain(10_000.0, 2e9)) == pytest.approx(137.7440 + 35.2249, abs=1e-3)
    assert law.gain(10.0, 2e9) == law.gain(1000.0, 2e9)
    assert to_db(law.gain(2000.0, 2e9) / CostHata(city="metropolitan").gain(2000.0, 2e9)) == pytest.approx(3)


def test_macro_by_hand():
    """128.1 dB at 1 km, 11.319 dB for a doubling; held below 35 m."""
    law = Macro()
    assert -to_db(law.gain(1000.0, 2e9)) == pytest.approx(128.1)
    assert -to_db(law.gain(500.0, 2e9)) == pytest.approx(128.1 - 37.6 * 0.30103, abs=1e-4)
    assert law.gain(1.0, 2e9) == law.gain(35.0, 2e9)

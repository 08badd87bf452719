"""Effective SINR: what any mapping must satisfy, and beta against mutual information and against a table in circulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelesssim.radio.nr import exponential_betas, exponential_effective_sinr, mcs_table
from wirelesssim.radio.nr.constellation import information, sinr_of_information
from wirelesssim.radio.nr.effective import exponential_beta

SINRS = st.lists(st.floats(-20.0, 40.0), min_size=1, max_size=30).map(lambda values: 10 ** (np.array(values) / 10))


@given(SINRS, st.floats(0.5, 200.0))
def test_exponential_lies_between_the_least_and_the_mean(sinr, beta):
    found = exponential_effective_sinr(sinr, beta)
    assert sinr.min() * (1 - 1e-12) <= found <= sinr.mean() * (1 + 1e-12)


@given(st.floats(-20.0, 25.0), st.integers(1, 40), st.floats(0.5, 200.0))
def test_a_flat_channel_is_left_as_it_is(sinr_db, count, beta):
    flat = np.full(count, 10 ** (sinr_db / 10))
    assert exponential_effective_sinr(flat, beta) == pytest.approx(flat[0], rel=1e-12)


@given(SINRS, st.integers(0, 29), st.floats(1.01, 4.0))
def test_a_better_element_never_hurts(sinr, place, factor):
    better = sinr.copy()
    better[place % len(sinr)] *= factor
    assert exponential_effective_sinr(better, 5.0) >= exponential_effective_sinr(sinr, 5.0) * (1 - 1e-12)


def test_two_levels_by_hand():
    """beta = 1, SINRs 0 and ln 4: -ln((1 + 1/4)/2) = ln 1.6; at 1e4 and 2e4 nothing underflows: 1e4 + ln 2."""
    assert exponential_effective_sinr([0.0, np.log(4)], 1.0) == pytest.approx(np.log(1.6))
    assert exponential_effective_sinr([1e4, 2e4], 1.0) == pytest.approx(1e4 + np.log(2), rel=1e-12)


def test_limits_of_beta():
    """A large beta gives the mean, a small one the least."""
    sinr = np.array([1.0, 3.0, 8.0])
    assert exponential_effective_sinr(sinr, 1e6) == pytest.approx(4.0, rel=1e-4)
    assert exponential_effective_sinr(sinr, 1e-3) == pytest.approx(1.0, abs=2e-3)


def test_axes():
    sinr = np.arange(1.0, 25.0).reshape(2, 3, 4)
    found = exponential_effective_sinr(sinr, np.array([[1.0], [2.0]]) * np.ones((2, 3)))
    assert found.shape == (2, 3) and found[1, 2] == pytest.approx(float(exponential_effective_sinr(sinr[1, 2], 2.0)))


def operating_point(gains: np.ndarray, order: int, rate: float) -> np.ndarray:
    """The gains scaled so that their mean mutual information is order x rate."""
    low, high = -60.0, 90.0
    for _ in range(60):
        middle = (low + high) / 2
        short = information(order, middle + 10 * np.log10(gains)).mean() < order * rate
        low, high = (middle, high) if short else (low, middle)
    return gains * 10 ** (low / 10)


PROFILES = {  # gains of one block, and how far EESM may be from MIESM there, dB
    "two levels 6 dB apart": (np.array([10**0.3, 10**-0.3]), 0.25),
    "two branches of Rayleigh fading": (np.random.default_rng(3).gamma(2.0, 0.5, 2000), 0.15),
    "twelve independent Rayleigh gains": (np.random.default_rng(12).exponential(1.0, 12), 0.25),
    "a hundred Rayleigh gains": (np.random.default_rng(100).exponential(1.0, 100), 0.25)}


@pytest.mark.parametrize("name", PROFILES)
def test_beta_makes_exponential_agree_with_information(name):
    """At the rate's operating point, in every scheme of tables 1 to 4, for profiles that beta was not made from."""
    gains, within = PROFILES[name]
    for number in (1, 2, 3, 4):
        table = mcs_table(number)
        for order, rate, beta in zip(table.modulation_order, table.rate, exponential_betas(table)):
            sinr = operating_point(gains, int(order), float(rate))
            wanted = sinr_of_information(int(order), order * rate)
            assert abs(10 * np.log10(exponential_effective_sinr(sinr, beta)) - wanted) < within, (number, order, rate)


def test_beta_against_a_table_in_circulation():
    """Six values of a published table without stated origin (Sionna 2.2.0, eesm_beta_table.json): within 1.4 dB. Its betas are
    larger throughout, the more optimistic side."""
    published = {(2, 120): 1.6, (2, 602): 1.79, (4, 378): 4.27, (6, 466): 10.97, (6, 873): 29.94, (8, 797): 92.48}
    for (order, rate), beta in published.items():
        assert -1.4 < 10 * np.log10(exponential_beta(order, rate / 1024) / beta) < 0.0, (order, rate)


def test_beta_rises_with_rate_and_order():
    for number in (1, 2, 3, 4):
        betas = exponential_betas(mcs_table(number))
        assert (np.diff(betas) > 0).all(), number
    assert exponential_beta(2, 0.005) == pytest.approx(1.0, abs=0.05)  # C ~ (g - g^2/2)/ln 2 as g -> 0: -C'/C'' = 1

"""Maximum-ratio combining: outage against closed forms, the array gain, and that branches are independent.

False alarms: five standard errors (6e-7) a number; seeds are fixed.
"""

import math

import numpy as np
import pytest
from fading_cases import error, reference

from wirelesssim.errors import InputError
from wirelesssim.model import build, plain, validate
from wirelesssim.radio import Channel, Geometry, Radio
from wirelesssim.radio.fading import Clarke, MaximumRatio, Nakagami, NoFading, Rayleigh, Rician, Tdl, combine
from wirelesssim.radio.fading.diversity import _Sampled
from wirelesssim.rng import Streams
from wirelesssim.units import to_db

STREAMS = Streams(9, domain="radio")


def test_outage_in_closed_form():
    """1 - e^-x SUM_{k<L} x^k/k!; -log10 of it falls with slope L: four branches, 20 dB: x^4/24 to 1 %."""
    for branches, margin, value in reference("mrc_outage"):
        for fading in (Rayleigh(), Clarke(doppler=1.0).tuned(), Nakagami(m=1.0)):
            assert combine(fading, int(branches)).outage(10 ** (-margin / 10)) == pytest.approx(value, rel=1e-8)
    assert combine(Rayleigh(), 4).outage(0.01) == pytest.approx(0.01**4 / 24, rel=0.01)


@pytest.mark.parametrize("branches", [1, 2, 4, 8])
def test_simulated_outage(branches):
    """200,000 blocks of Rayleigh branches, at margins where failures are counted by the hundred."""
    gains = combine(Rayleigh(), branches).process(STREAMS, 3).gains(0, 200_000)
    assert abs(gains.mean() - branches) < 5 * error(gains)  # the array gain
    for margin in (-6, -3, 0, 5):
        x = 10 ** (-margin / 10)
        p = 1 - math.exp(-x) * sum(x**k / math.factorial(k) for k in range(branches))
        if p * len(gains) > 100:
            assert abs(np.mean(gains < x) - p) < 5 * math.sqrt(p * (1 - p) / len(gains))


@pytest.mark.parametrize("fading", [Rician(k_factor="3 dB"), Nakagami(m=0.7), Clarke(doppler=5.0, k_factor="3 dB").tuned()],
                         ids=["rician", "nakagami", "clarke"])
def test_other_laws(fading):
    """Quantiles of the sum of three, one block of 5000 workers."""
    law = combine(fading, 3)
    gains = np.array([law.process(STREAMS, worker).gains(7, 1)[0] for worker in range(5000)])
    for p in (0.01, 0.1, 0.5, 0.9):
        x = float(law.quantile(p))
        assert law.outage(x) == pytest.approx(p, rel=1e-6)
        assert abs(np.mean(gains < x) - p) < 5 * math.sqrt(p * (1 - p) / 5000) + p / 128


def test_nakagami_branches_are_a_gamma_of_their_own():
    """Two branches of m = 2 sum to a gamma of shape 4 and mean 2, as four of m = 1 do to one of mean 4: x against 2 x."""
    x = np.array([0.1, 1.0, 3.0])
    assert np.allclose(combine(Nakagami(m=2.0), 2).outage(x), combine(Rayleigh(), 4).outage(2 * x), rtol=1e-12)


def test_one_branch_is_the_law_itself():
    fading = Rayleigh()
    assert combine(fading, 1) is fading
    one, four = fading.process(STREAMS, 2), MaximumRatio(fading, 4).process(STREAMS, 2)
    assert np.array_equal(four.branches[0].gains(0, 300), one.gains(0, 300))  # the first antenna is the same
    gains = np.array([branch.gains(0, 40_000) for branch in four.branches])
    assert np.all(np.abs(np.corrcoef(gains) - np.eye(4)) < 5 / 200)
    assert np.array_equal(four.gains(500, 20), MaximumRatio(fading, 4).process(STREAMS, 2).gains(400, 120)[100:])


def test_a_law_without_a_closed_form_is_sampled():
    found, exact = _Sampled(Rayleigh(), 3), combine(Rayleigh(), 3)
    for p in (0.01, 0.1, 0.5, 0.99):
        assert abs(found.outage(float(exact.quantile(p))) - p) < 5 * math.sqrt(p * (1 - p) / found.SUMS)
        assert found.outage(found.quantile(p)) == pytest.approx(p, abs=2e-5)


def test_selective_branches_add_in_each_band():
    law = combine(Tdl(doppler=5.0).tuned(3.5e9, 5e6), 2)
    process = law.process(STREAMS, 0)
    assert process.gains(0, 5).shape == (5, 14) == law.sample(5).shape
    assert np.array_equal(process.gains(0, 5), sum(branch.gains(0, 5) for branch in process.branches))
    assert law.sample(4096).mean() == pytest.approx(2, abs=5 * math.sqrt(2 / 4096))
    assert law.block_time == law.fading.block_time and law.coherence_time == law.fading.coherence_time


def test_the_array_gain_of_a_radio():
    """Without fading four antennas give 6.02 dB: the rate of a link with four times the power."""
    places = build(Geometry, [[60, 80]])
    four = validate(Radio, {"branches": 4}).links(1, places, STREAMS)[0]
    loud = validate(Radio, {"antenna_gain": 4.0}).links(1, places, STREAMS)[0]
    assert four.rate_at(0.0) == pytest.approx(loud.rate_at(0.0), rel=1e-12)
    assert to_db(loud.mean_sinr / four.mean_sinr) == pytest.approx(6.0206, abs=1e-4)  # mean_sinr is that of a branch
    assert combine(NoFading(), 4).outage(4.0) == 0 and combine(NoFading(), 4).outage(4.001) == 1


def test_more_branches_carry_more():
    """E[log2(1 + s g)] grows with the branches, by less than log2 of their number."""
    place = build(Geometry, [[100, 0]])
    links = [validate(Radio, {"branches": n, "fading": "rayleigh"}).links(1, place, STREAMS)[0] for n in (1, 2, 4, 8)]
    rates = [link.expected_rate() for link in links]
    steps = np.diff(rates) / 20e6
    assert np.all(steps > 0.5) and np.all(np.diff(rates[:3]) / 20e6 < 1.6)  # one doubling: one bit, and less fading


def test_refused_and_kept():
    for given in (0, 65, 1.5, "two"):
        with pytest.raises(InputError, match="^branches must be"):
            validate(Radio, {"branches": given})
    radio = build(Channel, {"type": "radio", "branches": 8})
    assert build(Channel, plain(radio)) == radio

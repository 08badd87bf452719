"""What is drawn per place: line of sight, the height of the environment, shadowing of a state; and the building of a worker.

Statistics over independent fields; limits are five standard errors, 6e-7 for each comparison, over seeds.
"""

import math

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from wirelesssim.errors import InputError
from wirelesssim.model import build, validate
from wirelesssim.radio import PathLoss, Radio, Shadowing
from wirelesssim.radio.penetration import wall_loss
from wirelesssim.rng import Streams
from wirelesssim.units import to_db

STREAMS = Streams(17, domain="radio")
FIELDS = 3000
FAR = np.array([[0.0, 70.0], [90.0, 0.0], [-150.0, 30.0]])
UMI = build(PathLoss, "umi")


@pytest.fixture(scope="module")
def states():
    """Line of sight at eight places in `FIELDS` fields of UMi, (fields, places): four places on a circle of 60 m, and FAR."""
    angle = np.array([0.0, 10.0, 25.0, 60.0]) / 60
    near = 60 * np.column_stack([np.cos(angle), np.sin(angle)])
    places = np.concatenate([near, FAR])
    return places, np.array([UMI.at(Streams(seed))(places, 3.5e9).los for seed in range(FIELDS)])


def test_line_of_sight_has_its_probability(states):
    places, seen = states
    probability = UMI.los_probability(np.hypot(*places.T))
    error = np.sqrt(probability * (1 - probability) / FIELDS)
    assert np.all(np.abs(seen.mean(axis=0) - probability) < 5 * error)


def test_line_of_sight_stays_over_its_distance(states):
    """Both of two places are seen with the orthant probability of two normals of correlation exp(-r/50 m)."""
    places, seen = states
    level = norm.ppf(UMI.los_probability(60.0))
    for other in (1, 2, 3):
        rho = math.exp(-np.hypot(*(places[other] - places[0])) / 50)
        both = multivariate_normal.cdf([level, level], cov=[[1, rho], [rho, 1]])
        found = np.mean(seen[:, 0] & seen[:, other])
        assert abs(found - both) < 5 * math.sqrt(both * (1 - both) / FIELDS), (rho, found, both)


@pytest.mark.parametrize("said", ["umi", "uma", "rma", "inh", {"type": "inh", "office": "open"},
                                  *({"type": "inf", "hall": hall} for hall in ("SL", "DL", "SH", "DH", "HH"))], ids=str)
def test_the_share_of_a_whole_field_is_that_of_the_law(said):
    """The share of 24 places on a ring around the server, over 300 fields, by the spread of the fields' shares."""
    law = build(PathLoss, said)
    distance = {"inh": 20.0, "inf": 15.0, "rma": 400.0}.get(law.type_name, 80.0)
    angle = 2 * math.pi * np.arange(24) / 24
    ring = distance * np.column_stack([np.cos(angle), np.sin(angle)])
    shares = np.array([law.at(Streams(seed))(ring, 2e9).los.mean() for seed in range(300)])
    probability = float(law.los_probability(distance))
    assert abs(shares.mean() - probability) <= 5 * max(shares.std(), math.sqrt(probability / 24)) / math.sqrt(300)
    assert 0 < probability < 1 or said == {"type": "inf", "hall": "HH"}


def test_a_place_has_one_state_for_all():
    places = Streams(2)("places").uniform(-300, 300, (50, 2))
    law, again = UMI.at(STREAMS), UMI.at(STREAMS)
    said = law(places, 3.5e9)
    assert 0 < said.los.mean() < 1
    for place, seen in zip(places[::-1], said.los[::-1]):
        assert again(place, 3.5e9).los == seen
    assert np.array_equal(law(places, 28e9).los, said.los)  # the street does not know the carrier
    for sight in (True, False):
        fixed = build(PathLoss, {"type": "umi", "state": "los" if sight else "nlos"})
        distance = np.hypot(*places[said.los == sight].T)
        assert np.allclose(said.gain[said.los == sight], fixed.gain(distance, 3.5e9), rtol=1e-12, atol=0)


def test_environment_height_of_tall_terminals():
    """h_UT = 21 m, d_2D = 450 m: C = 0.8^1.5 1.25 4.5^3 exp(-3) = 4.05788, P(h_E = 1 m) = 0.197711; else 12, 15 or 18 m, equally
    likely. At 0.5 GHz the place lies beyond the break points of 15 m (400 m) and 18 m (140 m), which tells them apart, and not
    of 12 m (780 m) and 1 m."""
    law, angle = build(PathLoss, {"type": "uma", "ut_height": "21 m", "state": "los"}), 2 * math.pi * np.arange(30) / 30
    ring, frequency = 450 * np.column_stack([np.cos(angle), np.sin(angle)]), 0.5e9
    assert law.environment_heights.tolist() == [12, 15, 18]
    assert not len(build(PathLoss, {"type": "uma", "ut_height": "13.4 m"}).environment_heights)
    known = [float(10 ** (-law.loss(450.0, frequency, True, height) / 10)) for height in (1.0, 15.0, 18.0)]
    assert law.gain(450.0, frequency) / known[0] == pytest.approx(1, rel=1e-9)
    gains = np.array([law.at(Streams(seed))(ring, frequency).gain for seed in range(700)])
    shares = np.isclose(gains[..., None], known, rtol=1e-9, atol=0).mean(axis=1)  # (700, 3)
    third = (1 - 0.197711) / 3
    assert np.allclose(shares.sum(axis=1), 1)
    assert np.all(np.abs(shares.mean(axis=0) - [0.197711 + third, third, third]) < 5 * shares.std(axis=0) / math.sqrt(700))


def test_standard_shadowing_has_the_sigma_and_distance_of_its_state():
    """UMi: 4 dB over 10 m with line of sight, 7.82 dB over 13 m without; fields of the two states are independent."""
    kind, places = build(Shadowing, "standard"), np.array([[50.0, 0.0], [50.0, 8.0]])
    levels = {}
    for state, sigma, distance in (("los", 4.0, 10.0), ("nlos", 7.82, 13.0)):
        law = build(PathLoss, {"type": "umi", "state": state})
        said = law.at(STREAMS)(places, 3.5e9)
        level = np.array([to_db(kind.at(Streams(seed), law)(places, said)) for seed in range(FIELDS)])  # (FIELDS, 2) dB
        assert np.all(np.abs(level.mean(axis=0)) < 5 * sigma / math.sqrt(FIELDS))
        assert np.all(np.abs(level.std(axis=0) - sigma) < 5 * sigma / math.sqrt(2 * FIELDS))
        rho = math.exp(-8 / distance)
        assert abs(np.corrcoef(level.T)[0, 1] - rho) < 5 * (1 - rho**2) / math.sqrt(FIELDS) + 1e-3
        levels[state] = level[:, 0]
    assert abs(np.corrcoef(levels["los"], levels["nlos"])[0, 1]) < 5 / math.sqrt(FIELDS)


def test_standard_shadowing_follows_the_state_of_the_place():
    places = Streams(3)("places").uniform(-200, 200, (200, 2))
    said = UMI.at(STREAMS)(places, 3.5e9)
    assert set(np.unique(said.sigma)) == {4.0, 7.82} and np.array_equal(said.sigma == 4.0, said.los)
    gains = build(Shadowing, "standard").at(STREAMS, UMI)(places, said)
    for sight, state in ((True, "los"), (False, "nlos")):
        law = build(PathLoss, {"type": "umi", "state": state})
        alone = build(Shadowing, "standard").at(STREAMS, law)(places, law.at(STREAMS)(places, 3.5e9))
        assert np.array_equal(gains[said.los == sight], alone[said.los == sight])


def test_standard_shadowing_wants_a_law_that_states_it():
    message = "shadowing.type must not be 'standard' with path_loss 'free_space'.*inf, inh, rma, uma, umi"
    with pytest.raises(InputError, match=message):
        validate(Radio, {"path_loss": "free_space", "shadowing": "standard"})


def test_walls_by_hand():
    """3.5 GHz: concrete 19 dB, glass 2.7 dB, coated glass 24.05 dB.

    Low: 5 - 10 log10(0.3 10^-0.27 + 0.7 10^-1.9) = 5 - 10 log10(0.161110 + 0.008812) = 12.6975;
    high: 5 - 10 log10(0.7 10^-2.405 + 0.3 10^-1.9) = 5 - 10 log10(0.0027548 + 0.0037768) = 26.8499.
    """
    assert wall_loss("low", 3.5e9) == pytest.approx(12.6975, abs=1e-3)
    assert wall_loss("high", 3.5e9) == pytest.approx(26.8499, abs=1e-3)


def test_the_building_belongs_to_the_worker():
    """Over 4000 workers: depth is the lesser of two uniforms on 25 m, mean 25/3, variance 25^2/18; then the wall, 0.5 dB a
    metre, and 6.5 dB of spread: mean 26.8499 + 4.1667 dB, variance 6.5^2 + 0.25 625/18 = 50.93."""
    law, outdoors = (build(PathLoss, {"type": "umi", "state": "nlos", "penetration": kind}) for kind in ("high", "none"))
    place, workers = np.broadcast_to([150.0, 80.0], (4000, 2)), np.arange(4000)
    entry = to_db(outdoors.at(STREAMS)(place, 3.5e9).gain) - to_db(law.at(STREAMS)(place, 3.5e9, workers).gain)
    assert abs(entry.mean() - 31.0166) < 5 * math.sqrt(50.93 / 4000)
    assert abs(entry.var() - 50.93) < 5 * 50.93 * math.sqrt(2 / 4000)
    said = law.at(STREAMS)
    assert said(place[7], 3.5e9, 7).gain == law.at(STREAMS)(place, 3.5e9, workers).gain[7] != said(place[7], 3.5e9, 8).gain
    assert np.all(said(place[:5], 3.5e9, workers[:5]).sigma == 7.0) and law.decorrelation == (7.0, 7.0)
    # without a worker: the middle wall at the mean depth
    assert to_db(outdoors.gain(170.0, 3.5e9) / law.gain(170.0, 3.5e9)) == pytest.approx(31.0166, abs=1e-3)


def test_the_way_indoors_does_not_count_for_line_of_sight():
    """20 m away and d_2D-in >= 2 m: d_2D-out <= 18 m, where all is seen; outdoors the probability is 0.93."""
    law, place = build(PathLoss, {"type": "umi", "penetration": "low"}), np.array([20.0, 0.0])
    seen = outdoors = checked = 0
    for seed in range(600):
        site = law.at(Streams(seed))
        outdoors += UMI.at(Streams(seed))(place, 2e9).los
        if site._building(0)[0] >= 2.0:
            checked, seen = checked + 1, seen + site(place, 2e9, 0).los
    assert seen == checked > 300 and outdoors < 590

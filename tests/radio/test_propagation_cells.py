"""Grid and hexagonal cells, and what other cells add to the noise."""

import math

import numpy as np
import pytest

from wirelesssim.errors import InputError
from wirelesssim.model import build, plain, validate
from wirelesssim.radio import Geometry, Interference, LogDistance, Radio, noise_power
from wirelesssim.rng import Streams
from wirelesssim.units import from_db, to_db

STREAMS = Streams(29, domain="radio")
HEXAGONAL = {"type": "hexagonal", "sites": 7, "inter_site_distance": "200 m"}


def test_grid_by_hand():
    grid = build(Geometry, {"type": "grid", "spacing": "10 m"})
    assert grid.positions(4, STREAMS).tolist() == [[-5, -5], [5, -5], [-5, 5], [5, 5]]
    assert grid.positions(5, STREAMS).tolist() == [[-10, -5], [0, -5], [10, -5], [-10, 5], [0, 5]]
    assert grid.positions(1, STREAMS).tolist() == [[0, 0]] and grid.positions(0, STREAMS).shape == (0, 2)


@pytest.mark.parametrize(("sites", "distances"), [(1, {}), (7, {200.0: 6}), (19, {200.0: 6, 346.41: 6, 400.0: 6})])
def test_sites_of_a_hexagonal_layout(sites, distances):
    """Rings at D, sqrt(3) D and 2 D, six sites each, none nearer to another than D."""
    places = build(Geometry, HEXAGONAL | {"sites": sites}).other_sites
    found, counts = np.unique(np.round(np.hypot(*places.T), 2), return_counts=True)
    assert dict(zip(found.tolist(), counts.tolist())) == distances and places.shape == (sites - 1, 2)
    apart = np.hypot(*(places[:, None] - places).T)[~np.eye(sites - 1, dtype=bool)]
    assert np.all(apart > 199.999)


def test_workers_are_uniform_in_the_centre_cell():
    """All nearest to their own site, none too near;
    E[r^2] = 5/12 R^2, R = D/sqrt(3), and the mean place is the middle.

    Five standard errors, 6e-7 each; the hole of 1 m moves E[r^2] by 9e-5 of it, inside them.
    """
    hexagonal = build(Geometry, HEXAGONAL | {"minimum": "1 m"})
    places = hexagonal.positions(8000, STREAMS)
    sites = np.concatenate([[[0.0, 0.0]], hexagonal.other_sites])
    assert np.all(np.hypot(*(places[:, None] - sites).transpose(2, 0, 1)).argmin(axis=1) == 0)
    squared = (places**2).sum(axis=1)
    assert squared.min() >= 1 and abs(squared.mean() - 5 / 12 * 200**2 / 3) < 5 * squared.std() / math.sqrt(8000)
    assert np.all(np.abs(places.mean(axis=0)) < 5 * places.std(axis=0) / math.sqrt(8000))
    assert np.abs(places[:, 1]).max() > 0.95 * 200 / math.sqrt(3)  # 1 of 300 stands in the tips: none of 8000 with exp(-27)
    assert np.array_equal(hexagonal.positions(3, STREAMS), places[:3])  # an added worker leaves the others in place
    with pytest.raises(InputError, match="minimum must be < inter_site_distance / 2"):
        build(Geometry, HEXAGONAL | {"minimum": "100 m"})
    assert build(Geometry, plain(hexagonal)) == hexagonal


def sinr(geometry=None, **said):
    geometry = build(Geometry, geometry or [[60, 80]])
    return validate(Radio, said).links(1, geometry, STREAMS)[0].mean_sinr


def test_interference_over_thermal_is_a_factor():
    assert sinr(interference="none") == sinr(interference="iot") == sinr()
    assert to_db(sinr() / sinr(interference={"type": "iot", "level": "4 dB"})) == pytest.approx(4)
    with pytest.raises(InputError, match="interference.level must be >= "):
        sinr(interference={"type": "iot", "level": "-1 dB"})


def test_downlink_in_the_middle_by_hand():
    """At the server's foot all six sites are 200 m away: rise = 1 + 6 load P gain(200 m) / N."""
    power, noise, gain = 1.0, noise_power(20e6, from_db(9)), LogDistance().gain(200.0, 3.5e9)
    geometry, here = build(Geometry, HEXAGONAL), np.zeros((1, 2))
    for load in (1.0, 0.5):
        law = build(Interference, {"type": "hexagonal", "load": load})
        rise = law.downlink_rise(here, lambda d: LogDistance().gain(d, 3.5e9), power, noise, geometry)
        assert rise == pytest.approx(1 + 6 * load * power * gain / noise)
        radio = validate(Radio, {"interference": plain(law), "antenna_gain": "5 dB", "worker_antenna_gain": "3 dB"})
        both = from_db(8.0)  # antennas at both ends, of the own site and of the others
        expected = power * both * LogDistance().gain(0.0, 3.5e9) / (noise * (1 + both * (rise[0] - 1)))
        assert radio.downlink_sinr(here, STREAMS, power, from_db(9), geometry) == pytest.approx(expected)


def test_downlink_falls_towards_the_edge():
    law, geometry = build(Interference, "hexagonal"), build(Geometry, HEXAGONAL)
    along = np.column_stack([np.linspace(0, 100, 30), np.zeros(30)])
    rise = law.downlink_rise(along, lambda d: LogDistance().gain(d, 3.5e9), 1.0, 1e-12, geometry)
    assert np.all(np.diff(rise) > 0)


def test_uplink_comes_from_users_all_over_the_other_cells():
    """I = load P SUM E[gain]: against 4000 users that the geometry itself drops, moved to each other cell; five standard errors
    (and 0.2 % for the lattice that stands for the cell)."""
    radio = validate(Radio, {"interference": {"type": "hexagonal", "load": "60 %"},
                             "path_loss": {"type": "log_distance", "exponent": 3.7}})
    geometry = build(Geometry, HEXAGONAL | {"minimum": "0.01 m"})
    users = geometry.positions(4000, STREAMS)[:, None] + geometry.other_sites  # (4000, 6, 2)
    received = radio.path_loss.gain(np.hypot(users[..., 0], users[..., 1]), 3.5e9).sum(axis=1)
    found = (radio.noise_rise(2, geometry, STREAMS) - 1) * radio.noise / (0.6 * radio.eirps(1, STREAMS)[0])
    assert abs(found - received.mean()) < 5 * received.std() / math.sqrt(4000) + 0.002 * received.mean()
    silent = validate(Radio, {"interference": {"type": "hexagonal", "load": 0}})
    assert silent.noise_rise(2, geometry, STREAMS) == 1.0


def test_the_lattice_stands_for_the_cell(monkeypatch):
    """32 points a side against 256: within 1 %, also for a steep law."""
    from wirelesssim.radio import interference

    def rise(points):
        monkeypatch.setattr(interference, "_POINTS", points)
        return validate(Radio, {"interference": "hexagonal", "path_loss": {"type": "log_distance", "exponent": 4}}).noise_rise(
            2, build(Geometry, HEXAGONAL), STREAMS)

    assert rise(32) - 1 == pytest.approx(rise(256) - 1, rel=0.01)


def test_interference_lowers_the_link_and_needs_cells():
    alone, among = sinr(HEXAGONAL), sinr(HEXAGONAL, interference="hexagonal")
    radio = validate(Radio, {"interference": "hexagonal"})
    assert among == pytest.approx(alone / radio.noise_rise(2, build(Geometry, HEXAGONAL), STREAMS)) and among < 0.5 * alone
    for geometry in ({"type": "disc", "radius": "100 m"}, HEXAGONAL | {"sites": 1}):
        with pytest.raises(InputError, match="interference.type must not be 'hexagonal' without other cells"):
            sinr(geometry, interference="hexagonal")

"""What the manifest says of the radio at each worker's place."""

import json
import math

import numpy as np
import pytest

from wirelesssim.model import build, validate
from wirelesssim.radio import Channel, Positions, Radio
from wirelesssim.rng import Streams

STREAMS = Streams(5, domain="radio")
PLACES = validate(Positions, {"places": [[30, 40], [0, -100]]})


def test_levels_by_hand():
    """Free space at 50 m and 3.5 GHz: 20 log10(4 pi 50 f / c) = 77.309 dB. Noise over 20 MHz: 10 log10(k 290 20e6) + 30 =
    -100.965 dBm, 5 dB more in the receiver. 23 + 100.965 - 5 - 77.309 = 41.656 dB; at twice the distance 6.021 dB less."""
    rows = validate(Radio, {"path_loss": "free_space"}).survey(2, PLACES, STREAMS).rows()
    assert rows[0] == {"x_m": 30.0, "y_m": 40.0, "distance_m": 50.0, "line_of_sight": None, "path_loss_db": 77.309,
                       "shadowing_db": 0.0, "eirp_dbm": 23.0, "sinr_db": pytest.approx(41.656, abs=2e-3)}
    assert rows[1]["path_loss_db"] - rows[0]["path_loss_db"] == pytest.approx(20 * math.log10(2), abs=2e-3)


def test_the_parts_add_up_to_the_sinr_of_the_links():
    """sinr = EIRP + gain - N - rise - path loss + shadowing, which is the links' own."""
    radio = validate(Radio, {"path_loss": "umi", "shadowing": "standard", "interference": {"type": "iot", "level": "3 dB"},
                             "antenna_gain": "8 dB", "fading": "rayleigh"})
    places = validate(Positions, {"places": [[20 + 15 * k, 0] for k in range(12)]})
    rows, links = radio.survey(12, places, STREAMS).rows(), radio.links(12, places, STREAMS)
    assert {row["line_of_sight"] for row in rows} == {True, False}
    assert len({row["shadowing_db"] for row in rows}) == 12
    for row, link in zip(rows, links):
        budget = 23 + 8 - 10 * math.log10(radio.noise / 1e-3) - 3 - row["path_loss_db"] + row["shadowing_db"]
        assert row["sinr_db"] == pytest.approx(budget, abs=3e-3)
        assert row["sinr_db"] == pytest.approx(10 * math.log10(link.mean_sinr), abs=1e-3)


def test_a_worker_on_a_trace_is_where_its_way_begins(tmp_path):
    (tmp_path / "way.csv").write_text("time_s,x_m,y_m\n0,10,0\n10,110,0\n")
    radio = validate(Radio, {"mobility": {"type": "trace", "path": str(tmp_path / "way.csv"), "offset": [0, "5 s"]}})
    found = radio.survey(2, PLACES, STREAMS)
    assert np.array_equal(found.distance_m, [10.0, 60.0])


def test_a_level_that_is_no_number_is_left_empty():
    """A path of 4e4 dB leaves a gain of 0, whose level JSON cannot hold."""
    with np.errstate(divide="ignore"):
        found = validate(Radio, {"path_loss": {"type": "log_distance", "exponent": 9}}).survey(2, PLACES, STREAMS)
        rows = found._replace(path_loss_db=np.array([np.inf, 1.0]), sinr_db=np.array([-np.inf, 2.0])).rows()
    assert [row["sinr_db"] for row in rows] == [None, 2.0] and json.loads(json.dumps(rows, allow_nan=False)) == rows


def test_a_channel_without_a_radio_has_none():
    assert build(Channel, {"type": "fixed", "rate": "1 Mbit/s"}).survey(3, None, STREAMS) is None

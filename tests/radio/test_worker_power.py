"""Power, antenna and noise figure of each worker: a list beside single values, by hand, drawn in decibels, what is refused."""

import numpy as np
import pytest

from wirelesssim.errors import InputError
from wirelesssim.model import build, plain, validate
from wirelesssim.radio import Geometry, Radio
from wirelesssim.rng import Streams
from wirelesssim.scenario import load
from wirelesssim.simulation.preflight import predraw
from wirelesssim.units import from_db, to_db

STREAMS = Streams(5, domain="radio")
RING = build(Geometry, {"type": "ring", "radius": "80 m"})
POWERS = ["23 dBm", "26 dBm", "14 dBm", "23 dBm"]
HARD = {"path_loss": "umi", "shadowing": "standard", "fading": {"type": "rayleigh", "coherence_time": "10 ms"}}


def one_by_one(look, key, values, **said):
    """What `look` says of worker m of a radio on which all have `values[m]`."""
    return [look(validate(Radio, said | {key: value}))[worker] for worker, value in enumerate(values)]


def bursts(radio):
    """When 0.1 Mbit of each worker has been sent."""
    return [float(link.finish(0.3, np.array([1e5])).ends[-1]) for link in radio.links(len(POWERS), RING, STREAMS)]


@pytest.mark.parametrize("said", [{}, HARD, HARD | {"mobility": {"type": "random_waypoint", "radius": "90 m"}}],
                         ids=["plain", "hard", "moving"])
def test_a_list_is_each_workers_own_run(said):
    """Bit for bit: one's power changes nothing for the others, at rest or on the way."""
    listed = validate(Radio, said | {"tx_power": POWERS})
    assert bursts(listed) == one_by_one(bursts, "tx_power", POWERS, **said)
    assert len(set(bursts(listed))) > 1


def test_levels_by_hand():
    """On a ring without shadowing all have one path loss: SINRs differ as powers and antennas do, +3 + 2, -9 and 0 - 6 dB."""
    radio = validate(Radio, {"tx_power": POWERS, "worker_antenna_gain": ["0 dB", "2 dB", "0 dB", "-6 dB"]})
    places = RING.positions(4, STREAMS)
    levels = to_db(radio.mean_sinr(places, STREAMS, RING))
    assert levels - levels[0] == pytest.approx([0, 5, -9, -6], abs=1e-9)
    survey = radio.survey(4, RING, STREAMS)
    assert survey.eirp_dbm == pytest.approx([23, 28, 14, 17]) and survey.sinr_db == pytest.approx(levels)


def test_the_way_down_has_the_workers_antenna_and_noise_and_not_its_power():
    """-2 dB of antenna, then 3 dB more noise; both hold for the interference of other sites' power, too: 4 dB of antenna at all
    ends cancels where interference is nearly all that there is."""
    said = {"tx_power": POWERS, "worker_antenna_gain": ["0 dB", "-2 dB", "0 dB", "0 dB"],
            "worker_noise_figure": ["7 dB", "7 dB", "10 dB", "7 dB"]}
    way = validate(Radio, said).downlink(4, RING, STREAMS)
    levels = to_db(np.array([source.mean(np.zeros(1))[0] for source in way.sources]))
    assert levels - levels[0] == pytest.approx([0, -2, -3, 0], abs=1e-9)
    cells = build(Geometry, {"type": "hexagonal", "sites": 7, "inter_site_distance": "200 m"})
    busy = validate(Radio, {"interference": "hexagonal", "worker_antenna_gain": ["0 dB", "4 dB"], "worker_noise_figure": "0 dB"})
    one, other = busy.downlink_sinr(np.full((2, 2), 30.0), STREAMS, 1e6, 1.0, cells)
    assert other == pytest.approx(one, rel=1e-3)


def test_other_cells_users_have_the_mean_power():
    """I is linear in power: that of [1 W, 3 W] is that of 2 W; of equal ones to the bit, whatever their number."""
    cells = build(Geometry, {"type": "hexagonal", "sites": 7, "inter_site_distance": "200 m"})

    def rise(power, workers=2):
        return validate(Radio, {"interference": "hexagonal", "tx_power": power}).noise_rise(workers, cells, STREAMS)

    assert rise([1, 3]) - 1 == pytest.approx(rise(2) - 1) and rise([1, 3]) > rise(1)
    assert {rise("22.7 dBm", workers) for workers in (1, 2, 3, 10, 97)} == {rise("22.7 dBm")}


def test_normal_in_decibels():
    """4 dB around 23 dBm: 20,000 levels have that mean and deviation within five standard errors (4/sqrt(n), 4/sqrt(2 n));
    a worker more moves nobody."""
    radio = validate(Radio, {"tx_power": {"type": "normal_db", "median": "23 dBm", "sigma": "4 dB"}})
    levels = to_db(radio.eirps(20_000, STREAMS) / 1e-3)
    assert abs(levels.mean() - 23) < 5 * 4 / np.sqrt(20_000) and abs(levels.std() - 4) < 5 * 4 / np.sqrt(40_000)
    assert np.array_equal(radio.eirps(5, STREAMS)[:4], radio.eirps(4, STREAMS))
    still = validate(Radio, {"tx_power": {"type": "normal_db", "median": "23 dBm", "sigma": 0}})
    assert still.eirps(3, STREAMS) == pytest.approx([1e-3 * from_db(23)] * 3)


def test_as_in_a_scenario_file():
    said = {"tx_power": ["23 dBm", "26 dBm"], "worker_antenna_gain": {"type": "normal_db", "median": "0 dB", "sigma": "2 dB"},
            "worker_noise_figure": ["7 dB", "9 dB"]}
    shown = plain(validate(Radio, said))
    assert {key: shown[key] for key in ("tx_power", "worker_noise_figure")} == {key: said[key] for key in
                                                                               ("tx_power", "worker_noise_figure")}
    again = validate(Radio, {key: value for key, value in shown.items() if key != "type"})
    assert np.array_equal(again.eirps(2, STREAMS), validate(Radio, said).eirps(2, STREAMS))


REFUSED = [
    ({"tx_power": ["23 dBm"] * 2}, "channel.tx_power must have one entry for each of the 3 workers, got 2"),
    ({"worker_antenna_gain": ["0 dB"] * 4}, "channel.worker_antenna_gain must have one entry for each of the 3 workers, got 4"),
    ({"worker_noise_figure": ["7 dB"]}, "channel.worker_noise_figure must have one entry for each of the 3 workers, got 1"),
    ({"tx_power": ["23 dBm", "5 s", "23 dBm"]}, "channel.tx_power.1 must be a power like '23 dBm', got '5 s', a time"),
    ({"tx_power": ["23 dBm", 0, "23 dBm"]}, "channel.tx_power.1 must be > 0 W, got 0"),
    ({"worker_noise_figure": ["7 dB", "7 dB", "-1 dB"]}, "channel.worker_noise_figure.2 must be >= 0 dB, got -1 dB"),
    ({"tx_power": {"type": "uniform", "low": "20 dBm", "high": "3 dB"}}, "channel.tx_power.high must be a power"),
    ({"tx_power": {"type": "uniform", "low": "23 dBm", "high": "10 dBm"}},
     r"channel.tx_power.high must be >= low \(23 dBm\), got 10 dBm"),
    ({"tx_power": {"type": "exponential", "mean": "-1 W", "minimum": "5 W"}}, "channel.tx_power.mean must be >= 0 W, got -1 W"),
    ({"tx_power": {"type": "normal_db", "median": "-1 W", "sigma": "3 dB"}}, "channel.tx_power.median must be >= 0 W, got -1 W"),
    ({"tx_power": {"type": "lognormal", "mean": "200 mW", "sigma": 1e200}}, "channel.tx_power.sigma must be <= 23, got 1e.200"),
    ({"tx_power": {"type": "normal_db", "median": "20 dBm", "sigma": "1e4 dB"}}, "channel.tx_power.sigma must be within 300 dB"),
    ({"tx_power": {"type": "normal_db", "median": "20 dBm", "sigma": "100.1 dB"}}, "channel.tx_power.sigma must be <= 100 dB"),
    ({"tx_power": {"type": "normal_db", "median": "20 dBm", "sigma": "-3 dB"}}, "channel.tx_power.sigma must be >= 0 dB"),
    ({"worker_noise_figure": {"type": "uniform", "low": "-9 dB", "high": "-3 dB"}},
     r"channel.worker_noise_figure must be >= 0 dB, got -\d\.\d+ dB drawn for worker 0; choose another distribution"),
    ({"tx_power": {"type": "uniform", "low": "-2 W", "high": "-1 W"}},
     r"channel.tx_power must be > 0 W, got -1\.\d+ W drawn for worker 0; choose another distribution"),
]


@pytest.mark.parametrize("channel, says", REFUSED, ids=[says[8:40] for _, says in REFUSED])
def test_bad_values_are_refused_by_key(channel, says):
    with pytest.raises(InputError, match=says):
        [settings] = load({"name": "bad", "workers": 3, "objective": {"type": "messages", "uplink": "1 kB"},
                           "stop": {"rounds": 1}, "geometry": plain(RING), "access": "tdma", "downlink": "ideal",
                           "channel": {"type": "radio"} | channel}).settings.values()
        predraw(settings, 0)

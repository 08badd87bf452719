"""Bad radio input: an error that names key, rule and value at load, or a plain outage in the tables; never a NaN."""

import math

import numpy as np
import pytest

from wirelesssim.errors import InputError
from wirelesssim.model import build
from wirelesssim.radio import PathLoss
from wirelesssim.radio.nr import exponential_effective_sinr, mcs_table
from wirelesssim.scenario import load
from wirelesssim.simulation import Simulation

FIXED = {"channel": {"type": "fixed", "rate": "1 Mbit/s"}, "geometry": None}


def settings_of(**sections):
    """The settings of three workers on a plain radio with `sections` in place of its own; a section None is left out."""
    whole = {"name": "bad", "workers": 3, "stop": {"rounds": 2}, "objective": {"type": "quadratic", "dimension": 20},
             "algorithm": {"type": "gd", "step_size": "0.5/L"}, "geometry": {"type": "disc", "radius": "100 m"},
             "access": "tdma", "downlink": "ideal", "channel": {"type": "radio"}} | sections
    [settings] = load({key: value for key, value in whole.items() if value is not None}).settings.values()
    return settings


def radio(**said):
    return {"channel": {"type": "radio"} | said}


def nr(**said):
    return {"channel": {"type": "radio", "phy": {"type": "nr"} | said}, "access": "ofdma"}


def cell(**said):
    return nr() | {"access": {"type": "ofdma"} | said}


def place(**said):
    return {"geometry": said}


REFUSED = [
    (place(type="disc", radius="-10 m"), "geometry.radius must be > 0 m, got -10 m"),
    (place(type="disc", radius="5 m"), r"geometry.minimum must be <= radius \(5 m\), got 10 m; give a smaller minimum"),
    (place(type="disc", radius=math.nan), "geometry.radius must be a distance"),
    (place(type="ring", radius=math.inf), "geometry.radius must be a distance"),
    (place(type="positions", places=[]), r"geometry.places must be a list of \[x, y\], got \[\]"),
    (place(type="positions", places=[[10, 0], [20, 0]]), "geometry.places must have one entry for each of the 3 workers, got 2"),
    (place(type="positions", places=[[math.nan, 0], [1, 2], [3, 4]]), "geometry.places.0 must be a distance"),
    (place(type="positions", places=[[10, 0], [1e200, 0], [50, 0]]), "geometry.places.1 must be within 1e9 m"),
    (place(type="ring", radius=1e308), "geometry.radius must be within 1e9 m"),
    (place(type="hexagonal", inter_site_distance="10 m"), r"geometry.minimum must be < inter_site_distance / 2"),
    (radio(bandwidth="5 GHz"), "channel.bandwidth must be <= carrier"),
    (radio(bandwidth="0 MHz"), "channel.bandwidth must be > 0 Hz"),
    (radio(carrier=math.inf), "channel.carrier must be a frequency"),
    (radio(carrier="100 MHz", path_loss="umi"), "channel.carrier must be 500 MHz to 100 GHz with path_loss 'umi'.*choose"),
    (radio(carrier="3.5 GHz", path_loss="macro"), "channel.carrier must be 2 GHz with path_loss 'macro'.*choose another"),
    (radio(path_loss={"type": "log_distance", "exponent": -2}), "channel.path_loss.exponent must be > 0"),
    (radio(path_loss={"type": "uma", "ut_height": "30 m"}), "channel.path_loss.ut_height must be <= 22.5 m"),
    (radio(tx_power="23 m"), "channel.tx_power must be a power like '23 dBm', got '23 m', a distance"),
    (radio(tx_power="500 dBm"), "channel.tx_power must be within 1000 kW .*, got '500 dBm'"),
    (radio(tx_power="1e-300 W"), "channel.tx_power must be >= 1e-36 W, got 1e-300 W"),
    (radio(downlink_tx_power=1e7), "channel.downlink_tx_power must be within 1000 kW"),
    (radio(antenna_gain="301 dB"), "channel.antenna_gain must be within 300 dB"),
    (radio(worker_antenna_gain=["0 dB", "-301 dB", "0 dB"]), "channel.worker_antenna_gain.1 must be >= -300 dB"),
    (radio(noise_figure=1e308), "channel.noise_figure must be within 300 dB"),
    (radio(bandwidth=1e-9), "channel.bandwidth must be >= 100 Hz"),
    (radio(carrier="1e6 GHz"), "channel.carrier must be within 3000 GHz"),
    (radio(shadowing={"type": "lognormal", "sigma": 1e9}), "channel.shadowing.sigma must be within 300 dB"),
    (radio(shadowing={"type": "lognormal", "sigma": "101 dB"}), "channel.shadowing.sigma must be <= 100 dB, got 101 dB"),
    (radio(tx_power="-inf dBm"), "channel.tx_power must be a power"),
    (radio(noise_figure="-3 dB"), "channel.noise_figure must be >= .*got -3 dB"),
    (radio(noise_figure="nan dB"), "channel.noise_figure must be a ratio"),
    (radio(phy={"type": "shannon", "gap": "-5 dB"}), "channel.phy.gap must be >= .*got -5 dB"),
    (radio(phy={"type": "shannon", "max_efficiency": 0}), "channel.phy.max_efficiency must be > 0"),
    (radio(fading={"type": "rician", "k_factor": -1}), "channel.fading.k_factor must be > 0"),
    (radio(fading={"type": "nakagami", "m": 0.1}), "channel.fading.m must be >= 0.5"),
    (radio(fading={"type": "rayleigh", "coherence_time": 0}), "channel.fading.coherence_time must be > 0 s"),
    (radio(fading={"type": "clarke", "speed": "9e3 m/s"}), "channel.fading.speed must make a Doppler shift <= 42300 Hz"),
    (radio(fading={"type": "clarke", "speed": "1 m/s", "doppler": "5 Hz"}), "give one of the two"),
    (radio(fading={"type": "tdl", "delay_spread": "1 s"}), "channel.fading.delay_spread must be <= 0.1 ms"),
    (radio(fading="raleigh"), "did you mean 'rayleigh'"),
    (radio(branches=0), "channel.branches must be >= 1"),
    (radio(shadowing={"type": "lognormal", "sigma": "-8 dB"}), "channel.shadowing.sigma must be >= 0 dB"),
    (radio(shadowing="standard", path_loss="log_distance"), "channel.shadowing.type must not be 'standard'.*choose 'lognormal'"),
    (radio(interference={"type": "iot", "level": "-4 dB"}), "channel.interference.level must be >= "),
    (radio(mobility={"type": "linear", "speed": "-1 m/s"}), "channel.mobility.speed must be >= 0 m/s"),
    (radio(mobility={"type": "random_waypoint", "radius": "50 m", "min_speed": 0}), "channel.mobility.min_speed must be > 0 m/s"),
    (nr(mcs_table=5), "channel.phy.mcs_table must be 1, 2 or 3, got 5"),
    (nr(mcs=29), "unknown key 'mcs' of phy 'nr'; known: .*mcs_table"),
    (nr(blocks=60), "channel.phy.blocks must fit in the bandwidth of 20 MHz, got 60 blocks"),
    (nr(p0="nan dBm"), "channel.phy.p0 must be a power"),
    (nr(duplex={"type": "tdd", "uplink_slots": 11}), "channel.phy.duplex.uplink_slots must be from 0 to 10, got 11"),
    (nr(duplex={"type": "tdd", "downlink_symbols": 10, "uplink_symbols": 8}), "give one fewer slots"),
    (cell(sr_period=0), "access.sr_period must be >= 1"),
    (cell(resume_delay="-1 s"), "access.resume_delay must be >= 0 s"),
    (cell(resume_delay="61 s"), "access.resume_delay must be <= 60 s, got 61 s"),
    (cell(rlc={"type": "am", "status_delay": 1e16}), "access.rlc.status_delay must be within 1e9 s"),
    ({"transport": {"type": "arq", "outage_limit": 1e308}}, "transport.outage_limit must be within 1e9 s"),
    (radio(latency=1e16), "channel.latency must be within 1e9 s"),
    (radio(jitter=[0, 1e16, 0]), "channel.jitter.1 must be within 1e9 s"),
    (radio(mobility={"type": "linear", "speed": "1e5 m/s"}), "channel.mobility.speed must be within 1e4 m/s"),
    (radio(shadowing={"type": "lognormal", "decorrelation": "0.1 mm"}), "channel.shadowing.decorrelation .*unknown unit 'mm'"),
    (radio(shadowing={"type": "lognormal", "decorrelation": 1e-4}), "channel.shadowing.decorrelation must be >= 0.1 cm, got"),
    (radio(fading={"type": "rayleigh", "coherence_time": 1e18}), "channel.fading.coherence_time must be within 1e9 s"),
    (cell(scheduler={"type": "proportional_fair", "window": 0}), "access.scheduler.window must be >= 1"),
    (FIXED | {"channel": {"type": "fixed", "rate": math.nan}}, "channel.rate must be a rate"),
    (FIXED | {"channel": {"type": "fixed", "rate": "1 Mbit/s", "loss": 2}}, "channel.loss must be <= 100 %, got 2"),
]


@pytest.mark.parametrize(("sections", "says"), REFUSED, ids=[says[:40] for _, says in REFUSED])
def test_refused_at_load(sections, says):
    with pytest.raises(InputError, match=says):
        settings_of(**sections)


NEEDS_PLACES = [
    (radio(interference={"type": "hexagonal"}), "without other cells: give geometry: {type: hexagonal"),
    (radio(mobility={"type": "trace", "path": "nowhere.csv"}), "nowhere.csv: cannot be read.*a relative path starts at"),
]


@pytest.mark.parametrize(("sections", "says"), NEEDS_PLACES)
def test_refused_before_the_run(sections, says):
    with pytest.raises(InputError, match=says):
        Simulation(settings_of(**sections))


FAR = {"geometry": {"type": "positions", "places": [[10, 0], [1e9, 0], [50, 0]]}}
PLAIN = {  # case -> (sections, workers that are in outage)
    "beyond every rate": (FAR, {1}),
    "beyond every rate of nr": (nr() | FAR, {1}),
    "no power to speak of": (radio(tx_power="-300 dBm"), {0, 1, 2}),
    "all under the antenna": ({"geometry": {"type": "positions", "places": [[0, 0]] * 3}}, set()),
    "as much power as there is": (radio(tx_power="90 dBm", antenna_gain="300 dB"), set()),
    "hardly any": (radio(tx_power="-330 dBm", antenna_gain="-300 dB"), {0, 1, 2}),
    "shadows as deep as they go": (radio(shadowing={"type": "lognormal", "sigma": "100 dB"}, phy={"type": "shannon",
                                         "min_efficiency": 1e-300}, tx_power="90 dBm", antenna_gain="300 dB"), set()),
    "who crawls": (radio(fading={"type": "clarke", "speed": 1e-18}, mobility={"type": "linear", "speed": 1e-300}), set()),
    "fades once in a life": (nr() | radio(phy="nr", fading={"type": "clarke", "doppler": 1e-30}), set()),
    "who stands still": (radio(fading={"type": "clarke", "speed": 0}, mobility={"type": "linear", "speed": 0}), set()),
}


@pytest.mark.parametrize("case", PLAIN)
def test_an_outage_is_plain(case):
    """Workers out of reach deliver nothing, the others all; every number of the tables is finite, and nothing warns."""
    sections, out = PLAIN[case]
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        recorder = Simulation(settings_of(transport={"type": "arq", "outage_limit": "50 ms"}, **sections)).run()
    rows = [row for row in recorder.transmissions if row.direction == "uplink"]
    assert {row.worker for row in rows if row.delivered == 0} == out and len(rows) == 6
    assert all(row.delivered == row.packets for row in rows if row.worker not in out)
    for table in (recorder.rounds, recorder.transmissions, recorder.workers):
        for row in table:
            assert all(math.isfinite(value) for value in row if isinstance(value, float))


LAWS = ["umi", "uma", "rma", "inh", "inf", "free_space", "log_distance", "two_ray", "cost_hata", "macro"]


@pytest.mark.parametrize("name", LAWS)
def test_a_distance_has_no_sign(name):
    law = build(PathLoss, name)
    for distance in (-10.0, math.nan, np.array([10.0, -1e-9])):
        with pytest.raises(InputError, match="distance must be >= 0 m, got"):
            law.gain(distance, 2e9)
    assert 0 < law.gain(0.0, 2e9) <= 1


def test_functions_of_the_radio_refuse_what_is_not_there():
    with pytest.raises(InputError, match="mcs must be a whole number from 0 to 28"):
        mcs_table(1).at(29)
    for sinr, beta in (([], 1.0), ([1.0, 2.0], -1.0), ([1.0], math.nan)):
        with pytest.raises(ValueError, match="an effective SINR needs"):
            exponential_effective_sinr(sinr, beta)

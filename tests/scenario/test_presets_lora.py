"""The LoRaWAN presets: what the spreading factor changes, where the radius comes from, and that messages get through."""

import math

import pytest

from wirelesssim.radio.lora import payload_limit, snr_limit_db
from wirelesssim.scenario import load, presets
from wirelesssim.simulation import Simulation

FACTORS = range(7, 13)
BASE = {"workers": 3, "stop": {"rounds": 2}, "objective": {"type": "quadratic", "dimension": 10}, "algorithm": {"type": "gd"}}


def settings(factor, **more):
    return next(iter(load(BASE | {"network": {"preset": f"lora-sf{factor}"}} | more).settings.values()))


@pytest.mark.parametrize("factor", FACTORS)
def test_what_follows_from_the_factor(factor):
    """The radius: 14 dBm less -117.03 dBm of noise at 6 dB, the limit and 10 dB of margin, is the path loss of UMa without sight,
    13.54 + 39.08 log10 d_3D + 20 log10 f_GHz (TR 38.901, table 7.4.1-1), antennas 23.5 m apart in height; down to 10 m."""
    made = settings(factor)
    assert made.channel.phy.factors == (factor,) and made.transport.mtu == 8 * payload_limit(factor)
    assert made.transport.header == 8 * 13
    loss = 14 + 174 - 10 * math.log10(125e3) - 6 - snr_limit_db(factor) - 10
    distance = 10 ** ((loss - 13.54 - 20 * math.log10(0.8683)) / 39.08)
    assert 0 <= math.sqrt(distance**2 - 23.5**2) - made.geometry.radius < 10


def test_they_differ_in_nothing_else():
    def flat(data, path=()):
        return {key: value for name, item in data.items() for key, value in (
            flat(item, (*path, name)) if isinstance(item, dict) else {(*path, name): item}).items()}

    made = {factor: flat(presets.preset(f"lora-sf{factor}").sections) for factor in FACTORS}
    for factor in FACTORS:
        assert {key for key in made[7] if made[7][key] != made[factor][key]} <= {
            ("geometry", "radius"), ("channel", "phy", "spreading_factor"), ("transport", "mtu")}


@pytest.mark.parametrize("factor", FACTORS)
def test_messages_get_through(factor):
    """Near the gateway: every message arrives, at most with repeats."""
    simulated = Simulation(settings(factor, geometry={"type": "disc", "radius": "60 m", "minimum": "35 m"}), replication=0)
    rows = [row for row in simulated.run().transmissions if row.direction == "uplink"]
    assert len(rows) == 6 and all(row.delivered == row.packets for row in rows)
    assert simulated.recorder.rounds[-1].workers_heard == 3

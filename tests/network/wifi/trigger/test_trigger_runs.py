"""Whole runs under triggers: a perfect channel is the ideal loop, both fidelities write the same tables, books close."""

import numpy as np
import pytest

from wirelesssim.learning.train import train
from wirelesssim.rng import Streams
from wirelesssim.scenario import load
from wirelesssim.simulation import Simulation, prepare

RADIO = {"type": "radio", "carrier": "5.25 GHz", "tx_power": "15 dBm", "fading": {"type": "rayleigh", "coherence_time": "15 ms"},
         "phy": {"type": "wifi"}}


def settings_of(**sections):
    whole = {"name": "case", "workers": 4, "stop": {"rounds": 8},
             "objective": {"type": "quadratic", "dimension": 300, "condition": 10},
             "algorithm": "gd_sec", "codec": {"type": "auto", "value_bits": 64}, "channel": RADIO, "access": "ofdma_trigger",
             "geometry": {"type": "ring", "radius": "120 m"}, "downlink": "multicast",
             "transport": {"type": "arq", "mtu": "600 B"}} | sections
    [settings] = load(whole).settings.values()
    return settings


def tables(settings):
    """Every row, numbers to ten digits; what is not a number stays."""
    recorder = Simulation(settings).run()
    return [[value if not isinstance(value, float) else f"{value:.10g}" for value in row]
            for table in (recorder.rounds, recorder.transmissions, recorder.workers) for row in table]


@pytest.mark.parametrize("transport", [{"type": "unreliable"}, {"type": "arq"}, {"type": "arq", "scheme": "stop_and_wait"}],
                         ids=lambda transport: "-".join(transport.values()))
@pytest.mark.parametrize("downlink", ["ideal", "multicast", "unicast"])
@pytest.mark.parametrize("algorithm", ["gd", "gd_sec"])
def test_a_perfect_channel_is_the_ideal_loop(algorithm, downlink, transport):
    """1 m away, no fading: nothing is lost, and theta is that of `train` bit for bit."""
    settings = settings_of(algorithm=algorithm, downlink=downlink, transport=transport | {"mtu": "600 B"},
                           channel=RADIO | {"fading": "none"}, geometry={"type": "ring", "radius": "1 m"})
    ideal = train(prepare(settings, 0).problem, settings.algorithm, 8, codec=settings.codec,
                  streams=Streams(settings.seed.learning, 0, "learning"))
    simulation = Simulation(settings)
    recorder = simulation.run()
    assert np.array_equal(settings.algorithm.model(simulation.server.state), ideal.theta)
    assert all(row.packets_lost == 0 for row in recorder.transmissions)


@pytest.mark.parametrize("sections", [
    {}, {"downlink": "unicast", "access": {"type": "ofdma_trigger", "most_users": 2}},
    {"transport": {"type": "arq", "mtu": "300 B", "scheme": "stop_and_wait"}},
    {"transport": {"type": "unreliable", "mtu": "600 B"}},
    {"geometry": {"type": "disc", "radius": "250 m"}, "transport": {"type": "arq", "mtu": "600 B", "outage_limit": "50 ms"}}],
    ids=["multicast", "unicast", "stop-and-wait", "unreliable", "far"])
def test_both_fidelities_write_the_same_tables(sections):
    """Rows agree to the rounding of seconds; a second run of the same seed agrees to the last byte."""
    once = tables(settings_of(**sections))
    assert tables(settings_of(**sections)) == once
    assert tables(settings_of(**sections, fidelity="packet")) == once


def test_books_close_and_lost_frames_are_seen():
    """Far enough that frames fail: attempts are packets and what came again."""
    recorder = Simulation(settings_of(stop={"rounds": 30})).run()
    up = [row for row in recorder.transmissions if row.direction == "uplink"]
    down = [row for row in recorder.transmissions if row.direction == "downlink"]
    assert sum(row.packets_lost for row in up) > 0 and sum(row.packets_lost for row in down) > 0
    for row in up + down:
        assert row.delivered <= row.packets <= row.attempts and row.packets_lost <= row.attempts
        assert row.retransmitted_bits < row.on_air_bits and row.end_s >= row.start_s

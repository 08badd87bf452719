"""The presets of satellites and of the wire: what follows from geometry and frame sizes, and one message by hand on each."""

import math

import pytest

from wirelesssim.scenario import Settings, presets
from wirelesssim.simulation import simulate
from wirelesssim.units import SPEED_OF_LIGHT


def settings(name, **more):
    sections = dict(presets.preset(name).sections)
    return Settings.of({"workers": 1, "stop": {"rounds": 1}, "objective": {"type": "messages", "uplink": "1472 B"}}
                       | sections | more)


def latency(name):
    return settings(name).channel.latency.given


def test_geo_is_twice_the_slant_range():
    # cosine rule: earth 6378 km, orbit 42,164 km from its centre, 50 degrees between station and the point below the satellite
    slant = math.sqrt(6378**2 + 42_164**2 - 2 * 6378 * 42_164 * math.cos(math.radians(50)))
    assert slant == pytest.approx(38_377, abs=0.5)
    assert latency("geo") == pytest.approx(2 * slant * 1e3 / SPEED_OF_LIGHT, abs=5e-4)
    assert 0.2396 < latency("geo") < 0.279  # RFC 2488, section 2


def test_leo_is_longer_than_the_light_takes():
    assert latency("leo") > 2 * 550e3 / SPEED_OF_LIGHT


def test_a_frame_in_the_switch():
    # preamble 8, addresses and type 14, data 1500, check sequence 4, gap 12
    transport = settings("ethernet").transport
    assert transport.mtu == 8 * (8 + 14 + 1500 + 4 + 12) and transport.room == 8 * 1472
    assert latency("ethernet") == pytest.approx(transport.mtu / 1e9 + 2 * 570e-9, abs=5e-8)


@pytest.mark.parametrize(("name", "air"), [("leo", 12_000 / 17e6), ("geo", 12_000 / 10e6), ("ethernet", 12_304 / 1e9)])
def test_one_message_by_hand(name, air):
    made = settings(name)
    channel = {**made.plain()["channel"], "loss": "0 %"}
    recorder = simulate(settings(name, channel=channel))
    assert recorder.rounds[1].simulated_time_s == pytest.approx(air + latency(name), rel=1e-12)


@pytest.mark.parametrize("arrivals", [{"type": "together"}, {"type": "poisson", "rate": "0.5 Hz"}])
@pytest.mark.parametrize("name", presets.preset_names())
def test_every_technology_carries_messages_without_a_learner(name, arrivals):
    """Each of three rounds ends with a fate for every worker; bits delivered are bits sent; nothing ends before it began."""
    recorder = simulate(settings(name, workers=4, stop={"rounds": 3}, objective={
        "type": "messages", "uplink": "40 B", "arrivals": arrivals}))
    assert [row.workers_heard + row.workers_lost for row in recorder.rounds] == [0, 4, 4, 4]
    sent = [row for row in recorder.transmissions if row.direction == "uplink"]
    assert len(sent) >= 12 and sum(row.delivered == row.packets for row in sent) > len(sent) / 2
    for row in sent:
        assert row.start_s <= row.end_s and row.delivered <= min(row.packets, row.attempts)
        assert row.payload_bits == (320 if row.attempts >= row.packets else 0) and row.payload_bits <= row.on_air_bits

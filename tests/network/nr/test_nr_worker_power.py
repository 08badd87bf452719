"""Users of a cell with powers of their own: the open loop's limit by hand, the edge of a cell, the twin."""

import math

import numpy as np
import pytest

from wirelesssim.model import build
from wirelesssim.network.access import Access
from wirelesssim.network.nr.signal.kernels import gain_db
from wirelesssim.network.nr.wiring import make_cell
from wirelesssim.radio import Channel, Geometry
from wirelesssim.rng import Streams
from wirelesssim.scenario import load
from wirelesssim.simulation import simulate

NR = {"type": "radio", "phy": {"type": "nr", "duplex": "fdd", "p0": "-90 dBm", "alpha": 0.8}}
STREAMS = Streams(1, domain="radio")

# At 130 dB P0 and alpha want -90 + 10 log10(2 M) + 104 dBm: 23.0309 for 4 blocks, 34.0860 for 51. A block's SINR is
# min(P_max, that) - 10 log10 M - 130 + 113.4122 (noise over 360 kHz, see OPEN_LOOP of the package's checks):
BY_HAND = {(20, 4): -2.6084, (23, 4): 0.3916, (26, 4): 0.4225, (20, 51): -13.6635, (23, 51): -10.6635, (26, 51): -7.6635}


def test_the_limit_is_each_users_own():
    """Three users of one path loss with 20, 23 and 26 dBm, by the compiled loop and by the twin."""
    channel = build(Channel, NR | {"tx_power": ["20 dBm", "23 dBm", "26 dBm"]})
    rules = build(Access, "ofdma").rules(channel, 3, None, STREAMS, 1.0)
    for (power, blocks), level in BY_HAND.items():
        user, mean_db = (power - 20) // 3, power - 130 + 95.9649
        assert mean_db + gain_db(rules, user, mean_db, blocks) == pytest.approx(level, abs=1e-3)


def test_the_twin_has_the_same_gains():
    """In a cell that is made from a scenario's parts, of what each user's place and power make of its mean."""
    channel = build(Channel, NR | {"tx_power": ["20 dBm", "23 dBm", "26 dBm"], "worker_antenna_gain": ["0 dB", "-3 dB", "2 dB"]})
    place = build(Geometry, {"type": "ring", "radius": "400 m"})
    cell = make_cell(None, build(Access, "ofdma"), channel, 3, place, STREAMS, 1.0, "packet")
    means = 10 * np.log10(channel.mean_sinr(place.positions(3, STREAMS), STREAMS, place))
    assert means - means[0] == pytest.approx([0, 0, 8])
    for user in range(3):
        for blocks in (1, 7, 51):
            assert cell.choice._gain(user, 0, blocks) == pytest.approx(gain_db(cell.rules, user, means[user], blocks), abs=1e-12)
    limits = [cell.rules.open_loop_db[user] + 10 * math.log10(51) for user in range(3)]
    assert limits[0] - limits[2] == pytest.approx(6)


def run(fidelity="burst", tx_power="23 dBm", radius="400 m", access="ofdma", **channel):
    [settings] = load({"name": "case", "workers": 4, "stop": {"rounds": 6}, "objective": {"type": "messages", "uplink": "20 kB"},
                       "geometry": {"type": "ring", "radius": radius}, "access": access, "fidelity": fidelity,
                       "downlink": "ideal", "transport": {"type": "arq", "mtu": "1500 B"},
                       "channel": NR | {"tx_power": tx_power} | channel}).settings.values()
    return simulate(settings)


def test_more_power_at_the_edge_of_a_cell():
    """All at one distance, where power is what lacks: the users with 26 dBm are ready before those with 23, in every round; where
    the open loop asks for less than either, power changes nothing."""
    unequal = run(tx_power=["23 dBm", "26 dBm"] * 2)
    for number in range(1, 7):
        ends = {row.worker: row.end_s for row in unequal.transmissions if row.round == number}
        assert max(ends[1], ends[3]) < min(ends[0], ends[2])
    near = {"radius": "10 m", "antenna_gain": "10 dB"}
    assert run(tx_power=["23 dBm", "26 dBm"] * 2, **near).transmissions == run(**near).transmissions


@pytest.mark.parametrize("scheduler", ["round_robin", "proportional_fair"])
def test_both_fidelities_have_the_same_rows_with_unequal_powers(scheduler):
    """The loop's own look at the whole carrier, too, by which proportional fair chooses: at 150 m, a path loss of 108.6 dB, where
    51 blocks want 17 dBm, the limit of one user alone."""
    said = {"radius": "150 m", "access": {"type": "ofdma", "scheduler": scheduler},
            "fading": {"type": "rayleigh", "coherence_time": "5 ms"},
            "tx_power": ["14 dBm", "26 dBm", "20 dBm", "23 dBm"]}
    burst, packet = (run(fidelity, **said) for fidelity in ("burst", "packet"))
    assert len(burst.transmissions) >= 24
    for one, two in zip(burst.transmissions, packet.transmissions, strict=True):
        assert one[:3] == two[:3] and one[5:] == two[5:] and (one.start_s, one.end_s) == pytest.approx((two.start_s, two.end_s))

"""When the server gives a worker up: block by block on real channels, and by hand."""

import numpy as np
import pytest

from wirelesssim.model import build
from wirelesssim.radio import Channel, Geometry
from wirelesssim.radio.patience import Patience
from wirelesssim.rng import Streams

CHANNELS = [
    {"fading": {"type": "rayleigh", "coherence_time": "10 ms"}, "downlink_tx_power": "1 dBm"},
    {"fading": "clarke", "mobility": {"type": "linear", "speed": "20 m/s"}, "downlink_tx_power": "3 dBm"},
    {"fading": {"type": "tdl", "speed": "10 m/s"}, "phy": "nr", "downlink_tx_power": "10 dBm"},
    {"fading": {"type": "rayleigh", "coherence_time": "70 ms"}, "mobility": {"type": "linear", "speed": ["30 m/s", "1 m/s", 0]},
     "downlink_tx_power": "10 dBm"},
]


@pytest.mark.parametrize("said", CHANNELS)
def test_it_is_what_each_block_says(said):
    """The first run of blocks without a rate, from the start on, that is longer than the limit, by `DownlinkWay.rates`."""
    place = build(Geometry, {"type": "ring", "radius": "150 m"})
    way = build(Channel, {"type": "radio", "path_loss": {"type": "umi", "state": "nlos"}} | said).downlink(
        3, place, Streams(2, domain="radio"))
    blocks, given_up, seldom = 800, 0, 0
    for worker in range(3):
        out = np.array([way.rates((block + 0.5) * way.step, [worker])[0] == 0 for block in range(blocks + 20)])
        seldom += int(0 < out.sum() < len(out))
        for length in (1.5, 3.5, 8.5):
            ends = [(first + length) * way.step for first in range(blocks) if (first == 0 or not out[first - 1])
                    and out[first:first + int(length) + 1].all()]
            expected = min(ends, default=np.inf)
            once, often = (Patience(way, worker, 0.0, length * way.step) for _ in range(2))
            seen = next((end for block in range(blocks) if (end := often.ends(block * way.step)) is not None), np.inf)
            found = once.ends(blocks * way.step)
            assert seen == pytest.approx(expected) and (np.inf if found is None else found) == pytest.approx(expected)
            given_up += found is not None
        quiet = Patience(way, worker, 0.0, 1.0)
        for block in range(0, blocks, 7):
            time = (block + 0.5) * way.step
            assert quiet.has_rate(time) == (not out[block])
            if out[block]:
                until = quiet.quiet_until(time)
                assert time < until and out[block:round(until / way.step)].all()
    assert given_up > 0 and seldom >= 2


def test_a_channel_that_never_changes():
    """Of a channel that never changes and carries nothing the end is the limit; one that carries has none."""
    place = build(Geometry, {"type": "positions", "places": [[90_000, 0], [30, 0]]})
    way = build(Channel, {"type": "radio"}).downlink(2, place, Streams(1, domain="radio"))
    far, near = (Patience(way, worker, 2.0, 3.0) for worker in (0, 1))
    assert far.ends(4.9) is None and far.ends(5.0) == 5.0 and far.ends(np.inf) == 5.0 and far.quiet_until(2.0) == np.inf
    assert near.ends(1e9) is None and near.ends(np.inf) is None and near.has_rate(7.0)

"""Power control sees the place that the channel has: what a slot loop takes as path loss is that of its SINR."""

import numpy as np
import pytest

from wirelesssim.model import build
from wirelesssim.network.access import Access
from wirelesssim.network.nr.alone import CellAlone
from wirelesssim.network.nr.rules import Windows
from wirelesssim.network.nr.signals import Signals, SlotSinr
from wirelesssim.radio import Channel, Geometry
from wirelesssim.rng import Streams

STREAMS, SLOT = Streams(3, domain="radio"), 0.5e-3
PLACE = build(Geometry, {"type": "positions", "places": [[60, -60]]})


def channel(fading, speed):
    return build(Channel, {"type": "radio", "path_loss": "umi", "shadowing": "standard", "fading": fading, "phy": {"type": "nr"},
                           "mobility": {"type": "linear", "speed": speed, "direction": "90 deg"}})


@pytest.mark.parametrize("fading, speed", [({"type": "clarke"}, "3 km/h"), ({"type": "clarke"}, "30 km/h"),
                                           ({"type": "rayleigh", "coherence_time": "20 ms"}, "30 km/h"),
                                           ({"type": "rayleigh", "coherence_time": "0.2 ms"}, "30 km/h"),
                                           ({"type": "tdl"}, "3 km/h")])
def test_path_loss_is_that_of_the_sinr(fading, speed):
    """SINR of a slot over the fading gain of its block = the mean by which its power is set, through 8000 windows' steps."""
    one = channel(fading, speed)
    [source], [law] = one.block_sinrs(1, PLACE, STREAMS), one.fading_laws(1, STREAMS)
    slots = np.arange(0, 40_000, 5)
    blocks = np.floor((slots + 0.5) * SLOT / source.block_time).astype(int)
    every = law.process(STREAMS, 0).gains(0, int(blocks[-1]) // source.division.split + 1)
    gains = every[blocks // source.division.split].reshape(len(slots), -1)
    user = SlotSinr(source, SLOT)
    assert np.allclose(10 * np.log10(user(slots) / gains), user.mean_db(slots)[:, None], atol=1e-9)


def test_windows_have_both_of_one_place():
    """The windows that the compiled loop reads, every 3 s for a minute at 3 km/h: SINR over gain is the mean of each step."""
    one = channel({"type": "clarke"}, "3 km/h")
    rules = build(Access, {"type": "ofdma"}).rules(one, 1, PLACE, STREAMS, 1.0)
    sources, [law] = one.block_sinrs(1, PLACE, STREAMS), one.fading_laws(1, STREAMS)
    signals, process = Signals(rules, sources, SLOT), law.process(STREAMS, 0)
    for slot in range(0, 120_000, 6000):
        windows: Windows = signals.at(slot, np.array([0]))
        gains = process.gains(int(windows.first[0]), signals.steps)
        assert np.allclose(10 * np.log10(windows.sinr[0, :, 0] / gains), windows.mean_db[0], atol=1e-9)


def test_a_cell_alone_has_the_rules_of_its_channel():
    """51 blocks of 360 kHz in the middle of 20 MHz, cut into 14 parts of 1.43 MHz: block 0, whose middle is 9 MHz below the
    carrier, is in part floor(14 (1/2 - 9/20)) = 0; block 3 at -7.92 MHz in floor(14 x 0.104) = 1; block 50 in part 13."""
    alone = CellAlone([10.0], fading={"type": "tdl", "doppler": "5 Hz", "resource_block": "1440 kHz"})
    again = alone.access.rules(alone.channel, 1, None, alone.streams, 1.0)
    assert alone.rules.band[[0, 3, 25, 50]].tolist() == [0, 1, 7, 13] and len(alone.rules.band) == 51
    assert np.array_equal(alone.rules.band, again.band)

"""Power of the slot loop: the open loop of TS 38.213 by hand, of the path loss alone; and where in the band a block lies."""

import numpy as np
import pytest
from cell_cases import CellBench

from wirelesssim.model import build
from wirelesssim.network.access import Access
from wirelesssim.network.nr.signal.kernels import gain_db
from wirelesssim.radio import Channel
from wirelesssim.rng import Streams
from wirelesssim.validation import nr_cell


def rules_of(**channel):
    """The rules of a cell of two users on a channel of NR in FDD, and the channel."""
    made = build(Channel, {"type": "radio", "phy": {"type": "nr", "duplex": "fdd"}} | channel)
    return build(Access, {"type": "ofdma"}).rules(made, 2, None, Streams(1, domain="radio"), 1.0), made


def test_the_power_of_the_loop_by_hand():
    """Six cases of path loss and blocks, among them both sides of the limit; the twin computes the same."""
    assert len(nr_cell.OPEN_LOOP) == 6 and nr_cell.open_loop().deviation < 1e-3
    for path_loss_db, blocks, _ in nr_cell.OPEN_LOOP:
        cell, mean_db = nr_cell.power_cell(path_loss_db, "packet")
        assert cell.cell.choice._gain(0, 0, blocks) == pytest.approx(gain_db(cell.rules, 0, mean_db, blocks), abs=1e-12)


@pytest.mark.parametrize("level", ["3 dB", "10 dB"])
def test_power_is_of_the_path_loss_and_not_of_the_interference(level):
    """At the same place interference takes its level off the SINR and leaves the power as it was: P0 and alpha know the path
    loss. The gain over the whole band, P(M)/P_max and the narrower band, is the same number."""
    phy = {"type": "nr", "duplex": "fdd", "p0": "-90 dBm", "alpha": 0.8}
    (quiet, _), (loud, _) = rules_of(phy=phy), rules_of(phy=phy, interference={"type": "iot", "level": level})
    rise, mean_db = float(level.split()[0]), 10.0
    for blocks in (1, 10, 51):
        held = gain_db(quiet, 0, mean_db, blocks)
        assert gain_db(loud, 0, mean_db - rise, blocks) == pytest.approx(held, abs=1e-9)
        assert held < quiet.spread_db[blocks] - 1  # the open loop binds, so that it could differ


def test_blocks_lie_in_the_band_from_below():
    """51 blocks of 360 kHz are 18.36 MHz, 0.82 MHz from either end of 20 MHz: the middle of block b is at 1.0 + 0.36 b MHz. TDL
    of 300 ns has parts of 1/10 of a coherence bandwidth or so: block b is in part floor(parts (1.0 + 0.36 b)/20)."""
    rules, channel = rules_of(fading={"type": "tdl", "delay_spread": "300 ns", "speed": "3 km/h"})
    parts = channel.fading_law.bands
    wanted = [int(parts * (1.0 + 0.36 * block) / 20 + 1e-9) for block in range(51)]
    assert rules.band.tolist() == wanted and wanted[0] < wanted[25] < wanted[50] and (np.diff(wanted) >= 0).all()


def test_a_bench_without_power_control_has_full_power():
    """What `CellAlone` says of its SINR rests on it: no gain but that of the narrower band."""
    rules = CellBench([0.0]).rules
    assert gain_db(rules, 0, 60.0, 51) == rules.spread_db[51]

"""Uplink power control: by hand, its limits, and the SINR of a cell-edge user on many and on few blocks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelesssim.errors import InputError
from wirelesssim.radio.nr import block_sinr, uplink_power

NOISE = 1.380649e-23 * 290 * 10**0.5  # W/Hz, noise figure 5 dB
BLOCK = 360e3  # Hz, at 30 kHz


def sinr_db(blocks, path_loss_db, p0_dbm=-90.0, alpha=0.8):
    """Per-block SINR in dB of a 23 dBm user at 30 kHz."""
    power = uplink_power(blocks, 1, path_loss_db, 23.0, p0_dbm, alpha)
    return 10 * np.log10(block_sinr(power, 10 ** (-np.asarray(path_loss_db) / 10), blocks, BLOCK, NOISE))


def test_the_open_loop_by_hand():
    """-90 + 10 log10(2 x 4) + 0.8 x 100 = -0.97 dBm. On 273 blocks 17.37, at 110 dB 25.37: held at 23."""
    assert uplink_power(4, 1, 100.0, 23.0, -90.0, 0.8) == pytest.approx(-90 + 9.0309 + 80, abs=1e-4)
    assert uplink_power([273, 273], 1, [100.0, 110.0], 23.0, -90.0, 0.8) == pytest.approx([17.3719, 23.0], abs=1e-4)


def test_sinr_by_hand():
    """23 dBm over 4 blocks at 120 dB: 16.979 - 120 = -103.021 dBm a block; noise -173.975 + 55.563 + 5 = -113.412: 10.391 dB."""
    assert sinr_db(4, 120.0, p0_dbm=0.0) == pytest.approx(10.391, abs=0.002)


def test_a_cell_edge_user_on_273_against_4_blocks():
    """At 130 dB both are held at 23 dBm: 4 blocks have 10 log10(273/4) = 18.34 dB more SINR on each of them."""
    assert sinr_db(4, 130.0) - sinr_db(273, 130.0) == pytest.approx(18.3410, abs=1e-4)


def test_half_the_blocks_raise_sinr_by_3_db_until_power_control_caps_it():
    """At 118 dB the loop asks for 23 dBm at M = 10^((23 + 90 - 94.4)/10)/2 = 36.2 blocks: each halving above that is 3.01 dB,
    none below."""
    found = sinr_db(np.array([256, 128, 64, 32, 16, 8, 4, 2, 1]), 118.0)
    step = np.diff(found)
    assert step[:2] == pytest.approx([10 * np.log10(2)] * 2, abs=1e-9)
    assert step[2] == pytest.approx(10 * np.log10(64 / 36.22), abs=0.01)
    assert step[3:] == pytest.approx(np.zeros(5), abs=1e-9)


def test_full_compensation_gives_every_user_the_same_sinr_and_none_the_same_power():
    path_loss = np.array([70.0, 85.0, 99.0])
    assert np.ptp(sinr_db(10, path_loss, -100.0, 1.0)) == pytest.approx(0, abs=1e-9)
    assert np.ptp(uplink_power(10, 1, path_loss, 23.0, -60.0, 0.0)) == 0


@given(st.integers(1, 274), st.floats(60.0, 150.0), st.floats(-110.0, -60.0), st.sampled_from([0.0, 0.4, 0.7, 0.8, 1.0]))
def test_power_never_exceeds_the_limit_and_sinr_never_rises_with_blocks_or_distance(blocks, path_loss, p0, alpha):
    assert uplink_power(blocks, 1, path_loss, 23.0, p0, alpha) <= 23.0
    here = sinr_db(blocks, path_loss, p0, alpha)
    assert sinr_db(blocks + 1, path_loss, p0, alpha) <= here + 1e-9
    assert sinr_db(blocks, path_loss + 3.0, p0, alpha) <= here + 1e-9
    assert np.isfinite(here)


def test_interference_counts_as_noise():
    """As much interference as noise costs 3.01 dB."""
    quiet, loud = (block_sinr(23.0, 1e-12, 4, BLOCK, NOISE, part) for part in (0.0, NOISE))
    assert quiet / loud == pytest.approx(2.0)


@pytest.mark.parametrize("changed, message", [({"alpha": 0.85}, "alpha must be one of 0, 0.4, .* got 0.85"),
                                              ({"p0_dbm": 50.0}, "p0 must be from -218 to 39 dBm"),
                                              ({"blocks": 0}, "blocks must be >= 1")])
def test_values_that_the_standard_lacks_are_refused(changed, message):
    with pytest.raises(InputError, match=message):
        uplink_power(**{"blocks": 4, "mu": 1, "path_loss_db": 100.0, "max_power_dbm": 23.0, "p0_dbm": -90.0, "alpha": 0.8,
                        **changed})

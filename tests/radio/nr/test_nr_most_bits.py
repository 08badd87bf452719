"""Of the schemes whose threshold is met, that of the most bits is sent: a rate never falls with the SINR."""

import numpy as np
import pytest

from wirelesssim.model import build
from wirelesssim.radio import Channel
from wirelesssim.radio.nr import (data_elements, dmrs_elements, dmrs_symbols, mcs_table, nr_tables, offered_thresholds)
from wirelesssim.radio.nr.kernels import best_scheme

SETTINGS = [(table, additional, overhead) for table in (1, 2, 3) for additional in range(4) for overhead in (0, 6, 12, 18)]
SINR_DB = np.arange(-20.0, 36.0, 0.02)


def tables_of(table, additional, overhead, blocks=275):
    elements = data_elements(14, dmrs_elements(dmrs_symbols(14, additional)), overhead)
    return nr_tables.__wrapped__(mcs_table(table), blocks, elements)  # leaves what is remembered to others


def bits_sent(tables, blocks, sinr_db):
    chosen = [best_scheme(tables.offered, blocks, level) for level in sinr_db]
    return np.array([tables.bits[scheme, blocks] if scheme >= 0 else 0 for scheme in chosen])


@pytest.mark.parametrize("setting", SETTINGS[::5])
def test_what_is_offered_rises(setting):
    """On every number of blocks: of the rows left, bits and thresholds both rise, and at each row's own threshold, where some
    step must be, the highest of them carries what the best of all rows does."""
    tables = tables_of(*setting)
    for blocks in range(1, 276):
        bits, needed, offered = tables.bits[:, blocks], tables.threshold[:, blocks], tables.offered[:, blocks]
        left = np.flatnonzero(np.isfinite(offered))
        assert (np.diff(bits[left]) > 0).all() and (np.diff(offered[left]) > 0).all()
        assert np.array_equal(offered[left], needed[left])
        levels = needed[np.isfinite(needed)]
        most = np.where(needed <= levels[:, None], bits, 0).max(axis=1)
        assert np.array_equal(most, np.where(offered <= levels[:, None], bits, 0).max(axis=1))
        assert np.array_equal(most, bits[[int(left[offered[left] <= level][-1]) for level in levels]])


def test_mcs_17_of_table_1_by_hand():
    """12 blocks of 144 elements, 1728 symbols: N_info = 4 x 658/1024 x 1728 = 4441.5 for MCS 16, 6 x 438/1024 x 1728 = 4434.75 of
    17. Both above 3824, n = floor(log2(4441.5 - 24)) - 5 = 7: 128 round(4417.5/128) = 128 x 35 = 4480, and
    128 round(4410.75/128) = 128 x 34 = 4352, one code block each: 2.9 % less. MCS 17 asks for a higher SINR, too, so that it is
    not sent, and 18 follows 16."""
    tables = tables_of(1, 1, 0)
    assert tables.elements == 144 and tables.bits[[16, 17], 12].tolist() == [4480, 4352]
    assert tables.threshold[16, 12] < tables.threshold[17, 12] < tables.threshold[18, 12]
    chosen = {best_scheme(tables.offered, 12, level) for level in tables.threshold[16:19, 12]}
    assert chosen == {16, 18} and np.isposinf(tables.offered[17, 12])


@pytest.mark.parametrize("blocks", [1, 3, 12, 51])
@pytest.mark.parametrize("table", [1, 2, 3])
def test_uplink_bits_never_fall(table, blocks):
    assert (np.diff(bits_sent(tables_of(table, 1, 0), blocks, SINR_DB)) >= 0).all()


@pytest.mark.parametrize("spacing, bandwidth", [(15, 50), (30, 5), (30, 20), (60, 100)])
def test_downlink_rates_never_fall(spacing, bandwidth):
    """Flat, and over four bands of which each has its own gain."""
    for table, additional, overhead in SETTINGS:
        channel = build(Channel, {"type": "radio", "bandwidth": f"{bandwidth} MHz", "phy": {
            "type": "nr", "subcarrier_spacing": f"{spacing} kHz", "mcs_table": table, "dmrs_additional": additional,
            "overhead": overhead}})
        law, sinr = channel.phy.downlink_law(3.5e9, bandwidth * 1e6), 10 ** (SINR_DB / 10)
        for levels in (sinr, sinr[:, None] * np.array([0.2, 0.7, 1.1, 2.0])):
            assert (np.diff(law.rates(levels)) >= 0).all(), (table, additional, overhead)


def test_rows_that_nobody_chooses_by_hand():
    """Rows of bits 10, 10, 30, 28, 40, 50 that need 0, 1, 3, 2, 6, 5 dB: 1 is as small as 0 and needs more; 4 needs more than 5;
    3 carries less than 2, a lower row, though it needs less. The first column is of one block, the second has no row at all."""
    bits = np.array([10, 10, 30, 28, 40, 50])[:, None] * np.array([[1, 1]])
    needed = np.array([0.0, 1.0, 3.0, 2.0, 6.0, 5.0])[:, None] + np.array([[0.0, np.inf]])
    found = offered_thresholds(needed, bits)
    assert found[:, 0].tolist() == [0.0, np.inf, 3.0, np.inf, np.inf, 5.0] and np.isposinf(found[:, 1]).all()
    assert offered_thresholds(np.zeros((3, 1)), np.array([[8], [16], [16]]))[:, 0].tolist() == [np.inf, 0.0, np.inf]

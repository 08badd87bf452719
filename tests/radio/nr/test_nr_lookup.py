"""The arrays of a slot loop against the functions that they tabulate."""

import numpy as np
import pytest

from wirelesssim.errors import InputError
from wirelesssim.radio.nr import (block_error_rate, code_blocks, exponential_betas, mcs_table, nr_tables, required_sinr,
                                  transport_block_size)
from wirelesssim.radio.nr.constellation import information
from wirelesssim.radio.nr.kernels import best_scheme, code_error, transport_error

TABLE = mcs_table(2)
TABLES = nr_tables(TABLE, 273, 132)


def looked_up(scheme, blocks, sinr_db):
    arrays = TABLES.first_sinr, TABLES.step, TABLES.quantile, TABLES.code_blocks
    return np.array([transport_error(*arrays, *place) for place in zip(scheme, blocks, sinr_db)])


def places(count: int):
    """Random decodable schemes and numbers of blocks, half of them with few blocks."""
    draw = np.random.default_rng(5)
    scheme = draw.integers(0, len(TABLE), count)
    blocks = np.where(draw.random(count) < 0.5, draw.integers(1, 7, count), draw.integers(1, 274, count))
    known = np.isfinite(TABLES.threshold[scheme, blocks])
    assert known.mean() > 0.9
    return scheme[known], blocks[known], draw


def test_error_rates_equal_the_law_within_a_thousandth():
    scheme, blocks, draw = places(3000)
    sinr_db = TABLES.threshold[scheme, blocks] + draw.uniform(-4.0, 4.0, len(scheme))
    law = block_error_rate(sinr_db, TABLE.at(scheme), TABLES.bits[scheme, blocks], TABLES.coded_bits[scheme, blocks])
    assert np.abs(looked_up(scheme, blocks, sinr_db) - law).max() < 1e-3


@pytest.mark.parametrize("target", [0.1, 0.01])
def test_thresholds_equal_the_law_within_a_thousandth_of_a_decibel(target):
    """The tabulated error rate passes the target between 0.001 dB below and above the SINR that the law asks for."""
    scheme, blocks, _ = places(400)
    needed = required_sinr(TABLE.at(scheme), TABLES.bits[scheme, blocks], target, TABLES.coded_bits[scheme, blocks])
    assert (looked_up(scheme, blocks, needed - 1e-3) > target).all()
    assert (looked_up(scheme, blocks, needed + 1e-3) < target).all()


def test_sizes_are_those_of_the_functions():
    for index in (0, 11, 27):
        scheme, count = TABLE.at(index), np.arange(1, 274)
        assert np.array_equal(TABLES.bits[index, 1:], transport_block_size(scheme, count, 132))
        made = code_blocks(TABLES.bits[index, 1:], scheme)
        assert np.array_equal(TABLES.code_blocks[index, 1:], made.count)
        assert np.array_equal(TABLES.block_size[index, 1:], made.size)
    assert np.array_equal(TABLES.beta, exponential_betas(TABLE))


def test_the_chosen_scheme_is_the_same():
    for blocks in (1, 4, 50, 273):
        for sinr_db in np.arange(-12.0, 36.0, 0.7):
            carried = [scheme for scheme in range(len(TABLE)) if TABLES.threshold[scheme, blocks] <= sinr_db]
            most = max(carried, key=lambda scheme: (TABLES.bits[scheme, blocks], -TABLES.threshold[scheme, blocks]), default=-1)
            assert best_scheme(TABLES.offered, blocks, sinr_db) == most


def test_information_at_its_grid():
    assert TABLES.information[0, 450] == pytest.approx(information(2, 5.0), abs=1e-9)
    assert TABLES.information[27, 600] == pytest.approx(information(8, 20.0), abs=1e-9)


def test_no_blocks_and_undecodable_rates_are_outages():
    """MCS 27 of table 2 on two blocks: N_info = 264 x 8 x 948/1024 = 1955.25, size 2024, (2024 + 16)/2112 = 0.966 > 0.95."""
    arrays = TABLES.first_sinr, TABLES.step, TABLES.quantile
    assert TABLES.bits[:, 0].max() == 0 and code_error(*arrays, 3, 0, 60.0) == 1.0
    assert np.isposinf(TABLES.threshold[27, 2]) and code_error(*arrays, 27, 2, 60.0) == 1.0
    assert code_error(*arrays, 3, 10, -np.inf) == 1.0 and code_error(*arrays, 3, 10, np.inf) < 1e-14
    assert best_scheme(TABLES.offered, 0, 60.0) == -1


def test_nothing_in_the_arrays_is_undefined():
    for name in ("quantile", "step", "information", "beta", "bits"):
        assert np.isfinite(getattr(TABLES, name)).all(), name
    assert not np.isnan(TABLES.first_sinr).any() and (TABLES.step > 0).all()
    assert (np.diff(TABLES.quantile, axis=2) >= 0).all()


def test_the_same_request_is_answered_from_memory_and_a_wrong_one_refused():
    assert nr_tables(TABLE, 273, 132) is TABLES
    with pytest.raises(InputError, match="blocks must be from 1 to 275, got 300"):
        nr_tables(TABLE, 300, 132)

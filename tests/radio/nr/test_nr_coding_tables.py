"""MCS and CQI tables of TS 38.214 against points, and what must hold in every table."""

import numpy as np
import pytest
from nr_cases import rows, table_of

from wirelesssim.errors import InputError
from wirelesssim.radio.nr import cqi_table, mcs_table

ALL = [*map(mcs_table, (1, 2, 3, 4)), *(mcs_table(number, True, bpsk) for number in (1, 2) for bpsk in (False, True))]


def test_mcs_rows_against_points():
    for row in rows("nr_mcs"):
        scheme = table_of(row).at(int(row["mcs"]))
        assert (scheme.modulation_order, scheme.rate_x2048 / 2) == (int(row["modulation_order"]), float(row["rate_x1024"])), row


def test_cqi_rows_against_points():
    for row in rows("nr_cqi"):
        scheme = cqi_table(int(row["table"])).at(int(row["cqi"]))
        assert (scheme.modulation_order, scheme.rate_x2048 / 2) == (int(row["modulation_order"]), float(row["rate_x1024"])), row


def test_lengths_and_first_indices():
    assert [len(table) for table in ALL] == [29, 28, 29, 27, 28, 28, 28, 28]
    for name in (1, 2, 3, 4, "lte"):
        assert len(cqi_table(name)) == 15 and cqi_table(name).first == 1


def test_efficiency_rises_but_for_one_step_of_table_1():
    """Table 5.1.3.1-1 steps from 16-QAM 658/1024 (2.5703) to 64-QAM 438/1024 (2.5664); no other table falls."""
    for table in [*ALL, *map(cqi_table, (1, 2, 3, 4, "lte"))]:
        falls = np.flatnonzero(np.diff(table.efficiency) <= 0)
        assert falls.tolist() == ([16] if table is mcs_table(1) else []), table.name


def test_transform_precoding_has_its_own_tables():
    """Index 17: 64-QAM 438/1024 in table 5.1.3.1-1, 466/1024 in 6.1.4.1-1; index 15 of the low tables: 16-QAM against QPSK."""
    assert mcs_table(1).at(17).rate_x2048 == 2 * 438 and mcs_table(1, transform_precoding=True).at(17).rate_x2048 == 2 * 466
    assert mcs_table(3).at(15).modulation_order == 4 and mcs_table(2, transform_precoding=True).at(15).modulation_order == 2


@pytest.mark.parametrize("number", [1, 2])
def test_half_the_order_has_twice_the_rate_with_bpsk(number):
    with_bpsk, without = mcs_table(number, True, True), mcs_table(number, True)
    assert np.array_equal(with_bpsk.modulation_order * with_bpsk.rate_x2048, without.modulation_order * without.rate_x2048)
    assert set(with_bpsk.modulation_order) - set(without.modulation_order) == {1}


@pytest.mark.parametrize("wrong, message", [
    (lambda: mcs_table(1).at(29), "mcs must be a whole number from 0 to 28 in table 5.1.3.1-1.*reserved.*got 29"),
    (lambda: mcs_table(2).at(-1), "from 0 to 27.*got -1"), (lambda: mcs_table(1).at([3, 31]), "got 31"),
    (lambda: mcs_table(1).at(1.5), "whole number"), (lambda: cqi_table(1).at(0), "cqi must be .* from 1 to 15"),
    (lambda: mcs_table(5), "from 1 to 4"), (lambda: mcs_table(3, True), "from 1 to 2 with transform precoding"),
    (lambda: mcs_table(1, False, True), "needs transform_precoding"), (lambda: cqi_table(7), "unknown CQI table")])
def test_what_the_tables_lack_is_refused_in_words(wrong, message):
    with pytest.raises(InputError, match=message):
        wrong()


def test_an_array_of_indices_gives_arrays():
    scheme = mcs_table(2).at(np.array([[0, 27], [5, 20]]))
    assert scheme.modulation_order.tolist() == [[2, 8], [4, 8]]
    assert scheme.rate.tolist() == [[120 / 1024, 948 / 1024], [378 / 1024, 682.5 / 1024]]

"""Grids and formats of values: nearest levels, errors, idempotence, and what a scale may be."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirelesssim.learning.grid import Grid, binary32_above
from wirelesssim.learning.update import Update
from wirelesssim.learning.values import ValueFormat

FORMATS = [*range(2, 16), 16, 32, 64]


@st.composite
def vectors(draw):
    """float64 or float32 vectors over the whole range of binary32 and, in float64, beyond."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = draw(st.sampled_from([np.float64, np.float32]))
    exponent = draw(st.integers(-60, 50) if kind is np.float64 else st.integers(-44, 37))
    values = generator.standard_normal(draw(st.integers(0, 30))) * 10.0**exponent
    with np.errstate(over="ignore"):
        values = values.astype(kind)
    values[generator.random(len(values)) < 0.2] = 0.0
    return values


@settings(max_examples=300, deadline=None, derandomize=True)
@given(vectors(), st.sampled_from(FORMATS))
def test_rounding_twice_is_rounding_once_and_keeps_the_type(values, bits):
    form = ValueFormat(bits)
    once = form.round(values)
    assert once.dtype == values.dtype and np.array_equal(form.round(once), once)
    update = form.update(len(values), None, values)
    assert np.array_equal(update.values, once) and (update.grid is None) == (bits >= 16)
    if update.grid:
        assert update.grid.bits == bits and update.grid.holds(once)
        assert form.grid(once) == update.grid or not once.any()  # below 2^-101 all may go to zero, whose scale is 0


@settings(max_examples=300, deadline=None, derandomize=True)
@given(vectors(), st.integers(2, 15))
def test_a_quantised_value_is_at_most_half_a_step_off(values, bits):
    form = ValueFormat(bits)
    grid = form.grid(values)
    if np.max(np.abs(values), initial=0.0) > np.finfo(np.float32).max:
        assert grid.scale == np.finfo(np.float32).max  # saturates
        return
    bound = grid.scale / (2 * form.steps) * (1 + 1e-12) + (grid.scale * 2.0**-24 if values.dtype == np.float32 else 0)
    assert np.all(np.abs(form.round(values).astype(np.float64) - values) <= bound)
    assert np.all(np.abs(values) <= grid.scale) and np.all(np.abs(grid.levels(values)) <= form.steps)
    assert grid.scale <= max(np.max(np.abs(values), initial=0.0) * (1 + 2.0**-23), 2.0**-100)


def test_levels_by_hand():
    # scale 2, 7 steps: a step is 2/7. 1 is 3.5 steps: the even 4; -1 is -4; 0.7 is 2.45: 2; beyond the scale, the last
    assert list(Grid(2.0, 7).levels(np.array([1.0, -1.0, 0.7, 0.0, -3.0]))) == [4, -4, 2, 0, -7]
    # LAQ with R = 2, b = 2: tau = 1/3, l = floor((v + R)/(2 tau R) + 1/2): v = 0 is 1.5 + .5 = 2, so level 2*2 - 3 = 1;
    # v = -0.7 is .975 + .5, l = 1, level -1; v = 1.4 is 2.55 + .5, l = 3, level 3
    grid = Grid(2.0, 3, odd=True)
    assert list(grid.levels(np.array([0.0, -0.7, 1.4, -2.0, 9.0]))) == [1, -1, 3, -3, 3]
    assert list(grid.values(np.array([1, -1, 3, -3]))) == [2 / 3, -2 / 3, 2.0, -2.0]
    assert list(Grid(1.0, 1, odd=True, unit=True).round(np.array([3.0, -0.1, 0.0]))) == [1.0, -1.0, 1.0]


@pytest.mark.parametrize("grid, bits", [
    (Grid(1.0, 1), 2), (Grid(1.0, 2), 3), (Grid(1.0, 3), 3), (Grid(1.0, 4), 4),  # QSGD: 1 + ceil(log2(s + 1))
    (Grid(1.0, 1, odd=True), 1), (Grid(1.0, 3, odd=True), 2), (Grid(1.0, 5, odd=True), 3), (Grid(1.0, 255, odd=True), 8),
])
def test_bits_of_a_level(grid, bits):
    assert grid.bits == bits


def test_every_level_of_every_grid_returns_exactly():
    for steps, odd in ((1, True), (7, False), (255, True), (1000, False), (32767, False)):
        levels = np.arange(-steps, steps + 1, 2 if odd else 1)
        for scale in (2.0**-100, float(np.float32(0.1)), 1.0, float(np.float32(1e30)), float(np.finfo(np.float32).max)):
            grid = Grid(scale, steps, odd)
            for kind in (np.float64, np.float32):
                values = grid.values(levels).astype(kind)
                assert np.array_equal(grid.levels(values), levels) and grid.holds(values)


def test_holds_sees_what_is_off_the_grid():
    grid = Grid(1.0, 7)
    assert grid.holds(np.array([1 / 7, -1.0])) and not grid.holds(np.array([1 / 7, np.nextafter(-1.0, 0)]))
    assert not grid.holds(np.array([2.0]))


def test_the_scale_is_the_next_binary32():
    for number in (0.1, 1 / 3, 1e-30, 1.0, 2.5e38):
        above = binary32_above(number)
        assert above >= number and float(np.float32(above)) == above
        assert float(np.nextafter(np.float32(above), np.float32(0))) < number
    assert binary32_above(1e300) == np.finfo(np.float32).max and binary32_above(math.inf) == math.inf
    assert Grid.over(np.array([1e-40, -1e-41]), 7).scale == 2.0**-100  # so that no level is a subnormal binary32
    assert Grid.over(np.zeros(3), 7).scale == 0 and list(Grid(0.0, 7).round(np.array([0.0]))) == [0.0]


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_stays_so(wrong):
    """One such value makes every quantised one not a number: a run that diverges is seen to."""
    values = np.array([1.0, wrong, 2.0])
    for bits in (64, 32, 16):
        assert not np.isfinite(ValueFormat(bits).round(values)[1])
    for bits in (2, 8):
        with np.errstate(invalid="ignore"):
            assert np.isnan(ValueFormat(bits).round(values)).all()


def test_formats_that_hold_the_type_give_the_array_itself():
    wide, narrow = np.ones(3), np.ones(3, dtype=np.float32)
    assert ValueFormat(64).round(wide) is wide
    assert ValueFormat(64).round(narrow) is narrow and ValueFormat(32).round(narrow) is narrow
    assert ValueFormat(16).round(np.array([1e6], dtype=np.float32)) == np.float32(65504)


def test_a_part_keeps_the_grid():
    update = ValueFormat(4).update(6, np.array([0, 2, 5]), np.array([3.0, 1.0, -0.5]))
    part = update.take(np.array([False, True, True]))
    assert part.grid == update.grid and part.grid.holds(part.values) and isinstance(part, Update)


@pytest.mark.parametrize("fields, sentence", [
    ((1.0, 0), "steps"), ((1.0, 2**29), "steps"), ((1.0, 4, True), "odd"), ((-1.0, 4), ">= 0"), ((0.1, 4), "binary32"),
    ((2.0, 4, False, True), "not sent"),
])
def test_grids_that_are_not(fields, sentence):
    with pytest.raises(ValueError, match=sentence):
        Grid(*fields)


@pytest.mark.parametrize("bits", [0, 1, 17, 24, 31, 33, 128, -8])
def test_formats_that_are_not(bits):
    with pytest.raises(ValueError, match="value_bits must be 64, 32, 16 or, quantised, 2 to 15"):
        ValueFormat(bits)

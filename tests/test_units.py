"""Quantities: what users write is what the code holds, and what is shown reads back to the same float."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from wirelesssim import units
from wirelesssim.units import Quantity, Relative

DIMENSIONS = [units.TIME, units.FREQUENCY, units.RATE, units.SIZE, units.POWER, units.RATIO, units.FRACTION, units.DISTANCE,
              units.SPEED, units.DECIBELS, units.NUMBER]


@pytest.mark.parametrize(("dimension", "text", "value"), [
    (units.TIME, "5 ms", 0.005), (units.TIME, "5ms", 0.005), (units.TIME, "1.5 h", 5400.0), (units.TIME, "3 us", 3e-6),
    (units.FREQUENCY, "20 MHz", 20e6), (units.FREQUENCY, "3.5 GHz", 3.5e9), (units.RATE, "10 Mbit/s", 1e7),
    (units.RATE, "1 MB/s", 8e6), (units.SIZE, "1500 B", 12000), (units.SIZE, "1 MB", 8_000_000), (units.SIZE, "1 MiB", 8 * 2**20),
    (units.FRACTION, "2 %", 0.02), (units.FRACTION, "0.5", 0.5), (units.DISTANCE, "1.2 km", 1200.0), (units.SPEED, "36 km/h", 10.0),
    (units.DECIBELS, "7 dB", 7.0), (units.TIME, 3, 3.0), (units.TIME, "1e-3", 1e-3), (units.TIME, "1.0e6", 1e6),
])
def test_a_quantity_is_si(dimension, text, value):
    assert Quantity(dimension).validate(text) == pytest.approx(value, rel=1e-15)


def test_logarithmic_units():
    """23 dBm = 10^(23/10) mW = 199.526 mW; 0 dBW = 1 W; 3 dB = 10^0.3 = 1.99526."""
    assert Quantity(units.POWER).validate("23 dBm") == pytest.approx(0.1995262315, rel=1e-9)
    assert Quantity(units.POWER).validate("0 dBW") == 1.0
    assert Quantity(units.RATIO).validate("3 dB") == pytest.approx(1.995262315, rel=1e-9)
    assert Quantity(units.RATIO).validate("-3 dB") == pytest.approx(1 / 1.995262315, rel=1e-9)


@pytest.mark.parametrize(("dimension", "value", "says"), [
    (units.FREQUENCY, "5 ms", "a time"), (units.TIME, "20 MHz", "a frequency"), (units.RATE, "5 ms", "a time"),
    (units.FREQUENCY, "20 mhz", "did you mean 'MHz'"), (units.TIME, "5 parsec", "unknown unit"), (units.TIME, "", "must be a time"),
    (units.TIME, True, "must be a time"), (units.TIME, None, "must be a time"), (units.TIME, [1], "must be a time"),
    (units.TIME, math.nan, "finite"), (units.TIME, "inf", "must be a time"), (units.TIME, "1e999", "finite"),
    (units.SIZE, "1.5 bit", "whole number"), (units.NUMBER, "5 ms", "a time"), (units.POWER, "1e9 dBm", "beyond"),
    (units.TIME, 1.1e9, r"must be within 1e9 s \(some 30 years\), got 1100000000"), (units.TIME, "1e308 h", "is beyond"),
    (units.DISTANCE, "-2e6 km", "must be within 1e9 m .*got '-2e6 km'"), (units.SPEED, "1e6 km/h", "must be within 1e4 m/s"),
])
def test_what_is_not_that_quantity_is_refused(dimension, value, says):
    with pytest.raises(PydanticCustomError, match=says):
        Quantity(dimension).validate(value)


@pytest.mark.parametrize(("quantity", "value", "says"), [
    (Quantity(units.FREQUENCY, gt=0), -1, "must be > 0 Hz, got -1"), (Quantity(units.FREQUENCY, gt=0), 0, "must be > 0 Hz"),
    (Quantity(units.FRACTION, ge=0, le=1), "101 %", "must be <= 100 %"), (Quantity(units.TIME, ge=0), "-1 ms", "must be >= 0 s"),
    (Quantity(units.NUMBER, lt=2), 2, "must be < 2"),
])
def test_bounds_are_said_in_the_unit(quantity, value, says):
    with pytest.raises(PydanticCustomError, match=says):
        quantity.validate(value)


@given(st.sampled_from(DIMENSIONS), st.floats(1e-12, 1e15))
def test_what_is_shown_reads_back_to_the_same_float(dimension, value):
    quantity, value = Quantity(dimension), min(value, dimension.most)
    value = round(value) if dimension.integer else value
    assert quantity.validate(quantity.show(value)) == value


@pytest.mark.parametrize(("dimension", "text"), [
    (units.TIME, "5 ms"), (units.RATE, "20 Mbit/s"), (units.SIZE, "1500 B"), (units.POWER, "23 dBm"), (units.FRACTION, "2 %"),
    (units.RATIO, "5 dB"), (units.FREQUENCY, "3.5 GHz"), (units.DISTANCE, "200 m"),
])
def test_common_quantities_are_shown_as_users_write_them(dimension, text):
    quantity = Quantity(dimension)
    assert quantity.show(quantity.validate(text)) == text


@pytest.mark.parametrize(("quantity", "value", "said"), [
    (Quantity(units.RATIO, ge=1), "-3 dB", "must be >= 0 dB, got -3 dB"),
    (Quantity(units.RATIO, ge=1), "-3 dBi", "must be >= 0 dBi, got -3 dBi"),
    (Quantity(units.RATIO, ge=1), "0.5 x", "must be >= 1 x, got 0.5 x"),
    (Quantity(units.RATIO, ge=1), -3, "must be >= 1 x, got -3"),
    (Quantity(units.RATIO, gt=0), -3, "must be > 0 x, got -3; a bare number is a linear ratio: say '-3 dB' if that is meant"),
    (Quantity(units.POWER, gt=0), -86, "must be > 0 W, got -86; a bare number is in W: say '-86 dBm' if that is meant"),
    (Quantity(units.POWER, gt=0), "0 mW", "must be > 0 W, got 0 mW"),
    (Quantity(units.TIME, ge=0), -1, "must be >= 0 s, got -1"),
])
def test_a_bound_is_told_in_the_unit_that_was_used(quantity, value, said):
    with pytest.raises(PydanticCustomError) as caught:
        quantity.validate(value)
    assert caught.value.message() == said


def test_relative_to_smoothness():
    """0.5/L at L = 4 is 0.125; 5 L is 20; a plain number stays."""
    step, xi = units.StepSize.__metadata__[0], units.Curvature.__metadata__[0]
    assert step.validate("0.5/L").at(4.0) == 0.125 and step.validate("0.5 / L") == Relative(0.5, -1)
    assert xi.validate("5 L").at(4.0) == 20.0 and xi.validate("5L") == Relative(5.0, 1)
    assert step.validate(0.1).at(None) == 0.1
    assert step.show(step.validate("0.5/L")) == "0.5/L" and xi.show(xi.validate("5 L")) == "5 L"
    with pytest.raises(ValueError, match="needs the smoothness constant"):
        step.validate("0.5/L").at(None)
    for wrong, field in (("5 L", step), ("0.5/L", xi), ("-1/L", step), ("0/L", step), ("x", step), ("5 ms", xi)):
        with pytest.raises(PydanticCustomError):
            field.validate(wrong)


@given(st.floats(1e-300, 1e300))
def test_relative_reads_back(factor):
    step = units.StepSize.__metadata__[0]
    assert step.validate(str(Relative(factor, -1))) == Relative(factor, -1)

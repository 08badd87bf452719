"""Swept values as axes, and bits in units."""

import pytest

from wirelesssim.view.quantities import swept
from wirelesssim.view.wording import bit_scale, short_names


@pytest.mark.parametrize("values, label, places", [
    (["10 %", "0 %", "1 %"], "k (%)", [0, 1, 10]), (["1 %", 0.1], "k (%)", [1, 10]),
    (["500 kbit/s", "1 Mbit/s", "10 Mbit/s"], "k (Mbit/s)", [0.5, 1, 10]), (["1 s", "5 ms", "20 ms"], "k (ms)", [5, 20, 1000]),
    (["20 dBm", "100 mW", "23 dBm"], "k (dBm)", [20, 20, 23]), (["5 L", "1 L"], "k (L)", [1, 5]),
    (["1/L", "0.5/L"], "k (1/L)", [0.5, 1]),
    ([10, 5], "k", [5, 10]), (["10", 5.5], "k", [5.5, 10])])
def test_quantities_are_numbers_in_the_unit_most_are_written_in(values, label, places):
    axis = swept("k", values)
    assert axis.numeric and axis.label == label and list(axis.places) == places


@pytest.mark.parametrize("values", [
    ["tdma", "csma"], ["5 ms", "10 MHz"], [True, False], ["5 L", "1/L"], ["1 %", "-"], ["5 parsec"]])
def test_what_is_no_quantity_has_a_place_each_in_order_of_appearance(values):
    axis = swept("k", values)
    assert not axis.numeric and list(axis.places) == [0, 1][:len(values)] and list(axis.texts) == list(map(str, values))


@pytest.mark.parametrize("values, scale", [
    (["1 ms", "100 ms"], "log"), (["1 ms", "49 ms"], "linear"), (["0 %", "0.1 %", "10 %"], "symlog"), (["0 %", "10 %"], "linear"),
    (["1 dB", "60 dB"], "linear"), ([-1, 0.01, 5], "linear")])
def test_a_wide_axis_is_logarithmic(values, scale):
    assert swept("k", values).scale == scale


def test_bits_are_shown_in_decimal_bytes():
    assert bit_scale(27.4e6) == (1 / 8e6, "MB") and bit_scale(8e9) == (1 / 8e9, "GB") and bit_scale(7999) == (1 / 8, "B")


@pytest.mark.parametrize("keys, names", [
    (["channel.loss", "channel.rate", "downlink.rate"], ["loss", "channel.rate", "downlink.rate"]),
    (["channel.loss", "transport.ack.loss"], ["loss", "ack.loss"]), (["transport.ack.loss"], ["ack.loss"]),
    (["channel.latency"], ["latency"]), (["backhaul.latency"], ["backhaul.latency"]),
    (["data.partition.type", "algorithm.type"], ["partition.type", "algorithm.type"]),
    (["workers", "data.partition"], ["workers", "partition"]), (["a.x", "b.x"], ["a.x", "b.x"]),
    (["a.b.x", "c.b.x", "b.x"], ["a.b.x", "c.b.x", "x"])])
def test_short_names_stay_different_and_say_what_they_are_of(keys, names):
    assert short_names(keys) == dict(zip(keys, names))

"""What figures of messages say where nothing was delivered; their axes; legends of many lines."""

import matplotlib
import numpy as np
import pytest
from matplotlib.transforms import Bbox
from test_view_messages import drawn, legend, results

from wirelesssim.view import plot
from wirelesssim.view.style import line_look


def spoilt(value="2 %", variant=None, **options):
    """`results` in which nothing of the swept `value` (of one variant, if said) was delivered."""
    made = results(**options)
    rows = made.transmissions["channel.loss"] == value
    made.transmissions.loc[rows if variant is None else rows & (made.transmissions["variant"] == variant), "delivered"] = 0
    return made


@pytest.mark.parametrize("style", [None, "ieee"])
@pytest.mark.parametrize("replications", [1, 2])
def test_a_value_without_a_delay_has_a_cross_at_the_foot(style, replications):
    axes, = drawn(plot(spoilt(replications=replications), y="delay", style=style)).axes
    cross, = [line for line in axes.lines if line.get_marker() == "x"]
    low, high = axes.get_xlim()
    assert cross.get_xdata() == [2] and low < 2 < high and 0 < cross.get_ydata()[0] < 0.1  # of the panel's height
    assert legend(axes)[-1] == "no delivery completed"


def test_no_cross_where_all_have_a_delay():
    axes, = drawn(plot(results(), y="delay")).axes
    assert not [line for line in axes.lines if line.get_marker() == "x"] and "no delivery completed" not in legend(axes)


def test_crosses_of_two_variants_at_one_value_stand_above_each_other():
    axes, = drawn(plot(spoilt(variants=("A", "B"), replications=1), y="delay")).axes
    crosses = [line for line in axes.lines if line.get_marker() == "x"]
    assert len(crosses) == 2 and crosses[0].get_ydata()[0] < crosses[1].get_ydata()[0]
    assert crosses[0].get_color() != crosses[1].get_color()


def test_a_heat_map_says_it_in_the_cell():
    two = spoilt(replications=1)
    for table in vars(two).values():
        table.insert(3, "channel.rate", "1 Mbit/s")
    assert [text.get_text() for text in drawn(plot(two, y="delay")).axes[0].texts] == ["20", "no\ndelivery\ncompleted"]


def test_a_curve_without_values_is_named_so():
    made = spoilt("1 %", "B", values=("1 %",), variants=("A", "B"), replications=1)
    axes, = drawn(plot(made, x="simulated_time", y="delay")).axes
    assert legend(axes) == ["A", "B: no delivery completed"]


@pytest.mark.parametrize("x", ["channel.loss", "simulated_time"])
@pytest.mark.parametrize("y", ["delivered", "throughput", "delay"])
def test_axes_begin_at_nothing(x, y):
    """Delivered shares from 0 to 100 % (and room for a mark), whatever was seen; throughput and delay from 0."""
    axes, = drawn(plot(spoilt(values=("1 %", "2 %"), replications=1, lost=1), x=x, y=y)).axes
    low, high = axes.get_ylim()
    assert (low, high) == (-2, 102) if y == "delivered" else low == 0 < high


@pytest.mark.parametrize("style", [None, "ieee"])
@pytest.mark.parametrize("count", [2, 8])
def test_more_than_five_names_stand_outside_the_panel(style, count):
    made = plot(results(variants=[f"v{number}" for number in range(count)], replications=1), y="throughput", style=style)
    axes, = drawn(made).axes
    assert (axes.get_legend() is not None) == (count <= 5)
    for outside in made.legends:
        assert not Bbox.intersection(outside.get_window_extent(), axes.get_window_extent())


def test_eight_variants_can_be_told_apart_also_by_their_quantiles():
    """Quantiles are all thin and dotted: colour and marker tell them apart, and mean lines by line style besides."""
    axes, = drawn(plot(results(variants=[f"v{number}" for number in range(8)], replications=1), y="delay")).axes
    dotted = [line for line in axes.lines if line.get_fillstyle() == "none"]
    assert len({(line.get_color(), line.get_marker()) for line in dotted}) == len(dotted) == 8
    looks = [line_look(number) for number in range(8)]
    assert len({(matplotlib.colors.to_hex(look["color"]), str(look["linestyle"]), look["marker"]) for look in looks}) == 8
    assert np.isfinite(axes.get_ylim()).all()

"""What stands in a figure: lines, labels, scales, marks; and what is refused, in which words."""

import io

import numpy as np
import pytest
from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from view_cases import SPEED, grid, rounds

from wirelesssim.errors import InputError
from wirelesssim.view import plot
from wirelesssim.view.lines import PANELS
from wirelesssim.view.joined import together
from wirelesssim.view.style import line_look

LOSSES = ["0 %", "1 %", "10 %"]


def legend(axes):
    return [text.get_text() for text in (axes.get_legend() or axes.figure.legends[0]).get_texts()]


def drawn(figure):
    """The figure, once drawn: what a test reads is what Matplotlib can draw."""
    figure.savefig(io.BytesIO(), format="svg")
    return figure


@pytest.mark.parametrize("style", [None, "screen", "ieee"])
def test_accuracy_against_simulated_time(style):
    figure = drawn(plot(rounds(), style=style))
    axes, = figure.axes
    assert axes.get_xlabel() == "Simulated time (s)" and axes.get_ylabel() == "Test accuracy (%)"
    assert axes.get_title() == "" and figure.get_suptitle() == ""
    assert legend(axes) == ["GD", "GD-SEC", "95 % t interval, 2 runs"]
    assert len(axes.lines) == 2 and len(axes.collections) == 2  # a line and a band each
    assert axes.get_xscale() == axes.get_yscale() == "linear"
    first = axes.lines[0]
    # replications step every 1 s and 1.01 s, and end at 10 and 10.1 s: the mean ends at 10, where the second has made 9 steps
    assert first.get_xdata()[-1] == 10 and first.get_ydata()[-1] == pytest.approx(100 * (10 + 9) / 2 / 11)
    assert first.get_drawstyle() == "steps-post"


def test_lines_stay_apart_without_colour():
    looks = [line_look(number) for number in range(40)]
    assert len({(str(look["linestyle"]), look["marker"]) for look in looks}) == 40
    drawn_lines = plot(rounds(("GD", "GD-SEC", "GD-SOEC"))).axes[0].lines
    assert [line.get_marker() for line in drawn_lines] == [look["marker"] for look in looks[:3]]


def test_a_target_is_a_line_of_its_own_kind():
    figure = plot(rounds(), target="80 %")
    assert figure.axes[0].lines[-1].get_ydata() == pytest.approx([80, 80])
    assert len(plot(rounds(), target="error:1e-3").axes[0].lines) == 2


def test_bits_are_bytes_in_a_unit_that_suits():
    axes, = plot(rounds(), x="bits").axes
    assert axes.get_xlabel() == "Uplink on air (MB)"
    assert axes.lines[0].get_xdata()[-1] == pytest.approx(10)  # 8e6 bits a second for 10 s
    small = rounds()
    small["uplink_on_air_bits"] /= 1000
    assert plot(small, x="bits").axes[0].get_xlabel() == "Uplink on air (kB)"


def test_error_has_a_log_axis_and_a_band_that_reaches_zero_does_not_stretch_it():
    axes, = drawn(plot(rounds(quadratic=True), x="round", y="error")).axes
    assert axes.get_yscale() == "log" and axes.get_xlabel() == "Communication round"
    assert axes.get_ylabel().startswith("Objective error")
    low, high = axes.get_ylim()
    assert 1e-11 < low < 1e-10 and 1 < high < 2


def test_objective_is_linear_unless_it_spans_decades():
    assert plot(rounds(), y="objective").axes[0].get_yscale() == "linear"
    wide = rounds()
    wide["objective"] -= 1
    assert plot(wide, y="objective").axes[0].get_yscale() == "log"


def test_y_unless_said_is_the_first_that_the_table_has():
    assert "error" in plot(rounds(quadratic=True)).axes[0].get_ylabel()
    swept = rounds(points=grid(channel__loss=LOSSES))
    assert plot(swept, x="channel.loss", target="80 %").axes[0].get_ylabel() == "Simulated time to 80 % accuracy (s)"


def test_a_wide_band_does_not_flatten_the_curves():
    swept = rounds()
    swept.loc[(swept["replication"] == 1) & (swept["round"] == 5), "accuracy"] = 0.9  # half width 12.7 |0.9 - 0.45|/2: +- 290 %
    low, high = plot(swept, x="round").axes[0].get_ylim()
    assert -25 < low < 0 and 90 < high < 120


def test_one_replication_has_no_band():
    assert not plot(rounds(replications=1)).axes[0].collections


def test_few_combinations_share_a_panel_and_many_have_one_each():
    axes, = plot(rounds(points=grid(channel__loss=LOSSES))).axes
    assert legend(axes)[:3] == ["GD, loss = 0 %", "GD-SEC, loss = 0 %", "GD, loss = 1 %"] and len(axes.lines) == 6
    figure = drawn(plot(rounds(("GD", "GD-SEC", "GD-SOEC"), points=grid(channel__loss=LOSSES))))
    assert [panel.get_title(loc="left") for panel in figure.axes] == ["loss = 0 %", "loss = 1 %", "loss = 10 %"]
    assert all(len(panel.lines) == 3 for panel in figure.axes) and figure.get_supxlabel() == "Simulated time (s)"


def test_panels_show_all_of_the_slowest():
    swept = rounds(("GD", "GD-SEC", "GD-SOEC"), points=grid(channel__loss=LOSSES))
    swept.loc[swept["channel.loss"] == "10 %", "simulated_time_s"] *= 3
    assert all(panel.get_xlim() == (0, pytest.approx(31.5, rel=0.02)) for panel in drawn(plot(swept)).axes)


def test_more_panels_than_can_be_read_are_refused():
    with pytest.raises(InputError, match=f"would need 13 panels.* {PANELS} is the most; put one of them on the x axis"):
        plot(rounds(replications=1, points=grid(channel__loss=[f"{n} %" for n in range(13)])))


def test_time_to_target_against_a_key_with_error_bars():
    axes, = drawn(plot(rounds(points=grid(channel__loss=LOSSES)), x="channel.loss", y="time_to_target", target="50 %")).axes
    assert axes.get_xlabel() == "channel.loss (%)" and len(axes.containers) == 2
    line = axes.containers[0].lines[0]
    # 6/11 >= 50 % at round 6: 6 and 6.06 s; half width tan(0.475 pi) |6.06 - 6|/2
    assert line.get_xdata().tolist() == [0, 1, 10] and line.get_ydata() == pytest.approx([6.03] * 3)
    bar = axes.containers[0].lines[2][0].get_segments()[0]
    assert bar[1, 1] - bar[0, 1] == pytest.approx(2 * np.tan(0.475 * np.pi) * 0.03)


def test_bits_to_target_and_two_keys_of_which_one_makes_panels():
    points = grid(channel__loss=LOSSES, channel__latency=["1 ms", "5 ms", "50 ms"])
    figure = plot(rounds(("GD", "GD-SEC", "GD-SOEC"), points=points),
                  x="channel.latency", y="bits_to_target", target="50 %")
    assert len(figure.axes) == 3 and figure.get_supylabel() == "Uplink on air to 50 % accuracy (MB)"
    assert figure.axes[0].get_xscale() == "log" and figure.get_supxlabel() == "channel.latency (ms)"


def test_a_point_that_not_all_reached_is_hollow_says_how_many_and_no_line_leads_to_it():
    swept = rounds(points=grid(channel__loss=LOSSES))
    stuck = (swept["channel.loss"] == "10 %") & (swept["variant"] == "GD") & (swept["replication"] == 1)
    swept.loc[stuck, "accuracy"] = 0.1
    axes, = drawn(plot(swept, x="channel.loss", y="time_to_target", target="50 %")).axes
    assert np.isnan(axes.containers[0].lines[0].get_ydata()).tolist() == [False, False, True]
    assert [text.get_text() for text in axes.texts] == ["1/2"]
    hollow = [line for line in axes.lines if line.get_fillstyle() == "none"]
    assert hollow[0].get_ydata()[0] == pytest.approx((6 + 10.1) / 2)  # the other counts at its end
    assert legend(axes)[-1] == "lower bound, not all reached"
    points = grid(channel__loss=LOSSES, channel__rate=[1, 2])
    many = plot(rounds(points=points), x="channel.loss", y="time_to_target", target="50 %")
    assert all(line.get_fillstyle() != "none" for line in many.axes[0].lines)  # hollow means that and nothing else


def test_accuracy_at_an_instant_and_runs_that_had_ended():
    swept = rounds(points=grid(channel__loss=LOSSES))
    axes, = plot(swept, x="channel.loss", y="accuracy", at="5s").axes
    assert axes.get_ylabel() == "Test accuracy at 5 s (%)"
    # at 5 s the slower replication of GD has made 4 steps
    assert axes.containers[0].lines[0].get_ydata() == pytest.approx([100 * (5 + 4) / 2 / 11] * 3)
    assert [text.get_text() for text in axes.texts] == ["0/2"] * 3  # GD-SEC ends at 2.5 s
    assert legend(axes)[-1] == "last value, ended before"


def test_runs_that_were_cut_at_the_instant_had_not_ended():
    """GD-SEC's last step is at 2.5 s, but it went on to the limit of 5 s without another."""
    swept = rounds(points=grid(channel__loss=LOSSES))
    axes, = plot(swept.assign(simulated_until_s=5.0, diverged=False), x="channel.loss", y="accuracy", at="5s").axes
    assert not axes.texts and "last value, ended before" not in legend(axes)
    axes, = plot(swept.assign(simulated_until_s=4.9, diverged=False), x="channel.loss", y="accuracy", at="5s").axes
    assert [text.get_text() for text in axes.texts] == ["0/2"] * 6


def test_heat_map_has_a_panel_a_variant_and_a_number_a_cell():
    swept = rounds(points=grid(channel__loss=LOSSES, channel__latency=["5 ms", "1 ms"]))
    stuck = (swept["channel.loss"] == "10 %") & (swept["channel.latency"] == "1 ms") & (swept["variant"] == "GD")
    swept.loc[stuck, "accuracy"] = 0.1
    figure = drawn(plot(swept, x="channel.latency,channel.loss", y="time_to_target", target="50 %"))
    first, second, bar = figure.axes
    assert [panel.get_title(loc="left") for panel in (first, second)] == ["GD", "GD-SEC"]
    assert [text.get_text() for text in first.texts] == ["6.03"] * 4 + [">10.1", "6.03"]  # rows upwards, latency sorted
    assert first.get_ylim()[0] < first.get_ylim()[1]  # losses grow upwards
    assert len(first.patches) == 1 and first.patches[0].get_xy() == (-0.5, 1.5) and not second.patches
    assert [tick.get_text() for tick in second.get_xticklabels()] == ["1", "5"]
    assert bar.get_ylabel() == "Simulated time to 50 % accuracy (s)\nhatched: lower bound, not all reached"


def test_several_tables_keep_their_variants_apart():
    one, two = rounds(replications=1), rounds(("GD", "GD-SOEC"), replications=1, points=grid(channel__loss=["1 %"]))
    other = two[two["variant"] == "GD-SOEC"]
    assert legend(plot([one, other]).axes[0]) == ["GD, loss = -", "GD-SEC, loss = -", "GD-SOEC, loss = 1 %"]
    assert set(together({"a": one, "b": two})["variant"]) == {"GD (a)", "GD (b)", "GD-SEC", "GD-SOEC"}


def test_a_figure_leaves_the_callers_settings_alone():
    before = dict(rcParams)
    drawn(plot(rounds(), style="ieee"))
    assert dict(rcParams) == before


def test_ieee_is_one_column_of_small_serif():
    figure = drawn(plot(rounds(), style="ieee"))
    assert figure.get_size_inches().tolist() == [3.5, 2.5]
    tick = figure.axes[0].get_xticklabels()[0]
    assert tick.get_fontsize() == 8 and tick.get_fontfamily() == ["STIXGeneral", "DejaVu Serif"]


@pytest.mark.parametrize("options, words", [
    ({"x": "energy"}, "x 'energy' is planned, not in this version"),
    ({"y": "energy_to_target", "x": "channel.loss"}, "y 'energy_to_target' is planned, not in this version"),
    ({"x": "channel.los"},
     "unknown x 'channel.los'; did you mean 'channel.loss'. known: bits, channel.loss, delay, round, simulated_time"),
    ({"x": "channel.loss,channel.loss"}, "two different swept keys"),
    ({"x": "channel.loss,round"}, "unknown x 'round'.*known: channel.loss"),
    ({"y": "acuracy"}, "unknown y 'acuracy'; did you mean 'accuracy'"),
    ({"y": "time_to_target", "target": "80 %"},
     "needs a swept parameter on the x axis, got x 'simulated_time'; choose --x from channel.loss"),
    ({"x": "channel.loss", "y": "time_to_target"}, "y 'time_to_target' needs a target: --target '85 %'"),
    ({"x": "channel.loss", "y": "accuracy"}, "needs an instant: --at 10s"),
    ({"x": "channel.loss", "y": "accuracy", "at": "10 MHz"}, "at must be a time"),
    ({"x": "channel.loss", "y": "time_to_target", "target": "error:1e-3"},
     "error, which is empty in this table.*use --target '85 %'"),
    ({"style": "ieeee"}, "unknown style 'ieeee'; did you mean 'ieee'"), ({"target": "85"}, "write '85 %'")])
def test_refused_in_words(options, words):
    with pytest.raises(InputError, match=words):
        plot(rounds(points=grid(channel__loss=LOSSES)), **options)


def test_an_empty_accuracy_is_refused_with_the_way_out():
    with pytest.raises(InputError, match="accuracy is empty.*choose y from error, objective"):
        plot(rounds(quadratic=True), y="accuracy")
    with pytest.raises(InputError, match="sweep a parameter first"):
        plot(rounds(), y="time_to_target", target="80 %")


def extents(artist):
    """Where an artist's first point is, in pixels."""
    return artist.get_transform().transform(np.asarray(artist.get_xydata()[0]))


def test_marks_of_the_same_value_stand_beside_each_other():
    swept = rounds(("GD", "GD-SEC", "GD-SOEC"), points=grid(channel__loss=LOSSES))
    swept["simulated_time_s"] = swept["round"] * (1 + 0.01 * swept["replication"])  # all variants alike
    figure = drawn(plot(swept, x="channel.loss", y="time_to_target", target="50 %"))
    axes, = figure.axes
    places = [extents(container.lines[0]) for container in axes.containers]
    assert len({place[1] for place in places}) == 1
    assert np.diff([place[0] for place in places]) * 72 / figure.dpi == pytest.approx([5, 5])  # STEP, in points
    for container in axes.containers:  # caps and bars went along
        bar = container.lines[2][0]
        assert bar.get_transform().transform(bar.get_segments()[0][0])[0] == pytest.approx(extents(container.lines[0])[0])
        assert extents(container.lines[1][0])[0] == pytest.approx(extents(container.lines[0])[0])
    assert axes.get_xlim()[0] > -1 and axes.get_xlim()[1] < 11  # the moves do not reach the limits


def test_without_intervals_every_mark_stands_at_its_value():
    swept = rounds(("GD", "GD-SEC", "GD-SOEC"), 1, grid(channel__loss=LOSSES))
    axes, = drawn(plot(swept, x="channel.loss", y="time_to_target", target="50 %")).axes
    assert len({extents(container.lines[0])[0] for container in axes.containers}) == 1
    assert not any(container.has_yerr for container in axes.containers)


def test_crowded_values_keep_their_lines_apart_from_the_next_value():
    points = grid(channel__loss=[f"{n} %" for n in range(60)])
    axes, = drawn(plot(rounds(("GD", "GD-SEC", "GD-SOEC"), 2, points), x="channel.loss", y="time_to_target", target="50 %")).axes
    last, other = axes.transData.transform([[59, 0], [58, 0]])[:, 0]  # the closest, on this symlog axis
    places = [extents(container.lines[0])[0] for container in axes.containers]
    assert 0.2 * (last - other) < places[2] - places[0] < 0.6 * (last - other)


def test_an_interval_is_cut_where_no_value_can_be_and_says_where_it_leaves_the_frame():
    swept = rounds(points=grid(channel__loss=LOSSES))
    far = (swept["replication"] == 1) & (swept["channel.loss"] == "1 %") & (swept["variant"] == "GD")
    swept.loc[far, "simulated_time_s"] *= 2  # 6 and 12.12 s: 9.06 +- 12.7 * 3.06 = 38.9
    axes, = drawn(plot(swept, x="channel.loss", y="time_to_target", target="50 %")).axes
    bar = axes.containers[0].lines[2][0].get_segments()[1]
    assert bar[0, 1] == 0 and bar[1, 1] == pytest.approx(9.06 + np.tan(0.475 * np.pi) * 3.06)
    low, high = axes.get_ylim()
    assert low == 0 and 9.06 < high < 30
    arrows = [line for line in axes.lines if line.get_marker() in "^v" and not line.get_clip_on()]
    assert [(line.get_marker(), line.get_xdata()[0], line.get_ydata()[0]) for line in arrows] == [("^", 1, 1)]


def test_curves_of_few_equal_points_mark_different_ones():
    same = rounds(("GD", "GD-SEC", "GD-SOEC"), replications=1)
    axes, = plot(same, x="round").axes
    marked = [set(range(11)[line.get_markevery()[0]::line.get_markevery()[1]]) for line in axes.lines]
    assert set.union(*marked) == set(range(11)) and sum(map(len, marked)) == 11


def test_the_label_of_a_heat_map_stands_clear_of_its_numbers():
    swept = rounds(points=grid(channel__loss=LOSSES, channel__latency=["5 ms", "1 ms"]))
    figure = plot(swept, x="channel.latency,channel.loss", y="time_to_target", target="50 %")
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    bar = figure.axes[-1]
    right = max(tick.get_window_extent(renderer).x1 for tick in bar.get_yticklabels() if tick.get_text())
    assert (bar.yaxis.label.get_window_extent(renderer).x0 - right) * 72 / figure.dpi > 6


@pytest.mark.parametrize("style, inside, size", [("screen", 5, (6.4, 4.2)), ("ieee", 5, (3.5, 2.5))])
@pytest.mark.parametrize("count", [3, 6, 8, 9, 12, 20])
def test_a_long_legend_stands_beside_the_curves_and_costs_them_no_room(style, inside, size, count, monkeypatch):
    names = [f"Method-{number:02d}" for number in range(count)]
    for name in names:
        monkeypatch.setitem(SPEED, name, 1.0)
    figure = drawn(plot(rounds(names, replications=1), style=style))
    panel, = figure.axes
    assert (panel.get_legend() is not None) == (count <= inside)
    box, (width, height) = panel.get_window_extent(), figure.get_size_inches()
    if count <= inside:
        assert (width, height) == size and not figure.legends
        return
    outside, = figure.legends
    extent = outside.get_window_extent()
    assert [text.get_text() for text in outside.get_texts()] == names and not extent.overlaps(box)
    assert extent.x0 >= 0 and extent.y0 >= 0 and extent.x1 <= figure.bbox.x1 and extent.y1 <= figure.bbox.y1
    # a journal's column keeps its width, a screen its height; the panel has what it has without a legend
    assert width == size[0] if style == "ieee" else height == size[1]
    alone = drawn(plot(rounds(names[:1], replications=1), style=style)).axes[0].get_window_extent()
    assert box.width == pytest.approx(alone.width, rel=0.05) and box.height == pytest.approx(alone.height, rel=0.05)

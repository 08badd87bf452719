"""What a figure says besides its lines: what bars and bands are, axes of panels of their own, labels that do not collide."""

import io
from itertools import pairwise

from matplotlib.backends.backend_agg import FigureCanvasAgg
from view_cases import grid, rounds

from wirelesssim.view import plot

VARIANTS = ("GD", "GD-SEC", "GD-SOEC")
LOSSES = ["0 %", "1 %", "10 %"]


def drawn(figure):
    figure.savefig(io.BytesIO(), format="svg")
    return figure


def words(axes):
    return [text.get_text() for text in (axes.get_legend() or axes.figure.legends[0]).get_texts()]


def slowed(factor):
    """Three panels, of which the last has runs `factor` times as long as the others."""
    swept = rounds(VARIANTS, 1, grid(channel__loss=LOSSES))
    swept.loc[swept["channel.loss"] == "10 %", "simulated_time_s"] *= factor
    return swept


def test_panels_of_other_time_scales_have_axes_of_their_own():
    """Longest runs of 10, 10 and 40 s: each panel as long as its own; below 3 times, and against rounds, one axis for all."""
    ends = [panel.get_xlim() for panel in drawn(plot(slowed(4.0))).axes]
    assert [low for low, _ in ends] == [0, 0, 0] and all(10 <= high < 11 for _, high in ends[:2]) and 40 <= ends[2][1] < 44
    assert all(panel.get_xlim() == (0, ends[2][1] * 0.7) for panel in drawn(plot(slowed(2.8))).axes)
    assert len({panel.get_xlim() for panel in drawn(plot(slowed(4.0), x="round")).axes}) == 1
    shared = [panel.get_ylim() for panel in drawn(plot(slowed(4.0))).axes]
    assert len(set(shared)) == 1


def test_every_panel_of_its_own_axis_has_numbers():
    points = grid(channel__loss=[f"{n} %" for n in range(6)])
    swept = rounds(VARIANTS, 1, points)
    swept.loc[swept["channel.loss"] == "5 %", "simulated_time_s"] *= 10
    figure = drawn(plot(swept))
    assert all(any(tick.label1.get_visible() for tick in panel.xaxis.get_major_ticks()) for panel in figure.axes)


def test_the_legend_says_what_bars_and_bands_are():
    swept = rounds(("GD", "GD-SEC"), 3, grid(channel__loss=LOSSES))
    against = plot(swept, x="channel.loss", y="time_to_target", target="50 %").axes[0]
    assert words(against) == ["GD", "GD-SEC", "95 % t interval, 3 runs"]
    assert words(plot(rounds(("GD",), 3)).axes[0]) == ["95 % t interval, 3 runs"]  # one line needs no name
    unequal = swept[(swept["replication"] < 2) | (swept["variant"] == "GD")]
    assert words(plot(unequal, x="channel.loss", y="time_to_target", target="50 %").axes[0])[-1] == "95 % t interval, 2 to 3 runs"
    alone = plot(rounds(("GD", "GD-SEC"), 1, grid(channel__loss=LOSSES)), x="channel.loss", y="time_to_target", target="50 %")
    assert words(alone.axes[0]) == ["GD", "GD-SEC"]


def hollow(replications):
    """All three variants alike, and one replication that never reaches at 10 %."""
    swept = rounds(VARIANTS, replications, grid(channel__loss=LOSSES))
    swept["simulated_time_s"] = swept["round"] * (1 + 0.01 * swept["replication"])
    swept.loc[(swept["channel.loss"] == "10 %") & (swept["replication"] == 0), "accuracy"] = 0.1
    return plot(swept, x="channel.loss", y="time_to_target", target="50 %")


def test_labels_of_marks_at_one_place_stand_above_each_other_inside_the_frame():
    figure = hollow(3)
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    axes, = figure.axes
    boxes = [text.get_window_extent(renderer) for text in axes.texts]
    assert [text.get_text() for text in axes.texts] == ["2/3"] * 3
    frame = axes.get_window_extent(renderer)
    for box in boxes:
        assert frame.x0 < box.x0 and box.x1 < frame.x1 and frame.y0 < box.y0 and box.y1 < frame.y1 + 1
    assert not any(one.overlaps(other) for one, other in pairwise(boxes))


def test_one_run_has_no_fraction():
    """A hollow mark of one run says all: `0/1` is in every one of them."""
    assert [text.get_text() for text in drawn(hollow(1)).axes[0].texts] == []

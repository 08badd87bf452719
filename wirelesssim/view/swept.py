"""One swept parameter against what it does: time or bits to a target, a measure at an instant, or what came of messages.

A mean is drawn with its 95 % interval over replications. Where some replication never reached the target, the mean over
all, each counted at its end, is a *lower bound* on the mean: it stands as a hollow mark, with `reached/all` where there are
several, and no line leads to it. A run that ended before the instant asked for counts with the model that it was left with,
and is hollow too. A delay has its 95 % quantile over messages, thin and dotted, above the mean, and a cross at the foot of the
panel where the delivery of no message was completed. The share delivered is drawn from 0 to 100 %, a delay or a throughput from
0, unless its means span more than `DECADES`: then on a log axis. Lines stand a few points beside each other, so that marks at one
value are all seen; an interval that is too long for the axis ends in an arrow at the frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation, Transform, blended_transform_factory

from ..experiment.statistics import Target, interval, times_to_target, values_at
from .lines import legend, lines, panels_of, spread_mark
from .quantities import COLUMNS, PERCENT, POSSIBLE, scaled, swept
from .style import figure, label_axes
from .wording import bit_scale

__all__ = ["against", "of_messages", "Outcome", "outcomes"]

SPILL = 1.5  # of the range of the means, that intervals may add to a linear axis on either side
LEAST = 0.5  # of the largest mean, that they may add in any case
STEP = 5.0  # points from a line to the next at one swept value
LETTER = 8.0  # points from a label to the one above
DECADES = 30.0  # largest over smallest value, from which an axis is logarithmic
FOOT, ROW = 0.03, 0.035  # of a panel's height: where the crosses of its first line stand, and from a line's to the next
CROWD = 0.5  # of the gap between two swept values, that the lines may take at one of them
_SENSE = dict.fromkeys(PERCENT, (0.0, 100.0)) | {"objective": (-np.inf, np.inf)}  # where values can be; elsewhere from 0 on
_DOTTED = {"linestyle": (0, (1, 1.5)), "linewidth": 1.0, "fillstyle": "none", "markersize": 3.5, "markeredgewidth": 0.7}
_SPENT = {"time_to_target": ("simulated_time_s", "Simulated time to {target} (s)"),
          "bits_to_target": ("uplink_on_air_bits", "Uplink on air to {target} ({unit})")}


@dataclass(frozen=True)
class Outcome:
    """What a figure shows of every trajectory: a table with `value`, `full` and `upper`, and how to name it.

    `value`: in the unit of the label, at the end where the target was not reached. `full`: whether it is the true one.
    `upper`: the 95 % quantile of what `value` is the mean of; NaN where there is none. `empty`: why there is no `value`.
    """

    table: pd.DataFrame
    label: str
    hollow: str = ""  # what a value that is not full means
    bound: bool = False  # whether it then is a lower bound
    empty: str = ""  # what it means that a point has no value


def outcomes(rounds: pd.DataFrame, y: str, target: Target | None, at: float | None) -> Outcome:
    """The outcome `y` of every trajectory of `rounds`: `time_to_target` or `bits_to_target`, or a measure at `at` seconds."""
    if y in _SPENT:
        column, label = _SPENT[y]
        table = times_to_target(rounds, target)
        spent = table[column].where(table["reached"], table[f"end_{column}"])
        factor, unit = bit_scale(float(spent.max())) if y == "bits_to_target" else (1.0, "s")
        shown = f"{target} accuracy" if target.kind == "accuracy" else str(target)
        label = label.format(target=shown, unit=unit)
        told = table.assign(value=spent * factor, full=table["reached"], upper=np.nan)
        return Outcome(told, label, "lower bound, not all reached", True)
    column, label, factor = COLUMNS[y]
    table = values_at(rounds, column, at)
    label = f"{label} at {at:g} s" if "(" not in label else label.replace(" (", f" at {at:g} s (")
    told = table.assign(value=table["value"] * factor, full=~table["ended"], upper=np.nan)
    return Outcome(told, label, "last value, ended before")


def of_messages(runs: pd.DataFrame, y: str) -> Outcome:
    """The outcome `y` of every trajectory, `delay`, `delivered` or `throughput`, from `experiment.delivery.deliveries`."""
    column, upper = COLUMNS[y][0], runs["delay_95_s"] if y == "delay" else pd.Series(np.nan, index=runs.index)
    label, factor = scaled(y, float(runs[column].max() if y != "delay" else upper.max()))
    return Outcome(runs.assign(value=runs[column] * factor, full=True, upper=upper * factor), label,
                   empty="no delivery completed" if y == "delay" else "no message ended" if y == "delivered" else "")


def against(rounds: pd.DataFrame, key: str, y: str, keys: list[str], outcome: Outcome, style: str | None):
    """The figure of `y`, the `outcome`, against the swept `key`, one line a variant (and combination of the other `keys`)."""
    axis = swept(key, rounds[key])
    found = lines(outcome.table, [other for other in keys if other != key])
    panels = panels_of(found)
    made, axes = figure(style, len(panels))
    hollow, drawn = not outcome.table["full"].all(), []
    for heading, panel, chosen in zip(panels, axes, panels.values(), strict=True):
        axis.apply(panel)
        tables = [_points(line.rows, key, axis, y) for line in chosen]
        spread = any((points[["below", "above"]] > 0).any(axis=None) for points in tables)
        places = _beside(panel, axis, len(chosen)) if spread else [panel.transData] * len(chosen)  # only intervals need room
        for line, place, points in zip(chosen, places, tables, strict=True):
            _draw(panel, place, line, points)
            if outcome.empty:
                _crosses(panel, place, line, points, line.number - chosen[0].number)
            drawn.append((panel, place, line, points))
        panel.set_title(heading)
    label_axes(made, axes, axis.label, outcome.label)
    _scale(axes, y, pd.concat([points[name] for *_, points in drawn for name in ("mean", "upper")]))
    for one in drawn:
        _arrows(*one)
    for panel in axes:
        _fractions(panel, [one for of, *one in drawn if of is panel])
    more = _intervals([points for *_, points in drawn])
    if hollow:
        more.append(Line2D([], [], linestyle="none", marker="o", color="0.35", fillstyle="none", label=outcome.hollow))
    if outcome.table["upper"].notna().any():
        more.append(Line2D([], [], color="0.35", marker="o", **_DOTTED, label="thin dotted: 95 % quantile"))
    if outcome.empty and any(points["mean"].isna().any() for *_, points in drawn):
        more.append(Line2D([], [], linestyle="none", marker="x", color="0.35", label=outcome.empty))
    legend(axes, more, len(found) > 1)
    return made


def _intervals(tables: list[pd.DataFrame]) -> list:
    """The legend's word for the error bars, if there are any."""
    points = pd.concat(tables)
    return spread_mark(points.loc[(points["below"] > 0) | (points["above"] > 0), "count"].tolist(), band=False)


def _beside(panel, axis, count: int) -> list[Transform]:
    """Where each of `count` lines stands: the panel's own places, moved sideways by some points, evenly about 0."""
    places = np.sort(panel.xaxis.get_transform().transform(np.asarray(axis.places, dtype=float)))
    gap = np.diff(places).min() / np.ptp(places) if len(places) > 1 else 1.0
    step = min(STEP, CROWD * gap * _points_of(panel)[0] / max(count - 1, 1))
    return [panel.transData + ScaledTranslation((line - (count - 1) / 2) * step / 72, 0, panel.figure.dpi_scale_trans)
            for line in range(count)]


def _points(rows: pd.DataFrame, key: str, axis, y: str) -> pd.DataFrame:
    """One row a value of the key, sorted by place: place, mean, upper, reached, count, and the interval `below` and `above`.

    The interval, 0 with one replication, is cut where no value can be, and on a log axis before 0.
    """
    found, (least, most) = [], _SENSE.get(y, (0.0, np.inf))
    for value, chosen in rows.groupby(key, sort=False, dropna=False):
        finite = chosen["value"][np.isfinite(chosen["value"])]
        mean, half = interval(finite) if len(finite) else (np.nan, None)
        half, room = 0.0 if half is None else float(half), max((0.95 if y == "error" else 1.0) * (mean - least), 0.0)
        found.append({"place": axis.place(value), "mean": float(mean), "below": min(half, room),
                      "above": min(half, max(most - mean, 0.0)), "upper": float(chosen["upper"].mean()),
                      "reached": int(chosen["full"].sum()), "count": len(chosen)})
    return pd.DataFrame(found).sort_values("place")


def _draw(panel, place: Transform, line, points: pd.DataFrame) -> None:
    full = (points["reached"] == points["count"]).to_numpy()
    intervals = points[["below", "above"]].to_numpy().T
    bars = panel.errorbar(points["place"], np.where(full, points["mean"], np.nan), yerr=intervals if intervals.any() else None,
                          label=line.label, capsize=2.5, elinewidth=0.9, **line.look)
    moved = bars.get_children()
    for point in points[~full].itertuples():
        moved += panel.plot([point.place], [point.mean], linestyle="none", marker=line.look["marker"], color=line.look["color"],
                            fillstyle="none", zorder=3)
    if points["upper"].notna().any():
        moved += panel.plot(points["place"], points["upper"], color=line.look["color"], marker=line.look["marker"], **_DOTTED)
    for artist in moved:  # only now: the automatic limits know no transform but the panel's own
        artist.set_transform(place)


def _crosses(panel, place: Transform, line, points: pd.DataFrame, row: int) -> None:
    """A cross at the foot of the panel, in the `row` of this line, for every value of the key at which it has no mean."""
    for at in points["place"][points["mean"].isna()]:
        cross, = panel.plot([at], [FOOT + ROW * row], linestyle="none", marker="x", color=line.look["color"],
                            transform=panel.get_xaxis_transform(), zorder=3)
        cross.set_transform(blended_transform_factory(place, panel.transAxes))


def _fractions(panel, drawn: list[tuple]) -> None:
    """`reached/all` of every hollow mark of several replications: inside the frame, those at one value stacked."""
    width, height = _points_of(panel)
    to_frame, marks = panel.transScale + panel.transLimits, []
    for place, line, points in drawn:
        hollow = points[(points["reached"] < points["count"]) & (points["count"] > 1) & np.isfinite(points["mean"])]
        for point in hollow.itertuples():
            across, up = to_frame.transform((point.place, point.mean))
            marks.append((point.place, up * height, across * width, place, line, point))
    marks.sort(key=lambda mark: mark[:2])
    for value in dict.fromkeys(mark[0] for mark in marks):
        column = [mark for mark in marks if mark[0] == value]
        heights = _stacked([mark[1] + 4 for mark in column], height)
        inward = -1 if column[0][2] > width - 20 else 1
        place = max(column, key=lambda mark: inward * mark[4].number)[3]
        for (_, up, _, _, line, point), at in zip(column, heights, strict=True):
            panel.annotate(f"{point.reached}/{point.count}", (point.place, point.mean), xycoords=place,
                           textcoords="offset points", xytext=(5 * inward, at - up), fontsize="x-small",
                           ha="left" if inward > 0 else "right", color=line.look["color"])


def _stacked(heights: list[float], top: float) -> list[float]:
    """Sorted `heights` (points) moved apart by `LETTER` at the least, upwards, and down again from `top`."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + LETTER) if placed else height)
    ceiling = top - LETTER
    for number in reversed(range(len(placed))):
        placed[number] = min(placed[number], ceiling)
        ceiling = placed[number] - LETTER
    return placed


def _points_of(panel) -> tuple[float, float]:
    """Width and height of a panel in points, about: its share of the figure without the margins."""
    grid, (width, height) = panel.get_subplotspec().get_gridspec(), panel.figure.get_size_inches()
    return 0.85 * 72 * width / grid.ncols, 0.8 * 72 * height / grid.nrows


def _arrows(panel, place: Transform, line, points: pd.DataFrame) -> None:
    """An arrow at the frame for every interval that runs out of it."""
    low, high = panel.get_ylim()
    full = points[points["reached"] == points["count"]]
    for out, edge, marker in ((full["mean"] + full["above"] > high, 1, "^"), (full["mean"] - full["below"] < low, 0, "v")):
        for at in full["place"][out]:
            panel.add_artist(Line2D([at], [edge], linestyle="none", marker=marker, markersize=3.5, color=line.look["color"],
                                    clip_on=False, zorder=4, transform=blended_transform_factory(place, panel.transAxes)))


def _scale(axes, y: str, means: pd.Series) -> None:
    """The axis follows the means; intervals widen it up to `SPILL`, as those of two replications would far beyond (t = 12.7)."""
    means = means[np.isfinite(means)]
    low, high = (means.min(), means.max()) if len(means) else (np.nan, np.nan)
    if y == "delivered":
        for panel in axes:
            panel.set_ylim(POSSIBLE[y])
    elif y == "error" or y not in PERCENT and low > 0 and high > DECADES * low:
        for panel in axes:
            panel.set_yscale("log")
    elif len(means):
        room, possible = max(SPILL * (high - low), LEAST * abs(high)), POSSIBLE.get(y, (-np.inf, np.inf))
        for panel in axes:
            seen = panel.get_ylim()
            bottom = 0 if y not in PERCENT and low >= 0 else max(seen[0], low - room, possible[0])
            panel.set_ylim(bottom, min(seen[1], high + room, possible[1]) if high + room > bottom else None)
    for panel in axes:
        panel.margins(x=0.06)

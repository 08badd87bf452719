"""Which lines a figure has: one for each variant and each combination of the matrix keys that are not an axis.

Up to `TOGETHER` lines share a panel, told apart in the legend (`GD, loss = 1 %`). Beyond that, there is one panel for
each combination, with a line a variant, up to `PANELS` of them; a figure with more would not be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ..errors import InputError
from .style import INSIDE, LINES, line_look
from .wording import short_names, short_values

__all__ = ["Line", "lines", "panels_of", "legend", "spread_mark", "TOGETHER", "PANELS"]

TOGETHER = 6
PANELS = 12
COLUMNS = 4  # of a legend below the panels, at most
FILLS = ("full", "left", "right", "top", "bottom")  # of a marker; a hollow one says that a value is a bound


@dataclass(frozen=True)
class Line:
    """One line: its `label`, its `look` (keywords of a Matplotlib line), its rows, and the heading of its panel."""

    label: str
    look: dict
    rows: pd.DataFrame
    panel: str
    number: int


def lines(rounds: pd.DataFrame, keys: list[str]) -> list[Line]:
    """The lines of `rounds`, told apart by variant and by `keys`, in order of appearance.

    InputError where they would take more than `PANELS` panels.
    """
    variants = list(dict.fromkeys(rounds["variant"]))
    points = list(rounds.groupby(keys, sort=False, dropna=False)) if keys else [((), rounds)]
    together = len(points) == 1 or len(variants) * len(points) <= TOGETHER
    if not together and len(points) > PANELS:
        raise InputError(f"figure would need {len(points)} panels, one for each combination of {', '.join(keys)}, and "
                         f"{PANELS} is the most; put one of them on the x axis (--x KEY or --x KEY1,KEY2), "
                         "or give fewer rows of the table")
    names, found = short_names(keys), []
    called = {key: short_values(list(dict.fromkeys(rounds[key]))) for key in keys}
    for point, (values, rows) in enumerate(points):
        where = ", ".join(f"{names[key]} = {called[key].get(value, value)}" for key, value in zip(keys, values, strict=True))
        for variant, chosen in rows.groupby("variant", sort=False):
            place = variants.index(variant)
            label = str(variant) if not together or len(points) == 1 else (f"{variant}, {where}" if len(variants) > 1 else where)
            look = _look(place, point if together else 0, len(variants))
            found.append(Line(label, look, chosen, "" if together else where, len(found)))
    return found


def _look(variant: int, point: int, variants: int) -> dict:
    """Colour and marker say the variant, line style and filling the combination, unless there is one variant only."""
    if variants == 1:
        return line_look(point)
    look = line_look(variant)
    return look | {"linestyle": LINES[(variant + point) % len(LINES)], "fillstyle": FILLS[point % len(FILLS)]}


def panels_of(found: list[Line]) -> dict[str, list[Line]]:
    """The lines by panel, in order of appearance."""
    panels: dict[str, list[Line]] = {}
    for line in found:
        panels.setdefault(line.panel, []).append(line)
    return panels


def spread_mark(counts: Sequence[int], band: bool) -> list:
    """The legend's handle that says what bands (else error bars) are: 95 % t intervals of the mean; none without `counts`.

    `counts`: the replications of each mean that has one (`experiment.bands`).
    """
    if not len(counts):
        return []
    least, most = min(counts), max(counts)
    label = f"95 % t interval, {least} runs" if least == most else f"95 % t interval, {least} to {most} runs"
    return [Patch(color="0.35", alpha=0.25, linewidth=0, label=label) if band else
            Line2D([], [], linestyle="none", color="0.35", marker="|", markersize=9, label=label)]


def legend(axes, more: Sequence = (), alone: bool = True) -> None:
    """One legend of the lines of all panels, each label once, and of the handles `more`.

    `alone=False` leaves the lines out: one line needs no name. Up to `INSIDE` stand in the first
    panel, where they cover least; more stand beside the panels, in `ieee` below them, and the figure grows by their room.
    """
    handles: dict = {}
    for panel in axes if alone else ():
        for handle, label in zip(*panel.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    handles |= {handle.get_label(): handle for handle in more}
    if not handles:
        return
    made = axes[0].figure
    if len(handles) <= INSIDE:
        axes[0].legend(handles.values(), handles.keys(), loc="best")
    elif made.column:
        _below(made, handles)
    else:
        _beside(made, handles)


def _beside(made, handles: dict) -> None:
    """The legend on the right, in as many columns as the height asks for."""
    width, height = made.get_size_inches()
    for columns in range(1, len(handles) + 1):
        placed = made.legend(handles.values(), handles.keys(), loc="outside right upper", ncols=columns)
        needed = _inches(placed)
        if needed[1] <= height or columns == len(handles):
            break
        placed.remove()
    made.set_size_inches(width + needed[0], height)


def _below(made, handles: dict) -> None:
    """The legend under the panels, in as many columns as the width has room for."""
    width, height = made.get_size_inches()
    for columns in range(min(len(handles), COLUMNS), 0, -1):
        placed = made.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=columns, columnspacing=1.0)
        needed = _inches(placed)
        if needed[0] <= width or columns == 1:
            break
        placed.remove()
    made.set_size_inches(width, height + needed[1])


def _inches(legend) -> tuple[float, float]:
    """Width and height of a legend."""
    extent = legend.get_window_extent()
    return extent.width / legend.figure.dpi, extent.height / legend.figure.dpi

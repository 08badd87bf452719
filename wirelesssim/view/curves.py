"""A measure along a run: accuracy, error, objective, or what came of messages, against simulated time, bits or rounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ..errors import InputError
from ..experiment.statistics import Band, mean_band, trajectories
from .lines import Line, legend, lines, panels_of, spread_mark
from .quantities import COLUMNS, POSSIBLE, scaled
from .style import figure, label_axes

__all__ = ["curves", "draw_band", "thinned"]

POINTS = 1500  # more than a column has dots across at 300 dpi
DECADES = 100.0  # an objective that spans more than this is read on a log axis
APART = 3.0  # longest over shortest run of a panel, from which each has an x axis of its own
FROM_ZERO = ("delay", "throughput")
SPILL = 0.25  # of the range of the means, that bands may add to a linear axis on either side


def curves(rounds: pd.DataFrame, x: str, y: str, keys: list[str], target, style: str | None):
    """One line a variant (and combination of `keys`): the mean over replications and its 95 % band; `target` as a thin line.

    Against time and bits a line is the step function that it is: the model is the last one until the server steps again.
    Panels share their axes; where the longest run of one is more than `APART` times that of another each has its own x axis.
    The error has a log axis, and so has an objective that is positive and spans more than two decades. The share of messages
    delivered is drawn from 0 to 100 %, their delay and throughput from 0. A line with no value says so where it is named.
    """
    found = lines(rounds, keys)
    if y == "delay":
        found = [line if line.rows["delay_s"].notna().any() else replace(line, label=f"{line.label}: no delivery completed")
                 for line in found]
    x_column, y_column = COLUMNS[x][0], COLUMNS[y][0]
    (x_label, x_factor), (y_label, y_factor) = (scaled(name, float(rounds[COLUMNS[name][0]].max())) for name in (x, y))
    bands = [_band(line, x_column, x_factor, y_column, y_factor) for line in found]
    logarithmic = y == "error" or y == "objective" and _spans_decades(bands)
    if logarithmic and not any((band.mean > 0).any() for band in bands):
        raise InputError(f"{y} has no value above 0, so a log axis has nothing to show; choose another y")
    panels = panels_of(found)
    apart = _apart([[bands[line.number] for line in chosen] for chosen in panels.values()])
    made, axes = figure(style, len(panels), apart)
    for heading, panel, chosen in zip(panels, axes, panels.values(), strict=True):
        for line in chosen:
            draw_band(panel, line, bands[line.number], len(found), x != "round", logarithmic)
        if target is not None and target.kind == y:
            panel.axhline(target.level * y_factor, color="0.35", linewidth=0.8, linestyle=(0, (1, 1)), zorder=1)
        panel.set_title(heading)
    for panel in axes if apart else axes[:1]:
        panel.set_xlim(left=0)  # only now: it ends the automatic limits, which panels may share
    shaded = spread_mark([band.count for band in bands if band.low is not None], band=True)
    if len(found) > 1 or shaded:
        legend(axes, shaded, len(found) > 1)
    label_axes(made, axes, x_label, y_label)
    _limits(axes, bands, logarithmic, y)
    return made


def _band(line: Line, x_column: str, x_factor: float, y_column: str, y_factor: float) -> Band:
    pairs = [(rows[x_column].to_numpy(dtype=float) * x_factor, rows[y_column].to_numpy(dtype=float) * y_factor)
             for _, rows in line.rows.sort_values("round", kind="stable").groupby(trajectories(line.rows), sort=False)]
    return thinned(mean_band(pairs))


def thinned(band: Band) -> Band:
    """At most `POINTS` of its points, first and last included."""
    if len(band.x) <= POINTS:
        return band
    keep = np.unique(np.linspace(0, len(band.x) - 1, POINTS).round().astype(int))
    low, high = (None, None) if band.low is None else (band.low[keep], band.high[keep])
    return Band(band.x[keep], band.mean[keep], low, high, band.count)


def _apart(panels: list[list[Band]]) -> bool:
    """Whether the panels' longest runs differ by more than `APART`."""
    ends = [max((band.x[-1] for band in bands if len(band.x)), default=0.0) for bands in panels]
    ends = [end for end in ends if end > 0]
    return bool(ends) and max(ends) > APART * min(ends)


def _spans_decades(bands: list[Band]) -> bool:
    values = np.concatenate([band.mean for band in bands])
    return len(values) > 0 and values.min() > 0 and values.max() > DECADES * values.min()


def _marks(number: int, count: int, points: int):
    """Which of the `points` of the line `number` have a mark: others than those of the next lines, where there are enough."""
    if points > 12:
        return 0.02 + 0.035 * (number % 4), 0.14  # as fractions of the panel's diagonal
    return (number % count, count) if points >= 2 * count else None


def draw_band(panel, line: Line, band: Band, count: int, stepped: bool, logarithmic: bool) -> None:
    """`band` as the `line` of one of `count`, and its interval; as steps where `stepped`; `logarithmic`: what is above 0."""
    keep = band.mean > 0 if logarithmic else np.full(len(band.x), True)
    panel.plot(band.x[keep], band.mean[keep], label=line.label, markevery=_marks(line.number, count, keep.sum()),
               drawstyle="steps-post" if stepped else "default", markeredgewidth=0.8, **line.look)
    if band.low is not None:
        panel.fill_between(band.x[keep], band.low[keep], band.high[keep], step="post" if stepped else None,
                           color=line.look["color"], alpha=0.18, linewidth=0)


def _limits(axes, bands: list[Band], logarithmic: bool, y: str) -> None:
    """The axis follows the means: a band may run out of it, below 0 on a log axis, or far beyond with two replications.

    It does not go beyond what is possible, either: no accuracy is above 100 %, though a symmetric interval may be.
    """
    possible = POSSIBLE.get(y, (-np.inf, np.inf))
    means = np.concatenate([band.mean for band in bands])
    means = means[means > 0] if logarithmic else means
    low, high = means.min(), means.max()
    for panel in axes:
        if logarithmic:
            panel.set_yscale("log")
            panel.set_ylim(low / 1.8, high * 1.8)
        elif y == "delivered":
            panel.set_ylim(possible)
        elif y in FROM_ZERO:
            panel.set_ylim(0, min(panel.get_ylim()[1], high + SPILL * high) if high > 0 else None)
        elif high > low:
            seen, room = panel.get_ylim(), SPILL * (high - low)
            panel.set_ylim(max(seen[0], low - room, possible[0]), min(seen[1], high + room, possible[1]))

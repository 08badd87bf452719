"""How long messages took: the share of them that was delivered within a delay, the empirical distribution of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..experiment.statistics import Band, interval
from .curves import draw_band, thinned
from .lines import Line, legend, lines, panels_of, spread_mark
from .quantities import POSSIBLE, WIDE, scaled
from .style import figure, label_axes

__all__ = ["distribution"]


def distribution(sent: pd.DataFrame, keys: list[str], style: str | None):
    """One line a variant (and combination of `keys`): of its messages, lost ones included, the share delivered within a delay.

        F(t) = (messages with delay <= t)/(delivered + lost)

    of `experiment.delivery.messages`, of which one at least was delivered: with losses F ends below 100 %. Messages in flight
    at the end of the run are left out. With replications: the mean of their F and its 95 % interval. The axis is logarithmic
    where the longest delay is `WIDE` times the shortest.
    """
    sent = sent[~sent["cut"]]
    shortest, longest = float(sent["delay_s"].min()), float(sent["delay_s"].max())
    x_label, factor = scaled("delay", longest)
    logarithmic = 0 < WIDE * shortest <= longest
    found = lines(sent, keys)
    first = shortest / 1.2 if logarithmic else 0.0
    bands = [_band(line, factor, first, longest) for line in found]
    panels = panels_of(found)
    made, axes = figure(style, len(panels))
    for heading, panel, chosen in zip(panels, axes, panels.values(), strict=True):
        for line in chosen:
            draw_band(panel, line, bands[line.number], len(found), True, False)
        panel.set_title(heading)
        panel.set_ylim(POSSIBLE["delivered"])
    if logarithmic:
        axes[0].set_xscale("log")
    axes[0].set_xlim(left=first * factor)
    shaded = spread_mark([band.count for band in bands if band.low is not None], band=True)
    if len(found) > 1 or shaded:
        legend(axes, shaded, len(found) > 1)
    label_axes(made, axes, x_label, "Delivered within the delay (%)")
    return made


def _band(line: Line, factor: float, first: float, longest: float) -> Band:
    """The mean of F in per cent over replications, at every delay of the line, from `first` to the `longest` of all lines."""
    runs = [(np.sort(rows["delay_s"].dropna().to_numpy(dtype=float)), len(rows)) for _, rows in line.rows.groupby("trajectory")]
    grid = np.unique(np.concatenate([[first, longest], *(delays for delays, _ in runs)]))
    shares = [100 * np.searchsorted(delays, grid, side="right") / count for delays, count in runs]
    mean, half = interval(np.array(shares))
    low, high = (None, None) if half is None else (np.maximum(mean - half, 0.0), np.minimum(mean + half, 100.0))
    return thinned(Band(grid * factor, mean, low, high, len(runs)))

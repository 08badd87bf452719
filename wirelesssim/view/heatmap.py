"""Two swept parameters: a heat map a variant, with the number in every cell.

A cell whose target some replication did not reach is hatched, has no colour, and holds a lower bound, `>12`; one of which
a run had ended before the instant asked for is hatched, too. A cell whose runs delivered no message says so instead of their
delay; one that no run has filled is empty. All panels share one colour scale.
"""

from __future__ import annotations

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm, Normalize
from matplotlib.patches import Rectangle

from ..errors import InputError
from .lines import PANELS
from .quantities import swept
from .style import figure, label_axes
from .swept import Outcome
from .wording import short_names

__all__ = ["heatmap"]

COLOURS = "cividis"  # even in lightness, and so the same in grey
LABEL_PAD = 9.0  # points between the numbers of the colour bar and its label
WIDE = 30.0  # largest over smallest, from which colours are logarithmic


def heatmap(rounds: pd.DataFrame, first: str, second: str, y: str, keys: list[str], outcome: Outcome, style: str | None):
    """The figure of `y`, the `outcome`, over `first` (across) and `second` (upwards).

    A panel a variant and combination of the other `keys`.

    InputError where that takes more than `PANELS` panels.
    """
    across, upwards = swept(first, rounds[first]), swept(second, rounds[second])
    others = [key for key in keys if key not in (first, second)]
    panels = list(outcome.table.groupby(["variant", *others], sort=False, dropna=False))
    if len(panels) > PANELS:
        raise InputError(f"figure would need {len(panels)} heat maps, one for each variant and combination of "
                         f"{', '.join(others)}, and {PANELS} is the most; give fewer rows of the table")
    made, axes = figure(style, len(panels))
    cells = [_cells(rows, first, second, across, upwards) for _, rows in panels]
    norm = _norm(np.concatenate([mean[full | (not outcome.bound)] for mean, full in cells]))
    names = short_names(others)
    for panel, (place, rows), (mean, full) in zip(axes, panels, cells, strict=True):
        image = _draw(panel, mean, full, norm, outcome.bound)
        _empty(panel, rows[[first, second]], mean, across, upwards, outcome.empty)
        panel.set_xticks(range(len(across.values)), across.texts)
        panel.set_yticks(range(len(upwards.values)), upwards.texts)
        heading = [str(place[0]), *(f"{names[key]} = {value}" for key, value in zip(others, place[1:], strict=True))]
        if len(panels) > 1:
            panel.set_title(", ".join(heading))
    label_axes(made, axes, across.label, upwards.label)
    hatched = "" if all(full.all() for _, full in cells) else f"\nhatched: {outcome.hollow}"
    made.colorbar(image, ax=axes).set_label(outcome.label + hatched, labelpad=LABEL_PAD)
    return made


def _cells(rows: pd.DataFrame, first: str, second: str, across, upwards) -> tuple[np.ndarray, np.ndarray]:
    """Mean over replications and whether all of them are full, (upwards, across); NaN where there is no run."""
    mean = np.full((len(upwards.values), len(across.values)), np.nan)
    full = np.full(mean.shape, True)
    for (one, other), chosen in rows.groupby([first, second], sort=False, dropna=False):
        place = upwards.values.index(other), across.values.index(one)
        mean[place], full[place] = chosen["value"].mean(), chosen["full"].all()
    return mean, full


def _norm(values: np.ndarray):
    finite = values[np.isfinite(values)]
    low, high = (finite.min(), finite.max()) if len(finite) else (0.0, 1.0)
    return LogNorm(low, high) if low > 0 and high > WIDE * low else Normalize(low, high if high > low else low + 1)


def _draw(panel, mean: np.ndarray, full: np.ndarray, norm, bound: bool):
    colours = matplotlib.colormaps[COLOURS]
    coloured = np.isfinite(mean) & (full | (not bound))
    image = panel.imshow(np.ma.array(mean, mask=~coloured), norm=norm, cmap=colours, origin="lower", aspect="auto")
    panel.grid(False)
    for (row, column), value in np.ndenumerate(mean):
        if not np.isfinite(value):
            continue
        red, green, blue, _ = colours(norm(value)) if coloured[row, column] else (1, 1, 1, 1)
        ink = "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "white"  # luma of ITU-R BT.601
        if not full[row, column]:
            panel.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, hatch="////", edgecolor=ink, alpha=0.4,
                                      linewidth=0))
        text = f"{'>' if bound and not full[row, column] else ''}{_three(value)}"
        panel.text(column, row, text, ha="center", va="center", color=ink, fontsize="small")
    return image


def _empty(panel, runs: pd.DataFrame, mean: np.ndarray, across, upwards, words: str) -> None:
    """`words` in the cells that have `runs` and no mean."""
    for one, other in runs.drop_duplicates().itertuples(index=False, name=None):
        row, column = upwards.values.index(other), across.values.index(one)
        if np.isnan(mean[row, column]):
            panel.text(column, row, words.replace(" ", "\n"), ha="center", va="center", color="0.35", fontsize="x-small")


def _three(value: float) -> str:
    """Three digits, without an exponent where that is short."""
    return f"{value:.0f}" if 100 <= abs(value) < 1e5 else f"{value:.3g}"

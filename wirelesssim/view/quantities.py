"""What an axis shows: the name, the unit and the numbers of a column of a table, or of a swept key.

A swept value is what the user wrote (`10 Mbit/s`, `2 %`, `0.5/L`, `topology`). If all values of a key are of one
dimension the axis is numeric, in the unit that most of them are written in; otherwise it has one place for each.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import rcParams
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import NullLocator
from pydantic_core import PydanticCustomError

from .. import units
from ..units import Dimension
from .wording import bit_scale, rate_scale, short_values, time_scale

__all__ = ["Swept", "scaled", "swept", "COLUMNS", "PERCENT", "POSSIBLE"]

COLUMNS = {  # name on the command line: column, label, and a factor or what finds one, and its unit, for the largest value
    "simulated_time": ("simulated_time_s", "Simulated time (s)", 1.0),
    "round": ("round", "Communication round", 1.0),
    "bits": ("uplink_on_air_bits", "Uplink on air ({unit})", bit_scale),
    "accuracy": ("accuracy", "Test accuracy (%)", 100.0),
    "error": ("error", r"Objective error $f - f^\ast$", 1.0),
    "objective": ("objective", r"Objective $f$", 1.0),
    "delay": ("delay_s", "Message delay ({unit})", time_scale),
    "delivered": ("delivered_share", "Messages delivered (%)", 100.0),
    "throughput": ("throughput", "Throughput ({unit})", rate_scale),
}
PERCENT = ("accuracy", "delivered")
POSSIBLE = dict.fromkeys(PERCENT, (-2.0, 102.0))  # what an axis shows at most, in its label's unit; room for a mark at the border
LETTERS = 28  # of a line of a tick's text
WIDE = 50.0  # largest over smallest, from which a linear axis would crowd the small ones together

_DIMENSIONS = (units.TIME, units.FREQUENCY, units.RATE, units.SIZE, units.POWER, units.RATIO, units.FRACTION,
               units.DISTANCE, units.SPEED)
_UNIT = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*")


def scaled(name: str, largest: float) -> tuple[str, float]:
    """The label of the quantity `name`, its unit told, and the factor to that unit where `largest` is its largest value."""
    _, label, factor = COLUMNS[name]
    if not callable(factor):
        return label, factor
    factor, unit = factor(largest)
    return label.format(unit=unit), factor


@dataclass(frozen=True)
class Swept:
    """A swept key as an axis: its `label`, and the `places` and `texts` of its values, in the order of the axis.

    `numeric`: the places are numbers in the unit of the label; otherwise 0, 1, 2, ... `scale` is Matplotlib's.
    """

    key: str
    label: str
    values: tuple
    places: tuple[float, ...]
    texts: tuple[str, ...]
    numeric: bool
    scale: str

    def place(self, value: Any) -> float:
        """Where `value` stands."""
        return self.places[self.values.index(value)]

    def apply(self, axes) -> None:
        """Make it the x axis of Matplotlib's `axes`: scale and, where they fit, one tick a value."""
        if self.scale != "linear":
            smallest = min(place for place in self.places if place > 0)
            axes.set_xscale(self.scale, **({"linthresh": smallest, "linscale": 0.5} if self.scale == "symlog" else {}))
            axes.xaxis.set_minor_locator(NullLocator())
        if self.scale != "linear" or not self.numeric or self._evenly():
            axes.set_xticks(self.places, [textwrap.fill(text, LETTERS) for text in self.texts], minor=False)
            if not self.numeric and self._crowded(axes):
                for text in axes.get_xticklabels():
                    text.set(rotation=25, ha="right", rotation_mode="anchor")

    def _crowded(self, axes) -> bool:
        """Whether texts side by side, each as wide as the longest, have no room: about 0.6 of the size of the font a letter."""
        longest = max(len(line) for text in self.texts for line in textwrap.wrap(text, LETTERS) or [""])
        room = 0.8 * 72 * axes.figure.get_figwidth() / axes.get_subplotspec().get_gridspec().ncols
        size = FontProperties(size=rcParams["xtick.labelsize"]).get_size_in_points()
        return len(self.texts) * (longest + 2) * 0.6 * size > room

    def _evenly(self) -> bool:
        """Whether ticks at the values would not run into each other on a linear axis."""
        span = self.places[-1] - self.places[0]
        return 1 < len(self.places) <= 8 and min(np.diff(self.places)) >= span / 12


def swept(key: str, values) -> Swept:
    """The axis of a key from the values that a table holds for it; sorted if numeric, otherwise in order of appearance."""
    values = list(dict.fromkeys(values))
    read = _read(values)
    if read is None:
        places = tuple(map(float, range(len(values))))
        return Swept(key, key, tuple(values), places, tuple(short_values(values).values()), False, "linear")
    numbers, unit = read
    order = np.argsort(numbers, kind="stable")
    places = tuple(float(numbers[place]) for place in order)
    label = f"{key} ({unit})" if unit else key
    return Swept(key, label, tuple(values[place] for place in order), places, tuple(f"{place:g}" for place in places), True,
                 _scale(places, unit))


def _scale(places: tuple[float, ...], unit: str) -> str:
    positive = [place for place in places if place > 0]
    if unit.startswith("dB") or min(places) < 0 or len(positive) < 2 or positive[-1] < WIDE * positive[0]:
        return "linear"
    return "log" if len(positive) == len(places) else "symlog"


def _read(values: list) -> tuple[list[float], str] | None:
    """The numbers in a common unit, and that unit; None if some value is not a quantity of the same dimension."""
    return _relative(values) or _quantities(values)


def _relative(values: list) -> tuple[list[float], str] | None:
    """Multiples of L, or of 1/L, as step sizes and thresholds are written."""
    found = [re.fullmatch(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(/?)\s*L\s*", str(value)) for value in values]
    if not all(found) or len({match[2] for match in found}) > 1:
        return None
    return [float(match[1]) for match in found], "1/L" if found[0][2] else "L"


def _quantities(values: list) -> tuple[list[float], str] | None:
    matches = [_UNIT.fullmatch(str(value)) if not isinstance(value, bool) else None for value in values]
    if not all(matches):
        return None
    written = Counter(match[2] for match in matches if match[2])
    if not written:
        return [float(match[1]) for match in matches], ""
    unit = written.most_common(1)[0][0]
    dimension = next((one for one in _DIMENSIONS if all(map(one.knows, written))), None)
    try:
        return ([_in(units.parse(_spelled(value), dimension), unit, dimension) for value in values], unit) if dimension else None
    except PydanticCustomError:
        return None


def _spelled(value: Any) -> Any:
    """A bare number that a file gave back as text is a number."""
    return float(value) if isinstance(value, np.number) else value


def _in(si: float, unit: str, dimension: Dimension) -> float:
    """An SI value in `unit`, rid of the last digits of the division."""
    if dimension.log and unit in dimension.log:
        return float(f"{units.to_db(si / dimension.log[unit]):.12g}")
    return float(f"{si / dimension.units[unit]:.12g}")

"""The summary of `experiment.statistics` for a terminal and for `--json`."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from rich.cells import cell_len
from rich.console import Group
from rich.table import Table
from rich.text import Text

from ..experiment.statistics import UPLINK_BITS
from .wording import bit_scale, short_names

__all__ = ["summary_table", "summary_json"]

NONE = "—"
_BITS = dict(zip(UPLINK_BITS, ("payload", "coded", "on air", "sent again"), strict=True))
GAP = 2  # characters between columns


def targets_of(summary: pd.DataFrame) -> list[str]:
    """The targets that a summary has columns of."""
    return [name.removeprefix("time to ") for name in summary.columns if name.startswith("time to ")]


def keys_of(summary: pd.DataFrame) -> list[str]:
    """The matrix keys of a summary: its columns between `variant` and `replications`."""
    columns = list(summary.columns)
    return columns[1:columns.index("replications")]


def seconds(value: float) -> str:
    """Three digits: `340 ms`, `12.3 s`, `2.5 h`."""
    if not math.isfinite(value):
        return NONE
    for factor, unit in ((3600, "h"), (1, "s"), (1e-3, "ms")):
        if value >= (10 if factor == 3600 else 1) * factor:
            return f"{_three(value / factor)} {unit}"
    return "0 s" if value == 0 else f"{_three(value * 1e6)} µs"


def bits(value: float) -> str:
    """Three digits, in bytes: `3.42 MB`."""
    if not math.isfinite(value):
        return NONE
    factor, unit = bit_scale(value)
    return f"{_three(value * factor)} {unit}"


def percent(value: float) -> str:
    """One decimal: `89.5 %`."""
    return f"{100 * value:.1f} %" if math.isfinite(value) else NONE


def _three(value: float) -> str:
    return f"{value:.0f}" if value >= 99.95 else f"{value:.3g}" if value < 1 else f"{value:#.3g}"


def _count(value: float) -> str:
    return NONE if not math.isfinite(value) else f"{value:.0f}" if value >= 10 or value == round(value) else f"{value:.1f}"


def _reached(time: float, fraction: float, replications: int) -> str:
    """`12.3 s`; `12.3 s 2/3` where some did not reach; `—` where none did."""
    return seconds(time) if fraction in (0, 1) else f"{seconds(time)} {round(fraction * replications)}/{replications}"


def summary_table(summary: pd.DataFrame, width: int | None = None) -> Group:
    """A summary as a table; where that is wider than `width` characters, as several below each other. No column is left out.

    Each of them begins with the variant and the matrix keys, whose cells are folded where they leave no room for a number.
    Bits, packets and savings stand at the common target, which the last line names; a row that is read elsewhere says so.
    A target that some replications did not reach shows how many did, and the mean over those.
    """
    names, columns = _names(summary), _columns(summary)
    parts: list[Any] = []
    for chosen in _stacks(names, columns, width):
        parts += [*([""] if parts else []), _table(names, chosen, width)]
    return Group(*parts, Text(_caption(summary), style="table.caption"))


def _stacks(names: dict[str, list[str]], columns: dict[str, list[str]], width: int | None) -> list[dict[str, list[str]]]:
    """The columns in as few tables as `width` allows, in their order, each with `names` before them."""
    if width is None:
        return [columns]
    widest = max(_width({name: cells}) for name, cells in columns.items())
    room = max(width - GAP - _width(names), widest)
    stacks: list[dict[str, list[str]]] = [{}]
    for name, cells in columns.items():
        if stacks[-1] and _width(stacks[-1] | {name: cells}) > room:
            stacks.append({})
        stacks[-1][name] = cells
    return stacks


def _table(names: dict[str, list[str]], columns: dict[str, list[str]], width: int | None) -> Table:
    table = Table(box=None, padding=(0, GAP // 2), pad_edge=False, header_style="bold")
    for name in names:
        table.add_column(name, vertical="bottom", no_wrap=width is None, overflow="fold")
    narrow = width is not None and _width(columns) + GAP + len(names) * (1 + GAP) > width  # too narrow even for folded names
    for name in columns:
        table.add_column(name, justify="left" if name == "at" else "right", vertical="bottom", no_wrap=not narrow,
                         overflow="fold")
    for row in zip(*names.values(), *columns.values(), strict=True):
        table.add_row(*row)
    return table


def _names(summary: pd.DataFrame) -> dict[str, list[str]]:
    """Header and cells of the columns that say which row it is."""
    short = short_names(keys_of(summary))
    return {"variant": list(map(str, summary["variant"]))} | {short[key]: list(map(str, summary[key])) for key in short}


def _columns(summary: pd.DataFrame) -> dict[str, list[str]]:
    """Header and cells of every other column."""
    columns = {}
    if (summary["replications"] > 1).any():
        columns["runs"] = [str(count) for count in summary["replications"]]
    columns["rounds"] = list(map(_count, summary["rounds"]))
    for target in targets_of(summary):
        cells = zip(summary[f"time to {target}"], summary[f"reached {target}"], summary["replications"], strict=True)
        columns[f"time to\n{target}"] = [_reached(*cell) for cell in cells]
    if summary["at"].nunique() > 1:
        columns["at"] = list(summary["at"])
    columns |= {short: list(map(bits, summary[name])) for name, short in _BITS.items() if name in summary}
    for name, header, write in (("saving_bits", "bits\nsaved", percent), ("saving_time", "time\nsaved", percent),
                                ("packets_lost", "packets\nlost", _count), ("packets_sent_again", "packets\nagain", _count)):
        columns[header] = list(map(write, summary[name]))
    return columns


def _width(columns: dict[str, list[str]]) -> int:
    cells = [max(cell_len(line) for text in [name, *texts] for line in text.split("\n")) for name, texts in columns.items()]
    return sum(cells) + GAP * (len(cells) - 1)


def _caption(summary: pd.DataFrame) -> str:
    places = list(dict.fromkeys(summary["at"]))
    where = "where `at` says" if len(places) > 1 else "at the end of the run" if places == ["end"] else f"at {places[0]}"
    first = summary["variant"].iloc[0]
    saved = f"; saved against {first}" if summary["saving_bits"].notna().any() else ""
    return f"uplink bits and packets {where}{saved}"


def summary_json(summary: pd.DataFrame) -> list[dict[str, Any]]:
    """A summary as plain data, one object a row; what is not known is null. SI units, bits, fractions."""
    return [_row(summary, dict(zip(summary.columns, row, strict=True))) for row in summary.itertuples(index=False, name=None)]


def _row(summary: pd.DataFrame, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "variant": str(row["variant"]), "matrix": {key: _plain(row[key]) for key in keys_of(summary)},
        "replications": int(row["replications"]), "rounds": _plain(row["rounds"]),
        "targets": {name: {"simulated_time_s": _plain(row[f"time to {name}"]), "reached": _plain(row[f"reached {name}"])}
                    for name in targets_of(summary)},
        "at": row["at"],
        "uplink_bits": {name.removeprefix("uplink_").removesuffix("_bits"): _plain(row[name])
                        for name in UPLINK_BITS if name in row},
        "saving": {"bits": _plain(row["saving_bits"]), "simulated_time": _plain(row["saving_time"])},
        "packets": {"lost": _plain(row["packets_lost"]), "sent_again": _plain(row["packets_sent_again"])},
    }


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value

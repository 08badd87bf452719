"""The summary of `experiment.statistics` for a terminal and for `--json`."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pandas as pd
from rich.cells import cell_len
from rich.console import Group
from rich.table import Table
from rich.text import Text

from ..experiment.statistics import UPLINK_BITS, Target
from ..experiment.summary import MEASURES
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


def counted(value: float) -> str:
    """A whole number, or a small mean of some with one decimal."""
    return NONE if not math.isfinite(value) else f"{value:.0f}" if value >= 10 or value == round(value) else f"{value:.1f}"


def _of(text: str, count: int, whole: int) -> str:
    """`12.3 s (2 of 3)`, where it is not said of all."""
    return text if count == whole else f"{text} ({count} of {whole})"


def _number(value: float) -> str:
    """Three digits: `0.0123`, `1.20e-05`."""
    return f"{value:.3g}" if math.isfinite(value) else NONE


def _reached(time: float, fraction: float, replications: int) -> str:
    """`12.3 s`; `12.3 s (2 of 3)` where some did not reach; `—` where none did."""
    return NONE if fraction == 0 else _of(seconds(time), round(fraction * replications), replications)


def summary_table(summary: pd.DataFrame, width: int | None = None) -> Group:
    """A summary as a table; where that is wider than `width` characters, as several below each other. No column is left out.

    Each of them begins with the variant and the matrix keys, whose cells are folded where they leave no room for a number.
    Bits, packets and savings stand at the common target; a row that is read elsewhere says so. What some replications did not
    reach shows how many did, and the mean over those; a row whose runs all diverged has that word for its end. The last
    lines name the common target, the variant that set it, and of how many pairs of replications the savings are. A summary of
    runs in which nobody learns has columns of its own (`messages`).
    """
    from . import messages

    names, nobody = _names(summary), "messages" in summary  # nobody learns
    columns, caption = (messages.columns, messages.caption) if nobody else (_columns, _caption)
    parts: list[Any] = []
    for chosen in _stacks(names, columns(summary), width):
        parts += [*([""] if parts else []), _table(names, chosen, width)]
    return Group(*parts, *(Text(line, style="table.caption") for line in caption(summary)))


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
        table.add_column(name, vertical="bottom", no_wrap=width is None, overflow="fold", min_width=_least(name, names, width))
    narrow = width is not None and _width(columns) + GAP + len(names) * (1 + GAP) > width  # too narrow even for folded names
    for name in columns:
        table.add_column(name, justify="left" if name == "at" else "right", vertical="bottom", no_wrap=not narrow,
                         overflow="fold", min_width=_least(name, columns, width))
    for row in zip(*names.values(), *columns.values(), strict=True):
        table.add_row(*row)
    return table


def _least(name: str, columns: dict[str, list[str]], width: int | None) -> int | None:
    """The characters that a column must have where there is no width to keep to: then no cell is cut."""
    return _width({name: columns[name]}) if width is None else None


def _names(summary: pd.DataFrame) -> dict[str, list[str]]:
    """Header and cells of the columns that say which row it is."""
    short = short_names(keys_of(summary))
    return {"variant": list(map(str, summary["variant"]))} | {short[key]: list(map(str, summary[key])) for key in short}


def _columns(summary: pd.DataFrame) -> dict[str, list[str]]:
    """Header and cells of every other column."""
    columns = {}
    if (summary["replications"] > 1).any():
        columns["runs"] = [str(count) for count in summary["replications"]]
    columns["rounds"] = list(map(counted, summary["rounds"]))
    if _some_unheard(summary):
        columns["heard"] = list(map(_heard, summary["heard"]))
    for measure in _measures(summary):
        columns[f"final\n{measure}"] = list(map(percent if measure == "accuracy" else _number, summary[f"final_{measure}"]))
    _mark_diverged(columns, summary)
    for target in targets_of(summary):
        cells = zip(summary[f"time to {target}"], summary[f"reached {target}"], summary["replications"], strict=True)
        columns[f"time to\n{target}"] = [_reached(*cell) for cell in cells]
    if summary["at"].nunique() > 1:
        columns["at"] = list(summary["at"])
    columns |= {short: list(map(bits, summary[name])) for name, short in _BITS.items() if name in summary}
    starred = "*" if _partial(summary).any() else ""
    for name, header, write in (("saving_bits", f"bits\nsaved{starred}", percent),
                                ("saving_time", f"time\nsaved{starred}", percent),
                                ("packets_lost", "packets\nlost", counted), ("packets_sent_again", "packets\nagain", counted)):
        columns[header] = list(map(write, summary[name]))
    return columns


def _some_unheard(summary: pd.DataFrame) -> bool:
    return "heard" in summary and bool((summary["heard"] < 1).any())


def _heard(share: float) -> str:
    """A percentage that is 100 only where nothing is missing."""
    return ">99.9 %" if 0.9995 <= share < 1 else percent(share)


def _measures(summary: pd.DataFrame) -> list[str]:
    """What the end of a run is told by: its accuracy, else its error, else its objective; and what a target is of."""
    known = [name for name in reversed(MEASURES) if f"final_{name}" in summary and summary[f"final_{name}"].notna().any()]
    return [name for name in known if name == known[0] or name in {Target.parse(target).kind for target in targets_of(summary)}]


def _mark_diverged(columns: dict[str, list[str]], summary: pd.DataFrame) -> None:
    """The word for an end that is none, in the column of the end or in one of its own; how many where not all diverged."""
    counts = list(zip(summary["diverged"], summary["replications"], strict=True))
    if not any(count for count, _ in counts):
        return
    headers = [name for name in columns if name.startswith("final\n")] or ["end"]
    for header in headers:
        cells = columns.get(header, [""] * len(summary))
        columns[header] = ["diverged" if count == whole else _of(cell, whole - count, whole) if cell else ""
                           for cell, (count, whole) in zip(cells, counts, strict=True)]


def _partial(summary: pd.DataFrame) -> pd.Series:
    """Which rows have savings of fewer pairs than there are replications."""
    return summary["saving_bits"].notna() & (summary["pairs"] < summary["replications"])


def _width(columns: dict[str, list[str]]) -> int:
    cells = [max(cell_len(line) for text in [name, *texts] for line in text.split("\n")) for name, texts in columns.items()]
    return sum(cells) + GAP * (len(cells) - 1)


def _caption(summary: pd.DataFrame) -> list[str]:
    """What the numbers stand at and are of, a line each."""
    places = list(dict.fromkeys(summary["at"]))
    where = "where `at` says" if len(places) > 1 else "at the end of the run" if places == ["end"] else f"at {places[0]}"
    saved = f"; saved against {summary['variant'].iloc[0]}" if summary["saving_bits"].notna().any() else ""
    means = ", a ratio of means" if saved and (summary["replications"] > 1).any() else ""
    heard = ["heard: share of the asked workers' rounds, over the whole run, of which anything came"]
    lines = (heard if _some_unheard(summary) else []) + [f"uplink bits and packets {where}{saved}{means}", *_set_by(summary)]
    if _some_failed(summary):
        lines.append("(n of N): the mean over the n of N replications that reached, or did not diverge; bits and packets too")
    if _partial(summary).any():
        lines.append(f"* over the pairs of replications that both reached: {_listed(_pairs(summary))}")
    return lines


def _set_by(summary: pd.DataFrame) -> list[str]:
    """Which variants keep the common target from being a harder one, and at how many points where not at all."""
    points = summary.groupby(keys_of(summary), sort=False, dropna=False) if keys_of(summary) else [((), summary)]
    found: Counter = Counter()
    for _, rows in points:
        common = rows[rows["at"] != "end"]
        if len(common) and isinstance(common["set_by"].iloc[0], str) and common["set_by"].iloc[0]:
            found[common["at"].iloc[0], common["set_by"].iloc[0]] += 1
    return [f"{at} is the hardest target that all reached because of {by}; others reached a harder one"
            + (f" (so at {count} of {len(points)} points)" if count < len(points) else "") for (at, by), count in found.items()]


def _some_failed(summary: pd.DataFrame) -> bool:
    parts = [summary[f"reached {target}"] for target in targets_of(summary)] + [1 - summary["diverged"] / summary["replications"]]
    return any(((part > 0) & (part < 1)).any() for part in parts)


def _rows(summary: pd.DataFrame) -> list[str]:
    """Each row by name: `GD-SEC`, `GD-SEC at loss = 1 %`."""
    short = short_names(keys_of(summary))
    wheres = [", ".join(f"{name} = {row[key]}" for key, name in short.items()) for row in summary.to_dict("records")]
    return [f"{variant} at {where}" if where else str(variant) for variant, where in zip(summary["variant"], wheres, strict=True)]


def _pairs(summary: pd.DataFrame) -> list[str]:
    chosen = zip(_rows(summary), _partial(summary), summary["pairs"], summary["replications"], strict=True)
    return [f"{row} {pairs} of {whole}" for row, partial, pairs, whole in chosen if partial]


def _listed(items: list[str], most: int = 4) -> str:
    """The first of `items`, and how many more there are."""
    more = len(items) - most
    return "; ".join(items[:most]) + (f"; and {more} more rows" if more > 0 else "")


def summary_json(summary: pd.DataFrame) -> list[dict[str, Any]]:
    """A summary as plain data, one object a row; what is not known is null. SI units, bits, fractions."""
    from . import messages

    write = messages.as_plain if "messages" in summary else _row
    return [write(summary, dict(zip(summary.columns, row, strict=True))) for row in summary.itertuples(index=False, name=None)]


def _row(summary: pd.DataFrame, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "variant": str(row["variant"]), "matrix": {key: plain(row[key]) for key in keys_of(summary)},
        "replications": int(row["replications"]), "rounds": plain(row["rounds"]), "heard": plain(row["heard"]),
        "diverged": int(row["diverged"]),
        "final": {name: plain(row[f"final_{name}"]) for name in MEASURES if f"final_{name}" in row},
        "targets": {name: {"simulated_time_s": plain(row[f"time to {name}"]), "reached": plain(row[f"reached {name}"])}
                    for name in targets_of(summary)},
        "at": row["at"], "set_by": plain(row["set_by"]) or None,
        "uplink_bits": {name.removeprefix("uplink_").removesuffix("_bits"): plain(row[name])
                        for name in UPLINK_BITS if name in row},
        "saving": {"bits": plain(row["saving_bits"]), "simulated_time": plain(row["saving_time"]), "pairs": int(row["pairs"])},
        "packets": {"lost": plain(row["packets_lost"]), "sent_again": plain(row["packets_sent_again"])},
    }


def plain(value: Any) -> Any:
    """A cell as JSON has it; null for what is not finite."""
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value

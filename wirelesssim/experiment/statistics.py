"""Statistics of finished runs: from the tidy table `rounds` to first passages and a common target; see `summary` for savings.

A *trajectory* is one (variant, replication, matrix values); a *point* is one combination of matrix values. The matrix
keys are the columns between `replication` and `round`, and hold what the user wrote (`1 %` or 0.01).

Censoring: a trajectory that ends before its target is censored at its end (right-censored, type I), and one that
diverged never reaches, even if it was at the target on its way. Both are read from the columns that `Results.history`
adds, `simulated_until_s` and `diverged`; without them a trajectory ends at its last row, and `DIVERGED` decides.
Means of times are over those that reached, and never stand without the fraction that did. Left out: a Kaplan-Meier
estimate, which few replications do not support.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from .bands import Band, interval, mean_band, step
from .target import Target

__all__ = ["Target", "Band", "interval", "mean_band", "matrix_keys", "tidy", "trajectories", "times_to_target",
           "values_at", "common_target", "diverged_of", "first_rows", "hardest", "hashable", "in_order", "last_rows", "numbered",
           "present", "simulated_until", "QUANTITIES", "UPLINK_BITS"]

UPLINK_BITS = ("uplink_payload_bits", "uplink_coded_bits", "uplink_on_air_bits", "uplink_retransmitted_bits")
QUANTITIES = ("round", "simulated_time_s", *UPLINK_BITS, "downlink_on_air_bits", "energy_j")
_ENDS = ("round", "simulated_time_s", "uplink_on_air_bits")
_NEEDED = ("variant", "replication", "round", "simulated_time_s")
DIVERGED = 1e6  # times its start, where no column says: the guard's own bound (gd_sec)


def matrix_keys(rounds: pd.DataFrame) -> list[str]:
    """The swept keys of a table: its columns before `round` that are not `variant` or `replication`."""
    columns = list(rounds.columns)
    return [name for name in columns[: columns.index("round")] if name not in ("variant", "replication")]


def tidy(rounds: pd.DataFrame) -> pd.DataFrame:
    """`rounds`, checked: has its columns, at least one row, and one row for each round of a trajectory; InputError otherwise.

    A matrix value that is a mapping or a list becomes its text, so that trajectories can be told apart.
    """
    lacking = [name for name in _NEEDED if name not in rounds.columns]
    if lacking:
        raise InputError(f"table of rounds lacks the column {lacking[0]!r}; give the `rounds` of a run or a sweep")
    if rounds.empty:
        raise InputError("table of rounds must have at least one row, got none: no point of the sweep has finished")
    keys = matrix_keys(rounds)
    rounds = hashable(rounds, keys)
    twice = rounds.duplicated(["variant", "replication", *keys, "round"])
    if twice.any():
        row = rounds[twice].iloc[0]
        raise InputError(f"table of rounds has round {row['round']} of variant {row['variant']!r}, "
                         f"replication {row['replication']}, twice; matrix columns stand between `replication` and `round`")
    return rounds


def hashable(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """`rows` with mappings and lists among the matrix `keys` as their text."""
    nested = [key for key in keys if rows[key].map(lambda value: isinstance(value, (Mapping, list))).any()]
    return rows.assign(**{key: rows[key].map(str) for key in nested}) if nested else rows


def trajectories(rounds: pd.DataFrame) -> pd.Series:
    """The number of each row's trajectory, in order of appearance."""
    return numbered(rounds, ["variant", *matrix_keys(rounds), "replication"])


def numbered(rows: pd.DataFrame, columns: list[str]) -> pd.Series:
    """The number of each row's combination of `columns`, in order of appearance."""
    if not columns:
        return pd.Series(0, index=rows.index)
    return rows.groupby(columns, sort=False, dropna=False).ngroup()


def in_order(rounds: pd.DataFrame) -> pd.DataFrame:
    """Rows by trajectory, then by round; indexed by the trajectory's number."""
    ordered = rounds.assign(_trajectory=trajectories(rounds)).sort_values(["_trajectory", "round"], kind="stable")
    return ordered.set_index("_trajectory").rename_axis("trajectory")


def last_rows(ordered: pd.DataFrame) -> pd.DataFrame:
    """The last row of each trajectory of `in_order`."""
    return ordered[~ordered.index.duplicated(keep="last")]


def first_rows(ordered: pd.DataFrame) -> pd.DataFrame:
    """The first row of each trajectory of `in_order`."""
    return ordered[~ordered.index.duplicated()]


def diverged_of(ordered: pd.DataFrame) -> pd.Series:
    """Which trajectories diverged, as the column `diverged` says.

    Where it does not: those that end with an objective or an error that is not finite or `DIVERGED` times its start.
    """
    first, last = first_rows(ordered), last_rows(ordered)
    found = pd.Series(False, index=last.index)
    for name in {"objective", "error"} & set(ordered.columns):
        start, end = first[name].astype(float), last[name].astype(float)
        found |= np.isfinite(start) & (~np.isfinite(end) | ((start > 0) & (end > DIVERGED * start)))
    if "diverged" in ordered.columns:
        found = found.where(last["diverged"].isna(), last["diverged"].eq(True))
    return found


def simulated_until(last: pd.DataFrame) -> pd.Series:
    """The time (s) up to which each trajectory was simulated, of `last_rows`: by its column, else that of its last row."""
    times = last["simulated_time_s"].astype(float)
    return last["simulated_until_s"].astype(float).fillna(times) if "simulated_until_s" in last.columns else times


def times_to_target(rounds: pd.DataFrame, target: Target | str) -> pd.DataFrame:
    """One row a trajectory: the first round at which `target` holds, and what had been spent by then.

    Columns: variant, replication, the matrix keys, target, reached, diverged; round, simulated_time_s, the bit counts
    and energy_j there, NaN where it was not reached; end_round, end_simulated_time_s, end_uplink_on_air_bits, where the
    trajectory ended, at which it is censored if it did not reach: its last row, but the time up to which it was
    simulated. Index: the trajectory's number.
    """
    rounds, target = tidy(rounds), Target.parse(target)
    ordered = in_order(rounds)
    last, diverged = last_rows(ordered), diverged_of(ordered)
    levels = ordered[target.kind].to_numpy(dtype=float) if target.kind in ordered.columns else np.full(len(ordered), np.nan)
    hits = first_rows(ordered[target.holds(levels) & ~diverged.loc[ordered.index].to_numpy()])
    result = last[["variant", "replication", *matrix_keys(rounds)]].copy()
    result["target"], result["reached"], result["diverged"] = str(target), result.index.isin(hits.index), diverged
    for name in present(QUANTITIES, ordered):
        result[name] = hits[name].astype(float).reindex(result.index)
    for name in present(_ENDS, ordered):
        result[f"end_{name}"] = simulated_until(last) if name == "simulated_time_s" else last[name].astype(float)
    return result


def present(names: Iterable[str], rows: pd.DataFrame) -> list[str]:
    """Those of `names` that are columns of `rows`."""
    return [name for name in names if name in rows.columns]


def values_at(rounds: pd.DataFrame, column: str, at: float) -> pd.DataFrame:
    """One row a trajectory: `value` of `column` at `at` seconds of simulated time, and whether it had `ended` before.

    The value is that of the last server step at or before `at`; of one that ended, its last: the model that one is left with.
    One that the limit of simulated time cut had ended only for an `at` beyond that limit.
    """
    ordered = in_order(tidy(rounds))
    last = last_rows(ordered)
    result = last[["variant", "replication", *matrix_keys(ordered)]].copy()
    result["value"] = [float(step(rows["simulated_time_s"], rows[column], at))
                       for _, rows in ordered.groupby(level=0, sort=False)]
    result["ended"] = simulated_until(last) < at
    return result


def common_target(rounds: pd.DataFrame, targets: Any) -> Target | None:
    """The hardest of `targets` that every trajectory of `rounds` reached; None if there is none.

    Hardest is the one that takes most rounds on average; between targets reached in the same round, the higher level.
    """
    times = {target: times_to_target(rounds, target) for target in Target.listed(targets)}
    return hardest(times, first_rows(in_order(tidy(rounds))).index)


def hardest(times: Mapping[Target, pd.DataFrame], chosen: pd.Index) -> Target | None:
    """As `common_target`, of the trajectories `chosen`, from their `times_to_target` by target."""
    reached = [target for target, table in times.items() if table.loc[chosen, "reached"].all()]
    return max(reached, key=lambda target: (times[target].loc[chosen, "round"].mean(), target.hardness), default=None)

"""Statistics of finished runs: from the tidy table `rounds` to first passages, a common target and savings.

A *trajectory* is one (variant, replication, matrix values); a *point* is one combination of matrix values. The matrix
keys are the columns between `replication` and `round`, and hold what the user wrote (`1 %` or 0.01).

Censoring: a trajectory that ends before its target is censored at its end (right-censored, type I), and one that
diverged never reaches, even if it was at the target on its way. Both are read from the columns that `Results.history`
adds, `simulated_until_s` and `diverged`; without them a trajectory ends at its last row, and `DIVERGED` decides.
Means of times are over those that reached, and never stand without the fraction that did. Left out: a Kaplan-Meier
estimate, which few replications do not support.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from .bands import Band, interval, mean_band, step
from .target import Target

__all__ = ["Target", "Band", "interval", "mean_band", "matrix_keys", "tidy", "trajectories", "times_to_target",
           "values_at", "common_target", "summary", "UPLINK_BITS"]

UPLINK_BITS = ("uplink_payload_bits", "uplink_coded_bits", "uplink_on_air_bits", "uplink_retransmitted_bits")
_QUANTITIES = ("round", "simulated_time_s", *UPLINK_BITS, "downlink_on_air_bits", "energy_j")
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
    rounds = _hashable(rounds, keys)
    twice = rounds.duplicated(["variant", "replication", *keys, "round"])
    if twice.any():
        row = rounds[twice].iloc[0]
        raise InputError(f"table of rounds has round {row['round']} of variant {row['variant']!r}, "
                         f"replication {row['replication']}, twice; matrix columns stand between `replication` and `round`")
    return rounds


def _hashable(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    nested = [key for key in keys if rows[key].map(lambda value: isinstance(value, (Mapping, list))).any()]
    return rows.assign(**{key: rows[key].map(str) for key in nested}) if nested else rows


def trajectories(rounds: pd.DataFrame) -> pd.Series:
    """The number of each row's trajectory, in order of appearance."""
    return _number(rounds, ["variant", *matrix_keys(rounds), "replication"])


def _number(rows: pd.DataFrame, columns: list[str]) -> pd.Series:
    if not columns:
        return pd.Series(0, index=rows.index)
    return rows.groupby(columns, sort=False, dropna=False).ngroup()


def _in_order(rounds: pd.DataFrame) -> pd.DataFrame:
    """Rows by trajectory, then by round; indexed by the trajectory's number."""
    ordered = rounds.assign(_trajectory=trajectories(rounds)).sort_values(["_trajectory", "round"], kind="stable")
    return ordered.set_index("_trajectory").rename_axis("trajectory")


def _last(ordered: pd.DataFrame) -> pd.DataFrame:
    return ordered[~ordered.index.duplicated(keep="last")]


def _first(ordered: pd.DataFrame) -> pd.DataFrame:
    return ordered[~ordered.index.duplicated()]


def _diverged(ordered: pd.DataFrame) -> pd.Series:
    """Which trajectories diverged, as the column `diverged` says.

    Where it does not: those that end with an objective or an error that is not finite or `DIVERGED` times its start.
    """
    first, last = _first(ordered), _last(ordered)
    found = pd.Series(False, index=last.index)
    for name in {"objective", "error"} & set(ordered.columns):
        start, end = first[name].astype(float), last[name].astype(float)
        found |= np.isfinite(start) & (~np.isfinite(end) | ((start > 0) & (end > DIVERGED * start)))
    if "diverged" in ordered.columns:
        found = found.where(last["diverged"].isna(), last["diverged"].eq(True))
    return found


def _until(last: pd.DataFrame) -> pd.Series:
    """The simulated time up to which each trajectory was simulated: by its column, else that of its last row."""
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
    ordered = _in_order(rounds)
    last, diverged = _last(ordered), _diverged(ordered)
    levels = ordered[target.kind].to_numpy(dtype=float) if target.kind in ordered.columns else np.full(len(ordered), np.nan)
    hits = _first(ordered[target.holds(levels) & ~diverged.loc[ordered.index].to_numpy()])
    result = last[["variant", "replication", *matrix_keys(rounds)]].copy()
    result["target"], result["reached"], result["diverged"] = str(target), result.index.isin(hits.index), diverged
    for name in _present(_QUANTITIES, ordered):
        result[name] = hits[name].astype(float).reindex(result.index)
    for name in _present(_ENDS, ordered):
        result[f"end_{name}"] = _until(last) if name == "simulated_time_s" else last[name].astype(float)
    return result


def _present(names: Iterable[str], rows: pd.DataFrame) -> list[str]:
    return [name for name in names if name in rows.columns]


def values_at(rounds: pd.DataFrame, column: str, at: float) -> pd.DataFrame:
    """One row a trajectory: `value` of `column` at `at` seconds of simulated time, and whether it had `ended` before.

    The value is that of the last server step at or before `at`; of one that ended, its last: the model that one is left with.
    One that the limit of simulated time cut had ended only for an `at` beyond that limit.
    """
    ordered = _in_order(tidy(rounds))
    last = _last(ordered)
    result = last[["variant", "replication", *matrix_keys(ordered)]].copy()
    result["value"] = [float(step(rows["simulated_time_s"], rows[column], at))
                       for _, rows in ordered.groupby(level=0, sort=False)]
    result["ended"] = _until(last) < at
    return result


def common_target(rounds: pd.DataFrame, targets: Any) -> Target | None:
    """The hardest of `targets` that every trajectory of `rounds` reached; None if there is none.

    Hardest is the one that takes most rounds on average; between targets reached in the same round, the higher level.
    """
    times = {target: times_to_target(rounds, target) for target in Target.listed(targets)}
    return _hardest(times, _first(_in_order(tidy(rounds))).index)


def _hardest(times: Mapping[Target, pd.DataFrame], chosen: pd.Index) -> Target | None:
    reached = [target for target, table in times.items() if table.loc[chosen, "reached"].all()]
    return max(reached, key=lambda target: (times[target].loc[chosen, "round"].mean(), target.hardness), default=None)


def summary(rounds: pd.DataFrame, transmissions: pd.DataFrame | None = None, targets: Any = ()) -> pd.DataFrame:
    """One row a (point, variant), in order of appearance: what a reader compares. Every number is a mean over replications.

    - `replications`, `rounds` (at the end); for each target T: `time to T` in seconds over those that reached (NaN if
      none did) and `reached T`, the fraction that did.
    - `at`: where the next columns are read: the *common target* of the point, or `end`. Common is the hardest target that
      all trajectories of the point reached; a variant of which some replication reached no target at all is left out of
      that and read at its `end`, so that one failure does not hide the others' savings.
    - the four uplink bit counts; `saving_bits` (on air) and `saving_time`: 1 - x/x0, x0 the first variant's, paired by
      replication, then averaged (common random numbers make the pairs); NaN at `end`: savings mean a common target.
    - `packets_lost` and `packets_sent_again` of the uplink, up to that same instant; NaN without `transmissions`. Sent again
      is attempts - packets of each message, and 0 where that is negative: one of which not all packets were sent.
    """
    rounds = tidy(rounds)
    keys, listed = matrix_keys(rounds), Target.listed(targets)
    ends = _last(_in_order(rounds))
    times = {target: times_to_target(rounds, target) for target in listed}
    points, variants = _number(ends, keys), list(dict.fromkeys(rounds["variant"]))
    chosen = {(point, variant): ends.index[(points == point) & (ends["variant"] == variant)]
              for point in dict.fromkeys(points) for variant in variants}
    chosen = {place: index for place, index in chosen.items() if len(index)}
    common = {point: _comparison(times, [index for (of, _), index in chosen.items() if of == point])
              for point in dict.fromkeys(points)}
    read, at = _read(ends, times, {place: (index, common[place[0]]) for place, index in chosen.items()})
    packets = _packets(transmissions, read, keys)
    rows = []
    for (point, variant), index in chosen.items():
        baseline = chosen.get((point, variants[0]), index[:0])
        rows.append({"variant": variant, **{key: ends.loc[index[0], key] for key in keys},
                     "replications": len(index), "rounds": ends.loc[index, "round"].mean(),
                     **_times(times, index), "at": at[point, variant], **_mean(read.loc[index], _present(UPLINK_BITS, read)),
                     **_savings(read, index, baseline if at.get((point, variants[0])) == at[point, variant] else index[:0]),
                     **_mean(packets.loc[index], packets.columns)})
    return pd.DataFrame(rows)


def _mean(rows: pd.DataFrame, names: Iterable[str]) -> dict[str, float]:
    return {name: float(rows[name].mean()) for name in names}


def _comparison(times: Mapping[Target, pd.DataFrame], indices: Sequence[pd.Index]) -> Target | None:
    """The common target of the variants that reached some target in every replication; `indices` are their trajectories."""
    able = [index for index in indices if any(_all_reached(table, index) for table in times.values())]
    return _hardest(times, able[0].append(able[1:])) if able else None


def _all_reached(table: pd.DataFrame, index: pd.Index) -> bool:
    return bool(table.loc[index, "reached"].all())


def _read(ends: pd.DataFrame, times: Mapping[Target, pd.DataFrame], places: Mapping[tuple, tuple[pd.Index, Target | None]]):
    """The trajectories' rows at their target or end, with `until`, the instant; and the word for `at` by place."""
    read, at = ends.assign(until=np.inf), {}
    names = _present(_QUANTITIES, ends)
    read[names] = read[names].astype(float)
    for place, (index, target) in places.items():
        met = target is not None and _all_reached(times[target], index)
        at[place] = str(target) if met else "end"
        if met:
            read.loc[index, names] = times[target].loc[index, names]
            read.loc[index, "until"] = times[target].loc[index, "simulated_time_s"]
    return read, at


def _times(times: Mapping[Target, pd.DataFrame], index: pd.Index) -> dict[str, float]:
    found = {}
    for target, table in times.items():
        found[f"time to {target}"] = float(table.loc[index, "simulated_time_s"].mean())
        found[f"reached {target}"] = float(table.loc[index, "reached"].mean())
    return found


def _savings(read: pd.DataFrame, index: pd.Index, baseline: pd.Index) -> dict[str, float]:
    mine, base = (read.loc[rows].set_index("replication") for rows in (index, baseline))
    found = {}
    for name, column in (("saving_bits", "uplink_on_air_bits"), ("saving_time", "simulated_time_s")):
        known = column in read.columns and np.isfinite(read.loc[index, "until"]).all()
        ratio = mine[column] / base[column] if known else pd.Series(dtype=float)
        found[name] = float((1 - ratio[np.isfinite(ratio)]).mean())
    return found


def _packets(transmissions: pd.DataFrame | None, read: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Packets lost and sent again on the uplink of each trajectory, in transmissions that began before its `until`."""
    names = ["packets_lost", "packets_sent_again"]
    if transmissions is None:
        return pd.DataFrame(np.nan, index=read.index, columns=names)
    identity = ["variant", "replication", *keys]
    which = read[[*identity, "until"]].rename_axis("trajectory").reset_index()
    sent = _hashable(transmissions[transmissions["direction"] == "uplink"], keys).merge(which, on=identity)
    sent = sent[sent["start_s"] < sent["until"]]
    sent = sent.assign(packets_sent_again=(sent["attempts"] - sent["packets"]).clip(lower=0))  # below 0: not all were sent
    return sent.groupby("trajectory")[names].sum().reindex(read.index, fill_value=0).astype(float)

"""The summary of finished runs: one row a variant and matrix point, read at a common target; and runs that got worse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from .statistics import (
    UPLINK_BITS, QUANTITIES, Target, diverged_of, first_rows, hardest, hashable, in_order, last_rows, matrix_keys, numbered,
    present, tidy, times_to_target)
from .unheard import share_heard

__all__ = ["MEASURES", "above_start", "summary"]

MEASURES = ("objective", "error", "accuracy")


def summary(rounds: pd.DataFrame, transmissions: pd.DataFrame | None = None, targets: Any = ()) -> pd.DataFrame:
    """One row a (point, variant), in order of appearance: what a reader compares. Every number is a mean over replications.

    - `replications`, `rounds` (at the end); `heard`: of the rounds in which a worker was asked, over the whole run, the share in
      which something came of it, be it known silence (`unheard.share_heard`); `diverged`, how many did; `final_objective`,
      `final_error`, `final_accuracy`: the last row's, over those that did not diverge.
    - for each target T: `time to T` in seconds over those that reached (NaN if none did) and `reached T`, their fraction.
    - `at`: where the next columns are read: the *common target* of the point, or `end`. Common is the hardest target that
      all trajectories of the point reached; a variant of which some replication reached no target at all is left out of
      that, so that one failure does not hide the others' savings. It is read over its replications that reached the common
      target, and at its `end` if none did. `set_by`: the variants that keep a harder target, which others reached,
      from being the common one; empty if there are none.
    - the four uplink bit counts; `saving_bits` (on air) and `saving_time`: 1 - sum(x)/sum(x0), x0 the first variant's, over
      the `pairs` of replications that both reached the common target (common random numbers make the pairs); NaN at `end`.
      A ratio of means, not a mean of ratios: the share of the whole cost that is saved.
    - `packets_lost` and `packets_sent_again` of the uplink, up to that same instant; NaN without `transmissions`. Sent again
      is attempts - packets of each message, and 0 where that is negative: one of which not all packets were sent.
    """
    rounds = tidy(rounds)
    keys, listed = matrix_keys(rounds), Target.listed(targets)
    ordered = in_order(rounds)
    ends, diverged, heard = last_rows(ordered), diverged_of(ordered), share_heard(ordered)
    times = {target: times_to_target(rounds, target) for target in listed}
    points, variants = numbered(ends, keys), list(dict.fromkeys(rounds["variant"]))
    chosen = {(point, variant): ends.index[(points == point) & (ends["variant"] == variant)]
              for point in dict.fromkeys(points) for variant in variants}
    chosen = {place: index for place, index in chosen.items() if len(index)}
    common = {point: _comparison(times, {variant: index for (of, variant), index in chosen.items() if of == point})
              for point in dict.fromkeys(points)}
    read, at = _read(ends, times, {place: (index, common[place[0]].target) for place, index in chosen.items()})
    packets = _packets(transmissions, read, keys)
    rows = []
    for (point, variant), index in chosen.items():
        counted = _counted(read, index, at[point, variant])
        rows.append({"variant": variant, **{key: ends.loc[index[0], key] for key in keys},
                     "replications": len(index), "rounds": ends.loc[index, "round"].mean(),
                     "heard": float(heard.loc[index].mean()),
                     **_finals(ends.loc[index], diverged.loc[index]), **_times(times, index), "at": at[point, variant],
                     "set_by": ", ".join(common[point].set_by), **_mean(read.loc[counted], present(UPLINK_BITS, read)),
                     **_savings(read, index, chosen.get((point, variants[0]), index[:0])),
                     **_mean(packets.loc[counted], packets.columns)})
    return pd.DataFrame(rows)


def _mean(rows: pd.DataFrame, names: Iterable[str]) -> dict[str, float]:
    return {name: float(rows[name].mean()) for name in names}


def _finals(ends: pd.DataFrame, diverged: pd.Series) -> dict[str, float]:
    sound = ends[~diverged]
    return {"diverged": int(diverged.sum())} | {
        f"final_{name}": float(sound[name].astype(float).mean()) for name in present(MEASURES, ends)}


class _Common(NamedTuple):
    """The common target of a point, if there is one, and the variants that keep it from being a harder one."""

    target: Target | None
    set_by: list[str]


def _comparison(times: Mapping[Target, pd.DataFrame], indices: Mapping[str, pd.Index]) -> _Common:
    """The common target of the variants that reached some target in every replication; `indices` are their trajectories.

    Where no variant did, the hardest that each variant, of those that reached any, reached at least once.
    """
    able = {name: index for name, index in indices.items() if any(_all_reached(table, index) for table in times.values())}
    if not able:
        some = [index for index in indices.values() if any(table.loc[index, "reached"].any() for table in times.values())]
        shared = {target: table for target, table in times.items() if all(table.loc[index, "reached"].any() for index in some)}
        order = {target: (table.loc[some[0], "round"].mean(), target.hardness) for target, table in shared.items() if some}
        return _Common(max(order, key=order.get, default=None), [])
    target = hardest(times, _joined(able.values()))
    return _Common(target, [] if target is None else _kept_back(times, able, target))


def _joined(indices: Iterable[pd.Index]) -> pd.Index:
    first, *rest = indices
    return first.append(rest)


def _kept_back(times: Mapping[Target, pd.DataFrame], able: Mapping[str, pd.Index], common: Target) -> list[str]:
    """The variants without any target that is harder than `common` for those that reached both; `common` is due to them.

    Where there is a harder one for every variant, but not the same, those without some of them.
    """
    lacking = []
    for target, table in times.items():
        having = {name: index for name, index in able.items() if _all_reached(table, index)}
        if 0 < len(having) < len(able) and hardest({target: table, common: times[common]}, _joined(having.values())) == target:
            lacking.append({name for name in able if name not in having})
    chosen = set.intersection(*lacking) or set.union(*lacking) if lacking else set()
    return [name for name in able if name in chosen]


def _all_reached(table: pd.DataFrame, index: pd.Index) -> bool:
    return bool(table.loc[index, "reached"].all())


def _read(ends: pd.DataFrame, times: Mapping[Target, pd.DataFrame], places: Mapping[tuple, tuple[pd.Index, Target | None]]):
    """The trajectories' rows at their target or end, with `until`, the instant; and the word for `at` by place."""
    read, at = ends.assign(until=np.inf), {}
    names = present(QUANTITIES, ends)
    read[names] = read[names].astype(float)
    for place, (index, target) in places.items():
        met = index[:0] if target is None else index[times[target].loc[index, "reached"]]
        at[place] = str(target) if len(met) else "end"
        if len(met):
            read.loc[met, names] = times[target].loc[met, names]
            read.loc[met, "until"] = times[target].loc[met, "simulated_time_s"]
    return read, at


def _counted(read: pd.DataFrame, index: pd.Index, at: str) -> pd.Index:
    """The trajectories of a row whose bits and packets count: at a target, those that reached it."""
    return index if at == "end" else index[np.isfinite(read.loc[index, "until"])]


def _times(times: Mapping[Target, pd.DataFrame], index: pd.Index) -> dict[str, float]:
    found = {}
    for target, table in times.items():
        found[f"time to {target}"] = float(table.loc[index, "simulated_time_s"].mean())
        found[f"reached {target}"] = float(table.loc[index, "reached"].mean())
    return found


def _savings(read: pd.DataFrame, index: pd.Index, baseline: pd.Index) -> dict[str, float]:
    mine, base = (read.loc[rows].set_index("replication") for rows in (index, baseline))
    mine, base = (rows[np.isfinite(rows["until"])] for rows in (mine, base))
    pairs = mine.index.intersection(base.index)
    found: dict[str, float] = {}
    for name, column in (("saving_bits", "uplink_on_air_bits"), ("saving_time", "simulated_time_s")):
        spent, whole = (float(rows.loc[pairs, column].sum()) if column in read.columns else 0.0 for rows in (mine, base))
        found[name] = 1 - spent / whole if whole > 0 else np.nan
    return found | {"pairs": len(pairs)}


def _packets(transmissions: pd.DataFrame | None, read: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Packets lost and sent again on the uplink of each trajectory, in transmissions that began before its `until`."""
    names = ["packets_lost", "packets_sent_again"]
    if transmissions is None:
        return pd.DataFrame(np.nan, index=read.index, columns=names)
    identity = ["variant", "replication", *keys]
    which = read[[*identity, "until"]].rename_axis("trajectory").reset_index()
    sent = hashable(transmissions[transmissions["direction"] == "uplink"], keys).merge(which, on=identity)
    sent = sent[sent["start_s"] < sent["until"]]
    sent = sent.assign(packets_sent_again=(sent["attempts"] - sent["packets"]).clip(lower=0))  # below 0: not all were sent
    return sent.groupby("trajectory")[names].sum().reindex(read.index, fill_value=0).astype(float)


def above_start(rounds: pd.DataFrame) -> pd.DataFrame:
    """One row a (point, variant) of which runs ended with a larger objective than they began with, and did not diverge.

    Columns: variant, the matrix keys, replications, `above` (how many of them), and the means over those of the objective at
    the `start` and at the `end`. Empty where there are none, or the objective was not evaluated.
    """
    ordered = in_order(tidy(rounds))
    ends, keys = last_rows(ordered), matrix_keys(rounds)
    start, end = (rows["objective"].astype(float) for rows in (first_rows(ordered), ends))
    above = (end > start) & ~diverged_of(ordered)
    rows = ends[["variant", *keys]].assign(above=above, start=start.where(above), end=end.where(above))
    grouped = rows.groupby(["variant", *keys], sort=False, dropna=False)
    found = grouped.agg(replications=("above", "size"), above=("above", "sum"), start=("start", "mean"), end=("end", "mean"))
    return found[found["above"] > 0].reset_index()

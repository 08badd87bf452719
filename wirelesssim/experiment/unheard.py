"""Workers from which nothing came: how often the server heard nothing of a worker that it had asked, and why.

A *worker-round* is one worker asked in one round; with M workers and K rounds there are K M of them, unless the algorithm asks
fewer. It is lost where no packet of the worker's message came (`workers_lost` of the table `rounds`), late where it
came after the server had gone on. Silence that the server knows of counts as heard; so does a message of which some packets
came.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .statistics import hashable, in_order, last_rows, matrix_keys, numbered, tidy

__all__ = ["share_heard", "unheard"]

_ASKED = ("workers_heard", "workers_silent", "workers_lost", "workers_late")
_SUMS = ("asked", "lost", "unreached", "unsent", "failed")


def share_heard(ordered: pd.DataFrame) -> pd.Series:
    """Worker-rounds heard over those asked, in [0, 1], of each trajectory of `in_order`, over the whole run.

    NaN where nobody was asked, or the table has no counts of workers.
    """
    counts = _counts(ordered)
    return 1 - counts["missed"] / counts["asked"].where(counts["asked"] > 0)


def _counts(ordered: pd.DataFrame) -> pd.DataFrame:
    """Worker-rounds `asked`, `lost`, and `missed` (lost or late), of each trajectory; NaN without the columns."""
    if any(name not in ordered.columns for name in _ASKED):
        return pd.DataFrame(np.nan, index=last_rows(ordered).index, columns=["asked", "lost", "missed"])
    sums = ordered[list(_ASKED)].groupby(level=0, sort=False).sum()
    return pd.DataFrame({"asked": sums.sum(axis=1), "lost": sums["workers_lost"],
                         "missed": sums["workers_lost"] + sums["workers_late"]})


def unheard(rounds: pd.DataFrame, transmissions: pd.DataFrame, workers: pd.DataFrame) -> pd.DataFrame:
    """One row a (point, variant) that lost worker-rounds, in order of appearance; empty where none did.

    Columns: variant, the matrix keys, replications; summed over replications the worker-rounds `asked` and `lost`, and of the
    latter those `unreached` (the model did not come to the worker), `unsent` (a message of which no packet was ever on the air:
    no rate, out of coverage, or a medium that was never free), `failed` (packets were on the air and none came); `never`: how
    many workers were asked and not once heard, in the replication with most of them, `of_workers` that were asked.
    """
    rounds = tidy(rounds)
    keys, ordered = matrix_keys(rounds), in_order(rounds)
    ends, counts = last_rows(ordered), _counts(ordered)
    identity = ["variant", "replication", *keys]
    told = ends.loc[counts["lost"] > 0, [*identity, "round"]].rename(columns={"round": "last"})
    told = told.rename_axis("trajectory").reset_index()
    sent, turns = (_of(table, told, identity, keys) for table in (transmissions[transmissions["direction"] == "uplink"], workers))
    runs = pd.DataFrame([_run(counts.loc[number], sent[sent["trajectory"] == number], turns[turns["trajectory"] == number])
                         for number in told["trajectory"]], index=told["trajectory"], columns=[*_SUMS, "never", "of_workers"])
    rows = []
    for _, group in ends.groupby(numbered(ends, ["variant", *keys]), sort=False):
        lossy = runs.loc[group.index.intersection(runs.index)]
        if len(lossy):
            rows.append({"variant": group["variant"].iloc[0], **{key: group[key].iloc[0] for key in keys},
                         "replications": len(group), **lossy[list(_SUMS)].sum().astype(int).to_dict(),
                         **lossy[["never", "of_workers"]].max().astype(int).to_dict()}
                        | {"asked": int(counts.loc[group.index, "asked"].sum())})
    return pd.DataFrame(rows, columns=["variant", *keys, "replications", *_SUMS, "never", "of_workers"])


def _of(table: pd.DataFrame, told: pd.DataFrame, identity: list[str], keys: list[str]) -> pd.DataFrame:
    """The rows of the trajectories in `told`, of rounds that the table `rounds` has."""
    rows = hashable(table, keys).merge(told, on=identity)
    return rows[rows["round"] <= rows["last"]]


def _run(counts: pd.Series, sent: pd.DataFrame, turns: pd.DataFrame) -> dict[str, int]:
    """The figures of one trajectory, from its messages and its workers' turns."""
    nothing = sent["delivered"] == 0
    unsent, failed = int((nothing & (sent["attempts"] == 0)).sum()), int((nothing & (sent["attempts"] > 0)).sum())
    unreached = max(int(counts["lost"]) - unsent - failed, 0)
    said = pd.MultiIndex.from_frame(sent[["round", "worker"]])
    mute = turns[~pd.MultiIndex.from_frame(turns[["round", "worker"]]).isin(said)]
    silent = mute[(mute["compute_s"] > 0) | (unreached == 0)]  # a turn without the model has no computing in it
    heard = set(sent.loc[~nothing, "worker"]) | set(silent["worker"])
    asked = set(turns["worker"])
    return {"asked": int(counts["asked"]), "lost": int(counts["lost"]), "unreached": unreached, "unsent": unsent,
            "failed": failed, "never": len(asked - heard), "of_workers": len(asked)}

"""The summary of runs in which nobody learns: what came of the messages, how long they took, what the network carried."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .statistics import hashable, in_order, last_rows, matrix_keys, numbered, tidy

__all__ = ["delivery", "without_learner"]


def without_learner(rounds: pd.DataFrame) -> bool:
    """Whether no row has an objective: all is of the objective `messages`."""
    return bool(rounds["objective"].isna().all())


def delivery(rounds: pd.DataFrame, transmissions: pd.DataFrame, workers: pd.DataFrame) -> pd.DataFrame:
    """One row a (point, variant), in order of appearance; every number is a mean over replications of a run's own.

    - `replications`, `rounds` (at the end), `until_s` (how far it was simulated).
    - `messages` that were begun; of these `delivered` (every packet), `in_flight` (cut by the limit of simulated time) and
      `lost`, the rest: of these some packets may have come.
    - `delay_s`, `delay_95_s`: mean and 95 % quantile over delivered messages of end_s - start_s, from when a message was ready
      until the sender's part ended; `queue_s`: the mean part of it that was spent waiting for its turn.
    - `throughput`: bit/s of payload of delivered messages, over `until_s`; `packet_throughput`: of all packets that arrived,
      those of messages that came in part, too, which count with that part of their payload (packets of a message are of one size
      but the last).
    - `uplink_on_air_bits`, `uplink_retransmitted_bits`; `packets_lost`, `packets_sent_again` (as `summary.summary`).
    """
    rounds = tidy(rounds)
    keys = matrix_keys(rounds)
    ends = last_rows(in_order(rounds))
    identity = ["variant", "replication", *keys]
    told = ends[identity].assign(trajectory=ends.index)
    sent = hashable(transmissions[transmissions["direction"] == "uplink"], keys).merge(told, on=identity)
    waits = hashable(workers, keys).merge(told, on=identity).groupby("trajectory")["queue_s"].mean()
    runs = pd.DataFrame([_run(end, sent[sent["trajectory"] == number], waits.get(number, np.nan))
                         for number, end in ends.iterrows()], index=ends.index)
    rows = []
    for _, group in ends.groupby(numbered(ends, ["variant", *keys]), sort=False):
        first = group.iloc[0]
        rows.append({"variant": first["variant"], **{key: first[key] for key in keys}, "replications": len(group),
                     **runs.loc[group.index].mean().to_dict()})
    return pd.DataFrame(rows)


def _run(end: pd.Series, sent: pd.DataFrame, queue: float) -> dict[str, Any]:
    """The figures of one run, from its last row and its uplink messages."""
    until = end.get("simulated_until_s", np.nan)
    until = float(end["simulated_time_s"] if pd.isna(until) else until)
    whole = sent["delivered"] == sent["packets"]
    cut = ~whole & (sent["end_s"] >= until) & (until > end["simulated_time_s"])
    delays = (sent["end_s"] - sent["start_s"])[whole].to_numpy(dtype=float)
    arrived = sent["payload_bits"] * sent["delivered"] / sent["packets"].clip(lower=1)
    return {
        "rounds": float(end["round"]), "until_s": until, "messages": len(sent), "delivered": int(whole.sum()),
        "lost": int((~whole & ~cut).sum()), "in_flight": int(cut.sum()),
        "delay_s": float(delays.mean()) if len(delays) else np.nan,
        "delay_95_s": float(np.quantile(delays, 0.95)) if len(delays) else np.nan, "queue_s": float(queue),
        "throughput": float(arrived[whole].sum()) / until if until > 0 else np.nan,
        "packet_throughput": float(arrived.sum()) / until if until > 0 else np.nan,
        "uplink_on_air_bits": float(sent["on_air_bits"].sum()),
        "uplink_retransmitted_bits": float(sent["retransmitted_bits"].sum()),
        "packets_lost": float(sent["packets_lost"].sum()),
        "packets_sent_again": float((sent["attempts"] - sent["packets"]).clip(lower=0).sum())}

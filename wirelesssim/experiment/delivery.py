"""What came of the messages, how long they took, what the network carried: by message, by round, by run, and in short."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .statistics import hashable, in_order, last_rows, matrix_keys, numbered, simulated_until, tidy

__all__ = ["along", "deliveries", "delivery", "messages", "without_learner"]


def without_learner(rounds: pd.DataFrame) -> bool:
    """Whether no row has an objective: all is of the objective `messages`."""
    return bool(rounds["objective"].isna().all())


def delivery(rounds: pd.DataFrame, transmissions: pd.DataFrame, workers: pd.DataFrame) -> pd.DataFrame:
    """One row a (point, variant), in order of appearance; every number is a mean over replications of a run's own.

    Columns: variant, the matrix keys, `replications`, and those numbers of `deliveries` and `queue_s`: the mean part of the
    delay, over all messages, that was spent waiting for a turn.
    """
    rounds = tidy(rounds)
    keys, runs = matrix_keys(rounds), deliveries(rounds, transmissions)
    told = runs[["variant", "replication", *keys]].assign(trajectory=runs.index)
    waits = hashable(workers, keys).merge(told, on=["variant", "replication", *keys]).groupby("trajectory")["queue_s"].mean()
    numbers = runs.drop(columns=["variant", "replication", *keys]).assign(queue_s=waits.reindex(runs.index).astype(float))
    rows = []
    for _, group in runs.groupby(numbered(runs, ["variant", *keys]), sort=False):
        first = group.iloc[0]
        rows.append({"variant": first["variant"], **{key: first[key] for key in keys}, "replications": len(group),
                     **numbers.loc[group.index].mean().to_dict()})
    return pd.DataFrame(rows)


def deliveries(rounds: pd.DataFrame, transmissions: pd.DataFrame) -> pd.DataFrame:
    """One row a trajectory, indexed by its number: the labels, and what came of its uplink messages.

    - `rounds` (at the end), `until_s` (how far it was simulated).
    - `messages` that were begun; of these `delivered` (every packet), `in_flight` (cut by the end of the run) and
      `lost`, the rest: of these some packets may have come; `waiting`: messages that were ready and not begun at the end, none of
      the `messages` (NaN: not recorded). `delivered_share`: delivered/(delivered + lost), NaN of none:
      of the messages whose fate is known, whatever is in flight or waits, so that an overload does not show in it.
    - `delay_s`, `delay_95_s`: mean and 95 % quantile over delivered messages of end_s - start_s, from when a message was ready
      until the sender's part ended; of those whose part ended within the run, NaN where there is none.
    - `throughput`: bit/s of payload of delivered messages, over `until_s`; `packet_throughput`: of all packets that arrived,
      those of messages that came in part, too, which count with that part of their payload (packets of a message are of one size
      but the last). The packets of a burst count when it is over, here and in bits.
    - `uplink_on_air_bits`, `uplink_retransmitted_bits`; `packets_lost`, `packets_sent_again` (as `summary.summary`).
    """
    rounds = tidy(rounds)
    ends, sent = last_rows(in_order(rounds)), messages(rounds, transmissions)
    empty, groups = sent.iloc[:0], dict(list(sent.groupby("trajectory")))
    ends = ends.assign(until=simulated_until(ends))
    found = [_run(end, groups.get(number, empty)) for number, end in ends.iterrows()]
    return pd.concat([ends[["variant", "replication", *matrix_keys(rounds)]], pd.DataFrame(found, index=ends.index)], axis=1)


def messages(rounds: pd.DataFrame, transmissions: pd.DataFrame) -> pd.DataFrame:
    """The uplink rows of `transmissions`, each with the number of its `trajectory`, whether it is `whole` (every packet was
    delivered) or `cut` (in flight at the end of the run: neither whole nor ended when the limit of simulated time came, or, of a
    later round, the end of the last), and its `delay_s` (end_s - start_s; NaN unless whole, and where the run ended before the
    sender's part did)."""
    rounds = tidy(rounds)
    keys, ends = matrix_keys(rounds), last_rows(in_order(rounds))
    told = ends[["variant", "replication", *keys]].assign(
        trajectory=ends.index, until=simulated_until(ends), last=ends["simulated_time_s"], last_round=ends["round"])
    sent = hashable(transmissions[transmissions["direction"] == "uplink"], keys).merge(told, on=["variant", "replication", *keys])
    whole = sent["delivered"] == sent["packets"]
    pending = (sent["end_s"] >= sent["until"]) & ((sent["until"] > sent["last"]) | (sent["round"] > sent["last_round"]))
    delay = (sent["end_s"] - sent["start_s"]).astype(float).where(whole & ~pending)
    return sent.drop(columns=["until", "last", "last_round"]).assign(whole=whole, cut=~whole & pending, delay_s=delay)


def along(rounds: pd.DataFrame, transmissions: pd.DataFrame) -> pd.DataFrame:
    """`rounds` with three more columns, of the uplink messages: `delay_s`, `delivered_share`, `throughput` of `deliveries`.

    The delay is the mean over the delivered messages of the round alone; the other two are of all since the start: of the
    messages of this round and those before the delivered share, and the payload of those that had been delivered by then over
    the simulated time. NaN where there is no message, or no time.
    """
    rounds = tidy(rounds)
    sent = messages(rounds, transmissions)
    groups = dict(list(sent.groupby("trajectory")))
    parts = [rows.assign(**_along(rows, groups.get(number, sent.iloc[:0])))
             for number, rows in in_order(rounds).groupby(level=0, sort=False)]
    return pd.concat(parts, ignore_index=True)


def _along(rows: pd.DataFrame, sent: pd.DataFrame) -> dict[str, np.ndarray]:
    """The three columns of one trajectory, whose `rows` are in order of round."""
    by_round = sent.groupby("round")
    told = pd.DataFrame({"delay": by_round["delay_s"].mean(), "whole": by_round["whole"].sum(),
                         "known": by_round["cut"].size() - by_round["cut"].sum()}).reindex(rows["round"])
    whole, known = (told[name].fillna(0).to_numpy(dtype=float).cumsum() for name in ("whole", "known"))
    came = sent[sent["whole"]].sort_values("end_s", kind="stable")
    total = np.concatenate([[0.0], came["payload_bits"].to_numpy(dtype=float).cumsum()])
    times = rows["simulated_time_s"].to_numpy(dtype=float)
    carried = total[np.searchsorted(came["end_s"].to_numpy(dtype=float), times, side="right")]
    return {"delay_s": told["delay"].to_numpy(dtype=float), "delivered_share": _ratio(whole, known),
            "throughput": _ratio(carried, times)}


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Quotients, NaN where there is nothing to divide by."""
    return np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)


def _run(end: pd.Series, sent: pd.DataFrame) -> dict[str, Any]:
    """The figures of one run, from its last row and its uplink messages."""
    until, whole, cut = float(end["until"]), sent["whole"], sent["cut"]
    lost, delays = int((~whole & ~cut).sum()), sent["delay_s"].dropna().to_numpy(dtype=float)
    arrived = sent["payload_bits"] * sent["delivered"] / sent["packets"].clip(lower=1)
    return {
        "rounds": float(end["round"]), "until_s": until, "messages": len(sent), "delivered": int(whole.sum()),
        "lost": lost, "in_flight": int(cut.sum()), "waiting": float(end.get("messages_waiting", np.nan)),
        "delivered_share": whole.sum() / (whole.sum() + lost) if whole.sum() + lost else np.nan,
        "delay_s": float(delays.mean()) if len(delays) else np.nan,
        "delay_95_s": float(np.quantile(delays, 0.95)) if len(delays) else np.nan,
        "throughput": float(arrived[whole].sum()) / until if until > 0 else np.nan,
        "packet_throughput": float(arrived.sum()) / until if until > 0 else np.nan,
        "uplink_on_air_bits": float(sent["on_air_bits"].sum()),
        "uplink_retransmitted_bits": float(sent["retransmitted_bits"].sum()),
        "packets_lost": float(sent["packets_lost"].sum()),
        "packets_sent_again": float((sent["attempts"] - sent["packets"]).clip(lower=0).sum())}

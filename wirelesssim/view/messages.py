"""The summary of `experiment.delivery`, of runs in which nobody learns, as columns of a table and as plain data."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from .table import NONE, bits, counted, keys_of, plain, seconds
from .wording import rate_scale

__all__ = ["columns", "caption", "as_plain"]

_NUMBERS = ("until_s", "messages", "delivered", "lost", "in_flight", "waiting", "delivered_share", "delay_s", "delay_95_s",
            "queue_s", "throughput", "packet_throughput", "uplink_on_air_bits", "uplink_retransmitted_bits", "packets_lost",
            "packets_sent_again")


def rate(value: float) -> str:
    """Three digits: `12.3 Mbit/s`."""
    if not math.isfinite(value):
        return NONE
    factor, unit = rate_scale(value)
    return f"{value * factor:#.3g}".rstrip(".") + f" {unit}"


def columns(summary: pd.DataFrame) -> dict[str, list[str]]:
    """Header and cells of every column but those that say which row it is."""
    found = {}
    if (summary["replications"] > 1).any():
        found["runs"] = [str(number) for number in summary["replications"]]
    for name, header, write in (
            ("rounds", "rounds", counted), ("until_s", "time", seconds), ("messages", "messages", counted),
            ("delivered", "delivered", counted), ("lost", "lost", counted), ("in_flight", "in\nflight", counted),
            ("waiting", "waiting", counted),
            ("delay_s", "delay\nmean", seconds), ("delay_95_s", "delay\n95 %", seconds), ("queue_s", "queue\nmean", seconds),
            ("throughput", "throughput", rate), ("packet_throughput", "packet\nthroughput", rate),
            ("uplink_on_air_bits", "on air", bits),
            ("uplink_retransmitted_bits", "sent again", bits), ("packets_lost", "packets\nlost", counted)):
        if name not in ("in_flight", "waiting", "packet_throughput") or _told(summary, name):
            found[header] = list(map(write, summary[name]))
    return found


def caption(summary: pd.DataFrame) -> list[str]:
    """What the numbers are of."""
    lines = ["uplink; delay: from ready until the sender knows; throughput: payload of whole messages, over the time of the run"]
    if _told(summary, "waiting") or _told(summary, "in_flight"):
        lines.append("messages: those begun; in flight: not over at the end; waiting: ready, and not begun; a delivered share is "
                     "of those delivered or lost")
    if _told(summary, "packet_throughput"):
        lines.append("packet throughput: payload of all packets that arrived, those of messages that came in part, too")
    return lines


def _told(summary: pd.DataFrame, name: str) -> bool:
    """Whether a column says more than the others: what is in flight, packets of messages that are not whole."""
    return bool((summary[name] > (summary["throughput"] if name == "packet_throughput" else 0)).any())


def as_plain(summary: pd.DataFrame, row: dict[str, Any]) -> dict[str, Any]:
    """One row for `--json`: SI units and bits."""
    return {"variant": str(row["variant"]), "matrix": {key: plain(row[key]) for key in keys_of(summary)},
            "replications": int(row["replications"]), "rounds": plain(row["rounds"]),
            **{name: plain(row[name]) for name in _NUMBERS}}

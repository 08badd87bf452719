"""Short words and readable units, for tables and for axes; loads neither Matplotlib nor pandas."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

__all__ = ["bit_scale", "rate_scale", "short_names", "short_values", "time_scale"]

SEVERAL = ("type", "rate", "size", "time", "seed", "path", "preset", "target", "alpha", "minimum", "radius", "offset", "repeat")
HEADS = ("type", "preset")  # what a mapping is called by
WHOLE = ("backhaul",)  # its `latency` is not what `latency` alone is taken for


def bit_scale(bits: float) -> tuple[float, str]:
    """The factor and the name of the decimal unit of bytes in which `bits` is at least 1: 27.4e6 bits are 3.42 MB."""
    for factor, name in ((8e9, "GB"), (8e6, "MB"), (8e3, "kB")):
        if bits >= factor:
            return 1 / factor, name
    return 1 / 8, "B"


def rate_scale(rate: float) -> tuple[float, str]:
    """The factor and the name of the unit in which `rate` (bit/s) is at least 1."""
    for unit, name in ((1e9, "Gbit/s"), (1e6, "Mbit/s"), (1e3, "kbit/s")):
        if rate >= unit:
            return 1 / unit, name
    return 1.0, "bit/s"


def time_scale(time: float) -> tuple[float, str]:
    """The factor and the name of the unit in which `time` (s) is at least 1: seconds, or parts of one."""
    return (1.0, "s") if time >= 1 or time <= 0 else (1e3, "ms") if time >= 1e-3 else (1e6, "µs")


def short_names(keys: list[str]) -> dict[str, str]:
    """The end of each dotted key that tells what it is: the last part, or more.

    The last two of a key of three parts or more (`ack.loss` is not `loss`), and where the last part alone could be that of
    another section (`SEVERAL`: `channel.rate`, `downlink.rate`); one part more of those that then end alike, until none do.
    """
    parts = {key: key.split(".") for key in keys}
    taken = {key: 1 if len(split) < 3 and split[-1] not in SEVERAL and split[0] not in WHOLE else 2
             for key, split in parts.items()}
    while True:
        names = {key: ".".join(parts[key][-taken[key]:]) for key in keys}
        alike = [key for key in keys if list(names.values()).count(names[key]) > 1 and taken[key] < len(parts[key])]
        if not alike:
            return names
        for key in alike:
            taken[key] += 1


def short_values(values: Sequence[Any]) -> dict[Any, str]:
    """What each of `values` of one swept key is called: a mapping (compact JSON in the tables) by its `type` or `preset`.

    Where several have the same, by that and by what else tells them apart; anything else, and what stays alike, as it is.
    """
    read = {value: _mapping(value) for value in values}
    names = {value: _head(item) or str(value) for value, item in read.items()}
    short = {}
    for value, name in names.items():
        alike = [read[other] for other in names if names[other] == name]
        item, extra = read[value], []
        if len(alike) > 1 and item:
            extra = [f"{key} {part}" for key, part in item.items()
                     if key not in HEADS and any(other.get(key) != part for other in alike)]
        short[value] = ", ".join([name, *extra])
    return {value: name if list(short.values()).count(name) == 1 else str(value) for value, name in short.items()}


def _mapping(value: Any) -> dict[str, Any]:
    """What compact JSON of a mapping says; empty for anything else."""
    try:
        found = json.loads(value) if isinstance(value, str) and value.startswith("{") else None
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}


def _head(item: dict[str, Any]) -> str:
    """The short name of a mapping, if it has one."""
    return next((item[key] for key in HEADS if isinstance(item.get(key), str)), "")

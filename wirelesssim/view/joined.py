"""Tables of several runs as one: `plot` draws them side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..errors import InputError
from ..experiment.statistics import matrix_keys

__all__ = ["joined", "together"]


def together(rounds) -> pd.DataFrame:
    """One table of rounds of several: a variant that stands in two of them gets the name of its table, or its number.

    A key that only some of them swept has the value `-` in the others.
    """
    return joined(rounds)[0]


def joined(results) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """The table of rounds and that of transmissions, as `together`, of one or several: a list, or a mapping from a name to each.

    One is a `Results`, or its table of rounds alone: with one such there is no table of transmissions.
    """
    several = not (isinstance(results, pd.DataFrame) or hasattr(results, "transmissions"))
    named = list(results.items()) if isinstance(results, Mapping) else [
        (str(place), one) for place, one in enumerate(results if several else [results], start=1)]
    if not named:
        raise InputError("plot needs at least one table of rounds, got none")
    tables = [(name, *_tables(one)) for name, one in named]
    if len(tables) == 1:
        return tables[0][1:]
    told = [variant for _, rounds, _ in tables for variant in dict.fromkeys(rounds["variant"])]
    renamed = [(_renamed(rounds, name, told), None if sent is None else _renamed(sent, name, told))
               for name, rounds, sent in tables]
    rounds, sent = zip(*renamed, strict=True)
    return _one(rounds), None if any(one is None for one in sent) else _one(sent)


def _tables(one: Any) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    return (one, None) if isinstance(one, pd.DataFrame) else (one.history, one.transmissions)


def _renamed(table: pd.DataFrame, name: str, told: list) -> pd.DataFrame:
    """`table` with the variants that several of all that are `told` share called by its `name`, too."""
    return table.assign(variant=[f"{variant} ({name})" if told.count(variant) > 1 else variant for variant in table["variant"]])


def _one(tables) -> pd.DataFrame:
    """All rows, the keys of all before the other columns."""
    keys = list(dict.fromkeys(key for one in tables for key in matrix_keys(one)))
    whole = pd.concat(tables, ignore_index=True)
    for key in keys:
        whole[key] = whole[key].astype(object).where(whole[key].notna(), "-")
    head = ["variant", "replication", *keys]
    return whole[[*head, *(name for name in whole.columns if name not in head)]]

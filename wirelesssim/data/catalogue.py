"""The named sets as a table, for `wirelesssim list data`."""

from __future__ import annotations

from typing import Any

from .source import Data

__all__ = ["catalogue"]


def catalogue() -> list[dict[str, Any]]:
    """One row a named set, by name: `name`, `n` samples, `d` features, `task`, `source`, `licence`.

    A set of a plug-in file that does not state one of them has None there; `file` is no set.
    """
    facts = {"n": "samples", "d": "dimension", "task": "task", "source": "source", "licence": "licence"}
    return [{"name": name} | {key: getattr(leaf, fact, None) for key, fact in facts.items()}
            for name, leaf in sorted(Data.known.items()) if name != "file"]

"""The named sets as a table, for `wirelesssim data list`."""

from __future__ import annotations

from typing import Any

from .cache import entry_path, is_cached
from .facts import PUBLISHED
from .named import Fetched, installed_folder
from .source import Data

__all__ = ["catalogue"]


def catalogue() -> list[dict[str, Any]]:
    """One row a named set, by name: `name`, `n` samples, `test` samples that were published for testing (0: none), `d`
    features, `task`, `here`: where it is, or None, `fetch`: whether it can be fetched, `source`, `licence`, `citation`.

    A set of a plug-in file that does not state one of them has None there; `file` is no set.
    """
    facts = {"n": "samples", "test": "test_samples", "d": "dimension", "task": "task"}
    said = {"source": "source", "licence": "licence", "citation": "citation"}
    return [{"name": name, **{key: getattr(leaf, fact, 0 if key == "test" else None) for key, fact in facts.items()},
             "here": _place(name, leaf), "fetch": name in PUBLISHED,
             **{key: getattr(leaf, fact, None) for key, fact in said.items()}}
            for name, leaf in sorted(Data.known.items()) if name != "file"]


def _place(name: str, leaf: type[Data]) -> str | None:
    """Where the set is: `package`, one that is installed; `made`, by a law; `plug-in`; a folder or file; None: not here."""
    if not issubclass(leaf, Fetched):
        return {"packaged": "package", "synthetic": "made"}.get(leaf.__module__.rpartition(".")[2], "plug-in")
    folder = installed_folder(leaf.facts)
    return str(folder) if folder else str(entry_path(name)) if is_cached(name) else None

"""Minima that were found before, kept in the user's cache by the digest of what they depend on.

A file is written whole or not at all; one that cannot be read or written is no loss: the minimum is found again, and
is the same number, since the search is deterministic.
"""

from __future__ import annotations

import json
import math
import os
import uuid
from contextlib import suppress
from pathlib import Path

from ..learning.objectives import Problem

__all__ = ["cache_folder", "known_optimum"]

_VERSION = 3  # raised when the search may find another last digit, or prove less


def cache_folder() -> Path:
    """`WIRELESSSIM_CACHE`, or the platform's folder for caches."""
    given = os.environ.get("WIRELESSSIM_CACHE")
    if given:
        return Path(given)
    import pooch

    return Path(pooch.os_cache("wirelesssim"))


def known_optimum(problem: Problem) -> float | None:
    """f* of `problem`, or None where it is unknown; from the cache if it was found before."""
    path = cache_folder() / "optima" / f"{problem.digest}-{_VERSION}.json"
    with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        kept = json.loads(path.read_text())["value"]
        if kept is None or isinstance(kept, float) and math.isfinite(kept):
            return kept
    found = problem.optimum()
    value = None if found is None else float(found.value)
    said = {"value": value} | ({"certificate": found.certificate, "method": found.method} if found else {})
    temporary = path.with_name(f".{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(said))
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return value

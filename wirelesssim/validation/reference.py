"""The points that models are checked against: CSV files of this package, each with its source in its `#` lines."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

__all__ = ["rows", "closed_form"]


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of points/`name`.csv, as text by column."""
    text = (files(__package__) / "points" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def closed_form(law: str) -> list[tuple[float, float, float]]:
    """(parameter, x, value) of the points of `law` in fading_reference.csv; a parameter that is not there is 0."""
    return [(float(row["parameter"] or 0), float(row["x"]), float(row["value"])) for row in rows("fading_reference")
            if row["law"] == law]

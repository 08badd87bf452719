"""Results: the tables of a scenario's points, as pandas data frames, and what is computed from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from .statistics import summary
from .store import load_table, read_manifest
from .tables import TABLES
from .target import Target

__all__ = ["Results", "load_results"]


@dataclass
class Results:
    """Tidy tables of all points; `folder` is None for results that were not written.

    `rounds` one row a point and round, `transmissions` one a message, `workers` one a worker and round; `targets` the
    levels that tables report; `diverged` names the points that diverged, with round and cause.
    """

    rounds: pd.DataFrame
    transmissions: pd.DataFrame
    workers: pd.DataFrame
    targets: list[Target] = field(default_factory=list)
    manifest: dict[str, Any] = field(default_factory=dict)
    folder: Path | None = None

    @property
    def diverged(self) -> list[dict[str, Any]]:
        """Labels, `round` and `reason` of each point that diverged."""
        return self.manifest.get("diverged", [])

    def summary(self, targets: Sequence[Target | str] | None = None) -> pd.DataFrame:
        """One row a variant and matrix point: rounds, times to the targets, bits, savings, packets lost and sent again."""
        return summary(self.rounds, self.transmissions, self.targets if targets is None else targets)

    def plot(self, x: str = "simulated_time", y: str | None = None, **options):
        """A Matplotlib figure; `x`, `y` and the options as in `wirelesssim plot`; `y` unless said: accuracy, else error."""
        from ..view.plots import plot

        return plot(self.rounds, x=x, y=y or natural_measure(self.rounds), **options)

    def _repr_html_(self) -> str:
        return self.summary().to_html(index=False)


def natural_measure(rounds: pd.DataFrame) -> str:
    """What to plot when nobody says: accuracy, else error, else the objective."""
    return next((name for name in ("accuracy", "error") if rounds[name].notna().any()), "objective")


def load_results(folder: str | Path) -> Results:
    """The results in a folder that `run` or `sweep` wrote; InputError where there are none, or a table is missing."""
    folder = Path(folder)
    manifest, tables = read_manifest(folder), {name: load_table(Path(folder), name) for name in TABLES}
    targets = [Target.parse(text) for text in manifest.get("targets", [])]
    return Results(**tables, targets=targets, manifest=manifest, folder=folder)

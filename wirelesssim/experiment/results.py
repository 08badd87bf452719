"""Results: the tables of a scenario's points, as pandas data frames, and what is computed from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from .delivery import delivery, without_learner
from .statistics import matrix_keys, trajectories
from .store import load_table, read_manifest
from .summary import summary
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

    @property
    def history(self) -> pd.DataFrame:
        """`rounds` with three more columns, the same in every row of a point: what `summary` and `plot` are computed from.

        `simulated_until_s`: how far the point was simulated, `messages_waiting`: how many messages were ready and not begun
        then, each NaN where the manifest is too old to say. `diverged`: whether it did. A point that the manifest does
        not have (a table that was altered) has none: NaN and None.
        """
        names = ["variant", "replication", *matrix_keys(self.rounds)]
        points = {_place(point, names): point for point in self.manifest.get("points", [])}
        diverged = {_place(point, names) for point in self.diverged}
        number = trajectories(self.rounds)
        places = [_place(labels, names) for labels in self.rounds.loc[~number.duplicated(), names].to_dict("records")]
        told = {name: pd.Series([points.get(place, {}).get(name) for place in places], dtype=float).reindex(number).to_numpy()
                for name in ("simulated_until_s", "messages_waiting")}
        ended = pd.Series([place in diverged if place in points else None for place in places])
        return self.rounds.assign(**told, diverged=ended.reindex(number).to_numpy())

    def summary(self, targets: Sequence[Target | str] | None = None) -> pd.DataFrame:
        """One row a variant and matrix point: rounds, ends, times to the targets, bits, savings, packets lost and sent again.

        Where nobody learns: what came of the messages, their delay, and the throughput (`delivery.delivery`).
        """
        if without_learner(self.rounds):
            return delivery(self.history, self.transmissions, self.workers)
        return summary(self.history, self.transmissions, self.targets if targets is None else targets)

    def plot(self, x: str | None = None, y: str | None = None, **options):
        """A Matplotlib figure; `x`, `y` and the options as in `wirelesssim plot`, which chooses those that are not said."""
        from ..view.plots import plot

        return plot(self, x=x, y=y, **options)

    def _repr_html_(self) -> str:
        return self.summary().to_html(index=False)


def _place(labels: Mapping[str, Any], names: Sequence[str]) -> tuple:
    """The labels `names` of a point, the same for those of a table and of a manifest, where `1`, 1 and 1.0 may stand."""
    return tuple(_number(labels.get(name)) for name in names)


def _number(label: Any) -> Any:
    for kind in (int, float):
        try:
            return kind(str(label))
        except ValueError:
            pass
    return str(label)


def load_results(folder: str | Path) -> Results:
    """The results in a folder that `run` or `sweep` wrote; InputError where there are none, or a table is missing."""
    folder = Path(folder)
    manifest, tables = read_manifest(folder), {name: load_table(Path(folder), name) for name in TABLES}
    targets = [Target.parse(text) for text in manifest.get("targets", [])]
    return Results(**tables, targets=targets, manifest=manifest, folder=folder)

"""Parts of the comparison: one job each, its rows kept as a CSV file under a name that says what they depend on.

A part that is there is not made again, so that a run that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
from methods import METHODS
from problems import absence, case_named
from reference import descent_rounds, grid_of, search
from threadpoolctl import threadpool_limits
from tuning import report, tune, turns_of_descent

__all__ = ["Part", "Workshop"]


@dataclass(frozen=True)
class Part:
    """One job: its `kind` (descent, search, tune, report), the case, and the name of a family or a method."""

    kind: str
    case: str
    name: str = ""
    arguments: tuple = ()


@dataclass(frozen=True)
class Workshop:
    """Where parts are kept (`folder`), how many points tune a method, whether grids are thinned out."""

    folder: Path
    points: int
    quick: bool = False

    def make(self, part: Part) -> pd.DataFrame:
        """The rows of a part: read if they are there, made and written otherwise."""
        path = self.folder / f"{part.kind}-{part.case}-{part.name.replace(' ', '_')}-{self._digest(part)}.csv"
        if not path.exists():
            with threadpool_limits(limits=1):
                rows = pd.DataFrame(self._rows(part))
            self.folder.mkdir(parents=True, exist_ok=True)
            whole = path.with_suffix(f".{os.getpid()}")
            rows.to_csv(whole, index=False)
            os.replace(whole, path)
        return pd.read_csv(path)

    def missing(self, case: str) -> str | None:
        """Why the case cannot be run here; None where it can."""
        with threadpool_limits(limits=1):
            return absence(case_named(case), str(self.folder))

    def _rows(self, part: Part) -> list[dict[str, Any]]:
        case, folder = case_named(part.case), str(self.folder)
        if part.kind == "descent":
            rows = descent_rounds(part.case, case.goal, folder)
            return [row | {"fair_turns": turns_of_descent(part.case, folder)} for row in rows]
        if part.kind == "search":
            found = search(part.case, case.goal, part.name, *part.arguments, folder, self.quick)
            return [row | {"section": json.dumps(row["section"])} for row in found]
        if part.kind == "tune":
            return tune(part.case, part.name, self.points, *part.arguments, folder)
        tuned = self.make(replace(part, kind="tune")).to_dict("records")
        return report(part.case, part.name, tuned, *part.arguments, folder)

    def _digest(self, part: Part) -> str:
        content: list[Any] = [case_named(part.case).digest, part.arguments]
        if part.kind == "search":
            content.append(grid_of(part.name, self.quick))
        if part.kind in ("tune", "report"):
            content += [repr(METHODS[part.name]), self.points]
        return sha256(json.dumps(content).encode()).hexdigest()[:10]

"""What a notebook calls: run the variants of a scenario, or sweep its matrix."""

from __future__ import annotations

from pathlib import Path

from ..scenario import Scenario
from .execution import cores, execute
from .results import Results

__all__ = ["run", "sweep"]


def run(scenario: Scenario, out: str | Path | None = None, jobs: int = 1, force: bool = False) -> Results:
    """Run each variant and replication of `scenario` in `jobs` processes; written to `out`, if it is given.

    The matrix is left out, as in `wirelesssim run`. Raises InputError for what cannot be run.
    """
    return execute(scenario, False, out, jobs, force, command="wirelesssim.run").results


def sweep(scenario: Scenario, out: str | Path | None = None, jobs: int | None = None, force: bool = False) -> Results:
    """Run variants x matrix x replications of `scenario`, on all cores unless `jobs` says; skip finished points in `out`."""
    return execute(scenario, True, out, jobs or cores(), force, command="wirelesssim.sweep").results

"""`wirelesssim sweep FILE`"""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from ..errors import InputError
from .options import File, Force, Jobs, Json, Matrix, Out, Quiet, Replications, Seed, Set

__all__ = ["sweep"]


def sweep(file: File,
          matrix: Matrix = None,
          shard: Annotated[Optional[str], typer.Option("--shard", hidden=True)] = None,
          executor: Annotated[str, typer.Option("--executor", help="joblib (dask is planned).")] = "joblib",
          set: Set = None, seed: Seed = None, replications: Replications = None, jobs: Jobs = None, out: Out = None,
          force: Force = False, quiet: Quiet = False, json: Json = False) -> int:
    """Run variants x matrix x replications on all cores; finished points are skipped when it is started again."""
    from ..experiment.execution import cores
    from ..scenario import load
    from .running import run_scenario

    if shard is not None:
        raise InputError(f"--shard {shard}: shards are planned and not in this version; leave it out")
    if executor != "joblib":
        planned = "dask is planned and not in this version" if executor == "dask" else f"unknown executor {executor!r}"
        raise InputError(f"--executor {executor}: {planned}; known: joblib")
    scenario = load(file, set or (), matrix or (), seed, replications)
    if not scenario.matrix:
        raise InputError(f"{file}: matrix is required by `sweep`, for example `matrix: {{channel.loss: [0 %, 1 %]}}` or "
                         f"--matrix channel.loss=0%,1%; `wirelesssim run {file}` runs the variants alone")
    return run_scenario(scenario, True, cores() if jobs is None else jobs, out, force, quiet, json)

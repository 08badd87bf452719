"""`wirelesssim run FILE`"""

from __future__ import annotations

from .options import File, Force, Jobs, Json, Out, Quiet, Replications, Seed, Set

__all__ = ["run"]


def run(file: File, set: Set = None, seed: Seed = None, replications: Replications = None, jobs: Jobs = None, out: Out = None,
        force: Force = False, quiet: Quiet = False, json: Json = False) -> int:
    """Run each variant of a scenario; write tables and a figure; print times to the targets, bits and savings."""
    from ..scenario import load
    from .running import run_scenario
    from .said import say

    scenario = load(file, set or (), seed=seed, replications=replications)
    if scenario.matrix and not quiet:
        say(f"the matrix ({', '.join(scenario.matrix)}) is left out by `run`; `wirelesssim sweep {file}` runs it")
    return run_scenario(scenario, False, 1 if jobs is None else jobs, out, force, quiet, json)

"""`wirelesssim estimate FILE`"""

from __future__ import annotations

from .options import File, Jobs, Json, Replications, Set

__all__ = ["estimate"]


def estimate(file: File, set: Set = None, replications: Replications = None, jobs: Jobs = None, json: Json = False) -> int:
    """Say how many runs, minutes and how much memory a sweep of a scenario would take; runs a few rounds of each variant."""
    from ..experiment.estimate import estimate as measure
    from ..scenario import load
    from .said import as_json, show

    found = measure(load(file, set or (), replications=replications), jobs)
    if json:
        as_json(found)
        return 0
    show(f"points   {found['points']} ({found['variants']} variants, {found['matrix_points']} matrix points, "
         f"{found['replications']} replications)")
    show(f"time     about {_duration(found['minutes'])} on {found['jobs']} process(es); "
         f"without the matrix {_duration(found['run_minutes'])} on one")
    show(f"memory   about {found['memory_bytes'] / 1e9:.2g} GB a process, {found['available_bytes'] / 1e9:.2g} GB free")
    return 0


def _duration(minutes: float) -> str:
    """Two digits: seconds below two minutes, hours from two hours on."""
    factor, unit = (60, "s") if minutes < 2 else (1, "min") if minutes < 120 else (1 / 60, "h")
    value = minutes * factor
    return f"{value:.0f} {unit}" if value >= 9.5 else f"{value:.2g} {unit}"

"""`wirelesssim estimate FILE`"""

from __future__ import annotations

from .options import File, Jobs, Json, Matrix, Replications, Set

__all__ = ["estimate"]


def estimate(file: File, matrix: Matrix = None, set: Set = None, replications: Replications = None, jobs: Jobs = None,
             json: Json = False) -> int:
    """Say how many runs, minutes and how much memory a sweep of a scenario would take; runs a few rounds of each variant."""
    from ..experiment.estimate import estimate as measure
    from ..scenario import load
    from .said import as_json, show

    found = measure(load(file, set or (), matrix or (), replications=replications), jobs)
    if json:
        as_json(found)
        return 0
    show(f"points   {found['points']} ({found['variants']} variants, {found['matrix_points']} matrix points, "
         f"{found['replications']} replications)")
    show(f"time     about {_duration(found['minutes'])} on {found['jobs']} process(es); "
         f"without the matrix {_duration(found['run_minutes'])} on one")
    show(f"memory   about {_memory(found)}")
    show(f"timed    {', '.join(_timed(name, timed) for name, timed in found['timed'].items())}")
    return 0


def _memory(found: dict) -> str:
    """A process's bytes, what share of the free ones that is, and how many such processes fit where not all do."""
    needed, free = found["memory_bytes"], found["available_bytes"]
    text = f"{needed / 1e9:.2g} GB a process, {needed / free:.0%} of the {free / 1e9:.2g} GB that were free at the start"
    at_once = min(found["jobs"], found["points"])
    return text if at_once * needed <= free else f"{text}: give -j {max(int(free // needed), 1)}"


def _timed(name: str, timed: dict) -> str:
    """`GD: rounds 2 to 6, 12 ms each`."""
    each, count = timed["seconds_a_round"], timed["rounds"]
    which = {0: "round 1", 1: "round 2"}.get(count, f"rounds 2 to {count + 1}")
    spent = f"{each:.2g} s" if each >= 0.1 else f"{1e3 * each:.2g} ms"
    return f"{name}: {which}, {spent}{' each' if count > 1 else ''}"


def _duration(minutes: float) -> str:
    """Two digits: seconds below two minutes, hours from two hours on."""
    factor, unit = (60, "s") if minutes < 2 else (1, "min") if minutes < 120 else (1 / 60, "h")
    value = minutes * factor
    return f"{value:.0f} {unit}" if value >= 9.5 else f"{value:.2g} {unit}"

"""What a scenario will cost: points, minutes and memory, from a few rounds of each variant."""

from __future__ import annotations

import dataclasses
import gc
import subprocess
import sys
import time
from typing import Any, NamedTuple

from ..scenario import Scenario, Settings
from ..scenario.settings import ROUND_LIMIT, Stop
from ..simulation import Progress, memory_needed, simulate
from ..simulation.preflight import available_memory
from .execution import check, cores

__all__ = ["Timed", "estimate"]

_TRIAL = 6  # rounds at most; the first is apart, since it may compile and is dense
_PATIENCE = 1.0  # seconds after which a second round is enough: longer ones are known to a few per cent from one
_BOOKS = 0.06  # seconds a point: digest, tables, files; measured 0.04 to 0.08 with 15 and 300 rounds
_FINISH = 2.0  # seconds: the tables of all points, the summary and the figure; measured 1.6 to 2.5


class Timed(NamedTuple):
    """A variant as it was timed: wall seconds `first` until round 1 is done and `each` of `rounds` more, and a whole run's."""

    first: float
    each: float
    rounds: int
    run: float


class _Enough(Exception):
    """Ends a run whose rounds have been timed."""


def estimate(scenario: Scenario, jobs: int | None = None) -> dict[str, Any]:
    """Points, minutes with and without the matrix, bytes of a process. A run that stops at a target may stop sooner.

    Each variant is run for two to six rounds, one after the other, in the memory of one run; what a matrix value changes
    (workers, sizes) is not measured, and how long a run lasts that only simulated time ends is found from the time of
    these rounds. Counted are also the start of the command and of its processes (`start_seconds` each, measured here), the
    data and the optimum, and writing and drawing. `available_bytes` is what was free at the start; `timed` says, by variant,
    the rounds that were timed and the seconds of each.
    """
    available, jobs = available_memory(), jobs or cores()
    points, alone = scenario.points(), scenario.points(matrix=False)
    began = time.perf_counter()
    check(scenario, points)
    checking, start = time.perf_counter() - began, _start()
    measured = {name: _timed(settings) for name, settings in scenario.settings.items()}
    fixed = start + checking + sum(timed.first for timed in measured.values()) + _FINISH
    parallel = min(jobs, len(points))
    again = start + checking if parallel > 1 else 0.0  # in every process, all at the same time
    whole, one = (sum(measured[point.variant].run + _BOOKS for point in chosen) for chosen in (points, alone))
    return {"points": len(points), "variants": len(scenario.variants), "replications": scenario.replications,
            "matrix_points": len(points) // len(alone), "jobs": jobs, "minutes": (fixed + again + whole / parallel) / 60,
            "run_minutes": (fixed + one) / 60, "start_seconds": start,
            "memory_bytes": max(memory_needed(point.settings) for point in points), "available_bytes": available,
            "timed": {name: {"rounds": timed.rounds, "seconds_a_round": timed.each} for name, timed in measured.items()}}


def _start() -> float:
    """Wall time until another process has loaded what runs a point."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {__package__}.execution"], capture_output=True, check=False)
    return time.perf_counter() - began


def _timed(settings: Settings) -> Timed:
    """Run `settings` for a few rounds; a run that ends in its first round is taken for one of such rounds."""
    began, seen = time.perf_counter(), []

    def watch(progress: Progress) -> None:
        seen.append((time.perf_counter(), progress.simulated_time))
        if len(seen) > 1 and seen[-1][0] - seen[0][0] > _PATIENCE:
            raise _Enough

    try:
        simulate(dataclasses.replace(settings, stop=Stop(rounds=_TRIAL)), progress=watch)
    except _Enough:
        pass
    gc.collect()  # its processes hold each other, and its states: the next variant needs their place
    seen = seen or [(time.perf_counter(), 0.0)]
    first = seen[0][0] - began
    each = (seen[-1][0] - seen[0][0]) / (len(seen) - 1) if len(seen) > 1 else first
    rounds, simulated = settings.stop.rounds or ROUND_LIMIT, seen[-1][1] / len(seen)
    if settings.stop.simulated_time is not None and simulated > 0:
        rounds = min(rounds, settings.stop.simulated_time / simulated)
    return Timed(first, each, len(seen) - 1, each * rounds)

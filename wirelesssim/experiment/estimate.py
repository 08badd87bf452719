"""What a scenario will cost: points, minutes and memory, from a few rounds of each variant."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import time
from typing import Any

from ..scenario import Scenario, Settings
from ..scenario.settings import ROUND_LIMIT, Stop
from ..simulation import memory_needed, prepare, simulate
from ..simulation.preflight import available_memory
from .execution import check, cores

__all__ = ["estimate"]

_TRIAL = 5  # rounds; the first is apart, since it may compile and is dense
_BOOKS = 0.06  # seconds a point: digest, tables, files; measured 0.04 to 0.08 with 15 and 300 rounds
_FINISH = 2.0  # seconds: the tables of all points, the summary and the figure; measured 1.6 to 2.5


def estimate(scenario: Scenario, jobs: int | None = None) -> dict[str, Any]:
    """Points, minutes with and without the matrix, bytes of a process. A run that stops at a target may stop sooner.

    Each variant is run for a few rounds; what a matrix value changes (workers, sizes) is not measured, and how long a
    run lasts that only simulated time ends is found from the time of these rounds. Counted are also the start of the
    command and of its processes (`start_seconds` each, measured here), the data and the optimum, and writing and drawing.
    """
    jobs = jobs or cores()
    points, alone = scenario.points(), scenario.points(matrix=False)
    began = time.perf_counter()
    check(scenario, points)
    checking, start = time.perf_counter() - began, _start()
    measured = {name: _seconds(settings) for name, settings in scenario.settings.items()}
    fixed = start + checking + sum(preparing for preparing, _ in measured.values()) + _FINISH
    parallel = min(jobs, len(points))
    again = start + checking if parallel > 1 else 0.0  # in every process, all at the same time
    whole, one = (sum(measured[point.variant][1] + _BOOKS for point in chosen) for chosen in (points, alone))
    return {"points": len(points), "variants": len(scenario.variants), "replications": scenario.replications,
            "matrix_points": len(points) // len(alone), "jobs": jobs, "minutes": (fixed + again + whole / parallel) / 60,
            "run_minutes": (fixed + one) / 60, "start_seconds": start,
            "memory_bytes": max(memory_needed(point.settings) for point in points), "available_bytes": available_memory()}


def _start() -> float:
    """Wall time until another process has loaded what runs a point."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {__package__}.execution"], capture_output=True, check=False)
    return time.perf_counter() - began


def _seconds(settings: Settings) -> tuple[float, float]:
    """Wall time until its first round is done, which a process waits for once, and of a whole run, from `_TRIAL` rounds."""
    began = time.perf_counter()
    prepare(settings, 0)
    simulate(dataclasses.replace(settings, stop=Stop(rounds=1)))
    preparing = time.perf_counter() - began
    began = time.perf_counter()
    recorder = simulate(dataclasses.replace(settings, stop=Stop(rounds=_TRIAL)))
    each = (time.perf_counter() - began) / _TRIAL
    rounds = settings.stop.rounds or ROUND_LIMIT
    simulated = recorder.rounds[-1].simulated_time_s / _TRIAL
    if settings.stop.simulated_time is not None and simulated > 0:
        rounds = min(rounds, settings.stop.simulated_time / simulated)
    return preparing, each * rounds

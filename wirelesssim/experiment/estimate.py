"""What a scenario will cost: points, minutes and memory, from a few rounds of each variant."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

from ..scenario import Scenario, Settings
from ..scenario.settings import ROUND_LIMIT, Stop
from ..simulation import memory_needed, prepare, simulate
from ..simulation.preflight import available_memory
from .execution import check, cores

__all__ = ["estimate"]

_TRIAL = 5  # rounds; the first is apart, since it may compile and is dense


def estimate(scenario: Scenario, jobs: int | None = None) -> dict[str, Any]:
    """Points, minutes with and without the matrix, bytes of a process. A run that stops at a target may stop sooner.

    Each variant is run for a few rounds; what a matrix value changes (workers, sizes) is not measured, and how long a
    run lasts that only simulated time ends is found from the time of these rounds.
    """
    jobs = jobs or cores()
    points, alone = scenario.points(), scenario.points(matrix=False)
    check(scenario, points)
    seconds = {name: _seconds(settings) for name, settings in scenario.settings.items()}
    total = sum(seconds[point.variant] for point in points)
    return {"points": len(points), "variants": len(scenario.variants), "replications": scenario.replications,
            "matrix_points": len(points) // len(alone), "jobs": jobs, "minutes": total / min(jobs, len(points)) / 60,
            "run_minutes": sum(seconds[point.variant] for point in alone) / 60,
            "memory_bytes": max(memory_needed(point.settings) for point in points), "available_bytes": available_memory()}


def _seconds(settings: Settings) -> float:
    """Wall time of a whole run, from `_TRIAL` rounds."""
    prepare(settings, 0)
    trial = dataclasses.replace(settings, stop=Stop(rounds=1))
    simulate(trial)
    began = time.perf_counter()
    recorder = simulate(dataclasses.replace(settings, stop=Stop(rounds=_TRIAL)))
    each = (time.perf_counter() - began) / _TRIAL
    rounds = settings.stop.rounds or ROUND_LIMIT
    simulated = recorder.rounds[-1].simulated_time_s / _TRIAL
    if settings.stop.simulated_time is not None and simulated > 0:
        rounds = min(rounds, settings.stop.simulated_time / simulated)
    return each * rounds

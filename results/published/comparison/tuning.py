"""Part 2: every method tuned on the same number of points, then measured on draws that the tuning never saw.

The objective of the tuning is the coded uplink bits to the target on draw 0. The first third of the points is a step of
1/L with the method's defaults, then a scrambled Sobol sequence; the others are a (1+1) evolution strategy from the best of
them: half of the coordinates move at a time, by a width that grows with success and shrinks without. A run is stopped
when it has sent more bits than the best point of its method (it can then not be chosen), when it diverges, or after three
times the worker steps that tuned gradient descent needs: it is censored there, in the tuning also when it is hopeless
(see `meter.Outlook`).

A point may owe its rank to the luck of the draw, above all beside the edge of stability. So the points that were the best
so far at some time are tried on draw 4, the last first, until one reaches the target there too: that one is reported, on
draws 1, 2, 3. There and on draw 4 a run has twice the allowance, no ceiling and no outlook.

Source of the strategy: I. Rechenberg, "Evolutionsstrategie", 1973, its one-fifth rule.
"""

from __future__ import annotations

import dataclasses
import json
import math
import zlib
from typing import Any

import numpy as np
from meter import Count, Outlook, WireTariff, measure
from methods import METHODS, first_points, near_point
from problems import Bound, bind, case_named

from wirelesssim import InputError
from wirelesssim.learning.algorithm import Algorithm
from wirelesssim.model import build

__all__ = ["CHECK", "DRAWS", "PATIENCE", "bests", "report", "tune", "turns_of_descent"]

DRAWS, CHECK = (1, 2, 3), 4  # draws of the report, and the one that a tuned point must hold on
PATIENCE = 3  # times gradient descent's worker steps, after which a run is censored


def turns_of_descent(case: str, folder: str, limit: int = 20_000) -> int:
    """Worker steps that gradient descent at 1/L takes to the target on draw 0."""
    bound = bind(case, 0, folder)
    count = _run(bound, case, {"type": "gd", "step_size": "1/L"}, limit * bound.problem.workers)
    return count.turns


def tune(case: str, name: str, points: int, turns: int, folder: str) -> list[dict[str, Any]]:
    """A row for each of `points` points of a method on draw 0, one after the other; `turns` is what a run may take."""
    method, bound, seed = METHODS[name], bind(case, 0, folder), zlib.crc32(f"{case} {name}".encode())
    random, first = np.random.default_rng(seed), first_points(method, max(1, points // 3), seed)
    rows, best, place, width = [], None, first[0], 0.2
    for index in range(points):
        point = first[index] if index < len(first) else near_point(place, width, random)
        ceiling = best["coded"] if best is not None and best["end"] == "reached" else math.inf
        section = method.section(point)
        row = _row(case, name, "tune", index, section, _run(bound, case, section, turns, ceiling, tuning=True))
        rows.append(row)
        better = best is None or _rank(row) < _rank(best)
        if better:
            best, place = row, point
        if index >= len(first):
            width = min(0.4, width * 1.5) if better else max(0.02, width * 0.9)  # 1.5 against 0.9^4: the one-fifth rule
    return rows


def report(case: str, name: str, tuned: list[dict[str, Any]], turns: int, folder: str) -> list[dict[str, Any]]:
    """Rows of the point of `tuned` that is chosen: on draw 4 (stage check, one row a point that was tried) and on `DRAWS`.

    A method that no point brought to the target is reported at the point that came nearest.
    """
    rows, sections = [], bests(tuned)
    for section in sections:
        rows.append(_row(case, name, "check", CHECK, section, _run(bind(case, CHECK, folder), case, section, 2 * turns)))
        if rows[-1]["end"] == "reached":
            break
    else:
        section = sections[0]
    return rows + [_row(case, name, "report", draw, section, _run(bind(case, draw, folder), case, section, 2 * turns))
                   for draw in DRAWS]


def bests(tuned: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The `algorithm` sections that were the best so far at some time and reached the target, the last first.

    The one that came nearest, where none reached it.
    """
    found: list[dict[str, Any]] = []
    for row in tuned:
        if not found or _rank(row) < _rank(found[-1]):
            found.append(row)
    reached = [row for row in found if row["end"] == "reached"] or found[-1:]
    return [json.loads(row["section"]) for row in reversed(reached)]


def _rank(row: dict[str, Any]) -> tuple:
    """What the tuning minimises: reached before not reached; coded bits; else how far from the target the run ended."""
    if row["end"] == "reached":
        return 0, row["coded"]
    far = -row["accuracy"] if case_named(row["case"]).common_goal.measure == "accuracy" else row["error"]
    return (2, 0.0) if row["end"] == "diverged" or not math.isfinite(far) else (1, far)


def _run(bound: Bound, case: str, section: dict[str, Any], turns: int, ceiling: float = math.inf,
         tuning: bool = False) -> Count:
    settings = bound.settings
    tariff = WireTariff(settings.codec, settings.transport)
    algorithm, goal = build(Algorithm, section), case_named(case).common_goal
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # the guard sees what is not finite
            return measure(bound.problem, bound.optimum, algorithm, goal, tariff, bound.streams, turns, ceiling,
                           Outlook(goal, turns) if tuning else None)
    except InputError:  # parameters that do not fit the problem's size
        return Count("diverged", 0, 0, 0, 0, 0, 0, 0, math.inf, math.nan)


def _row(case: str, name: str, stage: str, index: int, section: dict[str, Any], count: Count) -> dict[str, Any]:
    labels = {"case": case, "method": name, "stage": stage, "index": index, "section": json.dumps(section)}
    return labels | dataclasses.asdict(count)

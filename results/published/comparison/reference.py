"""Part 1: the setting of the project's reference run again: a constant step of 1/L, one draw, grids, bits without frames.

What is asked is the best saving in coded uplink bits against gradient descent among the points of a grid that reach the
target within a stated multiple of its rounds. In sample, and on unequal grids: a check of the methods, not a contest.
"""

from __future__ import annotations

from itertools import product
from typing import Any

from meter import GapTariff, measure
from problems import bind

from wirelesssim.learning.algorithm import Algorithm
from wirelesssim.model import build

__all__ = ["FAMILIES", "NOTED_BEST", "NOTED_METHODS", "PATIENCE", "descent_rounds", "grid_of", "search"]

_XI = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200)  # in units of L
_SHARES = ("0.5 %", "1 %", "2 %", "4 %", "6 %", "8 %", "10 %", "15 %", "20 %", "30 %", "40 %", "50 %")
_LEVELS = (1, 2, 3, 5, 7, 15, 31, 63, 127, 255, 511)
PATIENCE = {"1": 1.05, "2": 1.1}  # of gradient descent's rounds, in the first and in the second table


def _sections(kind: str, **axes: tuple) -> tuple[dict[str, Any], ...]:
    """The `algorithm` sections of a grid; a key `compressor` holds (type, parameter, value)."""
    made = []
    for values in product(*axes.values()):
        section = {"type": kind, "step_size": "1/L", **dict(zip(axes, values))}
        if "compressor" in section:
            name, key, value = section["compressor"]
            section["compressor"] = {"type": name, key: value}
        made.append(section)
    return tuple(made)


def _curvatures(values: tuple = _XI) -> tuple[str, ...]:
    return tuple(f"{value:g} L" for value in values)


FAMILIES: dict[str, tuple[dict[str, Any], ...]] = {
    "GD-SEC, beta .01": _sections("gd_sec", xi=_curvatures(), beta=(0.01,)),
    "GD-SEC, beta .1": _sections("gd_sec", xi=_curvatures(), beta=(0.1,)),
    "GD-SEC, beta 1": _sections("gd_sec", xi=_curvatures(), beta=(1.0,)),
    "GD-SEC": _sections("gd_sec", xi=_curvatures(), beta=(0.01, 0.03, 0.1, 0.3, 1.0)),
    "GD-SOEC, beta=1": _sections("gd_soec", xi=_curvatures(), beta=(1.0,)),
    "EF21 top-j": _sections("ef21", compressor=tuple(("top_j", "j", share) for share in _SHARES)),
    "DIANA": _sections("diana", compressor=(*(("qsgd", "levels", s) for s in _LEVELS), *(("rand_j", "j", j) for j in _SHARES))),
    "CGD": _sections("cgd", xi=_curvatures()),
    "LAG-WK": _sections("lag_wk", xi=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)),
    "QGD": _sections("qgd", levels=_LEVELS),
    "top-j with memory": _sections("top_j", j=_SHARES),
    "no state": _sections("no_state", xi=_curvatures()),
}

# Savings in per cent, (xi/L) where given, of the reference run in the project's notes; None: not reached.
NOTED_BEST = {
    "lag_linear": ("8.9 (1)", "9.4 (1)", "51.7 (1)"), "sparse_logistic": ("16.6 (5)", "55.9 (2)", "61.9 (1)"),
    "digits_linear": ("98.5 (100)", "95.3 (10)", "83.4 (1)"), "digits_logistic": ("85.3 (20)", "93.6 (20)", "73.1 (1)"),
    "cancer_logistic": ("93.3 (20)", "95.2 (10)", "78.3 (1)"), "mnist_softmax": ("", "92.6 (5), 93.0 (10)", "")}
NOTED_METHODS = {
    "GD-SEC": (73.8, 84.0, 94.8, 97.8, 98.5), "GD-SOEC, beta=1": (87.4, 91.2, 96.7, 97.9, 98.7),
    "EF21 top-j": (91.1, 94.8, 98.0, 75.8, 97.9), "DIANA": (91.8, 93.7, 92.8, 89.3, 92.8), "CGD": (87.7, 72.5, 98.6, 98.5, 73.9),
    "LAG-WK": (83.3, 85.9, 97.9, 97.8, 57.6), "QGD": (None, None, 68.4, 63.0, 72.4),
    "top-j with memory": (None, None, None, 77.3, None), "no state": (8.3, 5.9, 30.6, 44.2, 43.0)}
NOTED_CASES = ("lag_linear", "sparse_logistic", "digits_logistic", "cancer_logistic", "digits_linear")


def descent_rounds(case: str, goal, folder: str, limit: int = 20_000) -> list[dict[str, Any]]:
    """Rows of gradient descent at 1/L and 0.5/L: rounds to the target and coded bits; with L, mu, f* and n."""
    bound = bind(case, 0, folder)
    problem, rows = bound.problem, []
    for step in ("1/L", "0.5/L"):
        algorithm = build(Algorithm, {"type": "gd", "step_size": step})
        count = measure(problem, bound.optimum, algorithm, goal, GapTariff(), bound.streams, limit * problem.workers)
        rows.append({
            "case": case, "step": step, "rounds": count.rounds, "coded": count.coded, "M": problem.workers, "d": problem.size,
            "n": sum(problem.samples_of(worker) for worker in range(problem.workers)), "L": problem.smoothness,
            "mu": problem.strong_convexity, "f_star": bound.optimum, "start": problem.value(problem.start())})
    return rows


def grid_of(family: str, quick: bool) -> tuple[dict[str, Any], ...]:
    """The points of a family; with `quick` every third of them, which shows that it runs and no more."""
    return FAMILIES[family][1::3] if quick else FAMILIES[family]


def search(case: str, goal, family: str, rounds: int, coded: int, folder: str, quick: bool) -> list[dict[str, Any]]:
    """The best point of a family within each of `PATIENCE` times `rounds` of gradient descent, whose bits are `coded`."""
    bound = bind(case, 0, folder)
    problem, counts = bound.problem, []
    for section in grid_of(family, quick):
        count = measure(problem, bound.optimum, build(Algorithm, section), goal, GapTariff(), bound.streams,
                        int(max(PATIENCE.values()) * rounds) * problem.workers, coded)
        counts.append((section, count))
    rows = []
    for table, patience in PATIENCE.items():
        fit = [(section, count) for section, count in counts if count.reached and count.rounds <= patience * rounds]
        section, count = min(fit, key=lambda pair: pair[1].coded, default=(None, None))
        rows.append({"case": case, "family": family, "table": table, "section": section, "points": len(counts),
                     "rounds": count and count.rounds, "coded": count and count.coded,
                     "saving": count and 100 * (1 - count.coded / coded)})
    return rows

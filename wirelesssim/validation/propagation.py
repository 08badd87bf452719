"""Path loss, its spread, the probability of line of sight, walls: against points of TR 38.901 and numbers by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import numpy as np

from ..model import build
from ..radio import PathLoss, los
from ..radio.penetration import wall_loss
from ..units import SPEED_OF_LIGHT, to_db
from .reference import rows
from .row import Check, Seen, differing, worst

__all__ = ["checks", "law_of", "loss"]

_POINTS = "points of Sionna 2.2.0"
_LEVELS = ("propagation_loss", "propagation_height")


def law_of(row: dict[str, str], state: str = "field") -> PathLoss:
    """The law of `row["scenario"]` (UMi, InH-open, InF-DH, ...) at the heights of the row."""
    name, _, kind = row["scenario"].partition("-")
    which = {"InH": {"office": kind}, "InF": {"hall": kind}}.get(name, {})
    heights = {"bs_height": float(row["h_bs"]), "ut_height": float(row["h_ut"])}
    return build(PathLoss, {"type": name.lower(), "state": state} | heights | which)


def loss(law: PathLoss, distance, frequency) -> float:
    """Path loss in dB."""
    return -to_db(law.gain(distance, frequency))


def _levels(scenario: str, state: str) -> list[dict[str, str]]:
    return [row for name in _LEVELS for row in rows(name) if (row["scenario"], row["state"]) == (scenario, state)]


def standard_loss(scenario: str, state: str) -> Seen:
    """Path loss of one law in one state, dB. 0.01 dB: c = 3e8 of the report against c costs up to 0.0058 dB."""
    return worst([loss(law_of(row, state.lower()), float(row["d2d_m"]), 1e9 * float(row["fc_ghz"])) - float(row["pathloss_db"])
                  for row in _levels(scenario, state)], 0.01)


def deviation() -> Seen:
    """The standard deviation of shadowing in dB, the same number."""
    return differing((float(law_of(row).deviation(float(row["d2d_m"]), 1e9 * float(row["fc_ghz"]), row["state"] == "LOS")),
                      float(row["sf_std_db"])) for row in rows("propagation_loss"))


def sight(scenario: str) -> Seen:
    """Probability of line of sight of one law; UMa at terminal heights up to 22.5 m too."""
    found = [law_of(row).los_probability(float(row["d2d_m"])) - float(row["p_los"])
             for row in rows("propagation_sight") if row["scenario"] == scenario]
    if scenario == "UMa":
        found += [los.macro(float(row["d2d_m"]), float(row["h_ut"])) - float(row["p_los"])
                  for row in rows("propagation_sight_uma")]
    return worst(found, 1e-6)


def walls() -> Seen:
    """PL_tw from table 7.4.3-1 and -2 as they stand, at five carriers from 0.5 to 100 GHz."""
    found = []
    for ghz in (0.5, 2.0, 3.5, 28.0, 100.0):
        glass, coated, concrete = 2 + 0.2 * ghz, 23 + 0.3 * ghz, 5 + 4 * ghz
        low = 5 - 10 * math.log10(0.3 * 10 ** (-glass / 10) + 0.7 * 10 ** (-concrete / 10))
        high = 5 - 10 * math.log10(0.7 * 10 ** (-coated / 10) + 0.3 * 10 ** (-concrete / 10))
        found += [wall_loss("low", 1e9 * ghz) - low, wall_loss("high", 1e9 * ghz) - high]
    return worst(found, 1e-9)


def optional_loss() -> Seen:
    """d_2D = 100 m, 2 GHz, 20 log10 2 = 6.0206 dB: UMi 32.4 + 6.0206 + 31.9 log10 100.3606 = 102.2705; UMa 32.4 + 6.0206
    + 30 log10 102.7241 = 98.7708; InH 32.4 + 6.0206 + 31.9 log10 100.0200 = 102.2234."""
    by_hand = {"umi": 102.2705, "uma": 98.7708, "inh": 102.2234}
    return worst([loss(build(PathLoss, {"type": name, "state": "nlos", "nlos": "optional"}), 100.0, 2e9) - expected
                  for name, expected in by_hand.items()], 1e-3)


def free_space() -> Seen:
    """1 GHz, 1 km: 20 log10(4 pi 1000 1e9 / 299792458) = 92.4478 dB; a decade of distance or carrier 20 dB."""
    law = build(PathLoss, "free_space")
    return worst([loss(law, 1e3, 1e9) - 92.4478, loss(law, 1e4, 1e9) - 112.4478, loss(law, 1e3, 1e10) - 112.4478], 1e-4)


def two_ray() -> Seen:
    """The complex sum of a direct and a reflected wave at 200 places from 2 to 300 m, 2 GHz, heights 8 m and 2 m; dB."""
    law, wave = build(PathLoss, {"type": "two_ray", "bs_height": 8.0, "ut_height": 2.0}), 2 * math.pi * 2e9 / SPEED_OF_LIGHT
    d = np.linspace(2.0, 300.0, 200)
    direct, reflected = np.hypot(d, 6.0), np.hypot(d, 10.0)
    field = np.exp(-1j * wave * direct) / direct - np.exp(-1j * wave * reflected) / reflected
    return worst(loss(law, d, 2e9) + 20 * np.log10(np.abs(field) / (2 * wave)), 1e-6)


def cost_hata() -> Seen:
    """2 GHz, 30 m, 1.5 m: 46.3 + 33.9 3.30103 - 13.82 1.477121 - (2.931133 1.5 - 4.349607) = 137.7440 dB at 1 km; a decade
    costs 44.9 - 6.55 1.477121 = 35.2249 dB."""
    law = build(PathLoss, "cost_hata")
    return worst([loss(law, 1e3, 2e9) - 137.7440, loss(law, 1e4, 2e9) - 172.9689], 1e-3)


def macro() -> Seen:
    """128.1 dB at 1 km, 37.6 log10 2 = 11.3187 dB a doubling."""
    law = build(PathLoss, "macro")
    return worst([loss(law, 1e3, 2e9) - 128.1, loss(law, 500.0, 2e9) - 116.7813], 1e-4)


def checks() -> Iterator[Check]:
    """Path loss of every scenario and state; then what belongs to it."""
    check, standard = partial(Check, "propagation"), "TR 38.901, table"
    for scenario, state in dict.fromkeys((row["scenario"], row["state"]) for name in _LEVELS for row in rows(name)):
        metric = f"path loss, largest of {len(_levels(scenario, state))} points, dB"
        yield check(f"{scenario} {state}", f"{standard} 7.4.1-1; {_POINTS}", metric, partial(standard_loss, scenario, state))
    yield check("optional NLOS of UMi, UMa, InH", f"{standard} 7.4.1-1, by hand", "path loss, dB", optional_loss)
    yield check("shadowing sigma, all laws", f"{standard} 7.4.1-1; {_POINTS}",
                f"values that differ, of {len(rows('propagation_loss'))}", deviation)
    for scenario in dict.fromkeys(row["scenario"] for row in rows("propagation_sight")):
        yield check(f"{scenario} line of sight", f"{standard} 7.4.2-1; {_POINTS}", "probability, largest difference",
                    partial(sight, scenario))
    yield check("walls, low and high loss", f"{standard}s 7.4.3-1, 7.4.3-2, as they stand", "penetration loss, dB", walls)
    yield check("free_space", "Friis 1946; ITU-R P.525, by hand", "path loss, dB", free_space)
    yield check("two_ray", "complex sum of two waves", "path loss, largest of 200 places, dB", two_ray)
    yield check("cost_hata", "COST 231 final report, 4.4.1, by hand", "path loss, dB", cost_hata)
    yield check("macro", "TR 36.814, table A.2.1.1-1, by hand", "path loss, dB", macro)

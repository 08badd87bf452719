"""Interference: what other cells add to the noise, so that a SINR and not an SNR decides.

A *noise rise* is (N + I)/N, the interference over thermal (IoT), a factor >= 1: SINR = SNR / rise. It is the mean over
what the interferers do; a rate then meets the mean and not the bursts.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from typing import Annotated

import numpy as np

from ..errors import InputError, Problem
from ..model import Model, model
from ..units import RATIO, Fraction, Quantity
from .geometry import Geometry, in_hexagon

__all__ = ["Interference", "NoInterference", "OverThermal", "HexagonalInterference"]

Gain = Callable[[np.ndarray], np.ndarray]  # distance (...) m -> linear gain (...), antennas included
_POINTS = 32  # places a side in a cell: the mean over the cell is within 1 % of that of 256 (a test holds it)


class Interference(Model, family="interference"):
    """What other cells in the same band add, at the server (uplink) and at a worker's place (downlink)."""

    @abstractmethod
    def uplink_rise(self, gain: Gain, power: float, noise: float, geometry: Geometry | None) -> float:
        """Noise rise at the server; `power` (W) of each other cell's user, `noise` (W), `gain` from distance.

        InputError (`interference`, ...) where `geometry` has no other cells and the law needs them.
        """

    @abstractmethod
    def downlink_rise(self, positions: np.ndarray, gain: Gain, power: float, noise: float,
                      geometry: Geometry | None) -> np.ndarray:
        """Noise rise at `positions` (..., 2) m, (...); `power` (W) of each other site, the rest as in `uplink_rise`."""


@model
class NoInterference(Interference, name="none"):
    """Nobody else in the band: SINR is SNR."""

    def uplink_rise(self, gain, power, noise, geometry):
        return 1.0

    def downlink_rise(self, positions, gain, power, noise, geometry):
        return np.ones(np.shape(positions)[:-1])


@model
class OverThermal(Interference, name="iot"):
    """A given interference over thermal, (N + I)/N = `level`, everywhere and always; 0 dB is none.

    The way in which uplink studies state a load: a level of some 3 to 10 dB belongs to a busy macro layer.
    """

    level: Annotated[float, Quantity(RATIO, ge=1)] = "0 dB"

    def uplink_rise(self, gain, power, noise, geometry):
        return self.level

    def downlink_rise(self, positions, gain, power, noise, geometry):
        return np.full(np.shape(positions)[:-1], self.level)


@model
class HexagonalInterference(Interference, name="hexagonal"):
    """The other cells of `geometry: {type: hexagonal, sites: 7 | 19}`, each active a share `load` of the time.

        uplink    I = load power SUM_cells E_x[gain(|x|)],        x uniform over the other cell, the server at 0
        downlink  I(y) = load power SUM_sites gain(|y - site|),   y the worker's place

    Uplink interference comes from the other cells' *users*, one at a time over the whole band, at the mean EIRP of this
    cell's workers and without power control: it does not depend on the worker, and a load gives an interference over thermal.
    Gains are medians of the path-loss law (the mean over line-of-sight states). `load` 100 %: the full buffer of system
    studies (Report ITU-R M.2412), the worst case. Left out: shadowing of interferers, the choice of the strongest site,
    sectors, bursts.
    """

    load: Fraction = "100 %"

    def uplink_rise(self, gain, power, noise, geometry):
        sites = _other_sites(geometry)  # (S, 2)
        places = sites[:, None, :] + _cell(geometry.inter_site_distance)  # (S, P, 2)
        received = gain(np.hypot(places[..., 0], places[..., 1])).mean(axis=1).sum()
        return 1.0 + self.load * power * float(received) / noise

    def downlink_rise(self, positions, gain, power, noise, geometry):
        away = np.asarray(positions, dtype=float)[..., None, :] - _other_sites(geometry)  # (..., S, 2)
        return 1.0 + self.load * power * gain(np.hypot(away[..., 0], away[..., 1])).sum(axis=-1) / noise


def _other_sites(geometry: Geometry | None) -> np.ndarray:
    """Places of the other sites, (S, 2) m; InputError where there are none."""
    sites = np.zeros((0, 2)) if geometry is None else geometry.other_sites
    if not len(sites):
        rule = ("must not be 'hexagonal' without other cells: give geometry: {type: hexagonal, sites: 7, "
                "inter_site_distance: 200 m}, or interference: {type: iot, level: 3 dB}")
        raise InputError(Problem(("interference", "type"), rule))
    return sites


def _cell(inter_site_distance: float) -> np.ndarray:
    """Places spread evenly over a cell around 0, (P, 2) m: a square lattice, cut to the hexagon."""
    reach = inter_site_distance / math.sqrt(3)
    axis = reach * ((2 * np.arange(_POINTS) + 1) / _POINTS - 1)
    places = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    return places[in_hexagon(places, inter_site_distance)]

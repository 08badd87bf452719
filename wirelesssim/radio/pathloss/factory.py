"""InF of TR 38.901: factory halls, by the density of their clutter and the height of the antennas over it."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Literal

import numpy as np

from ...errors import InputError, Problem
from ...model import model
from ...units import DISTANCE, FRACTION, Distance, Quantity
from .. import los as sight
from .family import PathLoss
from .tr38901 import Tr38901

__all__ = ["IndoorFactory"]

# density, height (m) and size (m) of the clutter in calibration, table 7.8-7; it has no hall HH, in whose loss none of them
# counts: the sparse clutter, 1 m high, so that the terminal at 1.5 m stands above it, as table 7.2-4 has it
_CLUTTER = {"S": (0.2, 2.0, 10.0), "D": (0.6, 6.0, 2.0), "H": (0.2, 1.0, 10.0)}
# intercept and slope of the loss without line of sight, and its sigma (dB), table 7.4.1-1; the carrier enters as 20 log10 f_c
_BLOCKED = {"SL": (33.0, 25.5, 5.7), "DL": (18.6, 35.7, 7.2), "SH": (32.4, 23.0, 5.9), "DH": (33.63, 21.9, 4.0)}


@model
class IndoorFactory(Tr38901, PathLoss, name="inf"):
    """Indoor factory (TR 38.901); `hall`: Sparse or Dense clutter, base station Low in it or High above it; HH both ends above.

        LOS   31.84 + 21.50 log10 d_3D + 19.00 log10 f_c                                          1 m <= d_3D <= 600 m
        NLOS  SL max(LOS, 33 + 25.5 log10 d_3D + 20 log10 f_c)      DL max(LOS, SL, 18.6 + 35.7 log10 d_3D + 20 log10 f_c)
              SH max(LOS, 32.4 + 23.0 log10 d_3D + 20 log10 f_c)    DH max(LOS, 33.63 + 21.9 log10 d_3D + 20 log10 f_c)

    d in m, f_c in GHz, 0.5 to 100. Line of sight: exp(-d_2D/k), k = -d_c/ln(1 - r), and above the clutter times
    (h_BS - h_UT)/(h_c - h_UT); certain in HH. r = `clutter_density`, h_c = `clutter_height`, d_c = `clutter_size`; left
    out, they and `bs_height` are those of the calibration in table 7.8-7: sparse 20 %, 2 m, 10 m; dense 60 %, 6 m, 2 m; base
    station 1.5 m (low) or 8 m (high); terminal 1.5 m. Shadowing: 4.3 dB with line of sight, without SL 5.7, DL 7.2, SH 5.9,
    DH 4.0, all over 10 m. The state stays over d_c/2. d_3D nearer than 1 m is held at 1 m.
    InputError where the heights contradict the hall (table 7.2-4): SL and DL mean h_BS <= h_c, SH and DH h_BS > h_c, all four
    h_UT < h_c; HH h_BS > h_c and h_UT > h_c, where h_c is 1 m unless given: below the terminal's 1.5 m, and in no formula.
    """

    hall: Literal["SL", "DL", "SH", "DH", "HH"] = "SL"
    bs_height: Distance | None = None
    ut_height: Distance = "1.5 m"
    clutter_density: Annotated[float, Quantity(FRACTION, gt=0, lt=1)] | None = None
    clutter_height: Annotated[float, Quantity(DISTANCE, gt=0, le=10)] | None = None
    clutter_size: Distance | None = None

    outdoor_decorrelation = (10.0, 10.0)

    def check(self):
        self._check_heights()
        sparse = self.hall[0] == "S"
        if self.hall == "HH":
            if self.state == "nlos":
                rule = "must be 'field' or 'los' in the hall HH, which always has line of sight, got 'nlos'"
                raise InputError(Problem(("state",), rule))
        elif (self.density < 0.4) != sparse:
            rule = f"must be {'< 40 %' if sparse else '>= 40 %'} in the hall {self.hall} (table 7.2-4), got {self.density:.3g}"
            raise InputError(Problem(("clutter_density",), rule))

    def _check_heights(self):
        clutter, low, above = self.clutter, self.hall[1] == "L", self.hall == "HH"
        at = f"clutter_height ({clutter:g} m) in the hall {self.hall}"
        if (self.base <= clutter) != low:
            raise InputError(Problem(("bs_height",), f"must be {'<=' if low else '>'} {at}, got {self.base:g} m"))
        if self.ut_height <= clutter if above else self.ut_height >= clutter:
            way = "give a lower clutter, or SH or DH" if above else "a terminal above the clutter is HH"
            raise InputError(Problem(("ut_height",), f"must be {'>' if above else '<'} {at}, got {self.ut_height:g} m; {way}"))

    @property
    def base(self) -> float:
        """Height of the base station, m."""
        return self.bs_height if self.bs_height is not None else 1.5 if self.hall[1] == "L" else 8.0

    @property
    def density(self) -> float:
        """Share of the floor that clutter covers."""
        return _CLUTTER[self.hall[0]][0] if self.clutter_density is None else self.clutter_density

    @property
    def clutter(self) -> float:
        """Effective height of the clutter, m."""
        return _CLUTTER[self.hall[0]][1] if self.clutter_height is None else self.clutter_height

    @property
    def size(self) -> float:
        """Typical size of the clutter, m."""
        return _CLUTTER[self.hall[0]][2] if self.clutter_size is None else self.clutter_size

    @property
    def state_decorrelation(self):
        """d_c/2 (m), 7.6.3.3."""
        return self.size / 2

    def los_probability(self, distance):
        if self.hall == "HH":
            return np.ones(np.shape(distance))
        over = 1.0 if self.hall[1] == "L" else (self.base - self.ut_height) / (self.clutter - self.ut_height)
        return sight.factory(distance, self.size, self.density, over)

    def deviation(self, distance, frequency, los):
        return np.where(los, 4.3, _BLOCKED[self.hall][2] if self.hall != "HH" else 4.3)

    def loss(self, distance, frequency, los):
        far = np.log10(np.maximum(np.hypot(distance, self.base - self.ut_height), 1.0))
        carrier = np.log10(frequency / 1e9)
        loss = clear = 31.84 + 21.50 * far + 19.00 * carrier
        for hall in {"HH": (), "DL": ("SL", "DL")}.get(self.hall, (self.hall,)):
            intercept, slope, _ = _BLOCKED[hall]
            loss = np.maximum(loss, intercept + slope * far + 20 * carrier)
        return np.where(los, clear, loss)

    @property
    def states(self):
        return (dataclasses.replace(self, state="los"),) if self.hall == "HH" else super().states

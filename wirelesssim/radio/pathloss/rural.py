"""RMa of TR 38.901: long distances, low buildings."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

import numpy as np

from ...model import model
from ...units import DISTANCE, Quantity
from .. import los as sight
from .family import PathLoss
from .tr38901 import PROPAGATION_VELOCITY, Tr38901

__all__ = ["RuralMacro"]

_LEAST = 10.0  # m of d_2D, table 7.4.1-1
_Roof = Annotated[float, Quantity(DISTANCE, ge=5, le=50)]


@model
class RuralMacro(Tr38901, PathLoss, name="rma"):
    """Rural macro cell (TR 38.901).

        LOS   PL1(d_3D) = 20 log10(40 pi d_3D f_c / 3) + min(0.03 h^1.72, 10) log10 d_3D - min(0.044 h^1.72, 14.77)
                          + 0.002 log10(h) d_3D                                                   10 m <= d_2D <= d_BP
              PL2 = PL1(d_BP) + 40 log10(d_3D / d_BP)                                             d_BP <= d_2D <= 10 km
        NLOS  max(LOS, 161.04 - 7.1 log10 W + 7.5 log10 h - (24.37 - 3.7 (h/h_BS)^2) log10 h_BS
                       + (43.42 - 3.1 log10 h_BS)(log10 d_3D - 3) + 20 log10 f_c - (3.2 (log10(11.75 h_UT))^2 - 4.97))

    NLOS up to 5 km; d in m, f_c in GHz, 0.5 to 30; d_BP = 2 pi h_BS h_UT f_c / c with f_c in Hz; h = `building_height` and W =
    `street_width`, 5 to 50 m; `bs_height` 10 to 150 m, `ut_height` 1 to 10 m. Defaults: table 7.4.1-1 (h 5 m, W 20 m, h_BS 35 m,
    h_UT 1.5 m). Shadowing: 4 dB up to d_BP, 6 dB beyond, over 37 m; 8 dB without line of sight, over 120 m. The
    state stays over 60 m. `penetration: low` as in `umi`, to a depth of 10 m (the only one for rural areas). Nearer
    than 10 m the loss is held.
    """

    bs_height: Annotated[float, Quantity(DISTANCE, ge=10, le=150)] = "35 m"
    ut_height: Annotated[float, Quantity(DISTANCE, ge=1, le=10)] = "1.5 m"
    building_height: _Roof = "5 m"
    street_width: _Roof = "20 m"
    penetration: Literal["none", "low"] = "none"

    frequencies: ClassVar[tuple[float, float]] = (0.5e9, 30e9)
    deepest: ClassVar[float] = 10.0
    indoor_shadowing: ClassVar[tuple[float, float]] = (8.0, 120.0)
    outdoor_decorrelation = (37.0, 120.0)
    state_decorrelation = 60.0

    def break_point(self, frequency: float) -> float:
        """d_BP in m."""
        return 2 * math.pi * self.bs_height * self.ut_height * frequency / PROPAGATION_VELOCITY

    def los_probability(self, distance):
        return sight.rural(distance)

    def deviation(self, distance, frequency, los):
        return np.where(los, np.where(distance <= self.break_point(frequency), 4.0, 6.0), 8.0)

    def loss(self, distance, frequency, los):
        distance = np.maximum(distance, _LEAST)
        d_3d, break_point = np.hypot(distance, self.bs_height - self.ut_height), self.break_point(frequency)
        beyond = self._first_slope(break_point, frequency) + 40 * np.log10(d_3d / break_point)
        clear = np.where(distance <= break_point, self._first_slope(d_3d, frequency), beyond)
        return np.where(los, clear, np.maximum(clear, self._blocked(d_3d, frequency)))

    def _first_slope(self, d_3d, frequency):
        roofs = self.building_height**1.72
        return (20 * np.log10(40 * math.pi * d_3d * frequency / 1e9 / 3) + min(0.03 * roofs, 10.0) * np.log10(d_3d)
                - min(0.044 * roofs, 14.77) + 0.002 * math.log10(self.building_height) * d_3d)

    def _blocked(self, d_3d, frequency):
        base, roof = math.log10(self.bs_height), self.building_height
        return (161.04 - 7.1 * math.log10(self.street_width) + 7.5 * math.log10(roof)
                - (24.37 - 3.7 * (roof / self.bs_height) ** 2) * base + (43.42 - 3.1 * base) * (np.log10(d_3d) - 3)
                + 20 * np.log10(frequency / 1e9) - (3.2 * math.log10(11.75 * self.ut_height) ** 2 - 4.97))

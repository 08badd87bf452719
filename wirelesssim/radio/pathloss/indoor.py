"""InH of TR 38.901: offices."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ...model import model
from ...units import Distance
from .. import los as sight
from .family import PathLoss
from .tr38901 import Tr38901

__all__ = ["IndoorOffice"]


@model
class IndoorOffice(Tr38901, PathLoss, name="inh"):
    """Indoor hotspot (TR 38.901): an office, `open` or `mixed` (with rooms), which differ in the probability of line of sight.

        LOS   32.4 + 17.3 log10 d_3D + 20 log10 f_c                                               1 m <= d_3D <= 150 m
        NLOS  max(LOS, 38.3 log10 d_3D + 17.30 + 24.9 log10 f_c);  `nlos: optional`: 32.4 + 20 log10 f_c + 31.9 log10 d_3D

    d in m, f_c in GHz, 0.5 to 100. Shadowing: 3 dB over 10 m and 8.03 dB (optional 8.29) over 6 m. The state stays over
    10 m. Defaults: base station 3 m (ceiling), terminal 1 m (table 7.2-2). d_3D nearer than 1 m is held at 1 m. Walls between
    offices are part of the law; floors are left out.
    """

    office: Literal["mixed", "open"] = "mixed"
    bs_height: Distance = "3 m"
    ut_height: Distance = "1 m"
    nlos: Literal["standard", "optional"] = "standard"

    outdoor_decorrelation = (10.0, 6.0)
    state_decorrelation = 10.0

    def los_probability(self, distance):
        return sight.office(distance, self.office)

    def deviation(self, distance, frequency, los):
        return np.where(los, 3.0, 8.03 if self.nlos == "standard" else 8.29)

    def loss(self, distance, frequency, los):
        far = np.log10(np.maximum(np.hypot(distance, self.bs_height - self.ut_height), 1.0))
        carrier = np.log10(frequency / 1e9)
        clear = 32.4 + 17.3 * far + 20 * carrier
        if self.nlos == "optional":
            return np.where(los, clear, 32.4 + 20 * carrier + 31.9 * far)
        return np.where(los, clear, np.maximum(clear, 38.3 * far + 17.30 + 24.9 * carrier))

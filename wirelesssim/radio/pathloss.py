"""Median path gain against distance: what is left of the transmitted power before shadowing and fading.

A *gain* (linear, in (0, 1]) and not a loss in dB or a received power, so that the factors of a link multiply.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated

import numpy as np

from ..model import Model, model
from ..units import NUMBER, SPEED_OF_LIGHT, Distance, Quantity

__all__ = ["PathLoss", "FreeSpace", "LogDistance"]


class PathLoss(Model, family="path loss", later=("umi", "uma", "rma", "inh", "inf", "two_ray", "cost_hata")):
    """The median power gain between isotropic antennas as a function of distance and carrier."""

    @abstractmethod
    def gain(self, distance, frequency):
        """Linear gain in (0, 1], not growing with distance; `distance` m, > 0 or 0, array or scalar; `frequency` Hz."""


@model
class FreeSpace(PathLoss, name="free_space"):
    """Friis' law, gain = min(1, (lambda / (4 pi d))^2), lambda = c / f.

    Valid in the far field; nearer than lambda / (4 pi) (7 mm at 3.5 GHz) the law would exceed 1 and the gain is held at 1.
    Source: H. T. Friis, "A note on a simple transmission formula", Proc. IRE 34 (1946); ITU-R P.525.
    """

    def gain(self, distance, frequency):
        wavelength = SPEED_OF_LIGHT / frequency
        nearest = wavelength / (4 * math.pi)
        return (nearest / np.maximum(distance, nearest)) ** 2


@model
class LogDistance(PathLoss, name="log_distance"):
    """Gain that falls with a power of distance, from free space at a reference distance on.

        gain(d) = friis(d0) (max(d, d0) / d0)^-n,      n = `exponent`, d0 = `reference_distance` (m)

    `exponent` 3.0: inside the range 2.7 to 3.5 of urban cellular radio in T. S. Rappaport, "Wireless Communications",
    2nd ed., table 4.2. `reference_distance` 1 m: the close-in reference of S. Sun et al., IEEE Trans. Veh. Technol. 65
    (2016), and the default of ns-3's LogDistancePropagationLossModel. Nearer than d0 the gain is held at that of d0, as
    ns-3 does: the law says nothing there, and a worker that stands close has a rate at its ceiling anyhow.
    """

    exponent: Annotated[float, Quantity(NUMBER, gt=0)] = 3.0
    reference_distance: Distance = "1 m"

    def gain(self, distance, frequency):
        reference = FreeSpace().gain(self.reference_distance, frequency)
        relative = np.maximum(distance, self.reference_distance) / self.reference_distance
        return reference * relative ** -self.exponent

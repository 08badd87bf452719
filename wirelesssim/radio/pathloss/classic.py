"""Laws of physics and of one slope: free space, log-distance, two rays over flat ground."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from ...model import model
from ...units import NUMBER, SPEED_OF_LIGHT, Distance, Quantity
from .family import PathLoss, check_distance

__all__ = ["FreeSpace", "LogDistance", "TwoRay"]


@model
class FreeSpace(PathLoss, name="free_space"):
    """Friis' law, gain = min(1, (lambda / (4 pi d))^2), lambda = c / f.

    Valid in the far field; nearer than lambda / (4 pi) (7 mm at 3.5 GHz) the law would exceed 1 and the gain is held at 1.
    Source: H. T. Friis, "A note on a simple transmission formula", Proc. IRE 34 (1946); ITU-R P.525.
    """

    def gain(self, distance, frequency):
        check_distance(distance)
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
        check_distance(distance)
        reference = FreeSpace().gain(self.reference_distance, frequency)
        relative = np.maximum(distance, self.reference_distance) / self.reference_distance
        return reference * relative ** -self.exponent


@model
class TwoRay(PathLoss, name="two_ray"):
    """A direct ray and one reflected by flat ground, which interfere.

        gain(d) = min(1, (lambda / 4 pi)^2 |exp(-j k d1)/d1 - exp(-j k d2)/d2|^2),   k = 2 pi / lambda
        d1^2 = d^2 + (h_BS - h_UT)^2,  d2^2 = d^2 + (h_BS + h_UT)^2

    with the heights `bs_height` and `ut_height` (m). Far out, beyond 4 h_BS h_UT / lambda, it tends to (h_BS h_UT / d^2)^2,
    40 dB a decade whatever the carrier. Nearer it rises and falls; `not_growing_from` is where the rays differ by half a
    wavelength, just beyond the last maximum. Nearer than 1 m the gain is held at that of 1 m. The ground's
    reflection coefficient is -1, its limit at grazing incidence: within some h_BS of the base station the fringes are deeper
    than over real ground, and polarisation is left out. Defaults: the heights of UMi in TR 38.901, table 7.2-1.
    Source: T. S. Rappaport, "Wireless Communications", 2nd ed., 4.6.
    """

    bs_height: Distance = "10 m"
    ut_height: Distance = "1.5 m"

    def gain(self, distance, frequency):
        check_distance(distance)
        wavelength, d = SPEED_OF_LIGHT / frequency, np.maximum(distance, 1.0)
        direct, reflected = np.hypot(d, self.bs_height - self.ut_height), np.hypot(d, self.bs_height + self.ut_height)
        # d2 - d1 without the cancellation of two long distances
        longer = 4 * self.bs_height * self.ut_height / (direct + reflected)
        # |a e^-ju - b e^-jv|^2 = (a - b)^2 + 4 a b sin^2((u - v)/2)
        difference = longer / (direct * reflected)
        power = difference**2 + 4 * np.sin(math.pi * longer / wavelength) ** 2 / (direct * reflected)
        return np.minimum(1.0, (wavelength / (4 * math.pi)) ** 2 * power)

    def not_growing_from(self, frequency):
        half = SPEED_OF_LIGHT / frequency / 2
        product = 4 * self.bs_height * self.ut_height  # d2^2 - d1^2
        squared = ((product - half**2) / (2 * half)) ** 2 - (self.bs_height - self.ut_height) ** 2
        return math.sqrt(squared) if product > half**2 and squared > 0 else 0.0

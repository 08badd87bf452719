"""Fits to measurements in macro cells: COST 231-Hata, and the classic line of LTE's early studies."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np

from ...model import model
from ...units import DISTANCE, Quantity, from_db
from .family import PathLoss, check_distance

__all__ = ["CostHata", "Macro"]


@model
class CostHata(PathLoss, name="cost_hata"):
    """COST 231-Hata, median loss of a large or small urban macro cell between 1.5 and 2 GHz.

        L = 46.3 + 33.9 log10 f - 13.82 log10 h_BS - a(h_UT) + (44.9 - 6.55 log10 h_BS) log10 d + C_m   [dB]
        a(h_UT) = (1.1 log10 f - 0.7) h_UT - (1.56 log10 f - 0.8)

    f in MHz, d in km, `bs_height` 30 to 200 m, `ut_height` 1 to 10 m; C_m = 0 for `city: medium` (and suburban centres
    with trees of moderate density), 3 dB for `metropolitan`. Valid from 1 to 20 km, with antennas above the roofs: **nearer than
    1 km the gain is held at that of 1 km**, so that a smaller cell wants another law; beyond 20 km it is continued.
    Defaults: the least base station of the law, a terminal of TR 38.901's height (table 7.2-1). Left out: its own sigma.
    Source: COST 231 final report (EUR 18957, 1999), 4.4.1.
    """

    bs_height: Annotated[float, Quantity(DISTANCE, ge=30, le=200)] = "30 m"
    ut_height: Annotated[float, Quantity(DISTANCE, ge=1, le=10)] = "1.5 m"
    city: Literal["medium", "metropolitan"] = "medium"

    frequencies: ClassVar[tuple[float, float]] = (1.5e9, 2e9)

    def gain(self, distance, frequency):
        check_distance(distance)
        megahertz, kilometres = np.log10(frequency / 1e6), np.log10(np.maximum(distance, 1000.0) / 1000.0)
        mobile = (1.1 * megahertz - 0.7) * self.ut_height - (1.56 * megahertz - 0.8)
        base = np.log10(self.bs_height)
        loss = (46.3 + 33.9 * megahertz - 13.82 * base - mobile + (44.9 - 6.55 * base) * kilometres
                + (3.0 if self.city == "metropolitan" else 0.0))
        return from_db(-loss)


@model
class Macro(PathLoss, name="macro"):
    """The classic macro cell of LTE's studies, L = 128.1 + 37.6 log10 d  [dB, d in km], at 2 GHz only.

    The law has the carrier and the height of the base station (15 m above the roofs) built in: another carrier is refused
    and not scaled. Nearer than 35 m, the least distance of those studies, the gain is held. Source: TR 36.814, table
    A.2.1.1-1 (3GPP case 1; the least distance: table A.2.1.1-2, as public simulators quote it), and TR 36.942, 4.5.2, from
    which it follows with f = 2000 MHz and Dhb = 15 m. Their shadowing is 8 dB, decorrelated over 50 m: `shadowing: {type:
    lognormal, sigma: 8 dB}`.
    """

    frequencies: ClassVar[tuple[float, float]] = (2e9, 2e9)

    def gain(self, distance, frequency):
        check_distance(distance)
        return from_db(-(128.1 + 37.6 * np.log10(np.maximum(distance, 35.0) / 1000.0)))

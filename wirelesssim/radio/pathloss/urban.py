"""UMi street canyon and UMa of TR 38.901: two slopes with line of sight, joined at the break point."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from scipy.special import ndtr

from ...errors import InputError, Problem
from ...model import model
from ...units import DISTANCE, Distance, Quantity
from .. import los as sight
from ..gaussian_field import GaussianField
from .family import PathLoss
from .tr38901 import PROPAGATION_VELOCITY, Tr38901

__all__ = ["UrbanMicro", "UrbanMacro"]

TerminalHeight = Annotated[float, Quantity(DISTANCE, ge=1.5, le=22.5)]
_LEAST = 10.0  # m of d_2D, table 7.4.1-1


def _two_slopes(distance, frequency, heights, environment, first, second):
    """Loss in dB with line of sight on either side of the break point d'_BP = 4 h'_BS h'_UT f_c / c, table 7.4.1-1.

    `heights` (h_BS, h_UT) m; `environment` h_E (m). Up to d'_BP intercept + slope log10 d_3D + 20 log10 f_c, `first` (intercept,
    slope); beyond, with the slope of `second` (slope, correction), less correction log10(d'_BP^2 + (h_BS - h_UT)^2).
    """
    base, terminal = heights
    above = base - terminal
    d_3d = np.hypot(distance, above)
    break_point = 4 * (base - environment) * (terminal - environment) * frequency / PROPAGATION_VELOCITY
    carrier = 20 * np.log10(frequency / 1e9)
    near = first[0] + first[1] * np.log10(d_3d) + carrier
    far = first[0] + second[0] * np.log10(d_3d) + carrier - second[1] * np.log10(break_point**2 + above**2)
    return np.where(distance <= break_point, near, far)


def _only(part, key: str, metres: float) -> None:
    """InputError where the base station does not stand at the only height that table 7.4.1-1 gives."""
    if getattr(part, key) != metres:
        rule = f"must be {metres:g} m, the height for which TR 38.901 gives {part.type_name!r}, got {getattr(part, key):g} m"
        raise InputError(Problem((key,), f"{rule}; 'rma', 'two_ray' and 'cost_hata' take other heights"))


@model
class UrbanMicro(Tr38901, PathLoss, name="umi"):
    """Urban micro cell, street canyon (TR 38.901), base station below the roofs.

        LOS   PL1 = 32.4 + 21 log10 d_3D + 20 log10 f_c                                            10 m <= d_2D <= d'_BP
              PL2 = 32.4 + 40 log10 d_3D + 20 log10 f_c - 9.5 log10(d'_BP^2 + (h_BS - h_UT)^2)     d'_BP <= d_2D <= 5 km
        NLOS  max(LOS, 35.3 log10 d_3D + 22.4 + 21.3 log10 f_c - 0.3 (h_UT - 1.5))
              32.4 + 20 log10 f_c + 31.9 log10 d_3D under `nlos: optional`

    d in m, f_c in GHz, 0.5 to 100; d'_BP = 4 (h_BS - 1)(h_UT - 1) f_c / c with f_c in Hz. Shadowing: 4 dB over 10 m and
    7.82 dB (optional 8.2) over 13 m. The state stays over 50 m. `bs_height` is 10 m, `ut_height` 1.5 to 22.5 m (defaults of
    table 7.2-1). `penetration: low | high` puts every worker behind a wall (7.4.3). Nearer than 10 m the loss is held.
    """

    bs_height: Distance = "10 m"
    ut_height: TerminalHeight = "1.5 m"
    nlos: Literal["standard", "optional"] = "standard"
    penetration: Literal["none", "low", "high"] = "none"

    deepest: ClassVar[float] = 25.0
    indoor_shadowing: ClassVar[tuple[float, float]] = (7.0, 7.0)
    outdoor_decorrelation = (10.0, 13.0)
    state_decorrelation = 50.0

    def check(self):
        _only(self, "bs_height", 10.0)

    def los_probability(self, distance):
        return sight.street_canyon(distance)

    def deviation(self, distance, frequency, los):
        return np.where(los, 4.0, 7.82 if self.nlos == "standard" else 8.2)

    def loss(self, distance, frequency, los):
        distance, carrier = np.maximum(distance, _LEAST), np.log10(frequency / 1e9)
        clear = _two_slopes(distance, frequency, (self.bs_height, self.ut_height), 1.0, (32.4, 21.0), (40.0, 9.5))
        far = np.log10(np.hypot(distance, self.bs_height - self.ut_height))
        if self.nlos == "optional":
            return np.where(los, clear, 32.4 + 20 * carrier + 31.9 * far)
        blocked = 35.3 * far + 22.4 + 21.3 * carrier - 0.3 * (self.ut_height - 1.5)
        return np.where(los, clear, np.maximum(clear, blocked))


@model
class UrbanMacro(Tr38901, PathLoss, name="uma"):
    """Urban macro cell (TR 38.901), base station above the roofs.

        LOS   PL1 = 28.0 + 22 log10 d_3D + 20 log10 f_c                                           10 m <= d_2D <= d'_BP
              PL2 = 28.0 + 40 log10 d_3D + 20 log10 f_c - 9 log10(d'_BP^2 + (h_BS - h_UT)^2)      d'_BP <= d_2D <= 5 km
        NLOS  max(LOS, 13.54 + 39.08 log10 d_3D + 20 log10 f_c - 0.6 (h_UT - 1.5))
              32.4 + 20 log10 f_c + 30 log10 d_3D under `nlos: optional`

    d in m, f_c in GHz, 0.5 to 100; d'_BP = 4 (h_BS - h_E)(h_UT - h_E) f_c / c with f_c in Hz. The height h_E of the
    environment is 1 m below h_UT = 13 m; from there on it is 1 m with the probability 1/(1 + C(d_2D, h_UT)) and else one of
    12, 15, ... up to h_UT - 1.5 m, equally likely: drawn per place by fields like the state's (the report draws it per
    link; `gain`, which knows no place, takes 1 m). C = C'(h_UT) g, g = 5/4 (d_2D/100)^3 exp(-d_2D/150) beyond 18 m.
    Shadowing: 4 dB over 37 m and 6 dB (optional 7.8) over 50 m. The state stays over 50 m. `bs_height` is 25 m,
    `ut_height` 1.5 to 22.5 m (defaults of table 7.2-1). `penetration` as in `umi`. Nearer than 10 m the loss is held.
    """

    bs_height: Distance = "25 m"
    ut_height: TerminalHeight = "1.5 m"
    nlos: Literal["standard", "optional"] = "standard"
    penetration: Literal["none", "low", "high"] = "none"

    deepest: ClassVar[float] = 25.0
    indoor_shadowing: ClassVar[tuple[float, float]] = (7.0, 7.0)
    outdoor_decorrelation = (37.0, 50.0)
    state_decorrelation = 50.0

    def check(self):
        _only(self, "bs_height", 25.0)

    def los_probability(self, distance):
        return sight.macro(distance, self.ut_height)

    def deviation(self, distance, frequency, los):
        return np.where(los, 4.0, 6.0 if self.nlos == "standard" else 7.8)

    def loss(self, distance, frequency, los, environment=1.0):
        """As `Tr38901.loss`; `environment` is h_E (m)."""
        distance, carrier = np.maximum(distance, _LEAST), 20 * np.log10(frequency / 1e9)
        clear = _two_slopes(distance, frequency, (self.bs_height, self.ut_height), environment, (28.0, 22.0), (40.0, 9.0))
        far = np.log10(np.hypot(distance, self.bs_height - self.ut_height))
        if self.nlos == "optional":
            return np.where(los, clear, 32.4 + carrier + 30 * far)
        blocked = 13.54 + 39.08 * far + carrier - 0.6 * (self.ut_height - 1.5)
        return np.where(los, clear, np.maximum(clear, blocked))

    @property
    def environment_heights(self) -> np.ndarray:
        """12, 15, ... m, up to h_UT - 1.5 m; empty below h_UT = 13.5 m."""
        return np.arange(12.0, self.ut_height - 1.5 + 1e-9, 3.0)

    def place_loss(self, streams):
        heights = self.environment_heights
        if not len(heights):
            return super().place_loss(streams)
        fields = [GaussianField(streams("environment height", part), self.state_decorrelation) for part in ("whether", "which")]

        def loss(positions, distance, frequency, los):
            beyond = np.where(distance > 18, 1.25 * (distance / 100) ** 3 * np.exp(-distance / 150), 0.0)
            low = ndtr(fields[0](positions)) < 1 / (1 + sight.height_gain(self.ut_height) * beyond)
            which = np.minimum((ndtr(fields[1](positions)) * len(heights)).astype(int), len(heights) - 1)
            return self.loss(distance, frequency, los, np.where(low, 1.0, heights[which]))

        return loss

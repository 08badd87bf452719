"""Power delay profiles of the tapped delay lines TDL-A, TDL-B and TDL-C: TR 38.901, tables 7.7.2-1 to 7.7.2-3."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...units import from_db

__all__ = ["Profile", "PROFILES"]


@dataclass(frozen=True)
class Profile:
    """Taps with a Rayleigh gain each: `delays` (L,), in units of the RMS delay spread, and `powers_db` (L,), relative."""

    delays: tuple[float, ...]
    powers_db: tuple[float, ...]

    @property
    def powers(self) -> np.ndarray:
        """Mean powers of the taps, linear, of sum 1, (L,)."""
        powers = from_db(np.array(self.powers_db))
        return powers / powers.sum()

    def scaled(self, delay_spread: float) -> np.ndarray:
        """Delays in seconds for an RMS delay spread of `delay_spread` s, (L,): delay * spread (TR 38.901, eq. 7.7-1)."""
        return np.array(self.delays) * delay_spread

    @property
    def spread(self) -> float:
        """The RMS delay spread of the table as it stands, sqrt(E[d^2] - E[d]^2) under the powers: 1 to its rounding."""
        delays, powers = np.array(self.delays), self.powers
        return float(np.sqrt(powers @ delays**2 - (powers @ delays) ** 2))

    def correlation(self, spacing, delay_spread: float):
        """E[H(f + spacing) H*(f)], complex: the Fourier transform of the profile, SUM_l p_l exp(-j 2 pi spacing d_l)."""
        return np.exp(-2j * np.pi * np.multiply.outer(spacing, self.scaled(delay_spread))) @ self.powers


PROFILES = {
    "A": Profile(
        (0.0000, 0.3819, 0.4025, 0.5868, 0.4610, 0.5375, 0.6708, 0.5750, 0.7618, 1.5375, 1.8978, 2.2242, 2.1718, 2.4942, 2.5119,
         3.0582, 4.0810, 4.4579, 4.5695, 4.7966, 5.0066, 5.3043, 9.6586),
        (-13.4, 0.0, -2.2, -4.0, -6.0, -8.2, -9.9, -10.5, -7.5, -15.9, -6.6, -16.7, -12.4, -15.2, -10.8,
         -11.3, -12.7, -16.2, -18.3, -18.9, -16.6, -19.9, -29.7)),
    "B": Profile(
        (0.0000, 0.1072, 0.2155, 0.2095, 0.2870, 0.2986, 0.3752, 0.5055, 0.3681, 0.3697, 0.5700, 0.5283, 1.1021, 1.2756, 1.5474,
         1.7842, 2.0169, 2.8294, 3.0219, 3.6187, 4.1067, 4.2790, 4.7834),
        (0.0, -2.2, -4.0, -3.2, -9.8, -1.2, -3.4, -5.2, -7.6, -3.0, -8.9, -9.0, -4.8, -5.7, -7.5,
         -1.9, -7.6, -12.2, -9.8, -11.4, -14.9, -9.2, -11.3)),
    "C": Profile(
        (0.0000, 0.2099, 0.2219, 0.2329, 0.2176, 0.6366, 0.6448, 0.6560, 0.6584, 0.7935, 0.8213, 0.9336, 1.2285, 1.3083, 2.1704,
         2.7105, 4.2589, 4.6003, 5.4902, 5.6077, 6.3065, 6.6374, 7.0427, 8.6523),
        (-4.4, -1.2, -3.5, -5.2, -2.5, 0.0, -2.2, -3.9, -7.4, -7.1, -10.7, -11.1, -5.1, -6.8, -8.7,
         -13.2, -13.9, -13.9, -15.8, -17.1, -16.0, -15.7, -21.6, -22.8)),
}

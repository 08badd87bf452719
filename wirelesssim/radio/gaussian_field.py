"""Random fields over the plane: the same place has the same value, whoever asks and however often.

What is drawn per place, and not per round, reads such a field: shadowing, the line-of-sight state.
"""

from __future__ import annotations

import numpy as np

__all__ = ["GaussianField", "SINUSOIDS"]

SINUSOIDS = 1024  # kurtosis of the sum 3 - 1.5/1024; error of one field's correlation about 1/sqrt(1024)
_TOGETHER = 64  # places that are evaluated at once: half a MiB of phases, which stays in a core's cache


class GaussianField:
    """A standard Gaussian field G with exponential correlation, a pure function of the place once drawn.

        E[G(x)] = 0,  E[G(x) G(y)] = exp(-|x - y| / d),       d = `decorrelation` (m)

    Made of N random sinusoids, G(x) = sqrt(2/N) SUM_n cos(k_n . x + phi_n), phi uniform, k_n drawn from the field's
    spectrum: the two-dimensional transform of exp(-r/d) is proportional to (1 + (k d)^2)^(-3/2), so |k| has the density
    d^2 k (1 + (k d)^2)^(-3/2) and the distribution function 1 - 1/sqrt(1 + (k d)^2); its direction is uniform. Then
    E[cos(k . r)] = exp(-r/d) exactly, over fields. |k| is drawn one from each of N equally likely strata.
    `draw` is the generator that the field is drawn from.
    """

    def __init__(self, draw: np.random.Generator, decorrelation: float):
        below = (np.arange(SINUSOIDS) + draw.random(SINUSOIDS)) / SINUSOIDS  # stratified, in [0, 1)
        radial = np.sqrt(1 / (1 - below) ** 2 - 1) / decorrelation  # inverse of the distribution function
        angle, self.phase = 2 * np.pi * draw.random((2, SINUSOIDS))
        self.waves = radial * np.array([np.cos(angle), np.sin(angle)])  # (2, N) rad/m

    def __call__(self, positions: np.ndarray) -> np.ndarray:
        """G at `positions` (..., 2) m, (...)."""
        positions = np.asarray(positions, dtype=float)
        places = positions.reshape(-1, 2)  # (n, 2)
        pieces = [self._levels(places[start:start + _TOGETHER]) for start in range(0, max(len(places), 1), _TOGETHER)]
        return np.concatenate(pieces).reshape(positions.shape[:-1])[()]

    def _levels(self, places: np.ndarray) -> np.ndarray:
        # term by term and not by a matrix product, whose rounding depends on how many places are asked at once
        angle = places[..., :1] * self.waves[0] + places[..., 1:] * self.waves[1] + self.phase  # (n, N)
        return np.sqrt(2 / len(self.phase)) * np.cos(angle).sum(axis=-1)

"""Shadowing: how much a place lies above or below the median, a fixed random field over the plane.

The same place has the same value on return, for every worker and for every algorithm; there is one field a site.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

import numpy as np

from ..model import Model, model
from ..rng import Streams
from ..units import Decibels, Distance, from_db

__all__ = ["Shadowing", "NoShadowing", "LognormalShadowing", "SINUSOIDS"]

SINUSOIDS = 1024  # kurtosis of the sum 3 - 1.5/1024; error of one field's correlation about 1/sqrt(1024)


class Shadowing(Model, family="shadowing"):
    """The law of the shadowing gain over the plane."""

    @abstractmethod
    def field(self, streams: Streams) -> Callable[[np.ndarray], np.ndarray]:
        """This site's field: positions (..., 2) m -> linear power gain (...), a pure function of the place."""


@model
class NoShadowing(Shadowing, name="none"):
    """Every place at the median: gain 1."""

    def field(self, streams):
        return lambda positions: np.ones(np.shape(positions)[:-1])


@model
class LognormalShadowing(Shadowing, name="lognormal"):
    """Log-normal shadowing, gain = 10^(sigma G(x) / 10), G a standard Gaussian field with exponential correlation.

        E[G(x) G(y)] = exp(-|x - y| / d),       d = `decorrelation` (m), `sigma` in dB

    (M. Gudmundson, "Correlation model for shadow fading in mobile radio systems", Electron. Lett. 27, 1991.) Made of N
    random sinusoids, G(x) = sqrt(2/N) SUM_n cos(k_n . x + phi_n), phi uniform, k_n drawn from the field's spectrum: the
    two-dimensional transform of exp(-r/d) is proportional to (1 + (k d)^2)^(-3/2), so |k| has the density
    d^2 k (1 + (k d)^2)^(-3/2) and the distribution function 1 - 1/sqrt(1 + (k d)^2); its direction is uniform. Then
    E[cos(k . r)] = exp(-r/d) exactly, over fields. |k| is drawn one from each of N equally likely strata.

    The median is 1, the mean gain exceeds it: exp((sigma ln 10 / 10)^2 / 2). Defaults: TR 38.901, table 7.4.1-1, has
    6 dB (UMa) and 7.82 dB (UMi) without line of sight, 7 dB lies between; 50 m is UMa's without line of sight, table
    7.5-6. Left out: line-of-sight states, correlation between sites.
    """

    sigma: Decibels = "7 dB"
    decorrelation: Distance = "50 m"

    def field(self, streams):
        draw = streams("shadowing")
        below = (np.arange(SINUSOIDS) + draw.random(SINUSOIDS)) / SINUSOIDS  # stratified, in [0, 1)
        radial = np.sqrt(1 / (1 - below) ** 2 - 1) / self.decorrelation  # inverse of the distribution function
        angle, phase = 2 * np.pi * draw.random((2, SINUSOIDS))
        waves = radial * np.array([np.cos(angle), np.sin(angle)])  # (2, N)
        return _Field(self.sigma, waves, phase)


class _Field:
    """One drawn field: `waves` (2, N) rad/m, `phase` (N,) rad."""

    def __init__(self, sigma: float, waves: np.ndarray, phase: np.ndarray):
        self.sigma, self.waves, self.phase = sigma, waves, phase

    def gaussian(self, positions: np.ndarray) -> np.ndarray:
        """The standard Gaussian field G at positions (..., 2), (...)."""
        positions = np.asarray(positions, dtype=float)
        # term by term and not by a matrix product, whose rounding depends on how many places are asked at once
        angle = positions[..., :1] * self.waves[0] + positions[..., 1:] * self.waves[1] + self.phase  # (..., N)
        return np.sqrt(2 / len(self.phase)) * np.cos(angle).sum(axis=-1)

    def __call__(self, positions: np.ndarray) -> np.ndarray:
        return from_db(self.sigma * self.gaussian(positions))

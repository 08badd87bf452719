"""Whether a place sees its base station: probability against distance, and the state as a field over the plane.

Source of the probabilities: TR 38.901, table 7.4.2-1. `distance` is d_2D-out (m), the part of the horizontal distance that
is out of doors; array or scalar; results are in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import ndtr

from ..rng import Streams
from .gaussian_field import GaussianField

__all__ = ["street_canyon", "macro", "height_gain", "rural", "office", "factory", "state_field"]


def _falling(distance, certain: float, scale: float):
    """1 up to the distance `certain`, then certain/d + exp(-d/scale) (1 - certain/d)."""
    d = np.maximum(distance, certain)
    return certain / d + np.exp(-d / scale) * (1 - certain / d)


def street_canyon(distance):
    """UMi: 1 up to 18 m, then 18/d + exp(-d/36) (1 - 18/d)."""
    return _falling(distance, 18.0, 36.0)


def height_gain(ut_height):
    """C'(h_UT) of UMa: 0 up to 13 m, then ((h - 13)/10)^1.5; h_UT up to 23 m."""
    return (np.clip(np.asarray(ut_height, dtype=float) - 13.0, 0.0, None) / 10.0) ** 1.5


def macro(distance, ut_height=1.5):
    """UMa: 1 up to 18 m, then (18/d + exp(-d/63) (1 - 18/d)) (1 + C'(h_UT) 5/4 (d/100)^3 exp(-d/150)).

    Held at 1 just beyond 18 m, where the product exceeds it by up to 0.6 % for a terminal above 13 m. Grows with distance
    somewhere between 100 m and 450 m for a terminal above about 15 m.
    """
    d = np.maximum(distance, 18.0)
    above = 1 + height_gain(ut_height) * 1.25 * (d / 100) ** 3 * np.exp(-d / 150)
    return np.where(np.asarray(distance) <= 18.0, 1.0, np.minimum(_falling(d, 18.0, 63.0) * above, 1.0))


def rural(distance):
    """RMa: 1 up to 10 m, then exp(-(d - 10)/1000)."""
    return np.exp(-(np.maximum(distance, 10.0) - 10.0) / 1000.0)


def office(distance, kind: str):
    """InH, `kind` mixed or open. Mixed: 1 up to 1.2 m, exp(-(d - 1.2)/4.7) below 6.5 m, then 0.32 exp(-(d - 6.5)/32.6);
    open: 1 up to 5 m, exp(-(d - 5)/70.8) up to 49 m, then 0.54 exp(-(d - 49)/211.7)."""
    d = np.asarray(distance, dtype=float)
    if kind == "mixed":
        near, far = np.exp(-(np.maximum(d, 1.2) - 1.2) / 4.7), 0.32 * np.exp(-(np.maximum(d, 6.5) - 6.5) / 32.6)
        return np.where(d < 6.5, near, far)
    near, far = np.exp(-(np.maximum(d, 5.0) - 5.0) / 70.8), 0.54 * np.exp(-(np.maximum(d, 49.0) - 49.0) / 211.7)
    return np.where(d <= 49.0, near, far)


def factory(distance, clutter_size: float, clutter_density: float, over: float = 1.0):
    """InF: exp(-d/k), k = -clutter_size/ln(1 - clutter_density) * `over`, d = d_2D.

    `over` is 1 where the base station stands within the clutter (SL, DL), (h_BS - h_UT)/(h_c - h_UT) above it (SH, DH).
    """
    return np.exp(np.asarray(distance, dtype=float) * np.log1p(-clutter_density) / (clutter_size * over))


def state_field(streams: Streams, decorrelation: float) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """The line-of-sight state of one site: (positions (..., 2) m, probability (...)) -> bool (...).

        state(x) = Phi(G(x)) < probability(x),     G a Gaussian field of correlation exp(-r / `decorrelation`)

    The state at a place is drawn once, with the probability that is asked for; TR 38.901, 7.6.3.3, gives the distance over
    which it stays. Left out: that clause's soft transition between the states.
    """
    field = GaussianField(streams("line of sight"), decorrelation)
    return lambda positions, probability: (ndtr(field(positions)) < probability) | (np.asarray(probability) >= 1)

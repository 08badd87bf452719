"""Thermal noise."""

from __future__ import annotations

from ..units import BOLTZMANN, REFERENCE_TEMPERATURE

__all__ = ["noise_power"]


def noise_power(bandwidth: float, noise_figure: float) -> float:
    """Thermal noise in watts, N = k T0 B F: T0 = 290 K, B = `bandwidth` (Hz), F = `noise_figure` (linear).

    The noise figure's definition (H. T. Friis, Proc. IRE 32, 1944; IEEE Std 100) takes the antenna to be at T0: sky noise is
    left out.
    """
    return BOLTZMANN * REFERENCE_TEMPERATURE * bandwidth * noise_figure

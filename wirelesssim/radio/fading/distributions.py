"""Distributions of a power gain summed over independent branches: gamma (Rayleigh, Nakagami) and Rician."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["GammaGain", "RicianGain"]


@dataclass(frozen=True)
class GammaGain:
    """The sum of `branches` L Nakagami gains of `shape` m and mean 1 each: gamma of shape m L and mean L.

        P(g < x) = P(m L, m x), the regularised lower incomplete gamma function

    m = 1 is Rayleigh: P(g < x) = 1 - e^-x SUM_{k<L} x^k / k!, the outage of maximum-ratio combining (J. G. Proakis,
    "Digital Communications", 4th ed., section 14.4-1).
    """

    shape: float = 1.0
    branches: int = 1

    def outage(self, gain):
        """P(g < `gain`)."""
        from scipy.special import gammainc

        return gammainc(self.shape * self.branches, self.shape * np.maximum(gain, 0.0))

    def quantile(self, probability):
        """The gain below which the sum lies with `probability`."""
        from scipy.special import gammaincinv

        return gammaincinv(self.shape * self.branches, probability) / self.shape


@dataclass(frozen=True)
class RicianGain:
    """The sum of `branches` L Rician gains of K-factor `k_factor` (linear) and mean 1 each.

    2 (1 + K) g is non-central chi-square with 2 L degrees of freedom and non-centrality 2 K L; for one branch
    P(g < x) = 1 - Q1(sqrt(2K), sqrt(2(1+K)x)). Evaluated to K of about 40 dB.
    """

    k_factor: float
    branches: int = 1

    def outage(self, gain):
        """P(g < `gain`)."""
        from scipy.stats import ncx2

        k = self.k_factor
        return ncx2.cdf(2 * (1 + k) * np.asarray(gain), 2 * self.branches, 2 * k * self.branches)

    def quantile(self, probability):
        """The gain below which the sum lies with `probability`."""
        from scipy.stats import ncx2

        k = self.k_factor
        return ncx2.ppf(probability, 2 * self.branches, 2 * k * self.branches) / (2 * (1 + k))

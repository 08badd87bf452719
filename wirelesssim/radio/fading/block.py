"""Block fading: one power gain a coherence block, independent of all other blocks and workers.

Left out: correlation within the band (flat fading) and between blocks (see `clarke` and `tdl`).
"""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from ...model import model
from ...rng import Streams
from ...units import NUMBER, TIME, Quantity, Ratio
from .distributions import GammaGain, RicianGain
from .family import ChunkedGains, Fading, FadingProcess

__all__ = ["NoFading", "Rayleigh", "Rician", "Nakagami", "CoherenceTime", "SHORTEST_BLOCK"]

SHORTEST_BLOCK = 1e-6  # s; a shorter one is no fading, but a hang
CoherenceTime = Annotated[float, Quantity(TIME, gt=0, ge=SHORTEST_BLOCK)]
Shape = Annotated[float, Quantity(NUMBER, ge=0.5, le=1000)]

_CHUNK = 256  # blocks that are drawn together


def _blocks(streams: Streams, worker: int, draw) -> FadingProcess:
    """Gains of which chunk c is `draw(generator)`, (256,), with the generator at the counter c."""
    counted = streams.counted("fading", worker)
    return ChunkedGains(lambda index: draw(counted(index)), _CHUNK)


@model
class NoFading(Fading, name="none"):
    """No small-scale fading: gain 1 for ever."""

    def process(self, streams, worker):
        return _Constant(1.0)

    def outage(self, gain):
        return (np.asarray(gain) > 1.0).astype(float)

    def quantile(self, probability):
        return np.ones(np.shape(probability))

    def combined(self, branches):
        return _Certain(float(branches))

    @property
    def coherence_time(self) -> float:
        """Infinite."""
        return math.inf


class _Certain:
    """The distribution of a gain that never changes."""

    def __init__(self, gain: float):
        self.gain = gain

    def outage(self, gain):
        return (np.asarray(gain) > self.gain).astype(float)

    def quantile(self, probability):
        return np.full(np.shape(probability), self.gain)


class _Constant(FadingProcess):
    def __init__(self, gain: float):
        self.gain = gain

    def gains(self, first_block, count):
        return np.full(count, self.gain)


@model
class Rayleigh(Fading, name="rayleigh"):
    """Rayleigh block fading: no dominant path, the power gain is exponential with mean 1, P(g < x) = 1 - exp(-x).

    `coherence_time` 20 ms is 0.423 c / (v f) (T. S. Rappaport, "Wireless Communications", 2nd ed., eq. 5.40.c) at 3.5 GHz
    and v = 1.8 m/s, a brisk walk.
    """

    coherence_time: CoherenceTime = "20 ms"

    def process(self, streams, worker):
        return _blocks(streams, worker, lambda draw: draw.standard_exponential(_CHUNK))

    def outage(self, gain):
        return -np.expm1(-np.asarray(gain, dtype=float))

    def quantile(self, probability):
        return -np.log1p(-np.asarray(probability, dtype=float))

    def combined(self, branches):
        return GammaGain(1.0, branches)


@model
class Rician(Fading, name="rician"):
    """Rician block fading: a dominant path of K times the power of all others together.

        g = |sqrt(K/(K+1)) + n|^2, n circular complex Gaussian of power 1/(K+1);  P(g < x) = 1 - Q1(sqrt(2K), sqrt(2(1+K)x))

    `k_factor` K 6 dB: within a standard deviation of the means of TR 38.901, table 7.5-6, with line of sight (InH 7 dB,
    s.d. 4; UMi 9 dB, s.d. 5). `coherence_time` as for `rayleigh`. Evaluated to K of about 40 dB.
    """

    k_factor: Ratio = "6 dB"
    coherence_time: CoherenceTime = "20 ms"

    def process(self, streams, worker):
        return _blocks(streams, worker, self._draw)

    def _draw(self, generator: np.random.Generator) -> np.ndarray:
        direct, scatter = math.sqrt(self.k_factor / (1 + self.k_factor)), math.sqrt(0.5 / (1 + self.k_factor))
        x, y = scatter * generator.standard_normal((2, _CHUNK))
        return (direct + x) ** 2 + y**2

    def outage(self, gain):
        return RicianGain(self.k_factor).outage(gain)

    def quantile(self, probability):
        return RicianGain(self.k_factor).quantile(probability)

    def combined(self, branches):
        return RicianGain(self.k_factor, branches)


@model
class Nakagami(Fading, name="nakagami"):
    """Nakagami block fading of parameter m: the power gain is gamma of shape m and mean 1, P(g < x) = P(m, m x).

        E[g^2]/E[g]^2 - 1 = 1/m

    (M. Nakagami, "The m-distribution", in "Statistical Methods in Radio Wave Propagation", 1960.) m = 1 is Rayleigh, m = 1/2
    the one-sided Gaussian, the worst that the law knows; m >= 1/2. `m` 2 has the spread of a Rician gain of K = 3.8 dB,
    m = (K + 1)^2 / (2 K + 1), though a heavier tail of deep fades is the Rician's. `coherence_time` as for `rayleigh`.
    """

    m: Shape = 2.0
    coherence_time: CoherenceTime = "20 ms"

    def process(self, streams, worker):
        return _blocks(streams, worker, lambda draw: draw.standard_gamma(self.m, _CHUNK) / self.m)

    def outage(self, gain):
        return GammaGain(self.m).outage(gain)

    def quantile(self, probability):
        return GammaGain(self.m).quantile(probability)

    def combined(self, branches):
        return GammaGain(self.m, branches)

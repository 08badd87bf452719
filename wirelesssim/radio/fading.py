"""Small-scale fading in blocks: one power gain a coherence block, a function of (seed, worker, block) alone.

Block b covers the instants [b Tc, (b + 1) Tc), Tc the coherence time. Gains of different blocks and workers are
independent and have mean 1. Left out: correlation within the band (flat fading) and between blocks (see `clarke`, to come).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from functools import lru_cache
from typing import Annotated

import numpy as np

from ..model import Model, model
from ..rng import Counted, Streams
from ..units import TIME, Quantity, Ratio

__all__ = ["Fading", "FadingProcess", "NoFading", "Rayleigh", "Rician", "mean_over"]

CoherenceTime = Annotated[float, Quantity(TIME, gt=0, ge=1e-6)]  # shorter blocks than 1 us are no fading, but a hang

_CHUNK = 256  # blocks that are drawn together
_POINTS = 4096  # of the quadrature over the distribution


class FadingProcess(ABC):
    """The power gains of one worker's link, block by block; pure in its arguments."""

    @abstractmethod
    def gains(self, first_block: int, count: int) -> np.ndarray:
        """The gains of blocks first_block, ..., first_block + count - 1, (count,), linear; `first_block` >= 0."""


class Fading(Model, family="fading", later=("nakagami", "clarke")):
    """The law of the small-scale power gain; `coherence_time` (s) is the length of a block, infinite if it never changes."""

    coherence_time: float

    @abstractmethod
    def process(self, streams: Streams, worker: int) -> FadingProcess:
        """The gains of this worker's link."""

    @abstractmethod
    def outage(self, gain):
        """P(g < `gain`), the distribution function."""

    @abstractmethod
    def quantile(self, probability):
        """The gain below which a block lies with `probability` in (0, 1)."""


def mean_over(fading: Fading, function) -> float:
    """E[function(g)] over the gain's distribution, by the midpoint rule on 4096 equally likely strata.

    `function` maps (n,) to (n,), is monotone and bounded. The error is below its range / 4096.
    """
    return float(np.mean(function(_quantiles(fading))))


@lru_cache(maxsize=64)
def _quantiles(fading: Fading) -> np.ndarray:
    return fading.quantile((np.arange(_POINTS) + 0.5) / _POINTS)


@model
class NoFading(Fading, name="none"):
    """No small-scale fading: gain 1 for ever."""

    def process(self, streams, worker):
        return _Constant()

    def outage(self, gain):
        return (np.asarray(gain) > 1.0).astype(float)

    def quantile(self, probability):
        return np.ones(np.shape(probability))

    @property
    def coherence_time(self) -> float:
        """Infinite."""
        return math.inf


class _Constant(FadingProcess):
    def gains(self, first_block, count):
        return np.ones(count)


@model
class Rayleigh(Fading, name="rayleigh"):
    """Rayleigh block fading: no dominant path, the power gain is exponential with mean 1, P(g < x) = 1 - exp(-x).

    `coherence_time` 20 ms is 0.423 c / (v f) (T. S. Rappaport, "Wireless Communications", 2nd ed., eq. 5.40.c) at 3.5 GHz
    and v = 1.8 m/s, a brisk walk.
    """

    coherence_time: CoherenceTime = "20 ms"

    def process(self, streams, worker):
        return _Blocks(streams.counted("fading", worker), lambda draw: draw.standard_exponential(_CHUNK))

    def outage(self, gain):
        return -np.expm1(-np.asarray(gain, dtype=float))

    def quantile(self, probability):
        return -np.log1p(-np.asarray(probability, dtype=float))


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
        return _Blocks(streams.counted("fading", worker), self._draw)

    def _draw(self, generator: np.random.Generator) -> np.ndarray:
        direct, scatter = math.sqrt(self.k_factor / (1 + self.k_factor)), math.sqrt(0.5 / (1 + self.k_factor))
        x, y = scatter * generator.standard_normal((2, _CHUNK))
        return (direct + x) ** 2 + y**2

    def outage(self, gain):
        from scipy.stats import ncx2

        return ncx2.cdf(2 * (1 + self.k_factor) * np.asarray(gain), 2, 2 * self.k_factor)

    def quantile(self, probability):
        from scipy.stats import ncx2

        return ncx2.ppf(probability, 2, 2 * self.k_factor) / (2 * (1 + self.k_factor))


class _Blocks(FadingProcess):
    """Independent gains in chunks of 256 blocks, chunk c read at the counter c; the chunks last read are kept."""

    KEPT = 64

    def __init__(self, counted: Counted, draw):
        self.counted, self.draw, self._kept = counted, draw, {}

    def _chunk(self, index: int) -> np.ndarray:
        chunk = self._kept.get(index)
        if chunk is None:
            if len(self._kept) >= self.KEPT:
                self._kept.clear()
            chunk = self._kept[index] = self.draw(self.counted(index))
        return chunk

    def gains(self, first_block, count):
        first, last = first_block // _CHUNK, (first_block + count - 1) // _CHUNK
        chunks = [self._chunk(index) for index in range(first, last + 1)]
        drawn = chunks[0] if len(chunks) == 1 else np.concatenate(chunks) if chunks else np.empty(0)
        offset = first_block - first * _CHUNK
        return drawn[offset:offset + count].copy()

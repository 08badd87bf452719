"""The families of small-scale fading: what a link needs of a law of gains, and what a scenario may name.

Block b covers the instants [b T, (b + 1) T), T the `block_time`; the gain is taken constant within it. Gains have mean 1
(of each branch, where several are combined) and are functions of (seed, worker, block) alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import lru_cache

import numpy as np

from ...model import Model
from ...rng import Streams

__all__ = ["FadingProcess", "FadingLaw", "Fading", "Chunks", "ChunkedGains", "mean_over", "mean_jointly"]

_POINTS = 4096  # of the quadrature over the distribution


class FadingProcess(ABC):
    """The power gains of one worker's link, block by block; pure in its arguments."""

    @abstractmethod
    def gains(self, first_block: int, count: int) -> np.ndarray:
        """The linear gains of blocks first_block, ..., first_block + count - 1; `first_block` >= 0.

        (count,) where the band fades as one, (count, bands) where it is frequency selective.
        """


class FadingLaw(ABC):
    """A law of gains that is ready for use.

    `coherence_time` (s): over which the gain stays much the same, infinite if it never changes.
    """

    coherence_time: float

    @property
    def block_time(self) -> float:
        """How long the gain is held, s: the coherence time in block fading, a part of it where the gain moves smoothly."""
        return self.coherence_time

    @property
    def bands(self) -> int:
        """Into how many parts that fade apart the band is cut: 1 where it fades as one."""
        return 1

    @abstractmethod
    def process(self, streams: Streams, worker: int) -> FadingProcess:
        """The gains of this worker's link."""

    @abstractmethod
    def outage(self, gain):
        """P(g < `gain`), the distribution function; of one band, where there are several."""

    @abstractmethod
    def quantile(self, probability):
        """The gain below which a block lies with `probability` in (0, 1)."""

    def combined(self, branches: int):
        """The distribution (`outage`, `quantile`) of the sum of `branches` independent gains; None: not known in closed form."""
        return None

    def sample(self, count: int) -> np.ndarray | None:
        """Independent draws of the gains of all bands, (count, bands), always the same; None where there is one band."""
        return None


class Fading(Model, FadingLaw, family="fading"):
    """The law of the small-scale power gain, as a scenario names it."""

    def tuned(self, carrier: float | None = None, bandwidth: float | None = None) -> FadingLaw:
        """This law on `bandwidth` (Hz) around `carrier` (Hz); itself, unless it states a speed or depends on frequency.

        InputError where the two do not go together with its fields.
        """
        return self

    @property
    def needs_speed(self) -> bool:
        """Whether it fades as fast as a worker moves and no speed is stated, so that `mobility` must know one."""
        return False

    def laws(self, carrier: float, bandwidth: float, streams: Streams, moving: np.ndarray) -> list[FadingLaw]:
        """The law of each worker, who moves at `moving` (M,) m/s, 0 of one that stays; here `tuned` for all.

        InputError as `tuned`, and where a list has another length.
        """
        return [self.tuned(carrier, bandwidth)] * len(moving)


class Chunks:
    """Rows by index, made `size` at a time by `draw(chunk)` -> (size, ...); the `kept` chunks made last are remembered.

    What is read of a row never depends on which others are read with it, to the last bit.
    """

    def __init__(self, draw, size: int = 256, kept: int = 8):
        self.draw, self.size, self.limit, self._kept = draw, size, kept, {}

    def _chunk(self, index: int) -> np.ndarray:
        chunk = self._kept.get(index)
        if chunk is None:
            if len(self._kept) >= self.limit:
                self._kept.pop(next(iter(self._kept)))
            chunk = self._kept[index] = self.draw(index)
        return chunk

    def read(self, first: int, count: int) -> np.ndarray:
        """Rows first, ..., first + count - 1, a copy; (count, ...)."""
        start, stop = first // self.size, (first + count - 1) // self.size
        chunks = [self._chunk(index) for index in range(start, stop + 1)]
        drawn = chunks[0] if len(chunks) == 1 else np.concatenate(chunks) if chunks else np.empty(0)
        offset = first - start * self.size
        return drawn[offset:offset + count].copy()


class ChunkedGains(FadingProcess):
    """Gains that are made in chunks; see `Chunks`."""

    def __init__(self, draw, size: int = 256, kept: int = 8):
        self._chunks = Chunks(draw, size, kept)

    def gains(self, first_block, count):
        return self._chunks.read(first_block, count)


def mean_over(fading: FadingLaw, function) -> float:
    """E[function(g)] over the gain's distribution, by the midpoint rule on 4096 equally likely strata.

    `function` maps (n,) to (n,), is monotone and bounded. The error is below its range / 4096.
    """
    return float(np.mean(function(_quantiles(fading))))


def mean_jointly(fading: FadingLaw, function) -> float:
    """E[function(g)] for a function of all bands together, (n, bands) to (n,); `mean_over` where there is one band.

    A mean of 4096 independent draws: standard error below the function's range / 128.
    """
    drawn = _drawn(fading) if isinstance(fading, FadingLaw) else None
    return mean_over(fading, function) if drawn is None else float(np.mean(function(drawn)))


@lru_cache(maxsize=64)
def _quantiles(fading: FadingLaw) -> np.ndarray:
    return fading.quantile((np.arange(_POINTS) + 0.5) / _POINTS)


@lru_cache(maxsize=8)
def _drawn(fading: FadingLaw) -> np.ndarray | None:
    return fading.sample(_POINTS)

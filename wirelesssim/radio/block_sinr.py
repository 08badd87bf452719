"""The SINR of a link block by block: a fading gain times a mean that stands still, or that moves with the worker."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from .fading import FadingLaw, FadingProcess

__all__ = ["MeanSinr", "BlockSinr", "Division", "SteadyBlocks", "MovingBlocks", "block_sinr", "fading_time_of"]

_ROUNDING = 1e-9  # relative: of a quotient that is a whole number but for rounding


class MeanSinr(Protocol):
    """The SINR without fading of a moving worker: of times (n,) s, (n,), linear; taken constant over `step` s."""

    step: float

    def __call__(self, times: np.ndarray) -> np.ndarray: ...


class BlockSinr(Protocol):
    """SINR of blocks of `block_time` s: block b covers [b block_time, (b + 1) block_time)."""

    block_time: float

    def __call__(self, first_block: int, count: int) -> np.ndarray:
        """SINR of blocks first_block, ..., linear; (count,), or (count, bands) where the band is frequency selective."""

    def mean(self, times: np.ndarray) -> np.ndarray:
        """SINR without fading of the blocks that hold `times` (n,) s, (n,): what their gains are multiplied with."""


class Division(NamedTuple):
    """How a fading that is held for T s and a motion that is held for s s share one grid: blocks of `block_time` s, `split` of
    them a gain, `held` of them a mean; T `still` where it is infinite. T <= s: blocks of T, held = floor(s / T). T > s: blocks of
    T / ceil(T / s)."""

    block_time: float
    split: int
    held: int
    still: bool

    @classmethod
    def of(cls, fading_time: float, step: float) -> Division:
        """Of T and s; a mean is never held for longer than s."""
        if math.isinf(fading_time):
            return cls(step, 1, 1, True)
        split = max(1, math.ceil(fading_time / step * (1 - _ROUNDING)))
        return cls(fading_time / split, split, max(1, math.floor(step * split / fading_time * (1 + _ROUNDING))), False)

    @property
    def held_time(self) -> float:
        """For how long a mean is held, s."""
        return self.held * self.block_time


def fading_time_of(fading: FadingLaw) -> float:
    """How long a gain is held, s."""
    return getattr(fading, "block_time", fading.coherence_time)


def block_sinr(fading: FadingLaw, process: FadingProcess, mean: float | Callable[[np.ndarray], np.ndarray]) -> BlockSinr:
    """SINR(block) = mean(the block's place) * gain(block); `mean` a number, or a `MeanSinr`; see `MovingBlocks`."""
    held = fading_time_of(fading)
    return MovingBlocks(held, process, mean) if callable(mean) else SteadyBlocks(held, process, float(mean))


class SteadyBlocks:
    """A worker that stands still: the same mean in every block."""

    def __init__(self, block_time: float, process: FadingProcess, mean: float):
        self.block_time, self._gains, self._mean = block_time, process.gains, mean

    def __call__(self, first_block, count):
        return self._mean * self._gains(first_block, count)

    def mean(self, times):
        return np.full(np.shape(times), self._mean)


class MovingBlocks:
    """A worker that moves: blocks are the shorter of the fading's T and the motion's step, of which one divides the other.

        sinr(b) = mean_k gain(b),   mean_k = mean(k D),   k = floor(b / held),   D = held block_time

    `Division` says how the two share one grid. Whoever asks for the mean, of a block or of an instant, gets that of the block's
    own place, D behind it at most where `mean` is made in steps of D. A fading that never changes leaves the blocks to the
    motion.
    """

    def __init__(self, fading_time: float, process: FadingProcess, mean: MeanSinr):
        self.division = Division.of(fading_time, float(mean.step))
        self.block_time = self.division.block_time
        self._gains, self._mean = process.gains, mean
        self._last = -1, np.empty(0)  # the mean asked last, and its number

    def mean(self, times):
        times = np.asarray(times, dtype=float)
        blocks = np.floor(times / self.block_time).astype(np.int64)
        blocks -= blocks * self.block_time > times  # a quotient is rounded
        blocks += (blocks + 1) * self.block_time <= times
        return self._at(blocks // self.division.held)

    def _at(self, numbers: np.ndarray) -> np.ndarray:
        """The means of these numbers k (n,), (n,)."""
        return np.asarray(self._mean(numbers * self.division.held_time), dtype=float)

    def _means(self, first: int, count: int) -> np.ndarray:
        """The means number first, ..., of `held` blocks each, (count,)."""
        if count > 1 or first != self._last[0]:
            means = self._at(np.arange(first, first + count))
            self._last = first + count - 1, means[-1:]
            return means
        return self._last[1]

    def __call__(self, first_block, count):
        if count == 0:
            return np.empty(0)
        blocks = np.arange(first_block, first_block + count)
        means = _spread(self._means, blocks // self.division.held)  # (count,)
        gains = _spread(self._gains, blocks * 0 if self.division.still else blocks // self.division.split)
        return means * gains if gains.ndim == 1 else means[:, None] * gains


def _spread(read, indices: np.ndarray) -> np.ndarray:
    """`read(first, count)` at non-falling `indices` (n,), each repeated as it stands there."""
    first, last = int(indices[0]), int(indices[-1])
    return read(first, last - first + 1)[indices - first]

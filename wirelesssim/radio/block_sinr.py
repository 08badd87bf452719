"""The SINR of a link block by block: a fading gain times a mean that stands still, or that moves with the worker."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np

from .fading import FadingLaw, FadingProcess

__all__ = ["MeanSinr", "BlockSinr", "SteadyBlocks", "MovingBlocks", "block_sinr"]


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
        """SINR without fading at `times` (n,) s, (n,)."""


def block_sinr(fading: FadingLaw, process: FadingProcess, mean: float | Callable[[np.ndarray], np.ndarray]) -> BlockSinr:
    """SINR(block) = mean(start of the block) * gain(block); `mean` a number, or a `MeanSinr`."""
    held = getattr(fading, "block_time", fading.coherence_time)
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
    """A worker that moves: blocks are the shorter of the fading's T and the motion's step s, of which one divides the other.

    T <= s: blocks of T, the mean asked every floor(s / T) blocks. T > s: blocks of T / ceil(T / s), the mean asked in each.
    A fading that never changes leaves the blocks to the motion.
    """

    def __init__(self, fading_time: float, process: FadingProcess, mean: MeanSinr):
        step = float(mean.step)
        self._split = math.ceil(fading_time / step) if step < fading_time < math.inf else 1  # blocks a fading block
        self._still = math.isinf(fading_time)
        self.block_time = step if self._still else fading_time / self._split
        self._held = max(1, math.floor(step / self.block_time))  # blocks that share a mean
        self._gains, self.mean = process.gains, mean
        self._last = -1, np.empty(0)  # the mean asked last, and its number

    def _means(self, first: int, count: int) -> np.ndarray:
        """The means number first, ..., of `held` blocks each, (count,)."""
        if count > 1 or first != self._last[0]:
            means = np.asarray(self.mean(np.arange(first, first + count) * (self._held * self.block_time)), dtype=float)
            self._last = first + count - 1, means[-1:]
            return means
        return self._last[1]

    def __call__(self, first_block, count):
        if count == 0:
            return np.empty(0)
        blocks = np.arange(first_block, first_block + count)
        means = _spread(self._means, blocks // self._held)  # (count,)
        gains = _spread(self._gains, blocks * 0 if self._still else blocks // self._split)
        return means * gains if gains.ndim == 1 else means[:, None] * gains


def _spread(read, indices: np.ndarray) -> np.ndarray:
    """`read(first, count)` at non-falling `indices` (n,), each repeated as it stands there."""
    first, last = int(indices[0]), int(indices[-1])
    return read(first, last - first + 1)[indices - first]

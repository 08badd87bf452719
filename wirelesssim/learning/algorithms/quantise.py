"""Stochastic quantisation: values on a uniform grid whose mean is exact."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from ...units import COUNT, Quantity
from ..grid import Grid
from ..update import Update

__all__ = ["Levels", "norm", "quantise", "quantised", "relative_variance"]

_BLOCK = 1 << 16  # entries handled at a time: the temporaries stay small beside 5e7 entries

# 2^24 levels take 26 bits, above which binary32 itself is no worse
Levels = Annotated[int, Quantity(COUNT, ge=1, le=2**24)]


def quantise(values: np.ndarray, steps: int, random: np.random.Generator) -> tuple[Grid, np.ndarray]:
    """QSGD's quantiser with s = `steps` levels: the grid, and the level l_i in [-s, s] of each value, int32 (n,).

    Q(v)_i = R sign(v_i) l_i/s with R = ||v||_2 rounded up to binary32, as it is sent. With a = s |v_i|/R, l_i is floor(a), or
    one more with probability a - floor(a), so that E Q(v) = v exactly and E ||Q(v) - v||^2 = (R/s)^2 SUM r_i (1 - r_i), r_i
    the fraction, which is at most `relative_variance(n, s)` ||v||^2 but for the rounding of R. One uniform an entry, in order.
    A vector of zeros has R = 0; a norm that is not finite makes every decoded value not a number.

    Source: Alistarh, Grubic, Li, Tomioka, Vojnovic, "QSGD", NeurIPS 2017, section 3.1.
    """
    grid = Grid.over(np.array([norm(values)]), steps)
    levels = np.empty(len(values), dtype=np.int32)
    for start in range(0, len(values), _BLOCK):
        levels[start:start + _BLOCK] = _levels(grid, values[start:start + _BLOCK], random)
    return grid, levels


def quantised(size: int, indices: np.ndarray | None, values: np.ndarray, steps: int, random: np.random.Generator) -> Update:
    """The update of R^size that states Q(`values`) (n,) at `indices` (n,), in the type of `values`; see `quantise`."""
    grid, levels = quantise(values, steps, random)
    decoded = np.empty_like(values)
    for start in range(0, len(values), _BLOCK):
        decoded[start:start + _BLOCK] = grid.values(levels[start:start + _BLOCK])
    return Update(size, indices, decoded, grid)


def relative_variance(size: int, steps: int) -> float:
    """omega(d) = min(d/s^2, sqrt(d)/s): E ||Q(v) - v||^2 <= omega ||v||^2 for v in R^d.

    Source: Alistarh et al. 2017, lemma 3.1.
    """
    return min(size / steps**2, math.sqrt(size) / steps)


def norm(values: np.ndarray) -> float:
    """||values||_2, summed in binary64 whatever their type; no overflow and no underflow on the way."""
    largest = max(float(np.max(values, initial=0.0)), -float(np.min(values, initial=0.0)))
    if largest == 0.0 or not math.isfinite(largest):
        return largest
    scale = 1.0 if 1e-100 < largest < 1e100 else largest
    total = 0.0
    for start in range(0, len(values), _BLOCK):
        block = values[start:start + _BLOCK].astype(np.float64) / scale
        total += float(block @ block)
    return scale * math.sqrt(total)


def _levels(grid: Grid, values: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The levels of some values, drawn from `random`."""
    uniforms = random.random(len(values))
    if not (math.isfinite(grid.scale) and grid.scale > 0):
        return np.zeros(len(values), dtype=np.int32)
    exact = np.abs(values.astype(np.float64)) * (grid.steps / grid.scale)
    below = np.floor(exact)
    drawn = np.minimum(below + (uniforms < exact - below), grid.steps)
    return np.copysign(drawn, values).astype(np.int32)

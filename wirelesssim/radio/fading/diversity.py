"""Receive diversity: several antennas whose signals are combined at the maximum ratio."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import numpy as np

from ...rng import Streams
from ...units import COUNT, Quantity
from .family import FadingLaw, FadingProcess

__all__ = ["Branches", "MaximumRatio", "combine"]

Branches = Annotated[int, Quantity(COUNT, ge=1, le=64)]  # 64: a massive array at FR1


def combine(fading: FadingLaw, branches: int) -> FadingLaw:
    """The law of `branches` receive antennas under maximum-ratio combining; `fading` itself for one."""
    return fading if branches == 1 else MaximumRatio(fading, branches)


@dataclass(frozen=True)
class MaximumRatio(FadingLaw):
    """L = `branches` independent branches of the same law, combined at the maximum ratio: SINRs add, g = SUM_l g_l.

    The mean gain is L: the array gain, 10 log10 L dB, is included, and the mean SINR is that of one branch (D. G. Brennan,
    Proc. IRE 47, 1959). In Rayleigh fading P(g < x) = 1 - e^-x SUM_{k<L} x^k / k!. The first branch fades as the link with one
    antenna does. A frequency-selective law is combined in each band. Left out: correlation between branches, interference
    that the branches share, errors of the channel estimate.
    """

    fading: FadingLaw
    branches: int

    @property
    def coherence_time(self) -> float:
        """That of a branch."""
        return self.fading.coherence_time

    @property
    def block_time(self):
        return self.fading.block_time

    @property
    def bands(self):
        return self.fading.bands

    def process(self, streams, worker):
        return _Sum([self.fading.process(_of_branch(streams, branch), worker) for branch in range(self.branches)])

    def outage(self, gain):
        return _distribution(self.fading, self.branches).outage(gain)

    def quantile(self, probability):
        return _distribution(self.fading, self.branches).quantile(probability)

    def sample(self, count):
        drawn = self.fading.sample(count * self.branches)
        return None if drawn is None else drawn.reshape(count, self.branches, -1).sum(axis=1)


@lru_cache(maxsize=64)
def _distribution(fading: FadingLaw, branches: int):
    return fading.combined(branches) or _Sampled(fading, branches)


def _of_branch(streams: Streams, branch: int) -> Streams:
    """The streams of an antenna: those of the link itself for the first."""
    return Streams(streams.seed, streams.replication, f"{streams.domain}, branch {branch}") if branch else streams


class _Sum(FadingProcess):
    """The gains of all branches, summed."""

    def __init__(self, branches: list[FadingProcess]):
        self.branches = branches

    def gains(self, first_block, count):
        return sum(branch.gains(first_block, count) for branch in self.branches)


class _Sampled:
    """The sum of independent gains of a law without a closed form, from 65,536 sums of stratified draws.

    Standard error of a probability p: below sqrt(p (1 - p) / 65,536); nothing is known below 1e-5.
    """

    SUMS = 1 << 16

    def __init__(self, fading: FadingLaw, branches: int):
        draw, strata = Streams(0, domain="diversity")("sums"), (np.arange(self.SUMS) + 0.5) / self.SUMS
        drawn = fading.quantile(strata)
        self.sums = np.sort(sum(draw.permutation(drawn) for _ in range(branches)))

    def outage(self, gain):
        return np.searchsorted(self.sums, gain, side="left") / self.SUMS

    def quantile(self, probability):
        return np.interp(np.asarray(probability) * self.SUMS - 0.5, np.arange(self.SUMS), self.sums)

"""Fading that moves smoothly in time: Clarke's isotropic scattering as a sum of sinusoids, a pure function of time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...model import model
from ...rng import Streams
from ...units import Ratio
from .distributions import GammaGain, RicianGain
from .family import ChunkedGains, Fading
from .kernels import phasor_sums
from .motion import Doppler, MovingFading, MovingLaw, Speed, Step

__all__ = ["Clarke", "ClarkeFading", "ClarkeProcess", "Scatter"]

SINUSOIDS = 128


class Scatter:
    """Complex gains of independent paths under isotropic scattering, each of mean power 1; a pure function of time.

        h(t) = N^(-1/2) SUM_n exp(j (2 pi fd t cos a_n + phi_n)),  a_n uniform in [2 pi n/N, 2 pi (n+1)/N), phi_n in [0, 2 pi)

    `doppler` fd is the maximum Doppler shift (Hz). Over realisations E[h(t + s) h*(t)] = J0(2 pi fd s) exactly (R. H. Clarke,
    Bell Syst. Tech. J. 47, 1968), since the sectors tile the circle. N equal phasors are not quite Gaussian: E|h|^4 is
    2 - 1/N, and P(|h|^2 < x) exceeds 1 - e^-x by -(1/2N) e^-x (x - x^2/2), so that deep fades are 1/(2N) too rare: 0.4 %
    at N = 128. Within one realisation the mean power over time is 1. Left out: elevation, directional scattering, shadowing.
    """

    def __init__(self, generator: np.random.Generator, doppler: float, paths: int = 1, sinusoids: int = SINUSOIDS):
        within, phase = generator.random((2, paths, sinusoids))
        angle = 2 * np.pi * (np.arange(sinusoids) + within) / sinusoids
        self.angular, self.phase = 2 * np.pi * doppler * np.cos(angle), 2 * np.pi * phase  # (paths, N)

    def at(self, times: np.ndarray) -> np.ndarray:
        """The gains at `times` (n,) s, (n, paths) complex."""
        angle = np.asarray(times, dtype=float)[:, None, None] * self.angular + self.phase  # (n, paths, N)
        return np.exp(1j * angle).sum(axis=2) / math.sqrt(self.angular.shape[1])

    def on_grid(self, start: float, step: float, count: int) -> np.ndarray:
        """The gains at start + k step (s), k < count, (count, paths) complex; equal to `at` to rounding, and much faster."""
        return phasor_sums(self.angular, self.phase, start, step, count) / math.sqrt(self.angular.shape[1])


class ClarkeProcess(ChunkedGains):
    """One link's complex gain h(t); the gain of a block is |h|^2 at its middle."""

    def __init__(self, law: ClarkeFading, streams: Streams, worker: int):
        generator, k = streams("clarke", worker), law.k_factor or 0.0
        self.scatter, self.doppler = Scatter(generator, law.doppler), law.doppler
        self.weights = math.sqrt(k / (1 + k)), math.sqrt(1 / (1 + k))  # of the dominant path, of the scattered ones
        self.direction, self.phase = 2 * np.pi * generator.random(2)
        self.block_time = law.block_time if law.doppler > 0 else 0.0  # a gain that never changes: one instant will do
        super().__init__(self._chunk)

    def _chunk(self, index: int) -> np.ndarray:
        first = (index * 256 + 0.5) * self.block_time
        response = self._with_direct(first + self.block_time * np.arange(256),
                                     self.scatter.on_grid(first, self.block_time, 256)[:, 0])
        return response.real**2 + response.imag**2

    def _with_direct(self, times: np.ndarray, scattered: np.ndarray) -> np.ndarray:
        direct, scatter = self.weights
        if direct == 0:
            return scattered
        angle = 2 * np.pi * self.doppler * math.cos(self.direction) * times + self.phase
        return direct * np.exp(1j * angle) + scatter * scattered

    def response(self, times: np.ndarray) -> np.ndarray:
        """h at `times` (n,) s, complex, (n,)."""
        return self._with_direct(np.asarray(times, dtype=float), self.scatter.at(times)[:, 0])


@dataclass(frozen=True)
class ClarkeFading(MovingLaw):
    """Clarke fading of maximum Doppler shift `doppler` (Hz), with a dominant path of `k_factor` (linear) or none.

    The gain is held over blocks of `step` times the coherence time; see `Clarke`.
    """

    doppler: float
    k_factor: float | None = None
    step: float = 0.1

    def process(self, streams, worker):
        return ClarkeProcess(self, streams, worker)

    def combined(self, branches):
        return RicianGain(self.k_factor, branches) if self.k_factor else GammaGain(1.0, branches)

    def outage(self, gain):
        return self.combined(1).outage(gain)

    def quantile(self, probability):
        return self.combined(1).quantile(probability)


@model
class Clarke(MovingFading, Fading, name="clarke"):
    """Clarke (Jakes) fading: isotropic scattering around a mover, the gain a smooth and pure function of time.

        E[h(t + s) h*(t)] = J0(2 pi fd s),   cov(|h(t + s)|^2, |h(t)|^2) = J0^2(2 pi fd s),   coherence time 0.423 / fd

    fd = speed carrier / c, or `doppler` itself, in place of the speed. With `k_factor` K a dominant path from a fixed random
    direction is added: h = sqrt(K/(K+1)) exp(j (2 pi fd t cos a + phi)) + sqrt(1/(K+1)) h_Clarke; without, |h| is Rayleigh.
    128 sinusoids (see `Scatter` for what they leave of a Gaussian). At speed 0 the gain is drawn once and never changes.
    `speed` is one for all, a list or a distribution. Without it a worker fades at its own of `mobility` (`linear`: its speed;
    `random_waypoint`: the middle of the range, whatever the leg; `trace`: InputError, state one), at 3 km/h if it stays: what
    moves around the users of TR 38.901, table 7.2-1, makes them fade, too.

    The rate is held over blocks of `step` times the coherence time at the gain of the block's middle. The power at a
    distance s from the middle has moved by sqrt(2 (1 - J0^2(2 pi fd s))), about 2 pi fd s, in root mean square: over a block
    2 pi 0.423 step / sqrt(12) = 0.77 step. So 10 % leaves 8 % (0.3 dB) within blocks, with no error in the mean, the
    distribution, or the correlation from block to block; fades deeper than some 20 dB, shorter on average than a block
    (rho / (sqrt(2 pi) fd) = 0.04 / fd at -20 dB), are seen at the block's middle only.
    InputError if both `speed` and `doppler` are given, or if a block would be shorter than 1 us.
    """

    speed: Speed | None = None
    doppler: Doppler | None = None
    k_factor: Ratio | None = None
    step: Step = "10 %"

    def tuned(self, carrier=None, bandwidth=None, speed=None):
        """The law at `speed` (m/s), unless `doppler` is given; None: the one stated, or 3 km/h."""
        return ClarkeFading(self.shift(carrier, speed), self.k_factor, self.step)

    def outage(self, gain):
        return ClarkeFading(0.0, self.k_factor).outage(gain)

    def quantile(self, probability):
        return ClarkeFading(0.0, self.k_factor).quantile(probability)

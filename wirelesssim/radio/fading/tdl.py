"""Frequency-selective fading: the tapped delay lines of TR 38.901, each tap with Clarke's spectrum."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

import numpy as np

from ...model import model
from ...rng import Streams
from ...units import FREQUENCY, TIME, Quantity
from .clarke import Scatter
from .distributions import GammaGain
from .family import ChunkedGains, Fading
from .kernels import responses
from .motion import Doppler, MovingFading, MovingLaw, Speed, Step
from .profiles import PROFILES, Profile

__all__ = ["Tdl", "SelectiveFading", "SelectiveProcess"]

DelaySpread = Annotated[float, Quantity(TIME, ge=0, le=1e-4)]
ResourceBlock = Annotated[float, Quantity(FREQUENCY, ge=1e4)]

_SINUSOIDS = 32  # a tap; a band sums those of all taps
_CHUNK, _KEPT = 64, 4  # blocks made together, chunks kept: 115 kB a worker at 56 bands


class SelectiveProcess:
    """One link's frequency response, a pure function of (seed, worker, time, frequency).

        H(t, f) = SUM_l sqrt(p_l) h_l(t) exp(-j 2 pi f d_l),   E|H|^2 = 1

    h_l: independent gains under Clarke's spectrum (`Scatter`, 32 sinusoids each) of maximum Doppler shift `doppler` (Hz);
    p_l, d_l: powers and delays of `profile` at an RMS delay spread of `delay_spread` (s). `f` (Hz) from any fixed origin.
    """

    def __init__(self, profile: Profile, delay_spread: float, doppler: float, streams: Streams, worker: int):
        self.delays, self.amplitudes = profile.scaled(delay_spread), np.sqrt(profile.powers)  # (L,)
        self.scatter = Scatter(streams("tdl", worker), doppler, len(self.delays), _SINUSOIDS)

    def response(self, times: np.ndarray, frequencies: np.ndarray) -> np.ndarray:
        """H at `times` (n,) s and `frequencies` (m,) Hz, (n, m) complex."""
        return self.across(self.scatter.at(times), steering(self.delays, frequencies))

    def gains(self, times: np.ndarray, frequencies: np.ndarray) -> np.ndarray:
        """Power gains |H|^2 at `times` (n,) s and `frequencies` (m,) Hz, (n, m); mean 1."""
        return _power(self.response(times, frequencies))

    def steered_on_grid(self, start: float, step: float, count: int, turned: np.ndarray) -> np.ndarray:
        """`gains` at start + k step (s), k < count, and the frequencies of which `turned` (L, m) is the `steering`, (count, m);
        equal to rounding, and much faster."""
        return _power(self.across(self.scatter.on_grid(start, step, count), turned))

    def across(self, taps: np.ndarray, turned: np.ndarray) -> np.ndarray:
        """Taps (n, L) to the response (n, m) at the frequencies of which `turned` (L, m) is the `steering`."""
        return responses(taps * self.amplitudes, turned)


def steering(delays: np.ndarray, frequencies: np.ndarray) -> np.ndarray:
    """exp(-j 2 pi f d) of `delays` d (L,) s and `frequencies` f (m,) Hz, (L, m)."""
    return np.exp(-2j * np.pi * np.multiply.outer(delays, np.asarray(frequencies, dtype=float)))


def _power(response: np.ndarray) -> np.ndarray:
    return response.real**2 + response.imag**2


@dataclass(frozen=True)
class SelectiveFading(MovingLaw):
    """A tapped delay line over `parts` bands of `width` Hz around the carrier; see `Tdl`. Gains are (count, bands)."""

    profile: Profile
    delay_spread: float
    doppler: float
    step: float = 0.1
    parts: int = 1
    width: float = 360e3

    @property
    def bands(self):
        return self.parts

    @property
    def frequencies(self) -> np.ndarray:
        """The middles of the bands relative to the carrier, Hz, (bands,)."""
        return (np.arange(self.parts) - (self.parts - 1) / 2) * self.width

    @cached_property
    def _steering(self) -> np.ndarray:
        """Of the bands' middles, (L, bands): one for all workers of this law."""
        return steering(self.profile.scaled(self.delay_spread), self.frequencies)

    def selective(self, streams: Streams, worker: int) -> SelectiveProcess:
        """This worker's response at any time and frequency."""
        return SelectiveProcess(self.profile, self.delay_spread, self.doppler, streams, worker)

    def process(self, streams, worker):
        step = self.block_time if self.doppler > 0 else 0.0  # at rest one instant will do
        source, turned = self.selective(streams, worker), self._steering
        return ChunkedGains(lambda index: source.steered_on_grid((index * _CHUNK + 0.5) * step, step, _CHUNK, turned),
                            _CHUNK, _KEPT)

    def sample(self, count):
        normal = Streams(0, domain="fading sample")("taps").standard_normal((2, count, len(self.profile.delays)))
        taps = (normal[0] + 1j * normal[1]) * np.sqrt(self.profile.powers / 2)  # (count, L)
        return _power(responses(taps, self._steering))

    def combined(self, branches):
        return GammaGain(1.0, branches)

    def outage(self, gain):
        return GammaGain().outage(gain)

    def quantile(self, probability):
        return GammaGain().quantile(probability)


@model
class Tdl(MovingFading, Fading, name="tdl"):
    """Frequency-selective Rayleigh fading: tapped delay line A, B or C of TR 38.901 (clause 7.7.2), Clarke taps.

        H(t, f) = SUM_l sqrt(p_l) h_l(t) exp(-j 2 pi f d_l),   E[H(t, f + F) H*(t, f)] = SUM_l p_l exp(-j 2 pi F d_l)

    `delay_spread` is the RMS delay spread (s) that scales the profile. The band is cut into parts of about `resource_block`
    that fill it, each flat at the gain of its middle: a flat law (Shannon) carries the mean of its efficiency over them. Each
    part alone is Rayleigh; a band far wider than 1 / `delay_spread` fades little as a whole. Time as in `clarke`: `speed`,
    `doppler` or that of `mobility`, and the gain held over `step` of the coherence time 0.423 / fd.

    Defaults: profile A, without line of sight; 100 ns, the nominal delay spread of TR 38.901, table 7.7.3-1;
    resource blocks of 360 kHz, 12 subcarriers of 30 kHz (TS 38.211, 4.4.4.1), the usual spacing at 3.5 GHz.
    Left out: the line-of-sight profiles D and E, correlation of branches, taps that move in delay. InputError as in `clarke`.
    """

    profile: Literal["A", "B", "C"] = "A"
    delay_spread: DelaySpread = "100 ns"
    speed: Speed | None = None
    doppler: Doppler | None = None
    step: Step = "10 %"
    resource_block: ResourceBlock = "360 kHz"

    def tuned(self, carrier=None, bandwidth=None, speed=None):
        """The law on `bandwidth` (Hz; without one, at the carrier alone) at `speed` (m/s), as in `clarke`."""
        parts = max(1, round(bandwidth / self.resource_block)) if bandwidth else 1
        return SelectiveFading(PROFILES[self.profile], self.delay_spread, self.shift(carrier, speed), self.step, parts,
                               bandwidth / parts if bandwidth else self.resource_block)

    def outage(self, gain):
        return GammaGain().outage(gain)

    def quantile(self, probability):
        return GammaGain().quantile(probability)

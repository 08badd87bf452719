"""Bursty packet loss: a link that is good or bad for exponential times (Gilbert-Elliott).

Sources: E. N. Gilbert, "Capacity of a burst-noise channel", Bell Syst. Tech. J. 39 (1960); E. O. Elliott, "Estimates of
error rates for codes on burst-noise channels", Bell Syst. Tech. J. 42 (1963); here in continuous time, so that the
burst length is a time and not a number of packets.
"""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from ..model import model
from ..rng import Streams
from ..units import TIME, Fraction, Quantity
from .loss import Loss, LossProcess, PacketLoss, RoundUniforms

__all__ = ["GilbertElliott"]

Sojourn = Annotated[float, Quantity(TIME, gt=0, ge=1e-6)]


@model
class GilbertElliott(Loss, name="gilbert_elliott"):
    """A continuous-time Markov chain with two states; a packet is lost with the probability of the state it starts in.

    Sojourns are exponential with means `good` and `bad` (s); the chain starts stationary, P(bad) = bad / (good + bad);
    a transmission that starts in a state is lost with `loss_good` or `loss_bad`, independently given the states.

        mean loss = (good loss_good + bad loss_bad) / (good + bad)
        P(bad at t + s | state at t) = pi + (1{bad at t} - pi) exp(-s/good - s/bad),    pi = bad / (good + bad)

    Valid where a packet is short against a sojourn: a change of state during a packet does not count. `loss_good` is 0
    unless said, as in Gilbert's paper. Each purpose (`data`, `ack`) has a chain of its own: directions do not fade
    together. Sojourns below 1 us on average are refused: no radio's packet is that short, and the chain would never end.
    """

    good: Sojourn
    bad: Sojourn
    loss_good: Fraction = 0.0
    loss_bad: Fraction

    def process(self, streams, worker, purpose="data"):
        return _Bursts(self, streams, worker, purpose)

    def packet_process(self, streams, worker, purpose="data"):
        return _Packets(self, streams("packet loss", purpose, worker))

    @property
    def bad_fraction(self) -> float:
        """The stationary probability of the bad state, pi."""
        return self.bad / (self.good + self.bad)

    @property
    def mean_loss(self):
        return self.loss_good + self.bad_fraction * (self.loss_bad - self.loss_good)


class _Bursts(LossProcess):
    """The chain as a list of the instants at which it changes, drawn in order from time 0 as far as is asked.

    What lies before the earliest instant of a question is forgotten, since senders ask in order of time; a question about
    an earlier time draws the chain anew from its start, and gets the same answer.
    """

    LONGEST_PIECE = 1 << 16

    def __init__(self, law: GilbertElliott, streams: Streams, worker: int, purpose: str):
        self.law, self.uniforms = law, RoundUniforms(streams.counted("loss", purpose, worker))
        self._fresh = lambda: streams("loss state", purpose, worker)
        self._restart()

    def _restart(self) -> None:
        self.generator, self.piece = self._fresh(), 256
        self.starts_bad = self.is_bad = bool(self.generator.random() < self.law.bad_fraction)
        self.changes, self.last = np.empty(0), 0.0  # `is_bad` holds before the first of the changes that are kept
        self.kept_from = 0.0

    def bad_at(self, times: np.ndarray) -> np.ndarray:
        """Whether the chain is in its bad state at `times` (n,) s, all >= 0; (n,) of bool."""
        if not len(times):
            return np.zeros(0, dtype=bool)
        earliest, latest = times.min(), times.max()
        if earliest < self.kept_from:
            self._restart()
        while self.last <= latest:
            self._extend()
            self._forget(earliest)
        self._forget(earliest)
        passed = np.searchsorted(self.changes, times, side="right")
        return (passed & 1).astype(bool) ^ self.is_bad

    def _extend(self) -> None:
        means = (self.law.bad, self.law.good) if self.starts_bad else (self.law.good, self.law.bad)
        sojourns = self.generator.standard_exponential(self.piece)  # an even number: whole cycles
        sojourns[0::2] *= means[0]
        sojourns[1::2] *= means[1]
        self.changes = np.concatenate([self.changes, self.last + np.cumsum(sojourns)])
        self.last, self.piece = self.changes[-1], min(2 * self.piece, self.LONGEST_PIECE)

    def _forget(self, earliest: float) -> None:
        """Drop the changes up to `earliest`; they have happened."""
        passed = int(np.searchsorted(self.changes, earliest, side="right"))
        self.changes, self.is_bad, self.kept_from = self.changes[passed:], self.is_bad ^ bool(passed & 1), earliest

    def arrivals(self, round, packets, attempt, starts, ends):
        packets = np.asarray(packets)
        bad = self.bad_at(np.asarray(starts, dtype=float))
        return self.uniforms(round, packets, attempt) >= np.where(bad, self.law.loss_bad, self.law.loss_good)


class _Packets(PacketLoss):
    """The chain stepped from one packet's start to the next by its transition matrix, then one Bernoulli draw."""

    def __init__(self, law: GilbertElliott, generator: np.random.Generator):
        self.law, self.generator = law, generator
        self.time, self.is_bad = 0.0, generator.random() < law.bad_fraction

    def arrives(self, round, packet, attempt, start, end):
        if start < self.time:
            raise ValueError(f"packets must be asked in order of time, got {start} s after {self.time} s")
        law, pi = self.law, self.law.bad_fraction
        memory = math.exp(-(start - self.time) * (1 / law.good + 1 / law.bad))
        self.is_bad = self.generator.random() < pi + (self.is_bad - pi) * memory
        self.time = start
        return bool(self.generator.random() >= (law.loss_bad if self.is_bad else law.loss_good))

"""Bursty packet loss: a link that is good or bad for exponential times (Gilbert-Elliott).

Sources: E. N. Gilbert, "Capacity of a burst-noise channel", Bell Syst. Tech. J. 39 (1960); E. O. Elliott, "Estimates of
error rates for codes on burst-noise channels", Bell Syst. Tech. J. 42 (1963); here in continuous time, so that the
burst length is a time and not a number of packets.
"""

from __future__ import annotations

import math

import numpy as np

from ..model import model
from ..rng import Streams
from ..units import Fraction, PositiveTime
from .loss import Loss, LossProcess, PacketLoss, RoundUniforms

__all__ = ["GilbertElliott"]


@model
class GilbertElliott(Loss, name="gilbert_elliott"):
    """A continuous-time Markov chain with two states; a packet is lost with the probability of the state it starts in.

    Sojourns are exponential with means `good` and `bad` (s); the chain starts stationary, P(bad) = bad / (good + bad);
    a transmission that starts in a state is lost with `loss_good` or `loss_bad`, independently given the states.

        mean loss = (good loss_good + bad loss_bad) / (good + bad)
        P(bad at t + s | state at t) = pi + (1{bad at t} - pi) exp(-s/good - s/bad),    pi = bad / (good + bad)

    Valid where a packet is short against a sojourn: a change of state during a packet does not count. `loss_good` is 0
    unless said, as in Gilbert's paper. Each purpose (`data`, `ack`) has a chain of its own: directions do not fade
    together. Memory: 8 bytes a change of state from time 0 to the latest instant asked.
    """

    good: PositiveTime
    bad: PositiveTime
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
    """The chain as a list of the instants at which it changes, extended in order from time 0.

    The list is drawn in pieces of 256, 512, 1024, ... sojourns, so what it holds does not depend on who asked when.
    """

    def __init__(self, law: GilbertElliott, streams: Streams, worker: int, purpose: str):
        self.law, self.uniforms = law, RoundUniforms(streams.counted("loss", purpose, worker))
        self.generator = streams("loss state", purpose, worker)
        self.starts_bad = bool(self.generator.random() < law.bad_fraction)
        self.changes = np.empty(0)

    def bad_at(self, times: np.ndarray) -> np.ndarray:
        """Whether the chain is in its bad state at `times` (n,) s, all >= 0; (n,) of bool."""
        latest = times.max(initial=0.0)
        while not len(self.changes) or self.changes[-1] <= latest:
            self._extend()
        passed = np.searchsorted(self.changes, times, side="right")
        return (passed & 1).astype(bool) ^ self.starts_bad

    def _extend(self) -> None:
        means = (self.law.bad, self.law.good) if self.starts_bad else (self.law.good, self.law.bad)
        sojourns = self.generator.standard_exponential(max(256, len(self.changes)))  # an even number: whole cycles
        sojourns[0::2] *= means[0]
        sojourns[1::2] *= means[1]
        last = self.changes[-1] if len(self.changes) else 0.0
        self.changes = np.concatenate([self.changes, last + np.cumsum(sojourns)])

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

"""Packet loss as a process in time: the family `Loss`, its two readings, and independent losses (`iid`).

A *burst* reading (`LossProcess`) answers for all packets of a burst at once and is a pure function of (seed, worker,
purpose, round, packet, attempt, time): two algorithms meet the same losses. A *packet* reading (`PacketLoss`) is the
textbook loop, one draw a packet and attempt, kept so that the other can be checked against it in distribution.

Left out: corruption that is not noticed (a packet is lost or intact), reordering, duplication.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from ..errors import InputError, Problem, unknown
from ..model import Model, model, validate
from ..rng import Counted, Streams
from ..units import Fraction

__all__ = ["Loss", "LossProcess", "PacketLoss", "Iid", "RoundUniforms"]


class LossProcess(ABC):
    """The fate of packets on one link, for one purpose (`data`, `ack`, ...), burst by burst; pure in its arguments.

    `timeless`: whether the fate does not depend on `starts` and `ends`, so that a caller may ask before it knows them.
    """

    timeless: bool = False

    @abstractmethod
    def arrivals(self, round: int, packets: np.ndarray, attempt: int, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Which packets arrive, (n,) of bool.

        `round` >= 0; `packets` (n,) their numbers within the round's message, >= 0; `attempt` 1, 2, ..., the same for
        the whole burst; `starts`, `ends` (n,) seconds on the air, >= 0, not necessarily sorted.
        """


class PacketLoss(ABC):
    """The fate of packets on one link, for one purpose, one packet at a time and in order of time."""

    @abstractmethod
    def arrives(self, round: int, packet: int, attempt: int, start: float, end: float) -> bool:
        """Whether this packet, on the air from `start` to `end` (s), arrives; ValueError if `start` goes back in time
        where the process has memory."""


class Loss(Model, family="loss"):
    """The law by which a link loses packets; a bare fraction (`2 %`) means independent losses."""

    @abstractmethod
    def process(self, streams: Streams, worker: int, purpose: str = "data") -> LossProcess:
        """The losses of this worker's link, read by bursts; other purposes and workers are independent of it."""

    @abstractmethod
    def packet_process(self, streams: Streams, worker: int, purpose: str = "data") -> PacketLoss:
        """The same law, read packet by packet; agrees in distribution with `process`, not draw by draw."""

    @property
    @abstractmethod
    def mean_loss(self) -> float:
        """The long-run fraction of packets lost when packets are sent at instants that do not depend on the losses."""

    @classmethod
    def from_scalar(cls, value: Any) -> Loss:
        """`iid` with that probability; InputError for what is neither a fraction nor a known law."""
        if isinstance(value, str) and value.strip()[:1].isalpha():
            raise InputError(Problem((), unknown("loss", value, cls.known)))
        try:
            return validate(Iid, {"probability": value})
        except InputError as error:
            raise InputError([Problem((), problem.message) for problem in error.problems]) from None


class RoundUniforms:
    """Uniforms in [0, 1) by (round, sub, packet) from a counted stream, those of the latest round kept."""

    def __init__(self, counted: Counted):
        self.counted, self._round, self._kept = counted, -1, {}

    def __call__(self, round: int, packets: np.ndarray, sub: int = 0) -> np.ndarray:
        """The uniforms of `packets` (n,) in `round`, (n,); `sub` names an independent set."""
        if round != self._round:
            self._round, self._kept = round, {}
        drawn, needed = self._kept.get(sub), int(packets.max(initial=-1)) + 1
        if drawn is None or len(drawn) < needed:
            size = needed if drawn is None else max(needed, 2 * len(drawn))
            drawn = self._kept[sub] = self.counted.uniforms(round, size, sub)
        return drawn[packets]


@model
class Iid(Loss, name="iid"):
    """Every transmission of a packet is lost with the same `probability` p, independently of all others.

    The Bernoulli channel; with unlimited repeats the number of transmissions is geometric, P(F > k) = p^k.
    """

    probability: Fraction

    def process(self, streams, worker, purpose="data"):
        return _IidBursts(self.probability, streams.counted("loss", purpose, worker))

    def packet_process(self, streams, worker, purpose="data"):
        return _IidPackets(self.probability, streams("packet loss", purpose, worker))

    @property
    def mean_loss(self):
        return self.probability


class _IidBursts(LossProcess):
    """Independent losses from ONE uniform u a (round, packet), whatever the number of attempts, by inversion.

    u < p means that attempt 1 is lost, u < p^2 that 2 is lost too, ...: the first arrival is F = 1 + floor(ln u / ln p),
    geometric. Given the fate of an attempt, the place of u in the interval of that fate is again uniform:
    u/p if lost, (u - p)/(1 - p) if not, and decides the next attempt, a needless repeat (attempt > F) included. So all
    attempts are independent Bernoulli(1 - p).

    A uniform has 53 bits and each step spends -log2 of the interval's width. From attempt 9 on, and where the
    intervals passed are together narrower than 2^-30 (23 bits left: an error in probability below 2^-23), an attempt
    has a uniform of its own, counted by (round, attempt, packet). Both conditions depend on u alone: still pure.
    """

    LAST_SHARED, NARROWEST = 8, 2.0**-30
    timeless = True

    def __init__(self, probability: float, counted: Counted):
        self.probability, self.uniforms = probability, RoundUniforms(counted)

    def arrivals(self, round, packets, attempt, starts, ends):
        packets, p = np.asarray(packets), self.probability
        if p in (0.0, 1.0) or len(packets) == 0:
            return np.full(len(packets), p == 0.0)
        if attempt > self.LAST_SHARED:
            return self.uniforms(round, packets, attempt) >= p
        u, width = self.uniforms(round, packets), np.ones(len(packets))
        for _ in range(1, attempt):
            lost = u < p
            width *= np.where(lost, p, 1 - p)
            u = np.where(lost, np.minimum(u, p) / p, (u - p) / (1 - p))
        arrived, narrow = u >= p, width < self.NARROWEST
        if narrow.any():
            arrived[narrow] = self.uniforms(round, packets[narrow], attempt) >= p
        return arrived


class _IidPackets(PacketLoss):
    """One Bernoulli draw a transmission, in order."""

    def __init__(self, probability: float, generator: np.random.Generator):
        self.probability, self.generator = probability, generator

    def arrives(self, round, packet, attempt, start, end):
        return bool(self.generator.random() >= self.probability)

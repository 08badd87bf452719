"""Packet loss without a radio: independent, and in bursts (Gilbert-Elliott). Closed forms, fixed streams."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

import numpy as np

from ..radio import GilbertElliott, Iid
from ..rng import Streams
from .row import Check, Seen
from .sampling import means, shares

__all__ = ["checks"]

_PACKETS = 200_000
_BURSTY = GilbertElliott(good="60 ms", bad="25 ms", loss_good="2 %", loss_bad="80 %")
_BAD = 25 / 85  # stationary probability of the bad state


def first_arrival() -> Seen:
    """P(F > k) = p^k for k = 1, 2, 3 with unlimited repeats, p = 0.3: 200,000 packets, each of which has ONE uniform."""
    process, packets = Iid(probability=0.3).process(Streams(3, domain="validation"), 0), np.arange(_PACKETS)
    lost, found = np.ones(_PACKETS, dtype=bool), []
    for attempt in (1, 2, 3):
        lost &= ~process.arrivals(1, packets, attempt, packets, packets)
        found.append(lost.mean())
    return shares(found, [0.3, 0.09, 0.027], _PACKETS)


@cache
def _chains(count: int) -> np.ndarray:
    """The state of chains at 13 ms and 33 ms, (count, 2), bad is True."""
    times = np.array([0.013, 0.033])
    return np.array([_BURSTY.process(Streams(seed, domain="validation"), 0).bad_at(times) for seed in range(count)])


def stationary() -> Seen:
    """P(bad) = 25/85 at both instants."""
    states = _chains(8000)
    return shares(states.mean(axis=0), np.full(2, _BAD), len(states))


def transitions() -> Seen:
    """P(bad at t + s | state at t) = pi + (1{bad} - pi) exp(-s/good - s/bad), s = 20 ms."""
    states, memory = _chains(8000), np.exp(-0.020 * (1 / 0.060 + 1 / 0.025))
    found = [states[states[:, 0] == bad, 1].mean() for bad in (False, True)]
    count = [np.sum(states[:, 0] == bad) for bad in (False, True)]
    return shares(found, [_BAD + (bad - _BAD) * memory for bad in (0, 1)], np.array(count))


@cache
def _lost() -> np.ndarray:
    """Losses of packets 2 ms apart in 200 links of 8 s each, (200, 4000)."""
    packets = np.arange(4000)
    return np.array([~_BURSTY.process(Streams(5, domain="validation"), worker).arrivals(0, packets, 1, packets * 0.002,
                                                                                      packets * 0.002) for worker in range(200)])


def mean_loss() -> Seen:
    """(60 x 2 % + 25 x 80 %)/85 = 24.941 %, from link to link."""
    return means(_lost().mean(axis=1), (60 * 0.02 + 25 * 0.8) / 85)


def burstiness() -> Seen:
    """Both of two neighbours lost: m^2 + pi (1 - pi) 0.78^2 exp(-s(1/good + 1/bad)), s = 2 ms, m the mean loss."""
    lost, mean = _lost(), (60 * 0.02 + 25 * 0.8) / 85
    both = mean**2 + _BAD * (1 - _BAD) * 0.78**2 * np.exp(-0.002 * (1 / 0.060 + 1 / 0.025))
    return means((lost[:, 1:] & lost[:, :-1]).mean(axis=1), both)


def checks() -> Iterator[Check]:
    """Independent losses, then the two-state chain."""
    check = partial(Check, "loss")
    yield check("iid", "P(F > k) = p^k", "lost k times, 200,000 packets", first_arrival)
    yield check("gilbert_elliott", "bad/(good + bad)", "share of 8000 chains in the bad state", stationary)
    yield check("gilbert_elliott", "transition matrix in closed form", "bad after 20 ms, of 8000 chains", transitions)
    yield check("gilbert_elliott", "weighted mean of both states", "mean loss of 200 links", mean_loss)
    yield check("gilbert_elliott", "covariance of a two-state chain", "two neighbours lost, 200 links", burstiness)

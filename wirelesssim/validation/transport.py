"""Repeats against closed forms, and whole rounds by hand: small scenarios, run from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

import numpy as np

from ..scenario import load
from ..simulation import simulate
from .row import Check, Seen, worst
from .sampling import means

__all__ = ["checks"]

_SCHEMES = ("burst", "stop_and_wait")
_CASES = ((0.3, 0.0), (0.2, 0.4))  # loss of data, of acknowledgements
_UNLIMITED = 200  # retries: with (1 - p)(1 - q) = 0.48 the limit is reached with 0.52^201


def _run(**said):
    """The recorder of a run of plain gradient descent on a random quadratic."""
    scenario = load({"name": "validation", "seed": 3, "objective": {"type": "quadratic", "dimension": 85},
                     "algorithm": {"type": "gd", "step_size": "0.01/L"}} | said)
    return simulate(next(iter(scenario.settings.values())))


@cache
def _messages(loss: float, ack_loss: float, retries: int, scheme: str) -> np.ndarray:
    """Of 1500 messages: packets, transmissions, losses, packets delivered, acknowledged; (1500, 5)."""
    recorder = _run(workers=50, stop={"rounds": 30}, downlink="ideal",
                    channel={"type": "fixed", "rate": "1 Mbit/s", "latency": "1 ms", "loss": loss},
                    transport={"type": "arq", "scheme": scheme, "retries": retries, "mtu": "100 B", "ack": {"loss": ack_loss}})
    return np.array([(row.packets, row.attempts, row.packets_lost, row.delivered, row.acknowledged)
                     for row in recorder.transmissions if row.direction == "uplink"], dtype=float)


def _over_cases(retries: int, scheme: str, column: int, expected) -> Seen:
    """Column `column` a packet against expected(p, q) in both cases."""
    found = [_messages(*case, retries, scheme) for case in _CASES]
    return means(np.array([rows[:, column] / rows[:, 0] for rows in found]).T, [expected(*case) for case in _CASES])


def unlimited(scheme: str) -> Seen:
    """Transmissions a packet: 1/((1 - p)(1 - q))."""
    return _over_cases(_UNLIMITED, scheme, 1, lambda p, q: 1 / ((1 - p) * (1 - q)))


def limited(scheme: str) -> Seen:
    """Transmissions a packet with n = 3 tries at most: (1 - (1 - s)^n)/s, s = (1 - p)(1 - q)."""
    return _over_cases(2, scheme, 1, lambda p, q: (1 - (1 - (1 - p) * (1 - q)) ** 3) / ((1 - p) * (1 - q)))


def lost(scheme: str) -> Seen:
    """Losses a packet: p of the transmissions."""
    return _over_cases(2, scheme, 2, lambda p, q: p * (1 - (1 - (1 - p) * (1 - q)) ** 3) / ((1 - p) * (1 - q)))


def delivered() -> Seen:
    """Packets that arrive in at most three tries, where acknowledgements are not lost: 1 - p^3, p = 0.3."""
    found = _messages(0.3, 0.0, 2, "stop_and_wait")
    return means(found[:, 3] / found[:, 0], 1 - 0.3**3)


def round_time() -> Seen:
    """One worker, 50 values of 32 bits: a frame of 1600 + 24 bits and 28 B of header, 1848 bits, are 1.848 ms at 1 Mbit/s up and
    0.924 ms at 2 Mbit/s down; with 10 ms of computing and 5 ms of latency each way 22.772 ms a round. Relative."""
    recorder = _run(workers=1, stop={"rounds": 4}, objective={"type": "quadratic", "dimension": 50},
                    channel={"type": "fixed", "rate": "1 Mbit/s", "latency": "5 ms"}, codec={"type": "dense", "value_bits": 32},
                    compute={"type": "fixed", "time": "10 ms"}, downlink={"type": "multicast", "rate": "2 Mbit/s"})
    times = np.diff([row.simulated_time_s for row in recorder.rounds])
    return worst(times / 22.772e-3 - 1, 1e-9)


def shared_round_time() -> Seen:
    """The same for three workers in turns, without a downlink: 10 ms of computing, three bursts of 1.848 ms, 5 ms: 20.544 ms."""
    recorder = _run(workers=3, stop={"rounds": 4}, objective={"type": "quadratic", "dimension": 50}, access={"type": "tdma"},
                    channel={"type": "fixed", "rate": "1 Mbit/s", "latency": "5 ms"}, codec={"type": "dense", "value_bits": 32},
                    compute={"type": "fixed", "time": "10 ms"}, downlink="ideal")
    return worst(np.diff([row.simulated_time_s for row in recorder.rounds]) / 20.544e-3 - 1, 1e-9)


def checks() -> Iterator[Check]:
    """Repeats in both schemes; the arithmetic of a round."""
    check = partial(Check, "transport")
    for scheme in _SCHEMES:
        for measure, reference, metric in (
                (unlimited, "1/((1-p)(1-q))", "transmissions a packet, no limit"),
                (limited, "(1 - (1-s)^3)/s, s = (1-p)(1-q)", "transmissions a packet, 3 tries"),
                (lost, "p (1 - (1-s)^3)/s", "losses a packet, 3 tries")):
            yield check(f"arq, {scheme}", reference, f"{metric}, 1500 messages", partial(measure, scheme))
    yield check("arq, stop_and_wait", "1 - p^3", "packets delivered in 3 tries, 1500 messages", delivered)
    yield check("fixed channel, one worker", "arithmetic by hand", "time of a round, relative", round_time)
    yield check("fixed channel, three in turns", "arithmetic by hand", "time of a round, relative", shared_round_time)

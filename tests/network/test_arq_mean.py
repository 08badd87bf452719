"""Repeats against closed forms: mean number of transmissions with and without a limit, delivered and acknowledged fractions.

A try succeeds for the sender with s = (1-p)(1-q). Without limit a packet takes 1/s tries; with n = retries + 1 tries at most
(1 - (1-s)^n)/s. It is never delivered if all n tries are lost, p^n, and never acknowledged with (1-s)^n. The packets of a
burst share their acknowledgement, so standard errors come from messages, which are independent. z < 5: 6e-7 a number.
"""

import numpy as np
import pytest
from net_cases import Bench
from scipy.stats import binomtest

K = 5
CASES = [(0.02, 0.0), (0.3, 0.0), (0.2, 0.4), (0.6, 0.5), (0.0, 0.7)]


def messages(count, p, q, retries, scheme, seed, access="dedicated", fidelity="burst"):
    channel = {"type": "fixed", "rate": "1 Mbit/s", "latency": "1 ms", "loss": p}
    transport = {"type": "arq", "scheme": scheme, "retries": retries, "ack": {"loss": q}}
    bench = Bench(channel, transport, access, seed=seed, fidelity=fidelity)
    sent, at = [], 0.0
    for round in range(count):  # one after the other: a message's own round is its random numbers
        sent.append(bench.send([1000] * K, round=round, at=at))
        at += 10.0 * (retries + 1)
    return bench, sent


def within(values, expected):
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    assert abs(np.mean(values) - expected) <= 5 * error + 1e-12, f"{np.mean(values):.4f} +- {error:.4f}, expected {expected:.4f}"


def check(count, p, q, retries, scheme, seed, **said):
    bench, sent = messages(count, p, q, retries, scheme, seed, **said)
    bench.run()
    n, s = retries + 1, (1 - p) * (1 - q)
    within([transfer.attempts for transfer in sent], K * (1 - (1 - s) ** n) / s)
    missing = K * count - sum(int(transfer.delivered.sum()) for transfer in sent)
    assert binomtest(missing, K * count, p**n).pvalue > 6e-7  # packets are lost independently, and some cases are rare
    if q == 0:
        assert all(np.array_equal(transfer.acknowledged, transfer.delivered) for transfer in sent)
    else:
        within([transfer.acknowledged.sum() for transfer in sent], K * (1 - (1 - s) ** n))
    # each try is lost with p, whatever went before
    within([transfer.lost for transfer in sent], K * p * (1 - (1 - s) ** n) / s)


@pytest.mark.parametrize("scheme", ["burst", "stop_and_wait"])
@pytest.mark.parametrize("p, q", CASES)
def test_without_limit(p, q, scheme):
    """200 retries: with s = 0.2 the limit is reached with 0.8^201 = 3e-20.."""
    bench, sent = messages(1500, p, q, 200, scheme, seed=1)
    bench.run()
    within([transfer.attempts for transfer in sent], K / ((1 - p) * (1 - q)))
    assert all(transfer.delivered.all() and transfer.acknowledged.all() for transfer in sent)


@pytest.mark.parametrize("scheme", ["burst", "stop_and_wait"])
@pytest.mark.parametrize("p, q", CASES)
@pytest.mark.parametrize("retries", [0, 2])
def test_with_limit(p, q, scheme, retries):
    check(1500, p, q, retries, scheme, seed=2)


@pytest.mark.slow
@pytest.mark.parametrize("fidelity, access", [("burst", "dedicated"), ("burst", "tdma"), ("packet", "dedicated")])
@pytest.mark.parametrize("scheme", ["burst", "stop_and_wait"])
@pytest.mark.parametrize("p, q", CASES)
@pytest.mark.parametrize("retries", [1, 7])
def test_with_limit_at_length(p, q, scheme, retries, fidelity, access):
    check(4000, p, q, retries, scheme, seed=3, fidelity=fidelity, access=access)

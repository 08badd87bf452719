"""Throughput of ALOHA beside its laws: Poisson arrivals, and N saturated senders.

Frames of 1000 bits at 1 Mbit/s, T = 1 ms. Slotted: slots are independent, successes binomial; |z| < 5: false alarm 6e-7 a case.
Pure: frames one after the other share neighbours, so the deviation is measured against the spread of 100 batches (Student, 99
degrees of freedom, |t| < 5.2: false alarm 1e-6). Streams are fixed.
"""

import math

import numpy as np
import pytest
import simpy
from aloha_cases import Bench

T = 1e-3


@pytest.mark.parametrize("load", [0.3, 1.0, 2.0])
def test_slotted_poisson(load):
    """G exp(-G) a slot."""
    arrived, times = Bench({"type": "slotted_aloha", "retries": 0, "slot": T}, mtu=1000).poisson(load, 10_000)
    slots, law = math.floor(times[-1] / T), load * math.exp(-load)
    assert abs(arrived.sum() - slots * law) < 5 * math.sqrt(slots * law * (1 - law))


@pytest.mark.parametrize("load", [0.25, 0.5, 1.0])
def test_pure_poisson(load):
    """A frame survives with exp(-2 G): throughput G exp(-2 G)."""
    arrived, _ = Bench({"type": "aloha", "retries": 0}).poisson(load, 10_000)
    batches = arrived.reshape(100, -1).mean(axis=1)
    t = (batches.mean() - math.exp(-2 * load)) / (batches.std(ddof=1) / 10)
    assert abs(t) < 5.2


@pytest.mark.parametrize("workers, load", [(2, 1.0), (5, 1.0), (5, 2.0), (20, 0.5)])
def test_slotted_senders(workers, load):
    """N senders, each in each slot with q = G/N: N q (1 - q)^(N-1) = G (1 - G/N)^(N-1) a slot."""
    bench, slots = Bench({"type": "slotted_aloha", "retries": 0, "slot": T, "first": "delayed", "probability": load / workers},
                         workers, mtu=1000), 5_000
    heard = bench.saturate(slots * T + 1e-9)
    law = load * (1 - load / workers) ** (workers - 1)
    assert abs(heard - slots * law) < 5 * math.sqrt(slots * law * (1 - law))


def test_geometric_backoff_is_a_coin_each_slot():
    """One sender with q = 0.25: slots between its frames are geometric with mean 4 and variance (1-q)/q^2 = 12."""
    bench = Bench({"type": "slotted_aloha", "retries": 0, "slot": T, "first": "delayed", "probability": 0.25}, mtu=1000)
    heard = bench.saturate(8_000 * T + 1e-9)
    assert abs(heard - 2_000) < 5 * math.sqrt(8_000 * 0.25 * 0.75)  # a binomial count


def test_without_an_event_a_packet_beyond_two():
    """Two events a frame, wait and air, and three a burst."""
    bench = Bench("aloha")
    steps = 0
    bench.env.process(bench.airs[0].send(1, np.arange(50), np.full(50, 1000), 1))
    while True:
        try:
            bench.env.step()
        except simpy.core.EmptySchedule:
            break
        steps += 1
    assert steps <= 2 * 50 + 3

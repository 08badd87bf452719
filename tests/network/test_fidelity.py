"""`fidelity: burst` and `packet` agree in distribution: single messages, on independent seeds of their own.

Two-sample Kolmogorov-Smirnov on every number of a message's books (times, attempts, bits, what came of the packets),
false alarm 1e-5 a number: 14 numbers, some 60 cases in all, so 0.9 % that a first run of everything alarms. Seeds are fixed.
"""

import itertools

import numpy as np
import pytest
from net_cases import Bench, books, same_law

BURSTY = {"type": "gilbert_elliott", "good": "20 ms", "bad": "10 ms", "loss_good": "2 %", "loss_bad": "80 %"}
CHANNELS = {
    "iid": {"type": "fixed", "rate": "2 Mbit/s", "latency": "2 ms", "jitter": "1 ms", "loss": "25 %"},
    "bursty": {"type": "fixed", "rate": "2 Mbit/s", "latency": "2 ms", "loss": BURSTY},
    # 1.7 dB: a block is out, below gap (2^0.5 - 1) = -0.8 dB, with 1 - exp(-0.83/1.48) = 43 %; outages of a block or two
    "adaptive": {"type": "radio", "bandwidth": "1 MHz", "tx_power": "-4 dBm", "latency": "2 ms", "loss": "10 %",
                 "fading": {"type": "rayleigh", "coherence_time": "4 ms"}, "phy": {"type": "shannon", "min_efficiency": 0.5}},
    # 7.7 dB: 1 bit/s/Hz needs 3 dB, which a few blocks in a hundred do not have
    "fixed rate": {"type": "radio", "bandwidth": "1 MHz", "tx_power": "2 dBm", "latency": "2 ms", "loss": "5 %",
                   "fading": {"type": "rician", "k_factor": "3 dB", "coherence_time": "4 ms"},
                   "phy": {"type": "shannon", "rate": "1 Mbit/s"}},
}
PLACE = [[60, 80]]  # 100 m: a path loss of 103.3 dB, noise of -109 dBm in 1 MHz
ACK = {"size": "40 B", "loss": "30 %"}
TRANSPORTS = {
    "unreliable": {"type": "unreliable"},
    "burst": {"type": "arq", "retries": 3, "ack": ACK},
    "stop and wait": {"type": "arq", "scheme": "stop_and_wait", "retries": 2, "ack": ACK},
}
CASES = [pytest.param(channel, transport, id=f"{channel}, {transport}")
         for channel, transport in itertools.product(CHANNELS, TRANSPORTS)]


def message(channel, transport, access, fidelity, seed, outage="6 ms"):
    """The books of a message of 3 to 12 packets that starts anywhere in the first 0.1 s; nobody else sends."""
    radio = CHANNELS[channel]["type"] == "radio"
    bench = Bench(CHANNELS[channel], TRANSPORTS[transport] | {"outage_limit": outage}, access, seed=seed, fidelity=fidelity,
                  workers=3 if access == "fdma" else 1, geometry=PLACE if radio else None)
    draw = bench.streams("case")
    sent = bench.send(draw.integers(300, 6000, draw.integers(3, 13)), at=draw.uniform(0, 0.1), round=int(draw.integers(50)))
    bench.run()
    return books(sent)


def compare(runs, channel, transport, access, **said):
    burst = [message(channel, transport, access, "burst", seed, **said) for seed in range(runs)]
    packet = [message(channel, transport, access, "packet", 10**6 + seed, **said) for seed in range(runs)]
    same_law(burst, packet, 1e-5)
    return burst


@pytest.mark.parametrize("channel, transport", CASES)
def test_single_messages(channel, transport):
    seen = compare(300, channel, transport, "dedicated")
    assert len({row["attempts"] for row in seen}) > 5  # there is something to agree on: some arrive, some do not
    assert 0.05 < np.mean([row["lost"] > 0 for row in seen]) and 0.05 < np.mean([row["delivered"] > 0 for row in seen])


@pytest.mark.parametrize("access", ["fdma", "tdma"])
def test_stop_and_wait_sampled_and_stepped(access):
    """At burst fidelity `fdma` alone samples the whole message, `tdma` goes burst by burst: the same law as packet by packet."""
    compare(300, "iid", "stop and wait", access)


def test_adaptive_rate_without_patience():
    """Outages above 1 ms at a stretch end the message: senders give up in all states of a burst."""
    seen = compare(300, "adaptive", "burst", "dedicated", outage="1 ms")
    tried = np.array([row["payload_bits"] for row in seen])
    assert len(set(tried)) > 5 and 0 < np.mean(tried == 0) < 0.9


@pytest.mark.slow
@pytest.mark.parametrize("access", ["dedicated", "tdma"])
@pytest.mark.parametrize("channel, transport", CASES)
def test_single_messages_at_length(channel, transport, access):
    compare(5000, channel, transport, access)


@pytest.mark.slow
def test_adaptive_rate_without_patience_at_length():
    for transport in TRANSPORTS:
        compare(5000, "adaptive", transport, "dedicated", outage="1 ms")


def crowd(channel, transport, fidelity, seed):
    """Four workers with three rounds each on one TDMA medium: the books of all, and the instant when all is over."""
    bench = Bench(CHANNELS[channel], TRANSPORTS[transport] | {"outage_limit": "30 ms"}, "tdma", workers=4, seed=seed,
                  fidelity=fidelity, geometry=PLACE * 4 if CHANNELS[channel]["type"] == "radio" else None)
    draw = bench.streams("case")
    for worker in range(4):
        bench.send(draw.integers(300, 6000, draw.integers(2, 9)), worker, at=draw.uniform(0, 0.01))
    bench.run()
    rows = [books(transfer) for transfer in bench.transfers]
    return {"over": bench.env.now, "waited": sum(row["queue"] for row in rows), "last": max(row["complete"] for row in rows),
            "first": min(row["complete"] for row in rows), "attempts": sum(row["attempts"] for row in rows),
            "delivered": sum(row["delivered"] for row in rows), "bits": sum(row["on_air_bits"] for row in rows)}


def compare_crowds(runs, channel, transport):
    same_law([crowd(channel, transport, "burst", seed) for seed in range(runs)],
             [crowd(channel, transport, "packet", 10**6 + seed) for seed in range(runs)], 1e-5)


@pytest.mark.parametrize("channel, transport", [("bursty", "burst"), ("iid", "stop and wait"), ("fixed rate", "burst")])
def test_a_shared_medium(channel, transport):
    compare_crowds(150, channel, transport)


@pytest.mark.slow
@pytest.mark.parametrize("channel, transport", CASES)
def test_a_shared_medium_at_length(channel, transport):
    compare_crowds(2500, channel, transport)

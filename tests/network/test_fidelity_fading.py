"""`fidelity: burst` and `packet` agree in distribution over Clarke fading, tapped delay lines and combined branches.

As in test_fidelity: Kolmogorov-Smirnov on every number of a message's books, false alarm 1e-5 a number; 14 numbers, 10 cases.
"""

import numpy as np
import pytest
from net_cases import Bench, books, same_law

RADIO = {"type": "radio", "bandwidth": "1 MHz", "latency": "2 ms", "loss": "10 %"}
ADAPTIVE = {"tx_power": "-4 dBm", "phy": {"type": "shannon", "min_efficiency": 0.5}}  # as in test_fidelity: 1.7 dB
FIXED = {"tx_power": "2 dBm", "phy": {"type": "shannon", "rate": "1 Mbit/s"}}
CLARKE = {"type": "clarke", "doppler": "30 Hz", "k_factor": "0 dB"}  # coherence time 14 ms, blocks of 1.4 ms
TDL = {"type": "tdl", "doppler": "30 Hz", "delay_spread": "1 us", "resource_block": "180 kHz"}  # six parts of the band
CHANNELS = {
    "clarke": RADIO | ADAPTIVE | {"fading": CLARKE},
    "clarke at a fixed rate": RADIO | FIXED | {"fading": CLARKE},
    "tdl": RADIO | ADAPTIVE | {"fading": TDL, "tx_power": "-7 dBm"},
    "tdl at a fixed rate": RADIO | FIXED | {"fading": TDL},
    "two branches": RADIO | ADAPTIVE | {"fading": {"type": "nakagami", "m": 0.6, "coherence_time": "4 ms"}, "branches": 2,
                                        "tx_power": "-8 dBm"},
}
TRANSPORTS = {"burst": {"type": "arq", "retries": 3, "ack": {"size": "40 B", "loss": "30 %"}},
              "unreliable": {"type": "unreliable"}}


def message(channel, transport, fidelity, seed):
    """The books of a message of 3 to 12 packets that starts anywhere in the first 0.1 s, 100 m away."""
    bench = Bench(CHANNELS[channel], TRANSPORTS[transport] | {"outage_limit": "6 ms"}, "dedicated", seed=seed, fidelity=fidelity,
                  geometry=[[60, 80]])
    draw = bench.streams("case")
    sent = bench.send(draw.integers(300, 6000, draw.integers(3, 13)), at=draw.uniform(0, 0.1), round=int(draw.integers(50)))
    bench.run()
    return books(sent)


def compare(runs, channel, transport):
    burst = [message(channel, transport, "burst", seed) for seed in range(runs)]
    same_law(burst, [message(channel, transport, "packet", 10**6 + seed) for seed in range(runs)], 1e-5)
    assert 0.05 < np.mean([row["lost"] > 0 for row in burst]) and 0.05 < np.mean([row["delivered"] > 0 for row in burst])
    assert len({row["payload_bits"] for row in burst}) > 5


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("channel", CHANNELS)
def test_single_messages(channel, transport):
    compare(150, channel, transport)


@pytest.mark.slow
@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("channel", CHANNELS)
def test_single_messages_at_length(channel, transport):
    compare(3000, channel, transport)

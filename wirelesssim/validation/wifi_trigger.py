"""Trigger-based uplink OFDMA of 802.11ax: a round by hand."""

from __future__ import annotations

from collections.abc import Iterator

from .messages import run
from .row import Check, Seen, worst

__all__ = ["ROUNDS", "checks", "exchanges"]

# workers -> us of a round of 1472 B each, HE-MCS 11: trigger, SIFS, data, SIFS, block ACK
ROUNDS = {1: 36 + 16 + (48 + 7 * 14.4) + 16 + 36, 9: 52 + 16 + (48 + 62 * 14.4) + 16 + 68}


def exchanges() -> Seen:
    """One worker in 242 tones and nine in 26 each, all close to the access point; s.

    A packet is 22 + 8 (1538 + 4) = 12,358 bits, 7 symbols of 1950 bits or 62 of 200, 14.4 us each, after 48 us. Frames at 24 Mb/s
    take 20 us and 4 us for 96 bits, 22 of service and tail besides: triggers of 34 and 82 bytes 36 and 52 us, block ACKs of 34
    and 130 bytes 36 and 68 us.
    """
    found = []
    for workers, expected in ROUNDS.items():
        recorder = run({"uplink": "1472 B"}, workers=workers, downlink="ideal", feedback={"type": "none"},
                       access={"type": "ofdma_trigger", "poll": 0.0},
                       channel={"type": "radio", "carrier": "5.2 GHz", "bandwidth": "20 MHz", "tx_power": "20 dBm",
                                "path_loss": {"type": "free_space"}, "phy": {"type": "wifi", "standard": "ax"}},
                       geometry={"type": "positions", "places": [[3 + worker / 10, 0.0] for worker in range(workers)]},
                       transport={"type": "unreliable", "mtu": "1500 B", "header": "28 B"})
        found.append(recorder.rounds[-1].simulated_time_s - expected * 1e-6)
    return worst(found, 1e-12)


def checks() -> Iterator[Check]:
    """One row."""
    yield Check("wifi", "trigger-based OFDMA, one and nine workers", "802.11ax-2021, 9.3.1.8, 9.3.1.22 and 27.4.3, by hand",
                "time of a round, s", exchanges)

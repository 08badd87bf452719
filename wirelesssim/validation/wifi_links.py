"""Wi-Fi at the link: rates and durations, exact, and error laws."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from ..radio.wifi import (Mode, ack_duration, ampdu_bytes, block_ack_duration, legacy_mode, log_success_per_bit, modes,
                          multi_station_ack_duration, ppdu_duration, required_snr, resource_unit_modes, rts_duration,
                          trigger_duration)
from .reference import rows
from .row import Check, Seen, differing, worst

__all__ = ["checks"]

# Mb/s of 802.11a -> dB at which NistErrorRateModel of ns-3 3.44 loses one frame of 1500 bytes in ten, read to 0.05 dB
_NIST_POINTS = {6: 4.0, 12: 7.0, 24: 13.55, 54: 22.65}


def _mode(row: dict[str, str]) -> Mode:
    guard, streams = round(1000 * float(row["guard"])), int(row.get("streams", 1))
    made = (resource_unit_modes(int(row["tones"]), streams, guard) if row.get("tones")
            else modes(row["standard"], 1e6 * float(row["bandwidth"]), streams, guard))
    return next(mode for mode in made if mode.mcs == int(row["mcs"]))


def rates() -> Seen:
    """Bits a symbol, and Mb/s to four places."""
    return differing(((mode.bits_per_symbol, f"{mode.rate / 1e6:.4f}"), (int(row["bits"]), row["rate"]))
                     for row, mode in ((row, _mode(row)) for row in rows("wifi_rates")))


def durations() -> Seen:
    """Whole nanoseconds."""
    return differing((ppdu_duration(_mode(row), int(row["bytes"])), round(1000 * float(row["duration"])))
                     for row in rows("wifi_durations"))


def control_frames() -> Seen:
    """ACK of 14 bytes, 134 bits with service and tail: 6 symbols of 24 bits, 2 of 96. Block ACK of 32, 278 bits: 3. RTS of 20
    bytes at 6 Mb/s, 182 bits: 8. Trigger to nine, 82 bytes, 678 bits: 8 of 96; its answer, 130 bytes, 1062 bits: 12. All after
    20 us. HE, 1950 bits a symbol: 1542 bytes are 12358 bits, 7 symbols of 13.6 us after 43.2 us. Two MPDUs of 1538 bytes."""
    slow, fast = legacy_mode(6), legacy_mode(24)
    return differing([
        (ack_duration(slow), 44_000), (ack_duration(fast), 28_000), (block_ack_duration(fast), 32_000),
        (rts_duration(slow), 52_000), (trigger_duration(fast, 9), 52_000), (multi_station_ack_duration(fast, 9), 68_000),
        (ppdu_duration(modes("ax")[11], 1542), 138_400), (ampdu_bytes([1538, 1538]), 1544 + 1542)])


def nist_points() -> Seen:
    """The SNR of a PER of 0.1 with 1500 bytes."""
    found = [10 * np.log10(required_snr(legacy_mode(rate), 12_000, 0.1, "nist")) for rate in _NIST_POINTS]
    return worst(np.array(found) - list(_NIST_POINTS.values()), 0.05)


def soft_bound() -> Seen:
    """BPSK, whose mean Bhattacharyya factor is exp(-snr): p = SUM_d c_d Q(sqrt(2 d snr)), the union bound of textbooks."""
    from scipy.special import erfc

    weights = np.array([36, 211, 1404, 11633, 77433, 502690, 3322763, 21292910, 134365911])
    snr, distances = 10 ** (np.arange(0.0, 6.1, 0.5) / 10), 10 + 2 * np.arange(9)
    expected = erfc(np.sqrt(np.outer(snr, distances))) @ weights / 2
    return worst(-np.expm1(log_success_per_bit(snr, legacy_mode(6), "soft")) / expected - 1, 1e-4)


def checks() -> Iterator[Check]:
    """What is exact, then the laws."""
    check = partial(Check, "wifi")
    yield check("rates of a, n, ac, ax and resource units", "802.11-2020, 17.3, 19.5, 21.5; 802.11ax-2021, 27.5; points",
                f"rates that differ, of {len(rows('wifi_rates'))}", rates)
    yield check("PPDU durations", "802.11-2020, 17.4.3, 21.4.3; points",
                f"durations that differ, of {len(rows('wifi_durations'))}", durations)
    yield check("control frames, HE PPDU, A-MPDU", "802.11-2020, 9.3.1, 9.7; 802.11ax-2021, 27.4.3, by hand",
                "values that differ, of 8", control_frames)
    yield check("NIST error law", "NistErrorRateModel of ns-3 3.44, 802.11a, 1500 bytes", "dB at a PER of 0.1", nist_points)
    yield check("soft error law of BPSK 1/2", "union bound, Viterbi with soft decisions", "relative, 0 to 6 dB", soft_bound)

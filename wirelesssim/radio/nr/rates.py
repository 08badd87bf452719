"""Rates: the peak of a device's capability, and throughput against SINR."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ...errors import InputError, Problem
from .bler import block_error_rate
from .mcs import CodingScheme
from .numerology import SUBCARRIERS_PER_BLOCK, Numerology
from .tbs import transport_block_size

__all__ = ["peak_rate", "PEAK_OVERHEAD", "throughput"]

# (frequency range, direction) -> OH: TS 38.306, 4.1.2
PEAK_OVERHEAD = {("FR1", "downlink"): Fraction(14, 100), ("FR2", "downlink"): Fraction(18, 100),
                 ("FR1", "uplink"): Fraction(8, 100), ("FR2", "uplink"): Fraction(10, 100)}
_SCALING = {1.0: Fraction(1), 0.8: Fraction(4, 5), 0.75: Fraction(3, 4), 0.4: Fraction(2, 5)}


def peak_rate(blocks: int, numerology: Numerology, layers: int, modulation_order: int, scaling: float = 1.0,
              frequency_range: str = "FR1", direction: str = "downlink") -> float:
    """The supported maximum data rate of one carrier, bit/s (TS 38.306, 4.1.2), correctly rounded from exact arithmetic:

        v Q_m f R_max (12 N_PRB / T_s) (1 - OH),  R_max = 948/1024,  T_s = 10^-3 / (14 2^mu) s

    `blocks` N_PRB, `layers` v, `scaling` f one of 1, 0.8, 0.75, 0.4 (1: an unreduced device), OH 0.14 (FR1) or 0.18 (FR2)
    downlink, 0.08 or 0.10 uplink. Rates of several carriers add. It counts all symbols whatever the slot pattern. InputError for
    values that the clause does not have.
    """
    if scaling not in _SCALING:
        raise InputError(Problem(("scaling",), f"must be one of 1, 0.8, 0.75, 0.4, got {scaling!r}"))
    if (frequency_range, direction) not in PEAK_OVERHEAD:
        rule = f"must be FR1 or FR2, downlink or uplink, got {frequency_range!r}, {direction!r}"
        raise InputError(Problem(("frequency_range",), rule))
    symbols_per_second = 14_000 * 2**numerology.mu  # average: with the normal prefix
    resources = SUBCARRIERS_PER_BLOCK * blocks * symbols_per_second
    rate = layers * modulation_order * _SCALING[scaling] * Fraction(948, 1024) * resources
    return float(rate * (1 - PEAK_OVERHEAD[frequency_range, direction]))


def throughput(sinr_db, scheme: CodingScheme, blocks, elements_per_block, slot_duration: float, layers=1):
    """Delivered bits per second when each slot carries one new transport block, none sent again.

        TBS (1 - BLER(sinr)) / T_slot

    With HARQ a failed block is sent again and its energy combined: the rate is then higher. `sinr_db` (dB) per layer, white
    noise. Arguments broadcast.
    """
    size = transport_block_size(scheme, blocks, elements_per_block, layers)
    sent = coded_bits(scheme, blocks, elements_per_block, layers)
    return size * (1 - block_error_rate(sinr_db, scheme, size, sent)) / slot_duration


def coded_bits(scheme: CodingScheme, blocks, elements_per_block, layers=1):
    """G: coded bits of a transport block on the air, N_RE Q_m v (all data elements, not at most 156 a block)."""
    return np.asarray(blocks) * np.asarray(elements_per_block) * scheme.modulation_order * np.asarray(layers)

"""How weak a LoRa signal may be: SNR limits of the spreading factors, and sensitivity.

    sensitivity = -174 dBm/Hz + 10 log10 B + noise figure + SNR limit

Source: Semtech SX1276/77/78/79 data sheet, table 13, 2.5 dB a step. A frame above its limit is taken as received
and below as lost: the waterfall between is 1 to 2 dB wide.
"""

from __future__ import annotations

import math

__all__ = ["FACTORS", "sensitivity_dbm", "snr_limit", "snr_limit_db"]

FACTORS = tuple(range(7, 13))  # those of LoRaWAN in Europe
_NOISE_DBM = -174.0  # dBm/Hz at 290 K, to the decibel, as data sheets count


def snr_limit_db(factor: int) -> float:
    """The SNR in dB in the signal's bandwidth that spreading `factor` 6 to 12 needs: -5, -7.5, ..., -20; ValueError else."""
    if factor not in range(6, 13):
        raise ValueError(f"a spreading factor is one of 6 to 12, got {factor}")
    return -5.0 - 2.5 * (factor - 6)


def snr_limit(factor: int) -> float:
    """As `snr_limit_db`, linear."""
    return 10 ** (snr_limit_db(factor) / 10)


def sensitivity_dbm(factor: int, bandwidth: float, noise_figure_db: float) -> float:
    """The weakest received power in dBm at `bandwidth` (Hz)."""
    return _NOISE_DBM + 10 * math.log10(bandwidth) + noise_figure_db + snr_limit_db(factor)

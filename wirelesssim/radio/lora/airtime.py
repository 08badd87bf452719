"""Time on air of a LoRa frame.

    T_symbol = 2^SF / B
    symbols  = n_preamble + 4.25 + 8 + max(ceil((8 PL - 4 SF + 28 + 16 CRC - 20 IH) / (4 (SF - 2 DE))) (CR + 4), 0)

PL payload bytes; CRC 1 with a checksum; IH 1 without a header (implicit); DE 1 with the low data rate optimisation; CR 1 to 4
for coding rates 4/5 to 4/8. Source: Semtech SX1276/77/78/79 data sheet, 4.1.1.6 and 4.1.1.7 (SX1272: the same). The sync word
is within the 4.25 symbols. Validity: SF 6 (implicit header alone) to 12.
"""

from __future__ import annotations

import numpy as np

__all__ = ["bit_rate", "low_data_rate", "payload_symbols", "symbol_time", "time_on_air"]

_SLOW_SYMBOL = 16e-3  # s; above it the optimisation is required: data sheet, 4.1.1.6


def symbol_time(factor, bandwidth):
    """Seconds of a symbol of spreading `factor` at `bandwidth` (Hz); arrays or numbers, as all here."""
    return 2.0**np.asarray(factor) / bandwidth


def low_data_rate(factor, bandwidth):
    """Whether the low data rate optimisation is on: where a symbol lasts more than 16 ms (SF 11 and 12 at 125 kHz)."""
    return symbol_time(factor, bandwidth) > _SLOW_SYMBOL


def payload_symbols(payload, factor, bandwidth, coding: int = 1, crc: bool = True, implicit: bool = False):
    """Symbols of header and payload of `payload` bytes; `coding` CR 1 to 4. LoRaWAN has a CRC in uplink frames alone."""
    payload, factor = np.asarray(payload, dtype=np.int64), np.asarray(factor, dtype=np.int64)
    bits = 8 * payload - 4 * factor + 28 + 16 * crc - 20 * implicit
    each = 4 * (factor - 2 * low_data_rate(factor, bandwidth))
    return 8 + np.maximum(-(-bits // each) * (coding + 4), 0)


def time_on_air(payload, factor, bandwidth, coding: int = 1, preamble: int = 8, crc: bool = True, implicit: bool = False):
    """Seconds of a frame of `payload` bytes (PHY payload: LoRaWAN headers included); `preamble` symbols (LoRaWAN: 8)."""
    symbols = preamble + 4.25 + payload_symbols(payload, factor, bandwidth, coding, crc, implicit)
    return symbols * symbol_time(factor, bandwidth)


def bit_rate(factor, bandwidth, coding: int = 1):
    """Bits per second in a long frame, SF B / 2^SF 4 / (4 + CR), without the optimisation's loss (data sheet, 4.1.1.3)."""
    return np.asarray(factor) * bandwidth / 2.0**np.asarray(factor) * 4 / (4 + coding)

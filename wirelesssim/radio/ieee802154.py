"""IEEE 802.15.4 at 2450 MHz, O-QPSK at 250 kb/s: durations of frames, sizes of headers, and the error law. Pure.

A symbol is 4 bits in 32 chips at 2 Mchip/s, 16 us; so a byte is 32 us. A frame (PPDU) is preamble 4 B, SFD 1 B, length 1 B and
the MAC frame (PSDU) of at most 127 B. Times are whole nanoseconds.

Source: IEEE Std 802.15.4-2006, 6.3 (PPDU), 6.4 (constants), 6.5 (O-QPSK PHY), 7.2 (MAC frames), tables 85 and 86 (MAC constants
and PIB; backoff period, turnaround and spaces are those of public implementations), 7.5.1.3 (inter-frame spaces), E.4.1.7
(bit errors, as ns-3's lr-wpan cites it); the other clauses from memory. Left out: the other bands, security headers, beacons.
"""

from __future__ import annotations

import math

import numpy as np

__all__ = [
    "ACK_BYTES", "ACK_DURATION", "ACK_WAIT", "BACKOFF_PERIOD", "BANDWIDTH", "BIT_RATE", "BYTE", "CCA", "LIFS", "MAX_PSDU",
    "SHORT_FRAME", "SIFS", "SYMBOL", "TURNAROUND", "bit_error_rate", "frame_duration", "inter_frame_space", "log_success_per_bit",
    "mac_overhead", "packet_error_rate", "required_snr",
]

BIT_RATE = 250e3  # bit/s
BANDWIDTH = 2e6  # Hz: the chip rate, over which the error law counts noise
BAND = (2.4e9, 2.4835e9)  # Hz
SYMBOL = 16_000  # ns: 62.5 ksymbol/s
BYTE = 2 * SYMBOL
_SYNC_BYTES = 5  # preamble and SFD
_LENGTH_BYTES = 1  # PHR
MAX_PSDU = 127  # bytes: aMaxPHYPacketSize
ACK_BYTES = 5  # PSDU of an acknowledgement: frame control 2, number 1, check sequence 2
ACK_DURATION = (_SYNC_BYTES + _LENGTH_BYTES + ACK_BYTES) * BYTE
BACKOFF_PERIOD = 20 * SYMBOL  # aUnitBackoffPeriod
TURNAROUND = 12 * SYMBOL  # aTurnaroundTime, between receiving and sending
CCA = 8 * SYMBOL  # how long a sender listens before it sends
SIFS = 12 * SYMBOL  # after frames of at most `SHORT_FRAME` bytes: macMinSIFSPeriod
LIFS = 40 * SYMBOL  # after longer ones: macMinLIFSPeriod
SHORT_FRAME = 18  # bytes: aMaxSIFSFrameSize
# macAckWaitDuration: aUnitBackoffPeriod + aTurnaroundTime + phySHRDuration + ceil(6 phySymbolsPerOctet) symbols, 7.4.2
ACK_WAIT = BACKOFF_PERIOD + TURNAROUND + _SYNC_BYTES * BYTE + 6 * BYTE
_ORDERS = np.arange(2, 17)  # (15,) of the sum of the error law
_SIGNS = np.array([(-1) ** k * math.comb(16, k) for k in range(2, 17)], dtype=float)


def frame_duration(psdu):
    """ns on the air of a frame whose MAC part has `psdu` bytes, 32 us (6 + psdu); array or number."""
    return (_SYNC_BYTES + _LENGTH_BYTES + psdu) * BYTE


def inter_frame_space(psdu: int) -> int:
    """ns that a sender leaves before its next frame, after one of `psdu` bytes and its acknowledgement."""
    return SIFS if psdu <= SHORT_FRAME else LIFS


def mac_overhead(addresses: str) -> int:
    """Bytes that a data frame has besides its payload, within one network: frame control 2, number 1, network 2, receiver and
    sender 2 each (`short` addresses) or 8 (`extended`), check sequence 2: 11 or 23; ValueError for others."""
    if addresses not in ("short", "extended"):
        raise ValueError(f"addresses must be 'short' or 'extended', got {addresses!r}")
    return 7 + 2 * (2 if addresses == "short" else 8)


def bit_error_rate(snr):
    """BER at `snr` (linear, in 2 MHz), array or number:

        8/15 1/16 SUM_{k=2}^{16} (-1)^k C(16, k) exp(20 snr (1/k - 1))

    1/2 at snr 0, falling; noncoherent reception of 16 quasi-orthogonal symbols. Validity: white noise; interference as noise.
    """
    snr = np.asarray(snr, dtype=float)
    terms = _SIGNS * np.exp(20.0 * snr[..., None] * (1.0 / _ORDERS - 1.0))  # (..., 15)
    return np.clip(terms.sum(axis=-1) * (8 / 15 / 16), 0.0, 0.5)


def log_success_per_bit(snr):
    """log(1 - BER) at `snr` (linear), array or number."""
    return np.log1p(-bit_error_rate(snr))


def packet_error_rate(snr, psdu):
    """Probability that a frame of `psdu` bytes fails, 1 - (1 - BER)^(8 psdu); preamble and length are taken as heard."""
    return -np.expm1(8.0 * psdu * log_success_per_bit(snr))


def required_snr(psdu: int, target: float) -> float:
    """The `snr` (linear) at which frames of `psdu` bytes fail with probability `target` in (0, 1), by bisection."""
    low, high = 0.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if packet_error_rate(middle, psdu) > target else (low, middle)
    return high

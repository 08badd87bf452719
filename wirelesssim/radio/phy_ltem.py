"""LTE-M as a physical layer: the rate that a worker of category M1 has at its coupling loss."""

from __future__ import annotations

from functools import cached_property

from ..errors import InputError, Problem
from ..model import model
from ..units import Ratio, to_db
from .ltem import schemes
from .nbiot import Scheme, useful
from .phy import Phy
from .stepped import Stepped

__all__ = ["LteM"]

BANDWIDTH = 1.08e6  # Hz, six resource blocks of 180 kHz: TS 36.211, 5.2.4


@model
class LteM(Stepped, Phy, name="ltem"):
    """PUSCH of category M1, half duplex, coverage mode A: the fastest block and number of repetitions that the SINR allows.

        rate = bits (1 - 10 %) 3 / ((6 R + 2) ms),   R = 1, 2, ..., 32,   at most 1000 bits on 1 to 6 resource blocks

    The worker is given as many of the six resource blocks as serve it best: its power is in them. At R = 1 three blocks of 1000
    bits take 8 ms: 375 kbit/s, the peak that is quoted of half duplex, of which 10 % are sent again. A block's required SINR
    is the white-noise bound of its length, plus `margin`, less what repetitions gain in NB-IoT (`nbiot.repetition_gain_db`).
    `margin`, 4.8 dB, puts the reference channel A3-2 (QPSK, 600 bits on six resource blocks) where TS 36.104, table 8.2.1.1-1,
    has it: 70 % of the throughput at 0.1 dB on each of two antennas, in EPA fading of 5 Hz. That fading is in the margin: use
    `fading: none`, or a smaller margin with a fading of the scenario's own.

    InputError where the channel's bandwidth is not 1.08 MHz. Left out: coverage mode B (optional, up to 2048 repetitions), full
    duplex, frequency hopping between narrowbands, power control, sub-PRB allocations (release 15), a message's last padding.
    """

    margin: Ratio = "4.8 dB"

    accesses = ("ltem",)
    band = BANDWIDTH

    def check_band(self, carrier, bandwidth):
        """A narrowband, 1.08 MHz, wherever it is."""
        if bandwidth != BANDWIDTH:
            raise InputError(Problem(("bandwidth",), f"must be 1.08 MHz with the physical layer ltem, got {bandwidth:g} Hz"))

    @cached_property
    def schemes(self) -> list[Scheme]:
        """Those worth sending, by rising SINR and rate."""
        return useful(schemes(float(to_db(self.margin))))

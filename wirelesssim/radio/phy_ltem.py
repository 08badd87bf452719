"""LTE-M as a physical layer: the rate that a worker of category M1 has at its coupling loss."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from ..errors import InputError, Problem
from ..model import model
from ..units import Ratio, to_db
from .ltem import schemes
from .nbiot import BlockHeader, Scheme, TurnTable, useful
from .phy import Phy
from .spectrum import CELLULAR_IOT, check_carrier
from .stepped import Stepped

__all__ = ["LteM"]

BANDWIDTH = 1.08e6  # Hz, six resource blocks of 180 kHz: TS 36.211, 5.2.4


@model
class LteM(Stepped, Phy, name="ltem"):
    """PUSCH of category M1, half duplex, coverage mode A: the fastest block and number of repetitions that the SINR allows.

        t(n) = ((3 + n) R + 2) ms / (1 - 10 %) of a turn of n = 1, 2, 3 blocks,   R = 1, ..., `max_repetitions`
        rate = 3 (bits - block_header) / t(3),   at most 1000 bits on 1 to 6 resource blocks

    The worker is given as many of the six resource blocks as serve it best: its power is in them. At R = 1 three blocks of 1000
    bits take 8 ms: 375 kbit/s, the peak that is quoted of half duplex, of which 10 % are sent again (which counts by its mean)
    and 24 bits a block are headers (`block_header`, as of `nbiot`). A burst goes in full turns of the fastest scheme; the last
    is the shortest that holds the rest and needs no more SINR (`nbiot.Turns`). A block's required SINR is the white-noise bound
    of its length, plus `margin`, less what repetitions gain in NB-IoT (`nbiot.repetition_gain_db`).
    `max_repetitions` (pusch-maxNumRepetitionCEmodeA) is what the cell announces: two bits of a grant choose R of 1, 2, 4, 8, of
    1, 4, 8, 16, or of 1, 4, 16, 32 (TS 36.213, table 8-2b). 32 reaches furthest.
    `margin`, 4.8 dB, puts the reference channel A3-2 (QPSK, 600 bits on six resource blocks) where TS 36.104, table 8.2.1.1-1,
    has it: 70 % of the throughput at 0.1 dB on each of two antennas, in EPA fading of 5 Hz. That fading is in the margin: use
    `fading: none`, or a smaller margin with a fading of the scenario's own.

    InputError where the channel's bandwidth is not 1.08 MHz, or its carrier is outside 0.41 to 3.8 GHz (`spectrum`). Left out:
    coverage mode B (optional, up to 2048 repetitions), full duplex, frequency hopping between narrowbands, power control, sub-PRB
    allocations (release 15), the spread of a block's repeats about their mean, the 1 or 2 B more of subheaders in a padded block.
    """

    margin: Ratio = "4.8 dB"
    block_header: BlockHeader = "3 B"
    max_repetitions: Literal[8, 16, 32] = 32

    accesses = ("ltem",)
    band = BANDWIDTH

    def check_band(self, carrier, bandwidth):
        """A narrowband, 1.08 MHz, within the bands."""
        if bandwidth != BANDWIDTH:
            raise InputError(Problem(("bandwidth",), f"must be 1.08 MHz with the physical layer ltem, got {bandwidth:g} Hz"))
        check_carrier(carrier, CELLULAR_IOT, "LTE-M", "900 MHz")

    @cached_property
    def turns(self) -> TurnTable:
        """How a burst is cut into blocks, by rate."""
        every = schemes(float(to_db(self.margin)), self.block_header, self.max_repetitions)
        return TurnTable(useful(every), every)

    @property
    def schemes(self) -> list[Scheme]:
        """Those worth sending, by rising SINR and rate."""
        return self.turns.kept

"""NB-IoT as a physical layer: the rate that a worker has at its coupling loss, by blocks and repetitions."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from ..errors import InputError, Problem
from ..model import model
from ..units import FREQUENCY, Quantity, Ratio, to_db
from .nbiot import BlockHeader, Scheme, TurnTable, resource_unit, schemes, useful
from .phy import Phy
from .spectrum import CELLULAR_IOT, check_carrier
from .stepped import Stepped

__all__ = ["NbIot"]

BANDWIDTH = 180e3  # Hz, one resource block: TS 36.211, 10.1.2.1


@model
class NbIot(Stepped, Phy, name="nbiot"):
    """NPUSCH format 1 on `tones` subcarriers of `spacing`: the fastest block and number of repetitions that the SINR allows.

        SINR in the tones = SINR over 180 kHz times 180 kHz / (tones spacing):  all the power is in them
        t(block) = (grant R + 8 ms + resource units times their duration times R, pauses of 40 ms + 3 ms) / (1 - 10 %)
        rate = (bits - block_header) / t

    of one process at a time (half duplex, category NB1): a grant, the block, and the next grant; 10 % of blocks fail and are
    sent again, which counts by its mean. A burst goes in whole blocks of the fastest scheme; the last is the one of shortest t
    that holds the rest and needs no more SINR than the others (`nbiot.Turns`). A block's required SINR is the white-noise bound
    of its length, plus `margin`, less what R = 1, ..., 128 repetitions gain (`nbiot.schemes`).
    `block_header`, 3 B in every block: a MAC subheader of 1 B (TS 36.321, 6.2.1) and RLC's 2 B (acknowledged mode, TS 36.322,
    6.2.1.4); what a packet has besides, PDCP's, belongs to `transport.header`.
    `margin`, 7 dB, puts the reference channel A16-1 (3.75 kHz, BPSK, 32 bits in 2 units) where TS 36.104, table 8.5.1.1.1-1,
    has it: 70 % of the throughput at -1.9 dB on each of two antennas, in ETU fading of 1 Hz. That fading is in the margin: use
    `fading: none`, or a smaller margin with a fading of the scenario's own. Twelve tones: 55 kbit/s at most (1000 bits, 24
    of them headers, in 16 ms, less 10 %).

    InputError where there is no such resource unit, the channel's bandwidth is not 180 kHz, or its carrier is outside 0.41 to
    3.8 GHz (`spectrum`). Left out: downlink power and quality (the grant is repeated as often as the block), power control,
    16-QAM and two processes (release 14), the spread of a block's repeats about their mean, the 1 or 2 B more of subheaders in a
    padded block.
    """

    tones: Literal[1, 3, 6, 12] = 1
    spacing: Annotated[float, Quantity(FREQUENCY, gt=0)] = "15 kHz"
    margin: Ratio = "7 dB"
    block_header: BlockHeader = "3 B"

    accesses = ("nbiot",)
    band = BANDWIDTH

    def check(self):
        if self.spacing not in (3750.0, 15e3):
            raise InputError(Problem(("spacing",), f"must be 3.75 kHz or 15 kHz, got {self.spacing:g} Hz"))
        resource_unit(self.tones, self.spacing)

    def check_band(self, carrier, bandwidth):
        """One resource block, 180 kHz, within the bands."""
        if bandwidth != BANDWIDTH:
            raise InputError(Problem(("bandwidth",), f"must be 180 kHz with the physical layer nbiot, got {bandwidth:g} Hz"))
        check_carrier(carrier, CELLULAR_IOT, "NB-IoT", "900 MHz")

    @cached_property
    def turns(self) -> TurnTable:
        """How a burst is cut into blocks, by rate."""
        every = schemes(self.tones, self.spacing, float(to_db(self.margin)), self.block_header)
        return TurnTable(useful(every), every)

    @property
    def schemes(self) -> list[Scheme]:
        """Those worth sending, by rising SINR and rate."""
        return self.turns.kept

    @property
    def part(self):
        """Hz of the tones."""
        return self.tones * self.spacing

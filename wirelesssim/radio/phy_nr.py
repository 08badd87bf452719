"""5G NR as a physical layer: the grid of a carrier, its coding table, its uplink power control."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

import numpy as np

from ..errors import InputError, Problem
from ..model import Model, model
from ..units import COUNT, FREQUENCY, NUMBER, TIME, Power, Quantity
from .downlink import SlottedDownlink
from .nr import (NrTables, Numerology, Parts, SlotPattern, block_error_rate, data_elements, dmrs_elements, dmrs_symbols,
                 fdd_pattern, mcs_table, nr_tables, resource_blocks, slots_in, tdd_pattern, usual_parts)
from .nr.adaptation import scheme_thresholds
from .nr.effective import exponential_betas
from .nr.mcs import CodingScheme, CodingTable
from .nr.power import PATH_LOSS_FACTORS
from .nr.tbs import transport_block_size
from .phy import Phy
from .tabulated import EfficiencyTable, Tabulated

__all__ = ["Duplex", "FrequencyDuplex", "TimeDuplex", "Nr", "NrCarrier"]

Slots = Annotated[int, Quantity(COUNT, ge=0)]

_DOWNLINK_SYMBOLS = 12  # of data in a slot: 14 less 2 of control, as in the CSI reference resource (TS 38.214, 5.2.2.5)
_DOWNLINK_TARGET = 0.1  # block error rate by which a CQI is defined: TS 38.214, 5.2.2.1
_HIGHEST_FR1 = 7.125e9  # Hz, upper end of frequency range 1: TS 38.101-1, table 5.1-1


class Duplex(Model, family="duplex"):
    """Which slots are uplink."""

    @abstractmethod
    def pattern(self, numerology: Numerology) -> SlotPattern:
        """The symbols of each slot; InputError where it does not go with the numerology."""


@model
class FrequencyDuplex(Duplex, name="fdd"):
    """Frequency division: every slot is whole in both directions."""

    def pattern(self, numerology):
        return fdd_pattern()


@model
class TimeDuplex(Duplex, name="tdd"):
    """Time division: first slots and symbols down, last slots, and symbols before them, up.

    The pattern of TS 38.213, clause 11.1, every `period`. What is not given (null) is that of the first pattern of the
    performance requirements at the subcarrier spacing (`usual_parts`; TS 38.101-4, annex A): DDDSU in 5 ms at 15 kHz, DDDDDDDSUU
    in 5 ms at 30 kHz (6 downlink, 4 guard and 4 uplink symbols in S), DDSU in 1 ms at 60 kHz, DDDSU in 0.625 ms at 120 kHz; no
    symbols where no slot is left for them. InputError where the slots do not fill the period but for one special slot: the
    standard has flexible slots there, which nobody uses here.
    """

    period: Annotated[float, Quantity(TIME, gt=0)] | None = None
    downlink_slots: Slots | None = None
    uplink_slots: Slots | None = None
    downlink_symbols: Slots | None = None
    uplink_symbols: Slots | None = None

    def pattern(self, numerology):
        parts = self._parts(numerology)
        slots = slots_in(numerology, parts.period)
        if parts.uplink_slots > 0 and max(self.downlink_slots or 0, self.uplink_slots or 0) <= slots:
            self._check_filled(parts, slots)
        made = tdd_pattern(numerology, *parts)
        if parts.uplink_slots == 0 or not made.downlink.any():
            key = "uplink_slots" if parts.uplink_slots == 0 else "downlink_slots"
            raise InputError(Problem((key,), "must leave a whole slot of uplink, and symbols of downlink for the grants, got 0"))
        return made

    def _parts(self, numerology: Numerology) -> Parts:
        given = {key: value for key in Parts._fields if (value := getattr(self, key)) is not None}
        parts = usual_parts(numerology)._replace(**given)
        if parts.downlink_slots + parts.uplink_slots == slots_in(numerology, parts.period):
            parts = parts._replace(**{"downlink_symbols": 0, "uplink_symbols": 0} | given)
        return parts

    def _check_filled(self, parts: Parts, slots: int) -> None:
        """InputError, of a key that was given, unless one slot or none is left between the directions."""
        down, up = parts.downlink_slots, parts.uplink_slots
        if slots - down - up in (0, 1):
            return
        key = next(key for key in ("downlink_slots", "uplink_slots", "period") if getattr(self, key) is not None)
        fill = max(1, slots - 1 - min(up, slots - 2))  # the way out: downlink slots beside as many uplink slots as can be
        both = f"downlink_slots: {fill}, uplink_slots: {min(up, slots - fill)}, or another period"
        rule = (f"must fill the period of {parts.period * 1e3:g} ms ({slots} slots) but for one special slot, got {down} "
                f"downlink and {up} uplink; say {'a longer period' if slots < 2 else both}")
        raise InputError(Problem((key,), rule))


@dataclass(frozen=True, eq=False)
class NrCarrier:
    """A carrier's grid: what a slot loop asks.

    `blocks` N_RB; `elements` of a block that carry data; `uplink` (L,) of bool, slots of the pattern that are whole uplink and
    carry data, `downlink` (L,) those with symbols for grants; `tables` sizes and error rates of every scheme.
    """

    numerology: Numerology
    blocks: int
    elements: int
    uplink: np.ndarray
    downlink: np.ndarray
    table: CodingTable
    tables: NrTables

    @property
    def slot(self) -> float:
        """Seconds of a slot."""
        return self.numerology.slot_duration

    @property
    def least_db(self) -> float:
        """The SINR in dB below which no scheme carries the whole band at a block error rate of 10 %."""
        return float(self.tables.offered[:, self.blocks].min())

    def rate(self, sinr_db: np.ndarray) -> np.ndarray:
        """Bits per second of a user that has every block of every uplink slot at `sinr_db` (n,), none sent twice, (n,):

            max over schemes of TBS (1 - BLER) uplink share / T_slot
        """
        known = np.flatnonzero(np.isfinite(self.tables.threshold[:, self.blocks]))[:, None]
        bits, coded = (array[known, self.blocks] for array in (self.tables.bits, self.tables.coded_bits))
        errors = block_error_rate(np.asarray(sinr_db, dtype=float), self.table.at(known), bits, coded)
        return (bits * (1 - errors)).max(axis=0) * self.uplink.mean() / self.slot


@model
class Nr(Tabulated, Phy, name="nr"):
    """5G NR, one layer, cyclic-prefix OFDM; the rate follows from transport blocks of `access: {type: ofdma}`.

        P(M) = min(tx_power, P0 2^mu M PL^alpha)                                            [W; TS 38.213, 7.1.1]
        SINR of a block = SINR of the whole band at tx_power * P(M) / tx_power * bandwidth / (M B_RB)

    `subcarrier_spacing` 15, 30, 60 or 120 kHz; `blocks` N_RB, of the channel bandwidth (TS 38.101-1 and -2, table 5.3.2-1)
    unless given; `duplex` fdd or tdd; `mcs_table` 1, 2 (256-QAM) or 3 (low rates) of TS 38.214, 5.1.3.1; `dmrs_additional`
    positions of reference symbols, the symbols whole (TS 38.211, 6.4.1.1); `overhead` elements a block (xOverhead). Power
    control: a user spreads its power over its own M blocks, so that half of them have 3 dB more each, until `p0` (a block of
    180 kHz) and `alpha` cap it; `p0: null` is full power always. Data goes on whole uplink slots; the uplink symbols of a
    special slot are left for sounding.

    As a law of the SINR alone (`efficiency`, for estimates and the rate of acknowledgements): the best scheme's
    TBS (1 - BLER) in the reference of 50 blocks, bit/s per Hz that they occupy, in uplink slots only.
    Downwards the whole carrier goes to one message, in slots that are whole downlink, at the scheme of the most bits whose
    blocks fail with at most 10 % (`SlottedDownlink`): 12 symbols of data, `dmrs_additional` and `overhead` as upwards, all of
    the power on the N_RB blocks. The failures are repaired by HARQ, whose repeats are charged as 1 / (1 - 10 %) blocks a block
    and not played through: an outer loop holds that rate whatever the step between schemes. Of a multicast the weakest worker's
    failures count, since the others', at a higher SINR, are far fewer.
    Defaults: 30 kHz, the usual spacing at 3.5 GHz; table 2 as devices of FR1 support it; one additional position as most
    requirements of TS 38.104, 8.2, take; P0 -86 dBm and alpha 0.9, a usual setting in evaluations of dense urban cells (reported
    in TR 37.910; unverified). Left out: several layers, transform precoding, hopping, reduction of power at high orders (MPR).
    """

    subcarrier_spacing: Annotated[float, Quantity(FREQUENCY, gt=0)] = "30 kHz"
    blocks: Annotated[int, Quantity(COUNT, ge=1, le=275)] | None = None
    duplex: Duplex = "tdd"
    mcs_table: Literal[1, 2, 3] = 2
    dmrs_additional: Literal[0, 1, 2, 3] = 1
    overhead: Literal[0, 6, 12, 18] = 0
    p0: Power | None = "-86 dBm"
    alpha: Annotated[float, Quantity(NUMBER, ge=0, le=1)] = 0.9

    def check(self):
        if self.subcarrier_spacing not in (15e3, 30e3, 60e3, 120e3):
            rule = f"must be one of 15, 30, 60, 120 kHz, got {self.subcarrier_spacing / 1e3:g} kHz"
            raise InputError(Problem(("subcarrier_spacing",), rule))
        if self.alpha not in PATH_LOSS_FACTORS:
            known = ", ".join(f"{factor:g}" for factor in PATH_LOSS_FACTORS)
            raise InputError(Problem(("alpha",), f"must be one of {known}, got {self.alpha:g}"))
        try:
            self.duplex.pattern(self.numerology)
        except InputError as error:
            raise error.under("duplex") from None

    @property
    def numerology(self) -> Numerology:
        """The numerology of the spacing."""
        return Numerology.of_spacing(self.subcarrier_spacing)

    def check_band(self, carrier, bandwidth):
        blocks = self.blocks_in(carrier, bandwidth)
        each = self.numerology.block_bandwidth
        if blocks * each > bandwidth:
            rule = f"must fit in the bandwidth of {bandwidth / 1e6:g} MHz, got {blocks} blocks of {each / 1e3:g} kHz"
            raise InputError(Problem(("phy", "blocks"), rule))

    def blocks_in(self, carrier: float, bandwidth: float) -> int:
        """N_RB of `bandwidth` (Hz) around `carrier` (Hz); InputError, keys from the channel, where there is no such channel."""
        if self.blocks is not None:
            return self.blocks
        try:
            return resource_blocks(bandwidth, self.subcarrier_spacing, "FR1" if carrier <= _HIGHEST_FR1 else "FR2")
        except InputError as error:
            key = error.problems[0].path[0]
            raise (error if key == "bandwidth" else error.under("phy")) from None

    def carrier(self, carrier: float, bandwidth: float) -> NrCarrier:
        """The grid of `bandwidth` (Hz) around `carrier` (Hz)."""
        return self._grid(self.blocks_in(carrier, bandwidth))

    def _grid(self, blocks: int) -> NrCarrier:
        pattern, table = self.duplex.pattern(self.numerology), mcs_table(self.mcs_table)
        elements = data_elements(14, dmrs_elements(dmrs_symbols(14, self.dmrs_additional)), self.overhead)
        return NrCarrier(self.numerology, blocks, elements, pattern.uplink == 14, pattern.downlink > 0,
                         table, nr_tables(table, blocks, elements))

    def check_downlink(self):
        if not (self.duplex.pattern(self.numerology).downlink == 14).any():
            rule = "must leave a whole slot of downlink for a downlink without a rate; say downlink.rate, or give one slot more"
            raise InputError(Problem(("duplex", "downlink_slots"), rule))

    def downlink_law(self, carrier, bandwidth):
        blocks, table = self.blocks_in(carrier, bandwidth), mcs_table(self.mcs_table)
        references = dmrs_elements(dmrs_symbols(_DOWNLINK_SYMBOLS, self.dmrs_additional))
        elements = data_elements(_DOWNLINK_SYMBOLS, references, self.overhead)
        bits = transport_block_size(CodingScheme(table.modulation_order, table.rate_x2048), blocks, elements)
        return SlottedDownlink(
            self.numerology.slot_duration, self.duplex.pattern(self.numerology).downlink == 14,
            bandwidth / (blocks * self.numerology.block_bandwidth), scheme_thresholds(table, blocks, elements, _DOWNLINK_TARGET),
            exponential_betas(table), bits, _DOWNLINK_TARGET)

    @cached_property
    def efficiency_table(self):
        """Of the reference of 50 blocks, see the class."""
        grid, axis = self._grid(50), np.arange(-12.0, 40.0, 0.2)
        occupied = grid.blocks * self.numerology.block_bandwidth
        return EfficiencyTable(axis, np.maximum.accumulate(grid.rate(axis)) / occupied, grid.least_db)

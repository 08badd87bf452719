"""What an NB-IoT worker may send: every block and number of repetitions, its time, its rate, and the SINR that it needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import numpy as np

from ...units import SIZE, Quantity
from ..nr.constellation import curve
from .tables import REPETITIONS, ResourceUnit, block_sizes, modulation_order, resource_unit, scheme_indices

__all__ = ["SAME", "BlockHeader", "Scheme", "repetition_gain_db", "schemes", "useful"]

BlockHeader = Annotated[int, Quantity(SIZE, ge=0, le=80)]  # bits; every row of the tables has blocks that hold more
CHECK_BITS = 24  # cyclic redundancy check of a block: TS 36.212, 6.3.2
QUANTILE = 1.2816  # of a block error rate of 10 %: Q^-1(0.1)
TARGET = 0.1
SAME = 1e-9  # by which rates differ that are equal on paper, relative, at the most
GRANT, DELAY, AFTER = 1e-3, 8e-3, 3e-3  # s: a grant on NPDCCH, k0 to NPUSCH (TS 36.213, 16.5.1), the next search (16.6)
LONGEST, GAP = 0.256, 0.040  # s: NPUSCH pauses 40 ms after each 256 ms (TS 36.211, 10.1.3.6)
_GAINS = ((0.0, 4.0, 6.0, 7.0), (0.0, 7.3, 10.3, 11.8))  # log2 repetitions, dB


def repetition_gain_db(repetitions):
    """By how much fewer dB suffice with `repetitions` (any shape): 0 at 1, 7.3 at 16, 10.3 at 64, linear in its logarithm.

    Ideal combining would gain 10 log10 R: 12 and 18 dB. The rest is lost to estimating a channel that is weaker than the noise.
    Source: the required SNR of TS 36.104, table 8.5.1.1.1-1 (-1.9, -9.2 and -12.2 dB at 1, 16 and 64; ETU, 1 Hz, 3.75 kHz),
    taken for every number of tones; at 128 by the slope between the last two.
    """
    return np.interp(np.log2(repetitions), *_GAINS)


@dataclass(frozen=True)
class Scheme:
    """A block of `bits`, `header` of them those of layer 2, in `units` resource units, sent `repetitions` times.

    `on_air` s of NPUSCH, pauses included; `turns` s from one grant to the next if it is granted 1, 2, ... blocks at a time;
    `required_db`: the SINR within the tones, after the antennas are combined, at which it fails with probability 10 %.
    """

    i_tbs: int
    units: int
    repetitions: int
    bits: int
    on_air: float
    turns: tuple[float, ...]
    required_db: float
    header: int = 0

    @property
    def cycle(self) -> float:
        """Seconds of a block where turns are full."""
        return self.turns[-1] / len(self.turns)

    @property
    def rate(self) -> float:
        """bit/s of full turns without a break: (bits - header) (1 - 0.1) / cycle."""
        return (self.bits - self.header) * (1 - TARGET) / self.cycle

    def turn(self, blocks: int) -> tuple[int, float]:
        """What a turn of so many blocks carries, bits without headers, and its seconds, repeats of failed blocks included."""
        return blocks * (self.bits - self.header), self.turns[blocks - 1] / (1 - TARGET)


def schemes(tones: int, spacing: float, margin_db: float, header: int = 0) -> list[Scheme]:
    """Every block of more than `header` bits and number of repetitions on `tones` of `spacing` Hz, `margin_db` above the
    white-noise bound."""
    unit = resource_unit(tones, spacing)
    return [_scheme(unit, i_tbs, units, bits, repetitions, margin_db, header) for i_tbs in scheme_indices(tones)
            for units, bits in block_sizes(i_tbs) if bits > header for repetitions in REPETITIONS]


def useful(found: list[Scheme]) -> list[Scheme]:
    """Of `found` those that no scheme of a lower required SINR equals in rate, by rising SINR; none that never gets through.

    Rates that differ by less than `SAME` are equal: two fractions of the same value may differ in their last bit.
    """
    kept: list[Scheme] = []
    for scheme in sorted(found, key=lambda one: (one.required_db, -one.rate)):
        if np.isfinite(scheme.required_db) and (not kept or scheme.rate > kept[-1].rate * (1 + SAME)):
            kept.append(scheme)
    return kept


def _scheme(unit: ResourceUnit, i_tbs: int, units: int, bits: int, repetitions: int, margin_db: float, header: int) -> Scheme:
    sent = units * unit.duration * repetitions
    on_air = sent + GAP * (int(np.ceil(sent / LONGEST - 1e-9)) - 1)
    order = modulation_order(i_tbs, unit.tones)
    required = bound_db(bits + CHECK_BITS, units * unit.symbols, order) + margin_db - float(repetition_gain_db(repetitions))
    turn = repetitions * GRANT + DELAY + on_air + AFTER
    return Scheme(i_tbs, units, repetitions, bits, on_air, (turn,), required, header)


@lru_cache(maxsize=None)
def bound_db(information: int, symbols: int, order: int) -> float:
    """The SINR (dB) at which the normal approximation of white noise has a block error rate of 10 %; infinite if never.

        (N C - k + log2(N)/2) / sqrt(N V) = Q^-1(0.1),   N `symbols` of `order` bits, k `information` bits

    with C and V, capacity and dispersion, of the modulation.

    (Y. Polyanskiy, H. V. Poor, S. Verdu, IEEE Trans. Inf. Theory 56(5), 2010.)
    """
    law = curve(order)
    spread = np.sqrt(symbols * np.maximum(law.dispersion, 1e-12))
    quantile = (symbols * law.capacity - information + 0.5 * np.log2(symbols)) / spread
    enough = (quantile >= QUANTILE) & (symbols * order > information)
    return float(law.sinr_db[np.argmax(enough)]) if enough.any() else float("inf")

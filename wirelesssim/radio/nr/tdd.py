"""Which symbols are uplink: the pattern of tdd-UL-DL-ConfigurationCommon (TS 38.213, clause 11.1; TS 38.331), and FDD."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...errors import InputError, Problem
from .numerology import Numerology

__all__ = ["SlotPattern", "Parts", "tdd_pattern", "fdd_pattern", "usual_parts", "slots_in", "PERIODS"]

# dl-UL-TransmissionPeriodicity in ms (3 and 4 ms since version 15.3) -> the mu that it is whole slots of: TS 38.213, 11.1
PERIODS = {0.5: 0, 0.625: 3, 1.0: 0, 1.25: 2, 2.0: 0, 2.5: 1, 3.0: 0, 4.0: 0, 5.0: 0, 10.0: 0}

_SYMBOLS = 14


@dataclass(frozen=True, eq=False)
class SlotPattern:
    """How many symbols of each slot of one period are downlink and uplink; the rest are flexible (here: guard).

    `downlink`, `uplink` (n,) of int, symbols of slot 0, ..., n - 1; in FDD both are 14. A slot's downlink symbols are its
    first, its uplink symbols its last.
    """

    downlink: np.ndarray
    uplink: np.ndarray

    def __len__(self) -> int:
        return len(self.downlink)

    def uplink_symbols(self, slots) -> np.ndarray:
        """Uplink symbols of the slots numbered `slots` (any shape of int) from the start of a period."""
        return self.uplink[np.asarray(slots) % len(self)]

    def downlink_symbols(self, slots) -> np.ndarray:
        """Downlink symbols of the slots numbered `slots`."""
        return self.downlink[np.asarray(slots) % len(self)]


class Parts(NamedTuple):
    """What a pattern is stated by: its `period` (s), whole slots first down and last up, and symbols between them."""

    period: float
    downlink_slots: int
    uplink_slots: int
    downlink_symbols: int
    uplink_symbols: int


# By mu. TS 38.101-4, annex A: FR1.15-1 (table A.1.2-1), FR1.30-1 (A.1.2-2), FR2.60-1 (A.1.3-1), FR2.120-1 (A.1.3-2); the last
# two as an open-source base station cites them, not read in the standard itself
_USUAL = (Parts(5e-3, 3, 1, 10, 2), Parts(5e-3, 7, 2, 6, 4), Parts(1e-3, 2, 1, 11, 0), Parts(0.625e-3, 3, 1, 10, 2))


def usual_parts(numerology: Numerology) -> Parts:
    """The first pattern of the performance requirements at this spacing (15, 30, 60 or 120 kHz).

        15 kHz DDDSU in 5 ms, 30 kHz DDDDDDDSUU in 5 ms, 60 kHz DDSU in 1 ms, 120 kHz DDDSU in 0.625 ms
    """
    return _USUAL[numerology.mu]


def fdd_pattern() -> SlotPattern:
    """Frequency division: each slot is whole in both directions."""
    return SlotPattern(np.array([_SYMBOLS]), np.array([_SYMBOLS]))


def tdd_pattern(numerology: Numerology, period: float, downlink_slots: int, uplink_slots: int,
                downlink_symbols: int = 0, uplink_symbols: int = 0) -> SlotPattern:
    """The pattern of TS 38.213, 11.1: first `downlink_slots` whole slots down and `downlink_symbols` of the next one, last
    `uplink_slots` whole slots up and `uplink_symbols` of the one before; what lies between is flexible.

    `period` in s, one of 0.5, 0.625 (mu = 3), 1, 1.25 (mu 2, 3), 2, 2.5 (mu 1, 2, 3), 3, 4, 5, 10 ms, at the reference numerology
    `numerology`. InputError where the period does not exist at mu or the parts do not fit in it.
    """
    slots = slots_in(numerology, period)
    named = {"downlink_slots": downlink_slots, "uplink_slots": uplink_slots}
    for name, value in {**named, "downlink_symbols": downlink_symbols, "uplink_symbols": uplink_symbols}.items():
        most = slots if name in named else _SYMBOLS - 1
        if not 0 <= value <= most:
            raise InputError(Problem((name,), f"must be from 0 to {most}, got {value!r}"))
    down = _fill(slots, downlink_slots, downlink_symbols)
    up = _fill(slots, uplink_slots, uplink_symbols)[::-1]
    taken = _SYMBOLS * (downlink_slots + uplink_slots) + downlink_symbols + uplink_symbols
    if taken > _SYMBOLS * slots or (down + up > _SYMBOLS).any():
        rule = f"must fit in {slots} slots of 14 symbols, got {taken} symbols of downlink and uplink; give one fewer slots"
        raise InputError(Problem(("downlink_slots",), rule))
    return SlotPattern(down, up)


def slots_in(numerology: Numerology, period: float) -> int:
    """How many slots make `period` (s); InputError unless it is a period of the standard and whole slots."""
    milliseconds = round(period * 1e3, 9)
    if milliseconds not in PERIODS:
        known = ", ".join(f"{known:g}" for known in PERIODS)
        raise InputError(Problem(("period",), f"must be one of {known} ms, got {milliseconds:g} ms"))
    slots = milliseconds * numerology.slots_per_subframe
    if numerology.mu < PERIODS[milliseconds] or slots != int(slots):
        rule = f"must be whole slots of {numerology.slot_duration * 1e3:g} ms, got {milliseconds:g} ms; take another period"
        raise InputError(Problem(("period",), rule))
    return int(slots)


def _fill(slots: int, whole: int, symbols: int) -> np.ndarray:
    """Symbols of each slot when `whole` slots and `symbols` of the next are taken from the front."""
    return np.clip(_SYMBOLS * whole + symbols - _SYMBOLS * np.arange(slots), 0, _SYMBOLS)

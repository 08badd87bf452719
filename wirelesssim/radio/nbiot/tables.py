"""NPUSCH format 1 and NPRACH by the standard: resource units, transport block sizes, modulation, preambles."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import InputError, Problem

__all__ = ["REPETITIONS", "ResourceUnit", "block_sizes", "modulation_order", "preamble_time", "resource_unit", "scheme_indices",
           "transport_block_size"]

REPETITIONS = (1, 2, 4, 8, 16, 32, 64, 128)  # of NPUSCH: TS 36.213, table 16.5.1.1-3
UNITS = (1, 2, 3, 4, 5, 6, 8, 10)  # resource units of a block by I_RU: TS 36.213, table 16.5.1.1-2

# TS 36.213 (release 13), table 16.5.1.2-2: bits by I_TBS (rows) and I_RU; none above 1000
_SIZES = (
    (16, 32, 56, 88, 120, 152, 208, 256),
    (24, 56, 88, 144, 176, 208, 256, 344),
    (32, 72, 144, 176, 208, 256, 328, 424),
    (40, 104, 176, 208, 256, 328, 440, 568),
    (56, 120, 208, 256, 328, 408, 552, 680),
    (72, 144, 224, 328, 424, 504, 680, 872),
    (88, 176, 256, 392, 504, 600, 808, 1000),
    (104, 224, 328, 472, 584, 712, 1000),
    (120, 256, 392, 536, 680, 808),
    (136, 296, 456, 616, 776, 936),
    (144, 328, 504, 680, 872, 1000),
    (176, 376, 584, 776, 1000),
    (208, 440, 680, 1000),
)


@dataclass(frozen=True)
class ResourceUnit:
    """The least that is scheduled: `duration` s on `tones` subcarriers of `spacing` Hz, with `symbols` that carry data."""

    tones: int
    spacing: float
    duration: float
    symbols: int


# TS 36.211, table 10.1.2.3-1: 16, 8, 4, 2 slots of 0.5 ms, or of 2 ms at 3.75 kHz; one symbol in 7 is a reference
_RESOURCE_UNITS = {
    (unit.tones, unit.spacing): unit for unit in (
        ResourceUnit(1, 3750.0, 0.032, 96), ResourceUnit(1, 15e3, 0.008, 96), ResourceUnit(3, 15e3, 0.004, 144),
        ResourceUnit(6, 15e3, 0.002, 144), ResourceUnit(12, 15e3, 0.001, 144))}


def resource_unit(tones: int, spacing: float) -> ResourceUnit:
    """The resource unit of `tones` subcarriers of `spacing` (Hz); InputError (`tones`) where there is none.

    Source: TS 36.211, 10.1.2.3; times and symbols also in TS 36.101, table A.2.4-1.
    """
    if (tones, spacing) not in _RESOURCE_UNITS:
        known = "1, 3, 6 or 12" if spacing == 15e3 else "1"
        raise InputError(Problem(("tones",), f"must be {known} at a spacing of {spacing / 1e3:g} kHz, got {tones}"))
    return _RESOURCE_UNITS[tones, spacing]


def block_sizes(i_tbs: int) -> tuple[tuple[int, int], ...]:
    """(resource units, bits) of every block of the index `i_tbs` in 0..12."""
    return tuple(zip(UNITS, _SIZES[i_tbs]))


def transport_block_size(i_tbs: int, units: int) -> int:
    """Bits of a block of `units` resource units; InputError where the table has none."""
    found = dict(block_sizes(i_tbs)) if 0 <= i_tbs < len(_SIZES) else {}
    if units not in found:
        known = ", ".join(map(str, found)) or "none"
        raise InputError(Problem(("units",), f"must be one of {known} for I_TBS {i_tbs}, got {units}"))
    return found[units]


def scheme_indices(tones: int) -> range:
    """The I_TBS that may be scheduled: 0..10 on a single tone, 0..12 on several (TS 36.213, 16.5.1.2)."""
    return range(11 if tones == 1 else len(_SIZES))


def modulation_order(i_tbs: int, tones: int) -> int:
    """Bits a symbol: 1 (pi/2-BPSK) for I_TBS 0 and 2 on a single tone, else 2 (QPSK); TS 36.213, table 16.5.1.2-1."""
    return 1 if tones == 1 and i_tbs in (0, 2) else 2


def preamble_time(repetitions: int) -> float:
    """Seconds of a preamble of format 0 that is sent `repetitions` times.

    Four groups of a cyclic prefix of 2048 T_s and five symbols of 8192 T_s each, T_s = 1/30.72 MHz, 5.6 ms; a gap of 40 ms
    after each 64 (TS 36.211, table 10.1.6.1-1 and clause 10.1.6.1).
    """
    one = 4 * (2048 + 5 * 8192) / 30.72e6
    return repetitions * one + (repetitions - 1) // 64 * 0.040

"""How many resource blocks a channel holds: the transmission bandwidth configuration N_RB.

Sources: TS 38.101-1, table 5.3.2-1 (FR1; 35 and 45 MHz since release 17, 3 MHz since release 18); TS 38.101-2, table 5.3.2-1
(FR2-1, and FR2-2 since release 17). Left out: which of them a band allows (tables 5.3.5-1).
"""

from __future__ import annotations

from ...errors import InputError, Problem

__all__ = ["resource_blocks", "TRANSMISSION_BANDWIDTHS"]

# frequency range -> subcarrier spacing in kHz -> channel bandwidth in MHz -> N_RB
TRANSMISSION_BANDWIDTHS = {
    "FR1": {
        15: {3: 15, 5: 25, 10: 52, 15: 79, 20: 106, 25: 133, 30: 160, 35: 188, 40: 216, 45: 242, 50: 270},
        30: {5: 11, 10: 24, 15: 38, 20: 51, 25: 65, 30: 78, 35: 92, 40: 106, 45: 119, 50: 133, 60: 162, 70: 189, 80: 217,
             90: 245, 100: 273},
        60: {10: 11, 15: 18, 20: 24, 25: 31, 30: 38, 35: 44, 40: 51, 45: 58, 50: 65, 60: 79, 70: 93, 80: 107, 90: 121, 100: 135},
    },
    "FR2": {
        60: {50: 66, 100: 132, 200: 264},
        120: {50: 32, 100: 66, 200: 132, 400: 264},
        480: {400: 66, 800: 124, 1600: 248},
        960: {400: 33, 800: 62, 1600: 124, 2000: 148},
    },
}


def resource_blocks(bandwidth: float, subcarrier_spacing: float, frequency_range: str = "FR1") -> int:
    """N_RB of a channel of `bandwidth` Hz at `subcarrier_spacing` Hz in "FR1" or "FR2".

    InputError, with the values that exist, where the table has no such entry. FR1 by default: the carriers of the presets
    lie below 7.125 GHz.
    """
    if frequency_range not in TRANSMISSION_BANDWIDTHS:
        raise InputError(Problem(("frequency_range",), f"must be FR1 or FR2, got {frequency_range!r}"))
    of_spacing = TRANSMISSION_BANDWIDTHS[frequency_range]
    spacing = subcarrier_spacing / 1e3
    if spacing not in of_spacing:
        raise InputError(Problem(("subcarrier_spacing",), _rule(of_spacing, "kHz", spacing, f"in {frequency_range}")))
    return _entry(of_spacing[spacing], bandwidth, f"at {spacing:g} kHz in {frequency_range}")


def _entry(of_bandwidth: dict, bandwidth: float, where: str) -> int:
    megahertz = round(bandwidth / 1e6, 9)
    if megahertz not in of_bandwidth:
        raise InputError(Problem(("bandwidth",), _rule(of_bandwidth, "MHz", megahertz, where)))
    return of_bandwidth[megahertz]


def _rule(known: dict, unit: str, value: float, where: str) -> str:
    return f"must be one of {', '.join(f'{key:g}' for key in known)} {unit} {where}, got {value:g} {unit}"

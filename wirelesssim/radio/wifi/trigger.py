"""Trigger-based uplink OFDMA of 802.11ax: how a band divides among users, and what the frames around their data take.

A band of 20, 40, 80 or 160 MHz holds 9, 18, 37 or 74 resource units of 26 tones, or fewer larger ones (802.11ax-2021, 27.3.2).
A station that puts all its power into a unit has more of it on each tone:

    SINR of a unit of r tones = SINR of the band * R / r,   R the tones of the unit that fills the band

Frames (802.11ax-2021, 9.3.1.22 and 9.3.1.8; fields in bytes): trigger: header 16, common information 8, 5 a user, 1 more each
where data is asked for, FCS 4; block ACK to several stations: header 16, control 2, 12 a station with a bitmap of 64 MPDUs,
FCS 4; a report of the buffer: a QoS null frame of 30 bytes. Left out: units of mixed sizes in one PPDU, padding that a slow
station may ask for, power control by the target RSSI, random access to units.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .durations import largest_psdu, ppdu_duration
from .modes import Mode, resource_unit_modes
from .rate_choice import RateChoice
from .standards import LONGEST_PPDU

__all__ = ["ResourceUnits", "UNIT_COUNTS", "trigger_duration", "report_duration", "multi_station_ack_duration"]

# bandwidth in Hz -> {tones: units in the band}
UNIT_COUNTS = {20e6: {242: 1, 106: 2, 52: 4, 26: 9}, 40e6: {484: 1, 242: 2, 106: 4, 52: 8, 26: 18},
               80e6: {996: 1, 484: 2, 242: 4, 106: 8, 52: 16, 26: 37},
               160e6: {1992: 1, 996: 2, 484: 4, 242: 8, 106: 16, 52: 32, 26: 74}}
_DELIMITER, _QOS_NULL = 4, 30


@dataclass(frozen=True, eq=False)
class ResourceUnits:
    """The ways to divide a band of `bandwidth` (Hz) equally, from the largest unit on: sizes are rows 0, 1, ...

    `streams`, `guard_interval` (ns; 1600 or 3200), `law` of errors and `rate` choice are those of every user.
    """

    bandwidth: float
    streams: int
    guard_interval: int
    law: str
    rate: RateChoice

    @property
    def tones(self) -> tuple[int, ...]:
        """Tones of a unit of each size."""
        return tuple(UNIT_COUNTS[self.bandwidth])

    @property
    def counts(self) -> tuple[int, ...]:
        """Units of each size in the band."""
        return tuple(UNIT_COUNTS[self.bandwidth].values())

    @cached_property
    def gains(self) -> np.ndarray:
        """What a unit's SINR per stream is to the band's SINR, (sizes,)."""
        return self.tones[0] / np.array(self.tones) / self.streams

    @cached_property
    def modes(self) -> tuple[tuple[Mode, ...], ...]:
        """The modes that may be used in each size, lowest first."""
        return tuple(self.rate.within(resource_unit_modes(tones, self.streams, self.guard_interval)) for tones in self.tones)

    @cached_property
    def thresholds(self) -> np.ndarray:
        """The SINR of a stream in its unit from which each mode is chosen, (modes,), not falling; the same in every size."""
        return self.rate.thresholds(self.modes[0], self.law)

    def row(self, size: int, sinr: float) -> int:
        """The mode for a user whose SINR over the band is `sinr` in a unit of that size, -1 if none is carried."""
        return int(np.searchsorted(self.thresholds, sinr * self.gains[size], side="right")) - 1

    def least_sinr(self, mpdu_bytes: int) -> np.ndarray:
        """The SINR over the band from which a unit of each size carries an MPDU of `mpdu_bytes` within 5.484 ms, (sizes,);
        infinite where no mode is fast enough."""
        needed = []
        for modes, gain in zip(self.modes, self.gains):
            fits = [row for row, mode in enumerate(modes) if largest_psdu(mode, LONGEST_PPDU) >= mpdu_bytes + _DELIMITER]
            needed.append(self.thresholds[fits[0]] / gain if fits else np.inf)
        return np.array(needed)


def trigger_duration(mode: Mode, users: int, basic: bool = True) -> int:
    """A trigger frame to `users` in the control `mode`, ns; `basic`: it asks for data, otherwise for reports of the buffer."""
    return ppdu_duration(mode, 28 + (6 if basic else 5) * users)


def report_duration(modes: tuple[Mode, ...]) -> int:
    """A report of the buffer, a QoS null frame in the lowest of `modes`, those of the smallest unit; ns."""
    return ppdu_duration(modes[0], _QOS_NULL + _DELIMITER)


def multi_station_ack_duration(mode: Mode, users: int) -> int:
    """A block ACK to `users` in the control `mode`, ns."""
    return ppdu_duration(mode, 22 + 12 * users)

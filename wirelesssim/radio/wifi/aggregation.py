"""A-MPDU: several MPDUs in one PPDU (802.11-2020, 9.7; 10.12 for the limits), each lost or received by itself."""

from __future__ import annotations

import numpy as np

from .durations import largest_psdu
from .kernels import aggregate as packed
from .modes import Mode
from .standards import LONGEST_PPDU

__all__ = ["MAX_AMPDU_BYTES", "MAX_AMPDU_MPDUS", "DELIMITER_BYTES", "ampdu_bytes", "ampdu_limit", "aggregate"]

MAX_AMPDU_BYTES = 65_535  # of HT; ac and ax may have more, simulators keep this
MAX_AMPDU_MPDUS = 64  # the window of a compressed block ACK
DELIMITER_BYTES = 4


def ampdu_bytes(sizes) -> int:
    """Bytes of the A-MPDU of MPDUs of `sizes` (n,) bytes: 4 of delimiter each, all but the last padded to a multiple of 4.

    The padding of the last in ac and ax fills symbols that are there anyway, and is not counted.
    """
    sizes = np.asarray(sizes, dtype=np.int64)
    whole = DELIMITER_BYTES + sizes
    return int(((whole[:-1] + 3) // 4 * 4).sum() + whole[-1:].sum())


def ampdu_limit(mode: Mode) -> int:
    """The most bytes of an A-MPDU in `mode`: the least of 65,535 and what 5.484 ms carry (aPPDUMaxTime)."""
    return min(MAX_AMPDU_BYTES, largest_psdu(mode, LONGEST_PPDU))


def aggregate(sizes, start: int, mode: Mode) -> int:
    """How many of the MPDUs of `sizes` (n,) bytes, from `start` on and in order, one A-MPDU of `mode` takes.

    64, 65,535 bytes and 5.484 ms at most; one in any case, if there is one.
    """
    sizes = np.asarray(sizes, dtype=np.int64)
    return int(packed.py_func(sizes, start, len(sizes), ampdu_limit(mode), MAX_AMPDU_MPDUS, DELIMITER_BYTES)[0])

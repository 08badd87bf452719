"""How long frames last, in integer nanoseconds: TXTIME of 802.11-2020, 17.4.3, 19.4.3 and 21.4.3, and 802.11ax-2021, 27.4.3.

    TXTIME = preamble + ceil(N_SYM T_SYM / grid) grid,  N_SYM = ceil((16 + 8 bytes + 6 N_ES) / N_DBPS)

Left out: the signal extension of 2.4 GHz, packet extension (a receiver that asks for none), the extra symbol of LDPC.
"""

from __future__ import annotations

import numpy as np

from ...errors import InputError, Problem
from .kernels import ppdu_nanoseconds
from .modes import Mode
from .standards import ACK_BYTES, BLOCK_ACK_BYTES, BLOCK_ACK_REQUEST_BYTES, CTS_BYTES, RTS_BYTES

__all__ = ["ppdu_duration", "largest_psdu", "ack_duration", "cts_duration", "rts_duration", "block_ack_duration",
           "block_ack_request_duration"]


def ppdu_duration(mode: Mode, psdu_bytes):
    """The duration in ns of a PPDU that carries `psdu_bytes` >= 0, whole bytes: int, or int64 array of any shape."""
    size = np.asarray(psdu_bytes)
    if size.size and (size.dtype.kind not in "iu" or size.min() < 0):
        raise InputError(Problem(("psdu_bytes",), f"must be whole and >= 0, got {size.min()}"))
    made = ppdu_nanoseconds.py_func(size.astype(np.int64), *map(int, mode.row))
    return int(made) if size.ndim == 0 else made


def largest_psdu(mode: Mode, duration: int) -> int:
    """The most bytes whose PPDU does not last longer than `duration` (ns); -1 if not even an empty one."""
    symbols = (duration - mode.preamble) // mode.grid * mode.grid // mode.symbol
    return max(-1, (symbols * mode.bits_per_symbol - mode.overhead_bits) // 8)


def ack_duration(mode: Mode) -> int:
    """An ACK of 14 bytes in the control `mode`: 28 us at 24 Mb/s, 32 us at 12, 44 us at 6; ns."""
    return ppdu_duration(mode, ACK_BYTES)


def cts_duration(mode: Mode) -> int:
    """A CTS of 14 bytes in the control `mode`, ns."""
    return ppdu_duration(mode, CTS_BYTES)


def rts_duration(mode: Mode) -> int:
    """An RTS of 20 bytes in the control `mode`, ns."""
    return ppdu_duration(mode, RTS_BYTES)


def block_ack_duration(mode: Mode) -> int:
    """A compressed block ACK of 32 bytes, bitmap of 64 bits, in the control `mode`: 32 us at 24 Mb/s; ns."""
    return ppdu_duration(mode, BLOCK_ACK_BYTES)


def block_ack_request_duration(mode: Mode) -> int:
    """A block ACK request of 24 bytes in the control `mode`, ns."""
    return ppdu_duration(mode, BLOCK_ACK_REQUEST_BYTES)

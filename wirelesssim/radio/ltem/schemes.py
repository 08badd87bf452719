"""What a worker of category M1 may send: every block and number of repetitions, its time, its rate, and the SINR it needs."""

from __future__ import annotations

import math

from ..nbiot.schemes import CHECK_BITS, Scheme, bound_db, repetition_gain_db
from .tables import BLOCKS, REPETITIONS, SYMBOLS, modulation_order, sizes

__all__ = ["PROCESSES", "schemes"]

SUBFRAME = 1e-3  # s
PROCESSES = 3  # blocks in a turn: what fits at R = 1 between the grants of a half-duplex worker


def schemes(margin_db: float, header: int = 0, most: int = 32) -> list[Scheme]:
    """Every block of more than `header` bits on 1 to 6 resource blocks and number of repetitions, of which there are four up to
    `most` (8, 16 or 32), `margin_db` above the bound of white noise.

    `required_db` is over the whole narrowband: on n of 6 resource blocks the power is 6/n as dense. Three blocks go in a turn:
    three grants, a subframe to switch, three blocks, a subframe to switch, each block and grant sent R times: a block
    takes (6 R + 2)/3 ms; at R = 1 the 8 ms of HARQ's round trip. A turn of n < 3 blocks begins to send where a full one does,
    so that it stays clear of whoever has the other half of the subframes, and ends sooner: (3 R + 1) + n R + 1 ms; at R = 1
    its first block follows its grant by 4 ms, the least there is (TS 36.213, 8.0). Repetitions gain what they gain in NB-IoT
    (`repetition_gain_db`).
    """
    return [_scheme(*size, repetitions, margin_db, header) for size in sizes() if size[2] > header
            for repetitions in REPETITIONS[most]]


def _scheme(i_tbs: int, blocks: int, bits: int, repetitions: int, margin_db: float, header: int) -> Scheme:
    bound = bound_db(bits + CHECK_BITS, blocks * SYMBOLS, modulation_order(i_tbs))
    required = bound + margin_db - float(repetition_gain_db(repetitions)) - 10 * math.log10(BLOCKS / blocks)
    turns = tuple(SUBFRAME * ((PROCESSES + sent) * repetitions + 2) for sent in range(1, PROCESSES + 1))
    return Scheme(i_tbs, blocks, repetitions, bits, repetitions * SUBFRAME, turns, required, header)

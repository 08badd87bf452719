"""PUSCH of category M1 by the standard: transport block sizes up to 1000 bits on up to six resource blocks."""

from __future__ import annotations

from ...errors import InputError, Problem

__all__ = ["BLOCKS", "REPETITIONS", "SYMBOLS", "block_size", "modulation_order", "sizes"]

BLOCKS = 6  # resource blocks of a narrowband: TS 36.211, 5.2.4
# by pusch-maxNumRepetitionCEmodeA (TS 36.331: r8, r16 or r32) what the two bits of a grant (DCI format 6-0A) choose from: TS
# 36.213, table 8-2b
REPETITIONS = {8: (1, 2, 4, 8), 16: (1, 4, 8, 16), 32: (1, 4, 16, 32)}
SYMBOLS = 144  # of a resource block in a subframe: 12 subcarriers, 14 symbols less 2 of references (TS 36.211, 5.5.2.1)
LARGEST = 1000  # bits: TS 36.306, table 4.1A-2, category M1

# TS 36.213, table 7.1.7.2.1-1: bits by I_TBS (rows) on 1 to 6 resource blocks, up to what a grant's four bits say (I_MCS 15)
_SIZES = (
    (16, 32, 56, 88, 120, 152),
    (24, 56, 88, 144, 176, 208),
    (32, 72, 144, 176, 208, 256),
    (40, 104, 176, 208, 256, 328),
    (56, 120, 208, 256, 328, 408),
    (72, 144, 224, 328, 424, 504),
    (328, 176, 256, 392, 504, 600),
    (104, 224, 328, 472, 584, 712),
    (120, 256, 392, 536, 680, 808),
    (136, 296, 456, 616, 776, 936),
    (144, 328, 504, 680, 872, 1032),
    (176, 376, 584, 776, 1000, 1192),
    (208, 440, 680, 904, 1128, 1352),
    (224, 488, 744, 1000, 1256, 1544),
    (256, 552, 840, 1128, 1416, 1736),
)


def sizes() -> list[tuple[int, int, int]]:
    """(I_TBS, resource blocks, bits) of everything of at most 1000 bits."""
    return [(i_tbs, blocks, bits) for i_tbs, row in enumerate(_SIZES) for blocks, bits in enumerate(row, start=1)
            if bits <= LARGEST]


def block_size(i_tbs: int, blocks: int) -> int:
    """Bits of a transport block on `blocks` resource blocks; InputError where category M1 has none."""
    found = {(index, count): bits for index, count, bits in sizes()}
    if (i_tbs, blocks) not in found:
        raise InputError(Problem(("i_tbs",), f"must be 0 to {len(_SIZES) - 1}, of at most {LARGEST} bits on 1 to {BLOCKS} "
                                             f"resource blocks, got {i_tbs} on {blocks}"))
    return found[i_tbs, blocks]


def modulation_order(i_tbs: int) -> int:
    """Bits a symbol: 2 (QPSK) up to I_TBS 10, where I_MCS is the same, 4 (16-QAM) above, where I_MCS is one more.

    Source: TS 36.213, table 8.6.1-2 (from memory: the first 16 rows of table 8.6.1-1). Left out: I_MCS 11, I_TBS 10 in 16-QAM,
    which needs more SINR.
    """
    return 2 if i_tbs <= 10 else 4

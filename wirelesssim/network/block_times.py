"""Coherence blocks on the clock of whole nanoseconds."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..radio.block_sinr import BlockSinr

__all__ = ["blocks_at"]

_EVER = 2**62  # ns


def blocks_at(sources: Sequence[BlockSinr], time: int) -> tuple[list[int], int, int]:
    """The block of each source that holds `time` (ns), from when (ns), and before when, they all do."""
    blocks = [_block(source.block_time, time) for source in sources]
    return [block for block, _, _ in blocks], max(first for _, first, _ in blocks), min(end for _, _, end in blocks)


def _block(block_time: float, time: int) -> tuple[int, int, int]:
    """The block that holds `time` (ns), from when, and before when, it does; its edges are rounded to ns."""
    if math.isinf(block_time):
        return 0, 0, _EVER
    block = int(time / (block_time * 1e9))
    while round(block * block_time * 1e9) > time:
        block -= 1
    while round((block + 1) * block_time * 1e9) <= time:
        block += 1
    return block, round(block * block_time * 1e9), round((block + 1) * block_time * 1e9)

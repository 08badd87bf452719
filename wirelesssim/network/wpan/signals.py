"""How well each worker and the coordinator hear each other, from one coherence block to the next."""

from __future__ import annotations

import numpy as np

from ...radio.block_sinr import BlockSinr
from ...radio.ieee802154 import log_success_per_bit
from .rules import NEVER

__all__ = ["Signals"]


class Signals:
    """Links of M workers; `up` and `down` the SNR of each to the coordinator and back (M,), in blocks of time.

    The SNR of a frequency-selective band is the mean over its parts.
    """

    def __init__(self, up: list[BlockSinr], down: list[BlockSinr]):
        self._sources, self._workers = [*up, *down], len(up)
        self._from, self._until, self._rows = 0, -1, np.empty(0)

    def at(self, time: int) -> tuple[np.ndarray, int]:
        """At `time` (ns): log probability that a bit gets through, (2, M + 1), up and down, 0 for the coordinator's own
        column; and until when (ns) that holds."""
        if not self._from <= time < self._until:
            blocks = [_block(source.block_time, time) for source in self._sources]
            sinr = np.array([source(block, 1).mean() for source, (block, _, _) in zip(self._sources, blocks)])
            self._rows = np.zeros((2, self._workers + 1))
            self._rows[:, :-1] = log_success_per_bit(sinr).reshape(2, -1)
            self._from, self._until = max(first for _, first, _ in blocks), min(end for _, _, end in blocks)
        return self._rows, self._until


def _block(block_time: float, time: int) -> tuple[int, int, int]:
    """The block that holds `time` (ns), from when, and before when, it does; its edges are rounded to ns."""
    if np.isinf(block_time):
        return 0, 0, int(NEVER)
    block = int(time / (block_time * 1e9))
    while round(block * block_time * 1e9) > time:
        block -= 1
    while round((block + 1) * block_time * 1e9) <= time:
        block += 1
    return block, round(block * block_time * 1e9), round((block + 1) * block_time * 1e9)

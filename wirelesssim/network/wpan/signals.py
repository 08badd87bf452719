"""How well each worker and the coordinator hear each other, from one coherence block to the next."""

from __future__ import annotations

import numpy as np

from ...radio.block_sinr import BlockSinr
from ...radio.ieee802154 import log_success_per_bit
from ..block_times import SinrAhead

__all__ = ["Signals"]


class Signals:
    """Links of M workers; `up` and `down` the SNR of each to the coordinator and back (M,), in blocks of time.

    The SNR of a frequency-selective band is the mean over its parts.
    """

    def __init__(self, up: list[BlockSinr], down: list[BlockSinr]):
        self._sinr, self._workers = SinrAhead([*up, *down]), len(up)
        self._from, self._until, self._rows = 0, -1, np.empty(0)

    def at(self, time: int) -> tuple[np.ndarray, int]:
        """At `time` (ns): log probability that a bit gets through, (2, M + 1), up and down, 0 for the coordinator's own
        column; and until when (ns) that holds."""
        if not self._from <= time < self._until:
            sinr, self._from, self._until = self._sinr.at(time)
            self._rows = np.zeros((2, self._workers + 1))
            self._rows[:, :-1] = log_success_per_bit(sinr.mean(axis=1)).reshape(2, -1)
        return self._rows, self._until

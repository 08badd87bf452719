"""An update cut into frames that decode alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Packets"]


@dataclass(frozen=True, eq=False)
class Packets:
    """K frames of one update, in the order of its stated entries.

    `edges` (K+1,) int64: packet i holds the entries edges[i]:edges[i+1]. `coded_bits` (K,) int64: the exact size of each
    frame, values and positions. `payload_bits` (K,) int64: its values alone, in the numbers that this frame uses. `spans` (K+1,)
    int64, where all coordinates of an update with holes travel, or None: packet i is a masked frame that covers the coordinates
    spans[i]:spans[i+1], among which there may be no stated one.
    """

    edges: np.ndarray
    coded_bits: np.ndarray
    payload_bits: np.ndarray
    spans: np.ndarray | None = None

    @property
    def count(self) -> int:
        """K; 0 for a silent update."""
        return len(self.coded_bits)

    def mask(self, arrived: np.ndarray) -> np.ndarray:
        """Which entries (n,) of bool arrived, from which packets (K,) of bool did: what `Update.take` wants."""
        return np.repeat(np.asarray(arrived, dtype=bool), np.diff(self.edges))

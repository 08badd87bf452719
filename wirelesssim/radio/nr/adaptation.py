"""Link adaptation without memory: the best scheme, or the CQI, that an SINR carries at a target block error rate."""

from __future__ import annotations

import numpy as np

from .bler import required_sinr
from .mcs import CodingScheme, CodingTable
from .rates import coded_bits
from .tbs import transport_block_size

__all__ = ["scheme_thresholds", "cqi_thresholds", "best_index"]

_REFERENCE_ELEMENTS = 120  # CSI reference resource: 12 symbols, 2 of them taken here as DM-RS; TS 38.214, 5.2.2.5


def scheme_thresholds(table: CodingTable, blocks: int, elements_per_block: int, target: float = 0.1,
                      layers: int = 1) -> np.ndarray:
    """The SINR in dB from which each row of a coding table is carried on `blocks` resource blocks, (n,); infinite for a
    row whose true code rate exceeds 0.95 there.

    Each row's transport block has its own size (TS 38.214, 5.1.3.2); `target` its error rate at the first transmission, 0.1 as
    for the CQI.
    """
    scheme = CodingScheme(table.modulation_order, table.rate_x2048)
    size = transport_block_size(scheme, blocks, elements_per_block, layers)
    return required_sinr(scheme, size, target, coded_bits(scheme, blocks, elements_per_block, layers))


def cqi_thresholds(table: CodingTable, blocks: int, target: float | None = None) -> np.ndarray:
    """The SINR in dB from which each CQI 1, ..., 15 is reported, wideband over `blocks`, (15,).

    A CQI is the highest whose transport block in the reference resource (120 elements a block here) fails with probability at
    most 0.1, or 1e-5 for table 3, whose lowest rate is 30/1024 (TS 38.214, 5.2.2.1); `target` says otherwise.
    """
    if target is None:
        target = 1e-5 if table.rate_x2048[0] == 60 else 0.1
    return scheme_thresholds(table, blocks, _REFERENCE_ELEMENTS, target)


def best_index(sinr_db, thresholds: np.ndarray, first: int = 0) -> np.ndarray:
    """The highest index whose threshold is not above `sinr_db` (any shape), counted from `first`; first - 1 if there is none.

    With CQI thresholds and first = 1 that is the CQI, 0 being out of range. A row that needs more than a later one is skipped:
    thresholds need not rise (at a change of modulation two rows may carry the same bits).
    """
    needed = np.minimum.accumulate(np.asarray(thresholds)[::-1])[::-1]  # what this row or a later one needs
    return np.searchsorted(needed, sinr_db, side="right") - 1 + first

"""Link adaptation without memory: the best scheme, or the CQI, that an SINR carries at a target block error rate."""

from __future__ import annotations

import numpy as np

from .bler import required_sinr
from .mcs import CodingScheme, CodingTable
from .rates import coded_bits
from .tbs import transport_block_size

__all__ = ["scheme_thresholds", "offered_thresholds", "cqi_thresholds", "cqi"]

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


def offered_thresholds(thresholds: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """`thresholds` (n, b) dB of a coding table's rows on b numbers of blocks, infinite for those that nobody would choose.

    That is a row that carries no more of the `bits` (n, b) than another does at no higher SINR, as MCS 17 of TS 38.214, table
    5.1.3.1-1 (6 x 438 = 2628 bits in 1024 symbols) where it needs more than MCS 16 (4 x 658 = 2632); or, of those left, one that
    carries no more than a lower row. Thresholds and bits of what is left both rise: the highest row whose threshold is met
    carries the most, and a rate never falls with the SINR.
    """
    place = np.arange(len(bits))[:, None, None]  # of the row asked about; the other is the second axis
    as_easy = (thresholds[None] < thresholds[:, None]) | ((thresholds[None] == thresholds[:, None]) & (
        (bits[None] > bits[:, None]) | (place > np.arange(len(bits))[:, None])))
    left = np.where((as_easy & (bits[None] >= bits[:, None])).any(axis=1), np.inf, thresholds)
    most = np.maximum.accumulate(np.where(np.isfinite(left), bits, -1))  # (n, b) of this row and those below
    return np.where(bits > np.concatenate([np.full((1, bits.shape[1]), -1), most[:-1]]), left, np.inf)


def cqi_thresholds(table: CodingTable, blocks: int, target: float | None = None) -> np.ndarray:
    """The SINR in dB from which each CQI 1, ..., 15 is reported, wideband over `blocks`, (15,).

    A CQI is the highest whose transport block in the reference resource (120 elements a block here) fails with probability at
    most 0.1, or 1e-5 for table 3, whose lowest rate is 30/1024 (TS 38.214, 5.2.2.1); `target` says otherwise.
    """
    if target is None:
        target = 1e-5 if table.rate_x2048[0] == 60 else 0.1
    return scheme_thresholds(table, blocks, _REFERENCE_ELEMENTS, target)


def cqi(sinr_db, thresholds: np.ndarray) -> np.ndarray:
    """The CQI at `sinr_db` (any shape): the highest index whose threshold is not above it, 0 (out of range) if there is none.

    `thresholds` (15,) of `cqi_thresholds`. An index that needs more than a later one is skipped: thresholds need not rise.
    """
    needed = np.minimum.accumulate(np.asarray(thresholds)[::-1])[::-1]  # what this index or a later one needs
    return np.searchsorted(needed, sinr_db, side="right")

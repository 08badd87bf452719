"""Everything a slot loop asks, as arrays: sizes and block error rates of each scheme on each number of resource blocks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...errors import InputError, Problem
from .adaptation import offered_thresholds
from .bler import code_block_threshold, normal_quantile, required_sinr
from .constellation import curve
from .effective import exponential_betas
from .mcs import CodingScheme, CodingTable
from .rates import coded_bits
from .segmentation import code_blocks
from .tbs import transport_block_size

__all__ = ["NrTables", "nr_tables", "QUANTILE_POINTS"]

QUANTILE_POINTS = 49  # columns of `quantile`
_LEAST, _MOST = -4.0, 8.0  # Q(-4) = 1 - 3e-5, below it a code block is taken as lost; Q(8) = 6e-16

_INFORMATION_STEP, _INFORMATION_START, _INFORMATION_POINTS = 0.1, -40.0, 1001  # dB


@dataclass(frozen=True, eq=False)
class NrTables:
    """One carrier's table: n schemes, up to b resource blocks; first index the scheme, second the number of blocks, 0 to b.

    `bits` (n, b + 1) transport block size; `coded_bits` (n, b + 1) on the air; `code_blocks` (n, b + 1) their number C;
    `block_size` (n, b + 1) K' with CRC; column 0 is 0. `first_sinr` and `step` (n, b + 1) dB, `quantile` (n, b + 1, 49): the
    normal quantile z, from -4 to 8, of one code block's error rate Q(z) at first_sinr + j step; `first_sinr` is infinite where
    the code rate is above 0.95 and in column 0. Reading linearly between columns (`kernels.transport_error`) differs from
    `bler.block_error_rate` by less than 0.001 in probability and 0.001 dB at error rates of 0.1 and 0.01. Exceptions are
    error rates above 1 - 3e-5 of a code block, which read as 1. `threshold` (n, b + 1): SINR in dB at 10 % transport block
    error, infinite where first_sinr is; `offered` the same, infinite for rows that nobody would choose, too
    (`adaptation.offered_thresholds`). `beta` (n,) EESM, linear. `modulation_order`, `rate` (n,). `information` (n, 1001):
    mutual information of the scheme's modulation in bits a symbol at -40 + 0.1 j dB, for combining by accumulated
    information. `layers`, `elements` (a block) as given.
    """

    bits: np.ndarray
    coded_bits: np.ndarray
    code_blocks: np.ndarray
    block_size: np.ndarray
    first_sinr: np.ndarray
    step: np.ndarray
    quantile: np.ndarray
    threshold: np.ndarray
    offered: np.ndarray
    beta: np.ndarray
    modulation_order: np.ndarray
    rate: np.ndarray
    information: np.ndarray
    layers: int
    elements: int


@lru_cache(maxsize=16)
def nr_tables(table: CodingTable, blocks: int, elements: int, layers: int = 1) -> NrTables:
    """The tables of a coding table on 1, ..., `blocks` resource blocks of `elements` data elements each, `layers` layers.

    InputError for blocks outside 1 to 275, elements outside 1 to 168, layers outside 1 to 4.
    """
    if not 1 <= blocks <= 275:
        raise InputError(Problem(("blocks",), f"must be from 1 to 275, got {blocks!r}"))
    scheme = CodingScheme(table.modulation_order[:, None], table.rate_x2048[:, None])
    count = np.arange(1, blocks + 1)
    bits = transport_block_size(scheme, count, elements, layers)  # (n, b)
    sent = coded_bits(scheme, count, elements, layers)
    made = code_blocks(bits, scheme)
    each = sent / made.count
    whole = (scheme.modulation_order, made.size, each, made.base_graph)
    first, last = code_block_threshold(*whole, _LEAST), code_block_threshold(*whole, _MOST)
    step = np.maximum(last - first, 1e-3) / (QUANTILE_POINTS - 1)
    axis = first[:, :, None] + step[:, :, None] * np.arange(QUANTILE_POINTS)
    quantile = normal_quantile(axis, *(np.asarray(part)[..., None] for part in whole))
    decodable = np.isfinite(quantile[:, :, -1])
    needed = required_sinr(scheme, bits, 0.1, sent)
    return NrTables(
        bits=_column(bits, 0), coded_bits=_column(np.broadcast_to(sent, bits.shape), 0), code_blocks=_column(made.count, 0),
        block_size=_column(made.size, 0), first_sinr=_column(np.where(decodable, first, np.inf), np.inf), step=_column(step, 1.0),
        quantile=np.concatenate([np.full((len(table), 1, QUANTILE_POINTS), _LEAST), np.clip(quantile, _LEAST, _MOST)], axis=1),
        threshold=_column(needed, np.inf), offered=_column(offered_thresholds(needed, bits), np.inf),
        beta=exponential_betas(table), modulation_order=table.modulation_order, rate=table.rate,
        information=_information(table), layers=layers, elements=elements)


def _column(array: np.ndarray, value: float) -> np.ndarray:
    """`array` (n, b) after a column for no blocks at all, (n, b + 1)."""
    return np.concatenate([np.full((len(array), 1), value, dtype=array.dtype), array], axis=1)


def _information(table: CodingTable) -> np.ndarray:
    axis = _INFORMATION_START + _INFORMATION_STEP * np.arange(_INFORMATION_POINTS)
    curves = {int(order): curve(int(order)) for order in np.unique(table.modulation_order)}
    rows = [curves[int(order)] for order in table.modulation_order]
    return np.array([np.interp(axis, row.sinr_db, row.capacity) for row in rows])

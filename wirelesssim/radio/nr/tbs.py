"""The transport block size in exact integers: TS 38.214, clause 5.1.3.2 (PDSCH) and 6.1.4.2 (PUSCH)."""

from __future__ import annotations

import numpy as np

from ...errors import InputError, Problem
from .mcs import CodingScheme

__all__ = ["transport_block_size", "SMALL_SIZES"]

# TS 38.214, table 5.1.3.2-1: all sizes up to 3824 bits
SMALL_SIZES = np.array([
    *range(24, 192, 8), *range(192, 384, 16), *range(384, 576, 24), *range(576, 768, 32), *range(768, 928, 40), 928, 984, 1032,
    1064, *range(1128, 1352, 32), *range(1352, 1928, 64), 1928, *range(2024, 2280, 64), 2280, *range(2408, 2856, 64), 2856, 2976,
    3104, 3240, 3368, 3496, 3624, 3752, 3824], dtype=np.int64)
SMALL_SIZES.flags.writeable = False

_POWERS = 2 ** np.arange(62, dtype=np.int64)
_UNIT = 2048  # N_info is counted in 1/2048 bit, so that it is whole


def transport_block_size(scheme: CodingScheme, blocks, elements_per_block, layers=1) -> np.ndarray:
    """Bits of a transport block (without CRC) on `blocks` resource blocks of `elements_per_block` data elements each.

        N_info = N_RE R Q_m v,  N_RE = min(156, elements) blocks
        N_info <= 3824:  N' = max(24, 2^n floor(N_info / 2^n)),  n = max(3, floor(log2 N_info) - 6); the least size of table
                         5.1.3.2-1 that is not below N'
        else:            N' = max(3840, 2^n round((N_info - 24) / 2^n)),  n = floor(log2(N_info - 24)) - 5, ties upwards;
                         8 C ceil((N' + 24) / (8 C)) - 24,  C = ceil((N' + 24) / 3816) if R <= 1/4,
                         C = ceil((N' + 24) / 8424) else where N' > 8424, else C = 1

    All in 64-bit integers. The arguments broadcast; 0 blocks carry 0 bits. `layers` v of one codeword, 1 to 4.
    InputError for a negative number of blocks, for elements below 1 or layers outside 1 to 4. Left out: the scaling of paging
    and random-access responses.
    """
    blocks, elements, layers = (np.asarray(value, dtype=np.int64) for value in (blocks, elements_per_block, layers))
    _check("blocks", blocks, 0, 275)
    _check("elements_per_block", elements, 1, 168)
    _check("layers", layers, 1, 4)
    carried = np.minimum(156, elements) * blocks * layers * scheme.modulation_order * scheme.rate_x2048  # N_info * 2048
    small = carried <= 3824 * _UNIT
    size = np.where(small, _small(carried), _large(carried, np.asarray(scheme.rate_x2048)))
    return np.where(np.broadcast_to(blocks, size.shape) == 0, 0, size)


def _small(carried: np.ndarray) -> np.ndarray:
    step = _POWERS[np.maximum(3, _floor_log2(carried // _UNIT) - 6)]
    wanted = np.maximum(24, carried // (step * _UNIT) * step)
    return SMALL_SIZES[np.minimum(np.searchsorted(SMALL_SIZES, wanted), len(SMALL_SIZES) - 1)]


def _large(carried: np.ndarray, rate_x2048: np.ndarray) -> np.ndarray:
    beyond = np.maximum(carried - 24 * _UNIT, _UNIT * 64)  # the lower bound only keeps the unused branch in range
    step = _POWERS[_floor_log2(beyond // _UNIT) - 5]
    rounded = (beyond + step * _UNIT // 2) // (step * _UNIT) * step  # halves go up
    quantised = np.maximum(3840, rounded)  # N'
    most = np.where(rate_x2048 <= 512, 3816, 8424)  # R <= 1/4
    segments = np.where((rate_x2048 <= 512) | (quantised > 8424), -(-(quantised + 24) // most), 1)
    return 8 * segments * -(-(quantised + 24) // (8 * segments)) - 24


def _floor_log2(value: np.ndarray) -> np.ndarray:
    """floor(log2(value)) of whole numbers, 0 for 0."""
    return np.maximum(0, np.searchsorted(_POWERS, value, side="right") - 1)


def _check(name: str, value: np.ndarray, least: int, most: int) -> None:
    bad = value[(value < least) | (value > most)]
    if bad.size:
        raise InputError(Problem((name,), f"must be from {least} to {most}, got {bad.flat[0]}"))

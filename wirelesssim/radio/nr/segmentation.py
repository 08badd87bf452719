"""From a transport block to code blocks: CRC, LDPC base graph, segmentation, lifting size (TS 38.212, 5.2.2, 6.2, 7.2)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .mcs import CodingScheme

__all__ = ["CodeBlocks", "base_graph", "code_blocks", "transport_crc", "lifting_size", "mother_bits", "LIFTING_SIZES"]

# TS 38.212, table 5.3.2-1: a 2^j up to 384 for a = 2, 3, 5, 7, 9, 11, 13, 15
LIFTING_SIZES = np.array(sorted({a << j for a in (2, 3, 5, 7, 9, 11, 13, 15) for j in range(8) if a << j <= 384}))
LIFTING_SIZES.flags.writeable = False


class CodeBlocks(NamedTuple):
    """The code blocks of transport blocks, arrays of one shape.

    `base_graph` 1 or 2; `count` C; `size` K', information bits of one code block with every CRC; `lifting` Z_c.
    """

    base_graph: np.ndarray
    count: np.ndarray
    size: np.ndarray
    lifting: np.ndarray


def transport_crc(tbs) -> np.ndarray:
    """CRC bits of a transport block of `tbs` bits: 24 above 3824 bits, else 16 (TS 38.212, 6.2.1, 7.2.1)."""
    return np.where(np.asarray(tbs) > 3824, 24, 16)


def base_graph(tbs, scheme: CodingScheme) -> np.ndarray:
    """1 or 2 (TS 38.212, 6.2.2, 7.2.2): 2 if tbs <= 292, or tbs <= 3824 and R <= 0.67, or R <= 0.25."""
    tbs, rate = np.asarray(tbs), np.asarray(scheme.rate_x2048)
    second = (tbs <= 292) | ((tbs <= 3824) & (100 * rate <= 67 * 2048)) | (4 * rate <= 2048)
    return np.where(second, 2, 1)


def code_blocks(tbs, scheme: CodingScheme) -> CodeBlocks:
    """The code blocks of a transport block of `tbs` bits, > 0 (arrays broadcast).

        B = tbs + CRC;  K_cb = 8448 (graph 1), 3840 (graph 2);  C = 1 if B <= K_cb, else ceil(B / (K_cb - 24))
        K' = B if C = 1, else B / C + 24                                                          [TS 38.212, 5.2.2]

    K' is whole for every size of TS 38.214, 5.1.3.2; for another it is rounded up.
    """
    tbs = np.asarray(tbs, dtype=np.int64)
    graph = base_graph(tbs, scheme)
    bits = tbs + transport_crc(tbs)
    most = np.where(graph == 1, 8448, 3840)
    count = np.where(bits <= most, 1, -(-bits // (most - 24)))
    size = np.where(count == 1, bits, -(-bits // count) + 24)
    return CodeBlocks(graph, count, size, lifting_size(size, graph, bits))


def lifting_size(size, graph, bits=None) -> np.ndarray:
    """Z_c, the least lifting size with K_b Z_c >= `size` (TS 38.212, 5.2.2).

    K_b = 22 in graph 1; in graph 2 it is 10 above 640 `bits` (B, the transport block with its CRC; `size` unless said), 9
    above 560, 8 above 192, else 6. At most 384, the largest.
    """
    size = np.asarray(size)
    bits = size if bits is None else np.asarray(bits)
    columns = np.where(np.asarray(graph) == 1, 22, np.where(bits > 640, 10, np.where(bits > 560, 9, np.where(bits > 192, 8, 6))))
    return LIFTING_SIZES[np.minimum(np.searchsorted(LIFTING_SIZES, -(-size // columns)), len(LIFTING_SIZES) - 1)]


def mother_bits(size, graph, lifting) -> np.ndarray:
    """Different coded bits that a code block has: 66 Z_c (graph 1) or 50 Z_c (graph 2) less the filler bits (5.3.2, 5.4.2.1).

    Rate matching that needs more repeats them. The limited buffer of 5.4.2.1 (I_LBRM = 1) is left out: it binds only at
    the largest block sizes and in retransmissions.
    """
    first = np.asarray(graph) == 1
    return np.where(first, 66, 50) * lifting - (np.where(first, 22, 10) * lifting - np.asarray(size))

"""Block error rate of the NR LDPC chain in white noise: the normal approximation with an implementation gap.

    BLER = Q(z),  z + e max(z, 0)^2 = x(s + 10 log10(n / n_m) - gap) / w
    x(s) = (N C(s) - k + 1/2 log2 N) / sqrt(N V(s)),  N = n_m / Q_m,  r = k / n_m

s Es/N0 a resource element in dB; k information bits of a code block with every CRC; n its coded bits, of which
n_m = min(n, mother bits) differ (the rest are repetitions, which a receiver adds up); C and V capacity and dispersion as in
`constellation`. The normal approximation is that of Y. Polyanskiy, H. V. Poor, S. Verdu, IEEE Trans. Inf. Theory 56(5), 2010,
its third-order term that of V. Y. F. Tan and M. Tomamichel, 61(5), 2015. What a real decoder adds:

    gap = g0 + g1 log2 r + g2 / max(N, 15) + g3 t u^3 + g4 r^2 dB
    w = w0 + w1 (Q_m - 2) + w2 t,  e = e1 t u + e2 (Q_m - 2)
    t = max(0, 1/(1 - r) - 2.5) in base graph 2, else 0
    u = (2 Z_c + max(0, 4 Z_c - m)) / k,  m = n_m - k + 2 Z_c

t and u are the stress of short blocks at high rates: base graph 2 never sends 2 Z_c of its systematic bits and, where the m
parity bits on the air are fewer than the 4 Z_c of its core, not all of those; u counts what is not seen. The ten numbers of
`ImplementationGap` are a least-squares fit to Monte Carlo points (`calibration` has them, and how far the law is from each).
They belong to 20 iterations of belief propagation with exact demapping; 8 iterations cost 0.7 to 1.4 dB more, 50 gain 0.15
to 0.5 dB. Validity: 24 to 8448 bits, R from 0.03 to 0.95. From 90 bits on within 0.3 dB of the simulation at error rates of
0.1 and 0.01, also at points not fitted; from 32 to 89 bits within 0.5 dB down to 10 symbols; else within 1.5 dB. Left out:
channel estimation, error floors, errors that the CRC misses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...errors import InputError, Problem
from .constellation import dispersion, information
from .mcs import CodingScheme
from .segmentation import code_blocks, lifting_size, mother_bits

__all__ = ["ImplementationGap", "GAP", "HIGHEST_RATE", "normal_quantile", "code_block_error", "code_block_threshold",
           "nominal_bits", "block_error_rate", "required_sinr"]

HIGHEST_RATE = 0.95  # a UE may skip decoding above it: TS 38.214, 5.1.3

_SEARCH = (-50.0, 65.0)  # dB, where thresholds are looked for


@dataclass(frozen=True)
class ImplementationGap:
    """The fitted numbers of the law in the module's docstring; dB where they shift, none where they stretch.

    g0 `base`, g1 `per_rate_octave`, g2 `per_symbol`, g3 `stress`, g4 `per_rate_square`; w0 `width`, w1 `width_per_order`,
    w2 `width_stress`; e1 `tail_stress`, e2 `tail_order`.
    """

    base: float = 0.8233
    per_rate_octave: float = -0.0863
    per_symbol: float = 8.339
    stress: float = 0.4049
    per_rate_square: float = -0.1278
    width: float = 1.0985
    width_per_order: float = 0.0112
    width_stress: float = -0.0287
    tail_stress: float = 0.1036
    tail_order: float = 0.0073


GAP = ImplementationGap()


def normal_quantile(sinr_db, modulation_order, size, coded_bits, graph, gap: ImplementationGap = GAP):
    """z with BLER = Q(z) of one code block; rises with `sinr_db`. Arguments broadcast.

    `sinr_db` Es/N0 in dB; `size` information bits k with CRC, > 0; `coded_bits` n > 0 on the air for this block; `graph` 1 or 2.
    Minus infinity above a code rate of 0.95, where a receiver may skip decoding (TS 38.214, 5.1.3).
    """
    order, size = np.asarray(modulation_order), np.asarray(size, dtype=float)
    lifting = lifting_size(np.ceil(size).astype(np.int64), graph)
    different = np.minimum(coded_bits, mother_bits(size, graph, lifting))
    rate = np.minimum(size / different, 0.999)
    symbols = different / order
    stress = np.where(np.asarray(graph) == 2, np.maximum(0.0, 1 / (1 - rate) - 2.5), 0.0)
    unseen = (2 * lifting + np.maximum(0, 2 * lifting - different + size)) / size
    higher = np.maximum(order - 2, 0)
    loss = gap.base + gap.per_rate_octave * np.log2(rate) + gap.per_symbol / np.maximum(symbols, 15)
    loss = loss + gap.per_rate_square * rate**2 + gap.stress * stress * unseen**3
    at = sinr_db + 10 * np.log10(np.asarray(coded_bits) / different) - loss
    capacity, spread = _per_order(order, at)
    normal = (symbols * capacity - size + 0.5 * np.log2(symbols)) / np.sqrt(symbols * np.maximum(spread, 1e-12))
    stretched = normal / (gap.width + gap.width_per_order * higher + gap.width_stress * stress)
    tail = (gap.tail_stress * stress * unseen + gap.tail_order * higher) * np.maximum(stretched, 0.0)
    quantile = stretched * 2 / (1 + np.sqrt(1 + 4 * tail))
    return np.where(size > HIGHEST_RATE * np.asarray(coded_bits), -np.inf, quantile)


def _per_order(order: np.ndarray, sinr_db):
    """Capacity and dispersion where the modulation may differ from entry to entry."""
    if order.ndim == 0:
        return information(int(order), sinr_db), dispersion(int(order), sinr_db)
    order, sinr_db = np.broadcast_arrays(order, sinr_db)
    capacity, spread = np.empty(order.shape), np.empty(order.shape)
    for each in np.unique(order):
        here = order == each
        capacity[here], spread[here] = information(int(each), sinr_db[here]), dispersion(int(each), sinr_db[here])
    return capacity, spread


def code_block_error(sinr_db, modulation_order, size, coded_bits, graph):
    """Probability that one code block fails, in [0, 1]; falls with `sinr_db`. Arguments as of `normal_quantile`."""
    from scipy.special import ndtr

    return ndtr(-normal_quantile(sinr_db, modulation_order, size, coded_bits, graph))


def code_block_threshold(modulation_order, size, coded_bits, graph, quantile, gap: ImplementationGap = GAP):
    """The SINR in dB at which one code block has BLER = Q(`quantile`), by bisection on -50 to 65 dB to 1e-8 dB; broadcasts.

    65 dB where it never gets there (a code rate above 0.95).
    """
    shape = np.broadcast_shapes(*map(np.shape, (modulation_order, size, coded_bits, graph, quantile)))
    low, high = (np.full(shape, bound) for bound in _SEARCH)
    for _ in range(34):
        middle = (low + high) / 2
        below = normal_quantile(middle, modulation_order, size, coded_bits, graph, gap) < quantile
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return high


def nominal_bits(size, scheme: CodingScheme):
    """Coded bits of a code block of `size` bits at the scheme's rate, ceil(K' / (R Q_m)) Q_m: whole symbols, exact integers."""
    per_symbol = np.asarray(scheme.rate_x2048) * scheme.modulation_order
    return -(-2048 * np.asarray(size) // per_symbol) * scheme.modulation_order


def block_error_rate(sinr_db, scheme: CodingScheme, tbs, coded_bits=None):
    """Probability that a transport block of `tbs` bits, > 0, fails: 1 - (1 - BLER)^C over its C code blocks. Broadcasts.

    `sinr_db` the effective SINR in dB. `coded_bits`: all that the block has on the air (elements times Q_m times layers);
    unless said, `nominal_bits` a code block. Code blocks fail independently (white noise). InputError for tbs < 1.
    """
    from scipy.special import ndtr

    count, block = _blocks(scheme, tbs, coded_bits)
    failed = ndtr(-normal_quantile(sinr_db, *block))
    with np.errstate(divide="ignore"):
        return -np.expm1(count * np.log1p(-failed))


def required_sinr(scheme: CodingScheme, tbs, target=0.1, coded_bits=None):
    """The SINR in dB at which the transport block fails with probability `target` in (0, 1).

    0.1 is what a CQI stands for (TS 38.214, 5.2.2.1). Infinite where the code rate is above 0.95. Arguments as of
    `block_error_rate`.
    """
    from scipy.special import ndtri

    count, block = _blocks(scheme, tbs, coded_bits)
    quantile = -ndtri(-np.expm1(np.log1p(-np.asarray(target)) / count))  # of one code block of `count`
    found = code_block_threshold(*block, quantile)
    return np.where(np.isfinite(normal_quantile(found, *block)), found, np.inf)


def _blocks(scheme: CodingScheme, tbs, coded_bits):
    """Number of code blocks, and of one of them modulation order, size, coded bits and base graph."""
    if np.min(tbs) < 1:
        raise InputError(Problem(("tbs",), f"must be >= 1 bit, got {np.min(tbs)}"))
    made = code_blocks(tbs, scheme)
    each = nominal_bits(made.size, scheme) if coded_bits is None else np.asarray(coded_bits) / made.count
    return made.count, (scheme.modulation_order, made.size, each, made.base_graph)

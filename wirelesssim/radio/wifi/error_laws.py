"""Bit error laws of the convolutional code of 802.11, constraint length 7, generators 133 and 171, punctured; white noise.

    PER = 1 - (1 - p)^bits,   p = min(1, SUM_d c_d P_d / b),   R = b / (b + 1), and b = 1 for R = 1/2

c_d: weights of the information errors of paths of distance d over one period b. snr = Es/N0 of a data subcarrier of a stream.

"nist": hard decisions, P_d = D^d / 2, D^2 = 4 q (1 - q) (Chernoff), q the bit error rate of the constellation,
    q = a erfc(sqrt(3 snr / (2 (M - 1)))) / 2, a = 4 (1 - 1/sqrt(M)) / log2 M;
    QPSK erfc(sqrt(snr / 2)) / 2, BPSK erfc(sqrt(snr)) / 2.
    G. Pei and T. Henderson, "Validation of OFDM error rate model in ns-3", Boeing, 2010; ns-3's NistErrorRateModel. Pessimistic:
    real receivers decide softly.
"soft": soft decisions, P_d = Q(sqrt(2 d k)), k = -ln B, B the mean Bhattacharyya factor of the constellation's bits with exact
    demapping (Gaussian approximation of the pairwise error of bit-interleaved coded modulation: A. Martinez, A. Guillen i
    Fabregas, G. Caire, IEEE Trans. Inf. Theory 52(1), 2006). Optimistic: no loss of implementation, channel known. At a PER of
    0.1 of 1500 bytes 2.8 dB (BPSK 1/2) to 4.2 dB (1024-QAM 3/4) below "nist": about where link simulations such as the
    tables that ns-3 takes by default lie. It is a bound of our own and not those tables.

Spectra: D. Haccoun and G. Begin, IEEE Trans. Commun. 37(11), 1989 (2/3, 3/4); P. Frenger et al., IEEE Commun. Lett. 3(11), 1999
(1/2, 5/6; the sources from memory, the numbers as in ns-3). LDPC codes of high ax rates are taken as this code, too.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np

from ...errors import InputError, Problem, unknown
from .modes import Mode

__all__ = ["LAWS", "log_success_per_bit", "packet_error_rate", "required_snr"]

# code rate -> (b, free distance, step of the distances, c_d)
_SPECTRA = {
    Fraction(1, 2): (1, 10, 2, (36, 211, 1404, 11633, 77433, 502690, 3322763, 21292910, 134365911)),
    Fraction(2, 3): (2, 6, 1, (3, 70, 285, 1276, 6160, 27128, 117019, 498860, 2103891, 8784123)),
    Fraction(3, 4): (3, 5, 1, (42, 201, 1492, 10469, 62935, 379644, 2253373, 13073811, 75152755, 428005675)),
    Fraction(5, 6): (5, 4, 1, (92, 528, 8694, 79453, 792114, 7375573, 67884974, 610875423, 5427275376, 47664215639)),
}
_CERTAIN = 1 - 2.0**-53  # the largest error probability of a bit whose logarithm of success is finite
_SEARCH_DB = (-30.0, 80.0)
_COARSE_DB, _GRID_DB = np.linspace(-30.0, 60.0, 91), np.linspace(-30.0, 60.0, 1801)  # where k is computed; where it is read
_NODES, _REACH = 201, 9.0  # of the trapezoidal rule over the noise


def log_success_per_bit(snr, mode: Mode, law: str = "nist"):
    """log(1 - p), <= 0 and finite, of the shape of `snr` (linear, >= 0; Es/N0 of one stream); does not fall with it.

    InputError for a law that is not in `LAWS`.
    """
    if law not in LAWS:
        raise InputError(Problem(("law",), f"is an {unknown('error law', law, LAWS)}"))
    snr = np.asarray(snr, dtype=float)
    bits, distance, step, weights = _SPECTRA[mode.code_rate]
    distances = distance + step * np.arange(len(weights))
    pairwise = _PAIRWISE[law](snr[..., None], mode.constellation, distances)  # (..., d)
    return np.log1p(-np.minimum(pairwise @ np.array(weights, dtype=float) / bits, _CERTAIN))


def packet_error_rate(snr, mode: Mode, bits, law: str = "nist"):
    """1 - (1 - p)^bits of an MPDU of `bits`, in [0, 1]; `snr` linear. Arguments broadcast."""
    return -np.expm1(np.asarray(bits) * log_success_per_bit(snr, mode, law))


def required_snr(mode: Mode, bits: int, target: float = 0.1, law: str = "nist") -> float:
    """The SNR, linear, at which an MPDU of `bits` fails with probability `target` in (0, 1); bisected to 1e-9 dB."""
    low, high = _SEARCH_DB
    for _ in range(37):
        middle = (low + high) / 2
        failed = packet_error_rate(10 ** (middle / 10), mode, bits, law) > target
        low, high = (middle, high) if failed else (low, middle)
    return 10 ** (high / 10)


def _chernoff(snr: np.ndarray, constellation: int, distances: np.ndarray) -> np.ndarray:
    wrong = _uncoded(snr, constellation)
    return np.sqrt(4 * wrong * (1 - wrong)) ** distances / 2


def _uncoded(snr: np.ndarray, constellation: int) -> np.ndarray:
    """The bit error rate of a Gray-mapped constellation of 2^`constellation` points."""
    from scipy.special import erfc

    if constellation <= 2:
        return erfc(np.sqrt(snr / constellation)) / 2
    points = 2**constellation
    nearest = 4 * (1 - points**-0.5) / constellation
    return nearest * erfc(np.sqrt(1.5 * snr / (points - 1))) / 2


def _gaussian(snr: np.ndarray, constellation: int, distances: np.ndarray) -> np.ndarray:
    from scipy.special import erfc

    with np.errstate(divide="ignore"):
        at = 10 * np.log10(snr)
    exponent = np.exp(np.interp(at, _GRID_DB, _log_exponent(constellation)))
    exponent = np.where(at < _GRID_DB[0], 0.0, exponent)
    return erfc(np.sqrt(distances * exponent)) / 2  # Q(x) = erfc(x / sqrt 2) / 2


_PAIRWISE = {"nist": _chernoff, "soft": _gaussian}
LAWS = tuple(_PAIRWISE)


@lru_cache(maxsize=None)
def _log_exponent(constellation: int) -> np.ndarray:
    """ln k on the grid of SNRs, (n,), by a cubic spline; held from k = 30 on, where nothing fails any more (see the tests)."""
    from scipy.interpolate import CubicSpline

    factors = np.array([_bhattacharyya(constellation, snr) for snr in 10 ** (_COARSE_DB / 10)])
    below = factors > np.exp(-30.0)
    drawn = CubicSpline(_COARSE_DB[below], np.log(-np.log(factors[below])))
    return drawn(np.minimum(_GRID_DB, _COARSE_DB[below][-1]))


def _bhattacharyya(constellation: int, snr: float) -> float:
    """The mean over bits and levels of E[sqrt(P(y | not b) / P(y | b))], in (0, 1]."""
    bits = max(1, constellation // 2)  # of one dimension; BPSK has one with all the energy
    deviation = (2 * snr if constellation == 1 else snr) ** -0.5
    count = 2**bits
    levels = np.arange(1 - count, count, 2.0) / np.sqrt((count**2 - 1) / 3)
    gray = np.arange(count) ^ (np.arange(count) >> 1)
    noise = np.linspace(-_REACH, _REACH, _NODES)
    weight = np.exp(-noise**2 / 2)
    received = levels[:, None] + deviation * noise  # (count, nodes)
    exponent = -((received[..., None] - levels) ** 2) / (2 * deviation**2)  # (count, nodes, count)
    likelihood = np.exp(exponent - exponent.max(axis=-1, keepdims=True))
    total = 0.0
    for bit in range(bits):
        value = (gray >> bit) & 1
        same = (value[:, None] == value).astype(float)  # (count, count)
        right, wrong = np.einsum("snl,sl->sn", likelihood, same), np.einsum("snl,sl->sn", likelihood, 1 - same)
        total += float((np.sqrt(wrong / np.maximum(right, 1e-300)) @ (weight / weight.sum())).mean())
    return total / bits

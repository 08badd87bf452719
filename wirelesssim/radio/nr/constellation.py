"""Mutual information and dispersion of Gray-mapped QAM behind a bit-wise demapper (bit-interleaved coded modulation, BICM).

    y = x + n, E|x|^2 = 1, n circular complex Gaussian of power 1 / snr;  i = SUM_j (1 + log2 P(b_j | y)),  j = 1, ..., Q_m
    C = E[i] bits a symbol,  V = Var[i] bits^2 a symbol

(G. Caire, G. Taricco, E. Biglieri, IEEE Trans. Inf. Theory 44(3), 1998, for C; the second moment of the same density for V, as
in Y. Polyanskiy, H. V. Poor, S. Verdu, IEEE Trans. Inf. Theory 56(5), 2010.) Square QAM of TS 38.211, 5.1, is two
independent pulse-amplitude modulations, so both are twice those of one dimension; pi/2-BPSK is one dimension with all the
energy. Symbols are equally likely, the demapper is exact (a posteriori probabilities), the noise known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...errors import InputError, Problem

__all__ = ["information", "dispersion", "sinr_of_information", "Curve", "curve", "MODULATION_ORDERS"]

MODULATION_ORDERS = (1, 2, 4, 6, 8, 10)

_LOWEST, _HIGHEST, _COARSE, _FINE = -50.0, 65.0, 0.5, 0.02  # dB; Curve states the error that these steps leave
_NODES, _REACH = 161, 9.0  # of the trapezoidal rule over the noise, +-9 standard deviations


@dataclass(frozen=True, eq=False)
class Curve:
    """Capacity and dispersion of one modulation over Es/N0 on a grid of 0.02 dB from -50 to 65 dB.

    `sinr_db`, `capacity` (bits a symbol, rising) and `dispersion` (bits^2), each (n,). The values between the 0.5 dB steps of
    the quadrature are a cubic spline's; reading between grid points is linear; the error is below 1e-5 in both (bits, bits^2).
    """

    sinr_db: np.ndarray
    capacity: np.ndarray
    dispersion: np.ndarray


def information(modulation_order: int, sinr_db):
    """C in bits a symbol at `sinr_db` (dB, any shape), held beyond -50 and 65 dB; InputError for an order that NR lacks."""
    drawn = curve(modulation_order)
    return np.interp(sinr_db, drawn.sinr_db, drawn.capacity)


def dispersion(modulation_order: int, sinr_db):
    """V in bits^2 a symbol at `sinr_db` (dB, any shape)."""
    drawn = curve(modulation_order)
    return np.interp(sinr_db, drawn.sinr_db, drawn.dispersion)


def sinr_of_information(modulation_order: int, bits):
    """The SINR in dB at which a symbol carries `bits` (any shape): the inverse of `information`.

    Infinite at or above Q_m bits, minus infinity at or below 0.
    """
    drawn = curve(modulation_order)
    rising = np.concatenate([[True], np.diff(drawn.capacity) > 0])
    found = np.interp(bits, drawn.capacity[rising], drawn.sinr_db[rising])
    found = np.where(np.asarray(bits) >= modulation_order, np.inf, found)
    return np.where(np.asarray(bits) <= 0, -np.inf, found)


@lru_cache(maxsize=None)
def curve(modulation_order: int) -> Curve:
    """The curves of Q_m = 1, 2, 4, 6, 8 or 10; computed once a process. InputError for another order."""
    if modulation_order not in MODULATION_ORDERS:
        rule = f"must be one of 1, 2, 4, 6, 8, 10, got {modulation_order!r}"
        raise InputError(Problem(("modulation_order",), rule))
    from scipy.interpolate import CubicSpline

    coarse = np.arange(_LOWEST, _HIGHEST + _COARSE / 2, _COARSE)
    fine = np.linspace(_LOWEST, _HIGHEST, round((_HIGHEST - _LOWEST) / _FINE) + 1)
    dimensions, bits = (1, 1) if modulation_order == 1 else (2, modulation_order // 2)
    # a dimension's Es/N0 has half the energy and half the noise of the symbol; alone it has all of the energy
    moments = np.array([_moments(bits, db + (10 * np.log10(2) if dimensions == 1 else 0.0)) for db in coarse])  # (n, 2)
    capacity, spread = CubicSpline(coarse, dimensions * moments)(fine).T
    capacity = np.minimum(np.maximum.accumulate(capacity), modulation_order)
    for array in (fine, capacity, spread := np.maximum(spread, 0.0)):
        array.flags.writeable = False
    return Curve(fine, capacity, spread)


def _moments(bits: int, sinr_db: float) -> tuple[float, float]:
    """Mean and variance of the information density of one dimension with 2^bits levels, by the trapezoidal rule."""
    levels, labels = _amplitudes(bits)
    deviation = 10.0 ** (-sinr_db / 20)
    noise = np.linspace(-_REACH, _REACH, _NODES)
    weight = np.exp(-noise**2 / 2)
    sent = np.arange(len(levels) // 2)  # the other half is its mirror image
    weight = weight / weight.sum() / len(sent)
    received = levels[sent, None] + deviation * noise  # (sent, nodes)
    exponent = -((received[:, :, None] - levels) ** 2) / (2 * deviation**2)  # (sent, nodes, levels)
    likelihood = np.exp(exponent - exponent.max(axis=-1, keepdims=True))
    total = likelihood.sum(axis=-1)
    density = np.zeros(total.shape)
    for bit in range(bits):
        same = labels[sent, bit][:, None] == labels[:, bit]  # (sent, levels)
        density += 1 + np.log2(np.maximum(np.einsum("snl,sl->sn", likelihood, same.astype(float)) / total, 1e-300))
    mean = float((weight * density).sum())
    return mean, float((weight * (density - mean) ** 2).sum())


def _amplitudes(bits: int) -> tuple[np.ndarray, np.ndarray]:
    """Levels of mean power 1 (n,) and their Gray labels (n, bits)."""
    count = 2**bits
    levels = np.arange(1 - count, count, 2.0)
    gray = np.arange(count) ^ (np.arange(count) >> 1)
    return levels / np.sqrt(np.mean(levels**2)), (gray[:, None] >> np.arange(bits)) & 1

"""One SINR for a block that saw many: exponential effective SINR mapping (EESM), held to mutual information (MIESM).

    EESM: gamma = -beta ln( mean_j exp(-gamma_j / beta) );   MIESM: C(gamma) = mean_j C(gamma_j)

gamma_j the linear SINR of resource element or block j. EESM: S. Nanda and K. M. Rege, VTC 1998; 3GPP TR 25.892, annex A;
MIESM: L. Wan, S. Tsai, M. Almgren, WCNC 2006. Beta values in circulation come from link simulators whose settings are not on
record. Here beta has a definition: the value at which EESM equals MIESM for a block that sees all of Rayleigh fading (gains
exponential) and whose mutual information is just what its code rate needs, C(gamma) = Q_m R. So beta rests on the
constellation and the rate alone.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from .constellation import information, sinr_of_information
from .mcs import CodingScheme

__all__ = ["exponential_effective_sinr", "exponential_beta", "exponential_betas"]

_STRATA = 256  # equally likely gains that stand for the exponential distribution


def exponential_effective_sinr(sinr, beta, axis: int = -1):
    """EESM of linear SINRs >= 0 along `axis`; `beta` > 0 linear, a scalar or broadcasting against what is left.

    Between the least and the mean of the SINRs; equal to them where they are equal. Computed without underflow. ValueError
    where there is no SINR, or a `beta` is not above 0.
    """
    sinr = np.asarray(sinr, dtype=float)
    if not sinr.size or not np.all(np.asarray(beta) > 0):
        raise ValueError("an effective SINR needs one SINR or more, and beta > 0")
    least = sinr.min(axis=axis, keepdims=True)
    excess = np.exp(-(sinr - least) / np.expand_dims(np.asarray(beta, dtype=float), axis))
    return np.squeeze(least, axis) - beta * np.log(excess.mean(axis=axis))


def exponential_betas(table: CodingScheme) -> np.ndarray:
    """Beta of each row of a coding table, (n,), linear."""
    orders, rates = np.atleast_1d(table.modulation_order), np.atleast_1d(table.rate)
    return np.array([exponential_beta(int(order), float(rate)) for order, rate in zip(orders, rates)])


@lru_cache(maxsize=1024)
def exponential_beta(modulation_order: int, rate: float) -> float:
    """Beta, linear, by the definition in the module's docstring, for `rate` in (0, 1)."""
    gains = -np.log1p(-(np.arange(_STRATA) + 0.5) / _STRATA)
    wanted = modulation_order * rate
    target = 10 ** (float(sinr_of_information(modulation_order, wanted)) / 10)
    scale_db = _root(lambda db: float(information(modulation_order, db + 10 * np.log10(gains)).mean()) - wanted, -50.0, 80.0)
    sinr = 10 ** (scale_db / 10) * gains
    # EESM rises with beta, from the least SINR to the mean
    log_beta = _root(lambda b: float(exponential_effective_sinr(sinr, math.exp(b))) - target, math.log(1e-3), math.log(1e5))
    return math.exp(log_beta)


def _root(rising, low: float, high: float) -> float:
    """Where a rising function crosses zero, by bisection."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2

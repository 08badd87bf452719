"""The fewest bits that positions can take."""

from __future__ import annotations

import math

__all__ = ["ideal_bits"]


def ideal_bits(d: int, n: int) -> float:
    """log2 C(d, n): the bits that tell which n of d coordinates are stated, if n is known and every choice is as likely.

    The entropy of the choice: no code takes fewer on average. Relative error at most 1e-12 for d < 2^53: up to 64 chosen (or
    left out), the sum of log2((d - n + i) / i); above, Stirling's series (Abramowitz and Stegun 6.1.41) with the large terms
    taken together, where the difference of three log-gammas would lose digits. ValueError unless 0 <= n <= d.
    """
    if not 0 <= n <= d:
        raise ValueError(f"n must be in [0, d], got n = {n}, d = {d}")
    few = min(n, d - n)
    if few <= 64:
        return math.fsum(math.log2((d - few + i) / i) for i in range(1, few + 1))
    many = d - few
    entropy = few * math.log(d / few) - many * math.log1p(-few / d)
    return (entropy - 0.5 * math.log(2 * math.pi * few * (many / d)) + _series(d) - _series(few) - _series(many)) / math.log(2)


def _series(x: float) -> float:
    """ln x! - (x ln x - x + ln(2 pi x) / 2), to 2e-16 for x > 64."""
    return (1 / 12 - (1 / 360 - 1 / (1260 * x * x)) / (x * x)) / x

"""Tolerances of statistics: the sampling error times a factor that makes false alarms equally rare in every row.

A row compares k means with what they should be. If the model is right, a mean differs by a nearly normal deviation of
standard error s, and the row fails wrongly where one of the k is beyond z s. z is chosen so that this has the probability
`FALSE_ALARM` (at most: Bonferroni):

    z = Phi^-1(1 - FALSE_ALARM / (2 k)),     4.9 for k = 1, 5.3 for k = 10

Streams are fixed, so a table either has the false alarm for ever, which would have been seen when it was made, or never.
"""

from __future__ import annotations

import numpy as np

from .row import Seen, worst

__all__ = ["FALSE_ALARM", "limit", "means", "shares"]

FALSE_ALARM = 1e-6  # a row


def limit(count: int) -> float:
    """z for `count` comparisons in a row."""
    from scipy.special import ndtri

    return float(-ndtri(FALSE_ALARM / (2 * count)))


def means(samples, expected, bias=0.0) -> Seen:
    """Sample means against `expected` (...): `samples` (n, ...), independent in n. `bias`: a known error of the model itself."""
    samples, expected = np.asarray(samples, dtype=float), np.asarray(expected, dtype=float)
    error = samples.std(axis=0, ddof=1) / np.sqrt(len(samples))
    return worst(samples.mean(axis=0) - expected, limit(expected.size) * error + bias)


def shares(found, expected, count, bias=0.0) -> Seen:
    """Shares `found` of `count` independent trials each against probabilities `expected`, arrays of one shape."""
    found, expected = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    error = np.sqrt(expected * (1 - expected) / count)
    return worst(found - expected, limit(expected.size) * error + bias)

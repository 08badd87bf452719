"""Who hears whom: received power against the thresholds of clear channel assessment.

    P_received = EIRP gain(distance),   busy if P_received >= threshold

802.11-2020, 17.3.10.6: a preamble at -82 dBm in 20 MHz must be detected, any other signal at -62 dBm. A bandwidth of B needs
10 log10(B / 20 MHz) dB more (19.3.19.5, 21.3.18.5 for the primary 40, 80 and 160 MHz). Left out: preambles missed in a collision,
spatial reuse of ax.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...units import from_db

__all__ = ["PREAMBLE_DETECTION_DBM", "ENERGY_DETECTION_DBM", "detection_power", "hearing"]

PREAMBLE_DETECTION_DBM = -82.0
ENERGY_DETECTION_DBM = -62.0


def detection_power(threshold_dbm: float = PREAMBLE_DETECTION_DBM, bandwidth: float = 20e6) -> float:
    """The least received power in W that is noticed in a band of `bandwidth` (Hz), from the threshold of 20 MHz in dBm."""
    return float(from_db(threshold_dbm) * 1e-3 * bandwidth / 20e6)


def hearing(positions: np.ndarray, gain: Callable[[np.ndarray], np.ndarray], eirp: float,
            threshold_dbm: float = PREAMBLE_DETECTION_DBM, bandwidth: float = 20e6) -> np.ndarray:
    """Which station hears which, (M, M) of bool, symmetric: row i, column j: i notices that j sends. Everyone hears itself.

    `positions` (M, 2) m; `gain` path gain, linear, of distances (m, any shape), without shadowing between stations; `eirp` (W) of
    each, gain of the receiving antenna included.
    """
    positions = np.asarray(positions, dtype=float)
    distance = np.linalg.norm(positions[:, None] - positions, axis=-1)  # (M, M)
    heard = eirp * gain(distance) >= detection_power(threshold_dbm, bandwidth)
    return heard | np.eye(len(positions), dtype=bool)

"""Who hears whom: received power against the thresholds of clear channel assessment.

    P_received = EIRP_sender gain(distance) antenna_gain_receiver,   busy if P_received >= threshold

802.11-2020, 17.3.10.6: a preamble at -82 dBm in 20 MHz must be detected. A bandwidth of B needs 10 log10(B / 20 MHz) dB more
(19.3.19.5, 21.3.18.5 for the primary 40, 80 and 160 MHz). Left out: energy detection, of signals whose preamble was missed, at
-62 dBm (all here are heard from their beginning); preambles missed in a collision; spatial reuse of ax.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...units import from_db

__all__ = ["PREAMBLE_DETECTION_DBM", "detection_power", "hearing"]

PREAMBLE_DETECTION_DBM = -82.0


def detection_power(threshold_dbm: float = PREAMBLE_DETECTION_DBM, bandwidth: float = 20e6) -> float:
    """The least received power in W that is noticed in a band of `bandwidth` (Hz), from the threshold of 20 MHz in dBm."""
    return float(from_db(threshold_dbm) * 1e-3 * bandwidth / 20e6)


def hearing(positions: np.ndarray, gain: Callable[[np.ndarray], np.ndarray], eirp: float | np.ndarray,
            threshold_dbm: float = PREAMBLE_DETECTION_DBM, bandwidth: float = 20e6,
            antenna_gain: float | np.ndarray = 1.0) -> np.ndarray:
    """Which station hears which, (M, M) of bool: row i, column j: i notices that j sends. Everyone hears itself.

    `positions` (M, 2) m; `gain` path gain, linear, of distances (m, any shape), without shadowing between stations; `eirp` (W) of
    the sender and `antenna_gain` (linear) of the receiver, for all or (M,). Symmetric where all send with the same power.
    """
    positions = np.asarray(positions, dtype=float)
    distance = np.linalg.norm(positions[:, None] - positions, axis=-1)  # (M, M)
    eirps, antennas = (np.broadcast_to(np.asarray(each, dtype=float), len(positions)) for each in (eirp, antenna_gain))
    heard = eirps * antennas[:, None] * gain(distance) >= detection_power(threshold_dbm, bandwidth)
    return heard | np.eye(len(positions), dtype=bool)

"""What a LoRa frame survives: the least ratio of its power to that of others, by their spreading factors.

Different factors are nearly orthogonal: a frame survives interferers of another factor unless they are 8 to 25 dB stronger; one
of its own factor must be 6 dB weaker.

Source of other factors: D. Croce, M. Gucciardo, S. Mangione, G. Santaromita and I. Tinnirello, "Impact of LoRa imperfect
orthogonality: analysis of link-level performance", IEEE Commun. Lett. 22, 2018 (the thresholds by which several public
simulators take that paper, which agree). Of the same factor: C. Goursaud and J.-M. Gorce, "Dedicated networks for
IoT: PHY/MAC state of the art and challenges", EAI Endorsed Trans. IoT 1, 2015: 6 dB, where Croce et al. measured 1.
Left out: that an interferer which ends before the last preamble symbols does no harm.
"""

from __future__ import annotations

import numpy as np

__all__ = ["CO_FACTOR_CAPTURE_DB", "REJECTION_DB", "rejection"]

CO_FACTOR_CAPTURE_DB = 6.0
REJECTION_DB = np.array([  # (6, 6): row the frame's factor 7 to 12, column the interferers'; dB; the diagonal is `capture`
    [np.nan, -8, -9, -9, -9, -9],
    [-11, np.nan, -11, -12, -13, -13],
    [-15, -13, np.nan, -13, -14, -15],
    [-19, -18, -17, np.nan, -17, -18],
    [-22, -22, -21, -20, np.nan, -20],
    [-25, -25, -25, -24, -23, np.nan]])


def rejection(capture: float = 10 ** (CO_FACTOR_CAPTURE_DB / 10)) -> np.ndarray:
    """Linear thresholds (6, 6) on power / sum of the powers of one other factor; `capture` (linear) of the same."""
    linear = 10 ** (REJECTION_DB / 10)
    linear[np.diag_indices(6)] = capture
    return linear

"""When a wait for a usable rate has been too long."""

from __future__ import annotations

import numpy as np

__all__ = ["outlasts"]

_PATIENCE = 1e-9  # s, and relative: more than the sums of a clock round in a run of days, less than any slot


def outlasts(wait: np.ndarray | float, limit: float) -> np.ndarray | bool:
    """Whether a wait (s; (n,) or one) is longer than `limit` (s, may be infinite) by more than rounding: one that is as long is
    borne, however its edges round."""
    return wait > limit * (1 + _PATIENCE) + _PATIENCE

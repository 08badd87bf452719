"""The mean SINR of a link at an instant."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..radio.link import Link

__all__ = ["sinr_at"]


def sinr_at(link: Link) -> Callable[[float], float]:
    """time (s) -> the link's mean SINR, linear, of one antenna; the same for ever where nobody moves."""
    mean = link.mean_sinr
    return (lambda time: float(mean(np.array([time]))[0])) if callable(mean) else (lambda time: mean)

"""The mean SINR of a link at an instant."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..radio.link import Link

__all__ = ["sinr_at"]


def sinr_at(link: Link) -> Callable[[float], float]:
    """time (s) -> the link's mean SINR, linear, of one antenna and without fading; the same for ever where nobody moves."""
    if getattr(link, "moving", False):
        return lambda time: float(link.mean_sinr_at(np.array([time]))[0])
    return lambda _time: link.mean_sinr

"""Whether a link itself carries a frame that goes alone: its loss of one purpose, and what a fixed rate fails at."""

from __future__ import annotations

import numpy as np

from ..radio.link import Link
from ..radio.loss import Loss

__all__ = ["FrameLoss"]


class FrameLoss:
    """The losses of one link for one `purpose`, asked a frame at a time, by the law of `fidelity`; it knows no collisions."""

    def __init__(self, link: Link, purpose: str, fidelity: str, override: Loss | None = None):
        self.link, self.fidelity = link, fidelity
        self.loss = link.loss_process(purpose, override, fidelity=fidelity)

    def spares(self, round: int, packet: int, attempt: int, start: float, end: float) -> bool:
        """Whether a frame, on the air from `start` to `end` (s), gets through."""
        starts, ends = np.array([start]), np.array([end])
        if self.fidelity == "packet":
            there = self.loss.arrives(round, packet, attempt, start, end)
        else:
            there = bool(self.loss.arrivals(round, np.array([packet]), attempt, starts, ends)[0])
        return there and not self.link.fails(starts, ends)[0]

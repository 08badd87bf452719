"""A worker's transmitter in a cell: bursts of packets go in as bits, and come out as packets that arrived."""

from __future__ import annotations

import numpy as np

from ...radio.loss import Loss
from ..air import Sent

__all__ = ["CellAir", "arrivals"]


class CellAir:
    """As `BurstAir`, the slots of `cell` in place of a link's rate."""

    both_ways = contends = False

    def __init__(self, cell, worker: int, link, acknowledgement_loss: Loss | None = None, fidelity: str = "burst"):
        self.cell, self.worker, self.env = cell, worker, cell.env
        self.fidelity = fidelity
        self.acknowledgement_loss = link.loss_process("acknowledgement", acknowledgement_loss, fidelity=fidelity)

    def send(self, round: int, packets: np.ndarray, bits: np.ndarray, attempt: int):
        """A process: sends `packets` (n,) of `bits` (n,) each; returns `Sent`."""
        start = self.env.now
        served = yield self.cell.transmit(self.worker, int(bits.sum()))
        begun = self.env.now if served.started is None else served.started
        access = max(0.0, begun - start)  # the start of a slot is rounded
        return Sent(arrivals(bits, served), self.env.now - start - access, served.gave_up, access)

    def acknowledged(self, round: int, frame: int, attempt: int, start: float, end: float) -> bool:
        """As `BurstAir.acknowledged`."""
        if self.fidelity == "packet":
            return self.acknowledgement_loss.arrives(round, int(frame), attempt, start, end)
        when = np.array([start]), np.array([end])
        return bool(self.acknowledgement_loss.arrivals(round, np.array([frame]), attempt, *when)[0])


def arrivals(bits: np.ndarray, served) -> np.ndarray:
    """Which of the packets of `bits` (n,) each that were sent whole arrived: those without a lost bit, (n',) of bool, n' <= n."""
    ends = np.cumsum(bits)
    count = int(np.searchsorted(ends, served.sent, side="right"))
    arrived, starts = np.ones(count, dtype=bool), ends - bits
    for first, beyond in served.lost:
        arrived[(starts[:count] < beyond) & (ends[:count] > first)] = False
    return arrived

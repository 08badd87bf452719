"""A worker's transmitter: packets go in as frames of the MAC, and what arrived comes back."""

from __future__ import annotations

import numpy as np

from ...radio.ieee802154 import ACK_WAIT, BACKOFF_PERIOD, CCA, TURNAROUND, frame_duration
from ..air import Repeats, Sent
from ..batches import Batch, frame_bytes
from ..draws.plain import tags
from .medium import Network, Served
from .rules import DELIVERED

__all__ = ["SenderAir", "shares"]

_UP = 0  # what a frame is for: the first number of its name


class SenderAir:
    """As `BurstAir`, frames on `network` in place of a link's rate; `overhead` bytes that a frame adds to a packet."""

    both_ways = contends = True

    def __init__(self, network: Network, worker: int, coordinator, overhead: int):
        self.network, self.worker, self.coordinator, self.overhead, self.env = network, worker, coordinator, overhead, network.env

    def send(self, round: int, packets: np.ndarray, bits: np.ndarray, attempt: int):
        """A process: sends `packets` (n,) of `bits` (n,) each, try number `attempt`; returns `Sent`."""
        asked = self.env.now
        batch = Batch(frame_bytes(bits, self.overhead), tags(packets, _UP, round, attempt))
        served = yield self.network.transmit(self.worker, batch)
        first, repeats = shares(served, bits)
        access = max(0.0, self.env.now - asked - first - repeats.seconds)
        return Sent(served.fates == DELIVERED, first, access=access, repeats=repeats, withheld=served.tries == 0)

    def answer(self, round: int, frame: int, attempt: int, bits: int):
        """A process: the coordinator sends this worker a frame of `bits`; returns `Answered`."""
        return (yield from self.coordinator.answer(self.worker, round, frame, attempt, bits))

    def unanswered(self, bits: int) -> float:
        """Seconds that the first try of an answer of `bits` takes at the most on a free channel: the longest first backoff,
        listening, turning, the frame, and the wait for its acknowledgement."""
        backoff = (2**self.network.rules.min_be - 1) * BACKOFF_PERIOD
        frame = int(frame_duration(frame_bytes(np.array([bits]), self.overhead))[0])
        return (backoff + CCA + TURNAROUND + frame + ACK_WAIT) / 1e9


def shares(served: Served, bits: np.ndarray) -> tuple[float, Repeats]:
    """Seconds on the air of the first transmissions, and the MAC's own repeats."""
    again = np.maximum(served.tries - 1, 0)
    return (served.airtime - served.again) / 1e9, Repeats(int(again.sum()), int(again @ bits), served.again / 1e9)

"""A worker's transmitter on an NB-IoT or LTE-M carrier: access, a wait for tones, then the burst in transport blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import simpy

from .tones import Tones

__all__ = ["NbIotAir"]


class NbIotAir:
    """As `BurstAir`, which (or whose twin by transport blocks) sends the burst itself over a `TurnLink`: `inner`.

    `access_time(now)` (s): of an access that begins at `now`. It and the wait for tones (of LTE-M: for the narrowband) are the
    burst's `access`. A worker that is out of reach for ever is given no tones; it tries until it gives up.
    """

    both_ways = contends = False

    def __init__(self, env: simpy.Environment, worker: int, tones: Tones, inner, access_time: Callable[[float], float]):
        self.env, self.worker, self.tones, self.inner, self.access_time = env, worker, tones, inner, access_time

    def send(self, round: int, packets: np.ndarray, bits: np.ndarray, attempt: int):
        """As `BurstAir.send`."""
        began = self.env.now
        yield self.env.timeout(self.access_time(began))
        link = self.inner.link
        granted = not (link.constant and link.expected_rate() == 0)
        if granted:
            yield self.tones.turn(self.worker)
        waited = self.env.now - began
        sent = yield from self.inner.send(round, packets, bits, attempt)
        if granted:
            self.tones.done()
        return replace(sent, access=waited)

    def acknowledged(self, round: int, frame: int, attempt: int, start: float, end: float) -> bool:
        """As `BurstAir.acknowledged`."""
        return self.inner.acknowledged(round, frame, attempt, start, end)

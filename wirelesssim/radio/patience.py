"""How long the server bears that a worker has no rate."""

from __future__ import annotations

import math

import numpy as np

from .downlink import DownlinkWay
from .outage import outlasts

__all__ = ["Patience"]

_TOGETHER = 64  # blocks that are looked at together


class Patience:
    """When `worker` has had no rate on `way` for `limit` (s) at a stretch, of the time from `start` (s) on.

        T = min {t >= start + limit: no rate anywhere in [t - limit, t], nor just after}

    It asks nothing but the channel, so that it is the same whoever is on the air meanwhile. A stretch of `limit` holds the
    block `limit` after its start: that one is looked at first, and of those before only the ones back to the last with a rate,
    each once.
    """

    def __init__(self, way: DownlinkWay, worker: int, start: float, limit: float):
        self._way, self._worker, self._limit = way, worker, float(limit)
        self._step, self._source = way.step, way.sources[worker]
        self._since = float(start)  # no stretch that begins before is long enough
        self._known = 0 if math.isinf(self._step) else self._block(self._since)  # no rate from `_since` up to this block
        self._quiet = -math.inf  # it is known to have no rate up to then

    def ends(self, until: float) -> float | None:
        """T (s) where it is <= `until` (s), else None; `until` does not fall from call to call."""
        while (due := self._since + self._limit) <= until and math.isfinite(due):
            if math.isinf(self._step):
                usable, last = (None if not self.has_rate(self._since) else 0), 0
            else:
                last = self._block(due)
                last += not outlasts((last + 1) * self._step - self._since, self._limit)
                usable = self._last_with_rate(self._known, last + 1)
            if usable is None:
                return due
            self._since, self._known = (usable + 1) * self._step, last + 1
        return None

    def has_rate(self, time: float) -> bool:
        """Whether it has a rate at `time` (s)."""
        return not time < self._quiet and bool(self._way.rates(time, [self._worker])[0] > 0)

    def quiet_until(self, time: float) -> float:
        """When it has a rate again, which it has not at `time` (s), or an instant before, some blocks on; s."""
        if math.isinf(self._step):
            return math.inf
        if not time < self._quiet:
            after = self._block(time) + 1
            usable = np.flatnonzero(self._rates(after, after + _TOGETHER) > 0)
            self._quiet = float(after + (usable[0] if len(usable) else _TOGETHER)) * self._step
        return self._quiet

    def _last_with_rate(self, first: int, stop: int) -> int | None:
        """The last block, of those from `first` up to `stop`, with a rate."""
        for end in range(stop, first, -_TOGETHER):
            begin = max(first, end - _TOGETHER)
            usable = np.flatnonzero(self._rates(begin, end) > 0)
            if len(usable):
                return begin + int(usable[-1])
        return None

    def _rates(self, first: int, stop: int) -> np.ndarray:
        """bit/s in the blocks from `first` up to `stop` (n,), as `DownlinkWay.rates` has them; the step is finite."""
        held = self._source.block_time
        times = np.arange(first, stop) * self._step + 1e-9 * min(held, 1.0)
        own = np.zeros(len(times), dtype=np.int64) if math.isinf(held) else (times / held).astype(np.int64)
        sinr = self._source(int(own[0]), int(own[-1] - own[0]) + 1)
        return self._way.law.rates(sinr[own - own[0]])

    def _block(self, time: float) -> int:
        return round(self._way.edge(time) / self._step) - 1

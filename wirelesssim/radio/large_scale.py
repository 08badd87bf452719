"""The large-scale part of a link: SINR without fading, as a function of the place, and of time where the worker moves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .mobility import Motion

__all__ = ["MovingSinr", "step_of"]

_CHUNK = 32  # steps that are computed together
_KEPT = 64  # chunks that are remembered: 16 kB a worker


def step_of(fastest: float, distance_scale: float) -> float:
    """For how long (s) the large-scale gain is taken as constant: the time of 1 m, or of a tenth of `distance_scale` (m), at
    the speed `fastest` (m/s); no less than 0.1 ms, which counts where a worker passes a tenth of the distance in a slot.

    A shadowing of exponential correlation then changes from step to step by sigma sqrt(2 (1 - exp(-s/d))) (standard
    deviation): 0.44 sigma at a tenth of the distance, 0.2 sigma at 1 m of 50 m.
    """
    return max(min(1.0, distance_scale / 10) / fastest, 1e-4)


class MovingSinr:
    """The mean SINR of a worker that moves: times (n,) s -> (n,), linear; constant within each step of `step` s.

        sinr(t) = sinr(x(k step)),     k step <= t < (k + 1) step

    x: `motion`; `sinr_at`: places (n, 2) -> SINR (n,). A pure function of time; what was computed is remembered.
    """

    def __init__(self, motion: Motion, sinr_at: Callable[[np.ndarray], np.ndarray], step: float):
        self.motion, self.sinr_at, self.step, self._known = motion, sinr_at, float(step), {}

    def __call__(self, times) -> np.ndarray:
        """The SINR at `times` (n,) s, >= 0; (n,)."""
        times = np.asarray(times, dtype=float)
        index = np.floor(times / self.step).astype(np.int64)
        index -= index * self.step > times  # a quotient is rounded
        index += (index + 1) * self.step <= times
        chunks, place = np.divmod(index, _CHUNK)
        result = np.empty(times.shape)
        for chunk in np.unique(chunks).tolist():
            chosen = chunks == chunk
            result[chosen] = self._chunk(chunk)[place[chosen]]
        return result

    def _chunk(self, chunk: int) -> np.ndarray:
        if chunk not in self._known:
            if len(self._known) >= _KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[chunk] = self.sinr_at(self.motion(np.arange(chunk * _CHUNK, (chunk + 1) * _CHUNK) * self.step))
        return self._known[chunk]

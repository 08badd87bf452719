"""How well each station is received: the modes it sends in and the error rates of a bit, from one coherence block to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from ..block_times import SinrAhead
from ..draws.plain import draws
from .rules import NEVER

__all__ = ["Signals", "Steady", "Blocks", "receptions"]

Rows = tuple[np.ndarray, np.ndarray]


class Signals(Protocol):
    """The links of `stations` S with the access point: a row each upwards, then a row each downwards; those of the access point
    itself nobody reads. `adapts`: a rate control with memory chooses the modes, from those at time 0 on."""

    stations: int
    adapts: bool

    def at(self, time: int) -> tuple[np.ndarray, np.ndarray, int]:
        """At `time` (ns): the mode of each link (2 S,), log probability of success of a bit (2 S, K), and until when (ns)."""

    def usable(self, station: int, time: int) -> tuple[bool, int]:
        """Whether some mode is of use to the station at `time` (ns), and until when (ns) that holds."""


class Steady:
    """Links that never change and are the same both ways: `modes` (S,), -1 for one out of reach, and `log_success` (S, K)."""

    def __init__(self, modes: np.ndarray, log_success: np.ndarray, adapts: bool = False):
        self.stations, self.adapts, self.modes = len(modes), adapts, np.asarray(modes)
        self._rows = np.tile(np.maximum(modes, 0), 2), np.tile(np.asarray(log_success, dtype=float), (2, 1))

    def at(self, time):
        return (*self._rows, int(NEVER))

    def usable(self, station, time):
        return bool(self.modes[station] >= 0), int(NEVER)


class Blocks:
    """Links block by block: `up` and `down` a worker's SINR (`BlockSinr`) each; `rows(sinr (n, bands))` are their modes (n,),
    -1 out of reach, and log success (n, K). `others`: rows of the same of the stations after the workers, which never change.
    """

    def __init__(self, up: list, down: list, rows: Callable[[np.ndarray], Rows], others: Rows, adapts: bool = False):
        self.rows, self.others, self.adapts = rows, others, adapts
        self.stations, self._sinr = len(up) + len(others[0]), SinrAhead([*up, *down])
        self._from, self._until, self._held = 0, -1, others

    def at(self, time):
        modes, log_success = self._rows(time)
        return np.maximum(modes, 0), log_success, self._until  # out of reach: the lowest

    def usable(self, station, time):
        return bool(self._rows(time)[0][station] >= 0), self._until

    def _rows(self, time: int) -> Rows:
        if not self._from <= time < self._until:
            sinr, self._from, self._until = self._sinr.at(time)
            workers = len(sinr) // 2
            self._held = tuple(np.concatenate((of_workers[:workers], of_others, of_workers[workers:], of_others))
                               for of_workers, of_others in zip(self.rows(sinr), self.others))
        return self._held


def receptions(signals: Signals, key: np.ndarray, mode: int, workers: list[int], sizes: np.ndarray, numbers: np.ndarray,
               times: np.ndarray) -> np.ndarray:
    """Which broadcast frames each of `workers` (M',) receives, (M', n) of bool: of `sizes` bytes, with `numbers` for the draws,
    in `mode`, at `times` (ns), all (n,)."""
    down = [signals.stations + worker for worker in workers]
    per_bit = np.array([signals.at(time)[1][down, mode] for time in times.tolist()]).T  # (M', n)
    return draws(key, np.array(workers)[:, None], numbers[None, :]) < np.exp(8 * sizes * per_bit)

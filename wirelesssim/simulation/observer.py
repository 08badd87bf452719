"""The observer: evaluates the model after each server step, records the row, and says when to stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import simpy

from ..learning.algorithm import Algorithm, Context, Fate, Outcome
from ..learning.guard import Guard
from ..learning.objectives import Problem
from ..nodes.books import Books
from ..records import Divergence, Recorder, RoundRow
from ..scenario.settings import ROUND_LIMIT, Stop

__all__ = ["Observer", "Progress"]


class Progress(NamedTuple):
    """What a progress bar shows: the round of how many (None: open), the simulated time, the accuracy if there is one."""

    round: int
    rounds: int | None
    simulated_time: float
    accuracy: float | None


class Observer:
    """Called once a server step; evaluation costs no simulated time. `done_at_start`: a target that holds before any step."""

    def __init__(self, env: simpy.Environment, problem: Problem, optimum: float | None, algorithm: Algorithm, stop: Stop,
                 books: Books, recorder: Recorder, progress: Callable[[Progress], None] | None):
        self.env, self.problem, self.optimum, self.algorithm = env, problem, optimum, algorithm
        self.stop, self.books, self.recorder, self.progress = stop, books, recorder, progress
        self.done_at_start = self._done(self._record(0, problem.start(), {}, 0))
        self.guard = Guard(problem, optimum)

    def __call__(self, round: int, before: np.ndarray, after: np.ndarray, outcomes: Mapping[int, Outcome], entries: int,
                 context: Context) -> bool:
        """Record round `round`, which led from model `before` to `after` (d,); whether to stop."""
        row = self._record(round, after, outcomes, entries)
        reason = self.guard.check(round, row.objective, row.error, after - before, context.alpha)
        if reason:
            self.recorder.divergence = Divergence(round, f"{reason}; {self.algorithm.divergence_hint(context)}")
        if self.progress:
            self.progress(Progress(round, self.stop.rounds, row.simulated_time_s, row.accuracy))
        return bool(reason) or self._done(row)

    def _record(self, round: int, theta: np.ndarray, outcomes: Mapping[int, Outcome], entries: int) -> RoundRow:
        value = self.problem.value(theta)
        fates = [outcome.fate for outcome in outcomes.values()]
        row = RoundRow(
            round, float(self.env.now), value, None if self.optimum is None else value - self.optimum,
            self.problem.accuracy(theta), *self.books.uplink(), self.books.downlink_bits, None, entries,
            *(fates.count(fate) for fate in (Fate.DELIVERED, Fate.SILENT, Fate.LOST, Fate.LATE, Fate.UNSCHEDULED)))
        self.recorder.rounds.append(row)
        return row

    def _done(self, row: RoundRow) -> bool:
        stop, target = self.stop, self.stop.target
        if row.round >= (stop.rounds or ROUND_LIMIT):
            return True
        if stop.simulated_time is not None and row.simulated_time_s >= stop.simulated_time:
            return True
        if target is None:
            return False
        if target.accuracy is not None:
            return row.accuracy is not None and row.accuracy >= target.accuracy
        return row.error is not None and row.error <= target.error

"""The large-scale part of a link: SINR without fading, as a function of the place, and of time where the worker moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .block_sinr import Division
from .mobility import Motion

__all__ = ["MovingSinr", "mean_sinrs", "step_of"]

_AHEAD = 32  # steps that are made ahead, at most
_BACK = 8  # steps behind those remembered that are added to them
_LONGEST = 64  # steps of one question that are remembered
_KEPT = _LONGEST + _AHEAD + _BACK  # steps that are remembered of a worker: 0.8 kB
_COMPANY = 32  # workers whose steps are made together: beyond, one call for all of them costs no less than their places do

SinrOf = Callable[[np.ndarray, np.ndarray], np.ndarray]  # places (n, 2) m, workers (n,) -> linear SINR (n,)


def step_of(fastest: float, distance_scale: float) -> float:
    """For how long (s) the large-scale gain is taken as constant: the time of 1 m, or of a tenth of `distance_scale` (m), at
    the speed `fastest` (m/s); no less than 0.1 ms, which counts where a worker passes a tenth of the distance in a slot.

    A shadowing of exponential correlation then changes from step to step by sigma sqrt(2 (1 - exp(-s/d))) (standard
    deviation): 0.44 sigma at a tenth of the distance, 0.2 sigma at 1 m of 50 m.
    """
    return max(min(1.0, distance_scale / 10) / fastest, 1e-4)


def mean_sinrs(positions: np.ndarray, motions: Sequence[Motion | None], sinr_of: SinrOf, distance_scale: float,
               fading_times: Sequence[float] | None = None) -> list[float | MovingSinr]:
    """SINR without fading of each worker by `sinr_of`: a number at its place of `positions` (M, 2) m, or, where it has a motion,
    a function of time; all are made for time 0 at once. `distance_scale` (m) as in `step_of`, which is the longest step: where
    `fading_times` (M,) s say for how long each one's gains are held, the steps begin where gains do (`Division`)."""
    moving = [worker for worker, motion in enumerate(motions) if motion is not None and motion.fastest > 0]
    places = np.array(positions, dtype=float)
    for worker in moving:
        places[worker] = motions[worker](np.zeros(1))[0]
    sinrs = sinr_of(places, np.arange(len(places))).tolist()
    for first in range(0, len(moving), _COMPANY):
        company = _Company(sinr_of)
        for worker in moving[first:first + _COMPANY]:
            step = step_of(motions[worker].fastest, distance_scale)
            step = Division.of(fading_times[worker], step).held_time if fading_times is not None else step
            sinrs[worker] = company.join(MovingSinr(motions[worker], company, step, worker, [sinrs[worker]]))
    return sinrs


class MovingSinr:
    """The mean SINR of a worker that moves: times (n,) s -> (n,), linear; constant within each step of `step` s.

        sinr(t) = sinr(x(k step)),     k step <= t < (k + 1) step

    x: `motion`. A pure function of time; the steps asked last are remembered. `made_by` makes values of several workers at
    once; `known`: the SINR of the first steps, where it is known.
    """

    def __init__(self, motion: Motion, made_by: _Company, step: float, worker: int = 0, known: Sequence[float] = ()):
        self.motion, self.step, self.worker, self.read = motion, float(step), worker, True
        self._made_by, self._first, self._known, self._ahead = made_by, 0, np.array(known, dtype=float), 1
        self._came, self._low, self._high = 0, 0, 1  # the step where it was last asked elsewhere; read from there: from, up to

    @classmethod
    def alone(cls, motion: Motion, sinr_at: Callable[[np.ndarray], np.ndarray], step: float) -> MovingSinr:
        """Of one worker by itself; `sinr_at`: places (n, 2) m -> SINR (n,)."""
        company = _Company(lambda places, _workers: sinr_at(places))
        return company.join(cls(motion, company, step))

    def __call__(self, times) -> np.ndarray:
        """The SINR at `times` (n,) s, >= 0; (n,)."""
        times = np.asarray(times, dtype=float)
        if times.size == 0:
            return np.empty(times.shape)
        index = self._steps(times) if times.size > 1 else np.full(times.shape, self.step_at(times.item()))
        first, stop = int(index.min()), int(index.max()) + 1
        if stop - first > _LONGEST:
            steps, place = np.unique(index, return_inverse=True)
            return self._made_by.values([(self, steps)])[place].reshape(index.shape)
        if not self.holds(first, stop):
            self._made_by.make(self, first, stop)
        self.read, self._low, self._high = True, min(self._low, first), max(self._high, stop)
        return self._known[index - self._first]

    def _steps(self, times: np.ndarray) -> np.ndarray:
        """The steps k of `times`, k step <= t < (k + 1) step as floats."""
        index = np.floor(times / self.step).astype(np.int64)
        index -= index * self.step > times  # a quotient is rounded
        index += (index + 1) * self.step <= times
        return index

    def step_at(self, time: float) -> int:
        """The step of `time` (s)."""
        step = int(time / self.step)
        step -= step * self.step > time
        return step + ((step + 1) * self.step <= time)

    @property
    def _end(self) -> int:
        return self._first + len(self._known)

    def holds(self, first: int, stop: int) -> bool:
        """Whether the steps from `first` up to `stop` are remembered."""
        return self._first <= first and stop <= self._end

    def missing(self, first: int, stop: int) -> np.ndarray:
        """The steps to be made where those from `first` up to `stop` are wanted: where a worker goes on, twice as many as last
        time; a little back, those; where it is asked elsewhere, as many before and after as it read where it was last."""
        if self._first <= first <= self._end:
            self._ahead = min(2 * self._ahead, _AHEAD)
            return np.arange(self._end, max(stop, self._end + self._ahead))
        if self._first - _BACK <= first and stop <= self._end:
            return np.arange(first, self._first)
        before, self._ahead = min(self._came - self._low, _BACK), min(self._high - self._came, _AHEAD)
        self._came, self._low, self._high = first, first, first + 1
        return np.arange(max(0, first - before), max(stop, first + self._ahead))

    def remember(self, steps: np.ndarray, values: np.ndarray) -> None:
        """`values` of `steps` (n,), which follow each other."""
        first, stop, self.read = int(steps[0]), int(steps[-1]) + 1, False
        if stop == self._first:
            self._first, self._known = first, np.concatenate([values, self._known])[:_KEPT]
            return
        known = np.concatenate([self._known, values]) if first == self._end else values
        self._first, self._known = stop - min(len(known), _KEPT), known[-_KEPT:]


class _Company:
    """Workers that move and are asked one after the other: who makes a step makes it for all who read theirs since the last
    time, since a call for one place costs as much as one for some ten."""

    def __init__(self, sinr_of: SinrOf):
        self.sinr_of, self.members = sinr_of, []

    def join(self, member: MovingSinr) -> MovingSinr:
        """Add a worker, and return it."""
        self.members.append(member)
        return member

    def make(self, asking: MovingSinr, first: int, stop: int) -> None:
        """Let `asking` know its steps from `first` up to `stop`, and each other that reads its own, the step of that instant."""
        wanted, now = [(asking, asking.missing(first, stop))], first * asking.step
        for other in self.members:
            if other is not asking and other.read and not other.holds(here := other.step_at(now), here + 1):
                wanted.append((other, other.missing(here, here + 1)))
        ends = np.cumsum([len(steps) for _, steps in wanted])[:-1]
        for (member, steps), values in zip(wanted, np.split(self.values(wanted), ends)):
            member.remember(steps, values)

    def values(self, wanted: list[tuple[MovingSinr, np.ndarray]]) -> np.ndarray:
        """The SINR of each worker at the starts of its steps (n,), one after the other."""
        places = np.concatenate([member.motion(steps * member.step) for member, steps in wanted])
        return self.sinr_of(places, np.repeat([member.worker for member, _ in wanted], [len(steps) for _, steps in wanted]))

"""Workers that follow ways written in a file."""

from __future__ import annotations

import csv
import math
from pathlib import Path, PurePath
from typing import Literal

import numpy as np

from ..errors import InputError, Problem
from ..model import model
from ..perworker import WorkerTime
from .mobility import Mobility, Motion, values_of

__all__ = ["MobilityTrace", "read_ways"]

_COLUMNS = ("time_s", "x_m", "y_m")


@model
class MobilityTrace(Mobility, name="trace"):
    """Ways from a CSV file, with straight lines between the places of its rows: `time_s,x_m,y_m`, or `worker,time_s,x_m,y_m`.

    The first line names the columns. With `worker` (0, 1, ...) each worker has its own rows, without it all follow
    one way. Time counts from a way's first row; worker m is where its way is at t + `offset`_m (s; one for all, a list or a
    distribution). After its last row a worker stays (`repeat: hold`) or starts again (`loop`; it jumps unless the way ends
    where it begins). Its speed changes on the way, so that the fading `clarke` or `tdl` must state one. The places replace those
    of the geometry; the server is at (0, 0). InputError, with file and line, where the file is missing, lacks a column or a
    worker, or has times that do not increase.
    """

    path: str
    repeat: Literal["hold", "loop"] = "hold"
    offset: WorkerTime = "0 s"

    def motions(self, starts, streams):
        count = len(starts)
        ways, offsets = read_ways(self.path), values_of(self.offset, "offset", count, streams)
        missing = [worker for worker in range(count) if None not in ways and worker not in ways]
        if missing:
            name = PurePath(self.path).name
            raise _refused(f"{name} must have rows of each of the {count} workers, has none of worker {missing[0]}")
        return [_Way(ways.get(worker, ways.get(None)), self.repeat == "loop", offsets[worker]) for worker in range(count)]


class _Way(Motion):
    """A polygon through `rows` (n, 3) of (t, x, y), from its first row on, `offset` s ahead."""

    def __init__(self, rows: np.ndarray, loops: bool, offset: float):
        self.times, self.x, self.y = rows[:, 0] - rows[0, 0], rows[:, 1], rows[:, 2]
        self.loops, self.offset = loops and len(rows) > 1, float(offset)
        steps = np.hypot(np.diff(self.x), np.diff(self.y)) / np.diff(self.times)
        self.fastest = float(steps.max()) if len(steps) else 0.0

    def __call__(self, times):
        times = np.asarray(times, dtype=float) + self.offset
        if self.loops:
            times = np.mod(times, self.times[-1])
        return np.stack([np.interp(times, self.times, self.x), np.interp(times, self.times, self.y)], axis=-1)


def read_ways(path: str) -> dict[int | None, np.ndarray]:
    """The ways in the file at `path`: rows (n, 3) of (time s, x m, y m) by worker, or under None where one is for all."""
    try:
        with Path(path).open(newline="", encoding="utf-8") as file:
            lines = list(csv.reader(file))
    except (OSError, ValueError, csv.Error) as error:
        raise _refused(f"{path}: cannot be read as a CSV file: {getattr(error, 'strerror', None) or error}; "
                       "a relative path starts at the scenario's folder") from None
    names = [name.strip() for name in lines[0]] if lines else []
    if sorted(names) not in (sorted(_COLUMNS), sorted((*_COLUMNS, "worker"))):
        rule = "must name the columns time_s, x_m, y_m, and worker if each has its own way"
        raise _refused(f"{path}:1: {rule}, got {','.join(names)!r}")
    ways: dict[int | None, list] = {}
    for number, line in enumerate(lines[1:], start=2):
        if line:
            worker, row = _row(dict(zip(names, line)), f"{path}:{number}", len(line) == len(names))
            rows = ways.setdefault(worker, [])
            if rows and row[0] <= rows[-1][0]:
                raise _refused(f"{path}:{number}: time_s must increase, got {row[0]:g} after {rows[-1][0]:g}")
            rows.append(row)
    if not ways:
        raise _refused(f"{path}: has no rows")
    return {worker: np.array(rows) for worker, rows in ways.items()}


def _row(fields: dict[str, str], where: str, complete: bool) -> tuple[int | None, list[float]]:
    """(worker or None, [time, x, y]) of one line."""
    try:
        row = [float(fields[name]) for name in _COLUMNS]
        worker = int(fields["worker"]) if "worker" in fields else None
    except (KeyError, ValueError):
        complete, row = False, []
    if not complete or not all(map(math.isfinite, row)):
        raise _refused(f"{where}: must be finite numbers, one for each column, got {','.join(fields.values())!r}")
    return worker, row


def _refused(rule: str) -> InputError:
    return InputError(Problem(("path",), rule))

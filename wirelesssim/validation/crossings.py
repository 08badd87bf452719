"""Long runs of Clarke fading: level crossings, durations of fades, time in outage, ergodic capacity."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, partial

import numpy as np

from ..radio.fading import Clarke
from ..rng import Streams
from .reference import closed_form
from .row import Check, Seen, worst

__all__ = ["checks", "counts", "Counts", "LEVELS", "crossing_rate", "fade_duration"]

LEVELS = (-20.0, -15.0, -10.0, -5.0, 0.0, 5.0)  # dB over the mean power
_SNRS = (-10.0, 0.0, 10.0, 20.0)  # dB
_STEP = 0.004  # s, at fd = 1 Hz: a tenth of the mean fade at -20 dB (0.040 s), so that few fades are missed
_READ = 25 * 256  # samples together
_SHORT, _LONG = (200, 14), (1000, 50)  # realisations, and how many reads of 25.6 s each


class Counts:
    """What was counted, means over realisations: `rate` upward crossings per second and `below` the share of time of each level
    (levels,), `capacity` E[log2(1 + s g)] (snrs,), at fd = 1 Hz."""

    def __init__(self, realisations: int, reads: int):
        law, streams = Clarke(doppler=1.0, step=_STEP / 0.423).tuned(), Streams(11, domain="validation")
        levels, snrs = 10 ** (np.array(LEVELS) / 10), 10 ** (np.array(_SNRS) / 10)
        crossings, below, capacity = np.zeros(len(levels)), np.zeros(len(levels)), np.zeros(len(snrs))
        for worker in range(realisations):
            process, last = law.process(streams, worker), None
            for read in range(reads):
                gains = process.gains(read * _READ, _READ)
                under = gains < levels[:, None]  # (levels, time)
                crossings += np.sum(under[:, :-1] & ~under[:, 1:], axis=1)
                if last is not None:
                    crossings += last & ~under[:, 0]
                below += under.mean(axis=1)
                capacity += np.log2(1 + snrs[:, None] * gains[::25]).mean(axis=1)
                last = under[:, -1]
        self.rate = crossings / (realisations * reads * _READ * _STEP)
        self.below, self.capacity = below / (realisations * reads), capacity / (realisations * reads)


counts = cache(Counts)


def crossing_rate(level_db):
    """sqrt(2 pi) rho exp(-rho^2) crossings in a time of 1/fd, rho = 10^(level_db/20) (Rappaport, 2nd ed., 5.7.3)."""
    rho = 10 ** (np.asarray(level_db) / 20)
    return math.sqrt(2 * math.pi) * rho * np.exp(-rho**2)


def fade_duration(level_db):
    """(exp(rho^2) - 1) / (rho sqrt(2 pi)) in units of 1/fd."""
    rho = 10 ** (np.asarray(level_db) / 20)
    return np.expm1(rho**2) / (rho * math.sqrt(2 * math.pi))


def _relative(found, expected, tolerance: float) -> Seen:
    return worst(100 * (np.asarray(found) / np.asarray(expected) - 1), 100 * tolerance)


def crossings(size: tuple[int, int], tolerance: float) -> Seen:
    """Level crossing rate, per cent."""
    return _relative(counts(*size).rate, crossing_rate(LEVELS), tolerance)


def durations(size: tuple[int, int], tolerance: float) -> Seen:
    """Mean duration of a fade: the time below over the number of crossings, per cent."""
    found = counts(*size)
    return _relative(found.below / found.rate, fade_duration(LEVELS), tolerance)


def time_in_outage(size: tuple[int, int], tolerance: float) -> Seen:
    """The share of time below a level, 1 - exp(-x), per cent of it."""
    return _relative(counts(*size).below, -np.expm1(-(10 ** (np.array(LEVELS) / 10))), tolerance)


def capacity(size: tuple[int, int], tolerance: float) -> Seen:
    """e^(1/s) E1(1/s) / ln 2, per cent."""
    expected = {snr: value for _, snr, value in closed_form("rayleigh_capacity")}
    return _relative(counts(*size).capacity, [expected[snr] for snr in _SNRS], tolerance)


def checks() -> Iterator[Check]:
    """Short: 3 %, standard errors 0.2 to 1.2 %. Long (1000 runs of 1280 s): 1.5 %, of which the phasors take 0.4 % at -20 dB."""
    for size, tolerance, slow in ((_SHORT, 0.03, False), (_LONG, 0.015, True)):
        check = partial(Check, "fading", "clarke", slow=slow)
        over = f"-20 to 5 dB, {size[0]} runs of {size[1] * _READ * _STEP:.0f}/fd, %"
        for measure, reference, metric in (
                (crossings, "sqrt(2 pi) rho exp(-rho^2), Rappaport, 5.7.3", f"level crossing rate, {over}"),
                (durations, "(exp(rho^2) - 1)/(rho sqrt(2 pi)), Rappaport, 5.7.3", f"fade duration, {over}"),
                (time_in_outage, "1 - e^-x", f"time in outage, {over}")):
            yield check(reference, metric, partial(measure, size, tolerance))
        metric = f"ergodic capacity, -10 to 20 dB, {size[0]} runs, %"
        yield check("e^(1/s) E1(1/s)/ln 2, Lee 1990; points", metric, partial(capacity, size, tolerance / 3))

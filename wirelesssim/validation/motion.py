"""Where workers are, and rates that are written down over time: places, mobility, traces."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import numpy as np

from ..model import build
from ..radio import Geometry, Mobility
from ..radio.rate_trace import RateTrace
from ..radio.trace_file import INSTANT, read_trace
from ..rng import Streams
from .row import Check, Seen, worst
from .sampling import means, shares

__all__ = ["checks"]

_WORKERS = 4000
_LEG = 128 * 100 / (45 * math.pi)  # m: mean distance of two uniform places in a disc of 100 m


def disc() -> Seen:
    """Shares of 4000 workers within 50, 70.7 and 90 m of a disc from 10 to 100 m: (r^2 - 10^2)/(100^2 - 10^2)."""
    places = build(Geometry, {"type": "disc", "radius": "100 m"}).positions(_WORKERS, Streams(21, domain="validation"))
    within = np.array([50.0, 50 * math.sqrt(2), 90.0])
    found = (np.hypot(*places.T)[:, None] < within).mean(axis=0)
    return shares(found, (within**2 - 100) / (100**2 - 100), _WORKERS)


def straight() -> Seen:
    """3 km/h for 60 s are 50 m, at 30 degrees from (10, 20): (10 + 43.3013, 20 + 25) m."""
    [way] = build(Mobility, {"type": "linear", "speed": "3 km/h", "direction": "30 deg"}).motions([[10.0, 20.0]], Streams(0))
    return worst(way(np.array([60.0]))[0] - [53.3013, 45.0], 1e-4)


@cache
def _late(pause: float, slowest: float, fastest: float) -> np.ndarray:
    """Speed in m/s of 4000 workers in a disc of 100 m, each at an instant of its own after some fifty legs."""
    law = build(Mobility, {"type": "random_waypoint", "radius": "100 m", "pause": pause, "min_speed": slowest,
                           "max_speed": fastest})
    streams = Streams(22, domain="validation")
    mean_leg = _LEG * math.log(fastest / slowest) / (fastest - slowest) if fastest > slowest else _LEG / slowest
    instants = (50 + 5 * streams("instants").random(_WORKERS)) * (mean_leg + pause)
    ways = law.motions(np.zeros((_WORKERS, 2)), streams)
    steps = np.array([np.diff(way(np.array([instant, instant + 1e-3])), axis=0)[0] for way, instant in zip(ways, instants)])
    return np.hypot(*steps.T) / 1e-3


def walking() -> Seen:
    """At 2 m/s, with a pause as long as the mean leg, 128 R/(45 pi) = 90.5 m: half of the workers walk."""
    return shares(np.mean(_late(_LEG / 2, 2.0, 2.0) > 1.0), 0.5, _WORKERS, bias=1e-3)


def speed() -> Seen:
    """Speeds uniform from 1 to 3 m/s a leg: slow legs last longer, and the mean over time is 2/ln 3 = 1.8205 m/s and not 2."""
    return means(_late(0.0, 1.0, 3.0), 2 / math.log(3), bias=1e-3)


def pieces() -> Seen:
    """1, 0 and 4 Mbit/s for 10 ms each, again and again: 50 kbit a turn of 30 ms. From 5 ms on 5 kbit end at 10 ms, 25 kbit at
    25 ms, 50 kbit at 35 ms, and 1 Mbit twenty turns later, at 605 ms."""
    trace = RateTrace(np.array([0.0, 0.010, 0.020, 0.030]), np.array([1e6, 0.0, 4e6]))
    found = trace.instants(0.005, np.array([5e3, 25e3, 50e3, 1e6]))
    return worst(found - [0.010, 0.025, 0.035, 0.605], 1e-9)


def opportunities() -> Seen:
    """Stamps 1, 2, 2, 5 ms: six packets of 1500 bytes leave at 1, 2, 2, 5 ms and, as the file begins again, at 6 and 7."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stamps"
        path.write_text("1\n2\n2\n5\n", encoding="utf-8")
        trace = read_trace(str(path))
    found = trace.instants(0.0, 12_000.0 * np.arange(1, 7))
    return worst(found - np.array([1, 2, 2, 5, 6, 7]) / 1000, INSTANT)


def checks() -> Iterator[Check]:
    """Geometry, mobility, traces."""
    check = partial(Check, "motion")
    yield check("disc", "uniform over the area", f"share within three distances, {_WORKERS} workers", disc)
    yield check("linear", "arithmetic by hand", "place after 60 s, m", straight)
    yield check("random_waypoint", "mean leg 128 R/(45 pi), Bettstetter et al. 2004", f"share of {_WORKERS} workers that walk",
                walking)
    yield check("random_waypoint", "(b - a)/ln(b/a), Yoon et al. 2003", f"mean speed of {_WORKERS} workers, m/s", speed)
    yield check("trace, pieces of rate", "integral by hand", "instants of four amounts, s", pieces)
    yield check("trace, Mahimahi", "mm-link's rule, by hand", "instants of six packets, s", opportunities)

"""What is drawn per place: the state of line of sight, shadowing, the building of a worker. Independent fields, closed forms."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, partial

import numpy as np

from ..model import build
from ..radio import PathLoss, Shadowing
from ..rng import Streams
from ..units import to_db
from .reference import rows
from .row import Check, Seen, differing, worst
from .sampling import limit, means, shares

__all__ = ["checks"]

_FIELDS = 1500
_CARRIER = 3.5e9


@cache
def _states(fields: int) -> tuple[np.ndarray, np.ndarray]:
    """Places (7, 2) around an UMi site, four of them on a circle of 60 m, and which are seen in each field, (fields, 7)."""
    angle = np.array([0.0, 10.0, 25.0, 60.0]) / 60
    near = 60 * np.column_stack([np.cos(angle), np.sin(angle)])
    places, law = np.concatenate([near, [[0.0, 70.0], [90.0, 0.0], [-150.0, 30.0]]]), build(PathLoss, "umi")
    return places, np.array([law.at(Streams(seed))(places, _CARRIER).los for seed in range(fields)])


def state_share(fields: int) -> Seen:
    """The share of fields in which a place is seen is the probability of its distance, UMi, 60 to 153 m."""
    places, seen = _states(fields)
    return shares(seen.mean(axis=0), build(PathLoss, "umi").los_probability(np.hypot(*places.T)), fields)


def state_pairs(fields: int) -> Seen:
    """Two places r apart are both seen as often as two normals of correlation exp(-r/50 m) lie below one level."""
    from scipy.special import ndtri
    from scipy.stats import multivariate_normal

    places, seen = _states(fields)
    level = float(ndtri(build(PathLoss, "umi").los_probability(60.0)))
    found, expected = [], []
    for other in (1, 2, 3):
        rho = math.exp(-np.hypot(*(places[other] - places[0])) / 50)
        expected.append(float(multivariate_normal.cdf([level, level], cov=[[1, rho], [rho, 1]])))
        found.append(np.mean(seen[:, 0] & seen[:, other]))
    return shares(found, expected, fields)


@cache
def _shadowing(kind: str, state: str, fields: int) -> np.ndarray:
    """Shadowing in dB of UMi at two places 8 m apart, over fields, (fields, 2)."""
    law, places = build(PathLoss, {"type": "umi", "state": state}), np.array([[50.0, 0.0], [50.0, 8.0]])
    shadowing, said = build(Shadowing, kind), law.at(Streams(0))(places, _CARRIER)
    return np.array([to_db(shadowing.at(Streams(seed, domain="fields"), law)(places, said)) for seed in range(fields)])


_LAWS = (("standard", "los", 4.0, 10.0), ("standard", "nlos", 7.82, 13.0), ("lognormal", "nlos", 7.0, 50.0))


def shadowing_spread(fields: int) -> Seen:
    """Standard deviation of normal values; that of n of them has the error sigma/sqrt(2n)."""
    found = np.array([_shadowing(kind, state, fields)[:, 0].std(ddof=1) for kind, state, *_ in _LAWS])
    sigma = np.array([sigma for *_, sigma, _ in _LAWS])
    return worst(found - sigma, limit(len(_LAWS)) * sigma / math.sqrt(2 * fields))


def shadowing_correlation(fields: int) -> Seen:
    """exp(-8 m / d); the correlation of n pairs has the error (1 - rho^2)/sqrt(n)."""
    found = np.array([np.corrcoef(_shadowing(kind, state, fields).T)[0, 1] for kind, state, *_ in _LAWS])
    rho = np.array([math.exp(-8 / distance) for *_, distance in _LAWS])
    return worst(found - rho, limit(len(_LAWS)) * (1 - rho**2) / math.sqrt(fields))


def distances() -> Seen:
    """Decorrelation distances of shadowing in both states, and of the state."""
    pairs = []
    for row in rows("propagation_correlation"):
        law = build(PathLoss, row["law"])
        pairs.append(((*law.decorrelation, law.state_decorrelation),
                      (float(row["with_sight"]), float(row["without"]), float(row["state"]))))
    return differing(pairs)


def entry_loss() -> Seen:
    """Over 2000 workers behind walls of high loss at 3.5 GHz: 26.8499 dB of wall and 0.5 dB/m over the lesser of two uniforms on
    25 m, mean 25/3 m: 31.0166 dB."""
    outdoors, indoors = (build(PathLoss, {"type": "umi", "state": "nlos", "penetration": kind}) for kind in ("none", "high"))
    place, workers, streams = np.broadcast_to([150.0, 80.0], (2000, 2)), np.arange(2000), Streams(17, domain="radio")
    entry = to_db(outdoors.at(streams)(place, _CARRIER).gain) - to_db(indoors.at(streams)(place, _CARRIER, workers).gain)
    return means(entry, 31.0166)


def checks() -> Iterator[Check]:
    """The fields, with short and with long statistics."""
    yield Check("places", "decorrelation distances, all laws", "TR 38.901, table 7.5-6, 7.6.3.3; points",
                "laws that differ, of 5", distances)
    yield Check("places", "entry loss of buildings", "TR 38.901, 7.4.3, mean by hand", "mean of 2000 workers, dB", entry_loss)
    for fields, slow in ((_FIELDS, False), (20_000, True)):
        check = partial(Check, "places", slow=slow)
        over = f"{fields} fields"
        yield check("line-of-sight field", "TR 38.901, table 7.4.2-1", f"share at 7 places over {over}",
                    partial(state_share, fields))
        yield check("line-of-sight field", "two normals below a level, rho = exp(-r/50 m)", f"both of two seen, over {over}",
                    partial(state_pairs, fields))
        yield check("shadowing standard, lognormal", "sigma of TR 38.901, table 7.4.1-1", f"standard deviation over {over}, dB",
                    partial(shadowing_spread, fields))
        yield check("shadowing standard, lognormal", "exp(-r/d), Gudmundson 1991", f"correlation 8 m apart over {over}",
                    partial(shadowing_correlation, fields))

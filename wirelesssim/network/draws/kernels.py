"""A counter-based uniform for loops that numba compiles; everywhere else stand the streams of `rng`."""

from __future__ import annotations

import numpy as np

from ...compiled import compiled

__all__ = ["uniform"]


@compiled
def _mix(x):
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@compiled
def uniform(key, worker, slot, transmission):
    """A uniform in [0, 1) that is a function of `key` (2,) of uint64 and three counters, each mixed in turn.

    Source of the mixing: SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators",
    OOPSLA 2014), each counter added in steps of the golden ratio.
    """
    golden = np.uint64(0x9E3779B97F4A7C15)
    x = _mix(key[0] + golden * np.uint64(worker + 1))
    x = _mix((x ^ key[1]) + golden * np.uint64(slot + 1))
    x = _mix(x + golden * np.uint64(transmission + 1))
    return (x >> np.uint64(11)) * (1.0 / 9007199254740992.0)

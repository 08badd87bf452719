"""The uniforms of `kernels` for everybody else, one by one and in arrays, and the names of packets in them."""

from __future__ import annotations

import numpy as np

__all__ = ["draw", "draws", "tags"]

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio
_STEPS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))  # shifts and factors of SplitMix64
_ROOM = 24  # bits of a tag that number a packet


def draw(key: np.ndarray, *counters: int) -> float:
    """A uniform in [0, 1) of `key` (2,) and whole numbers, as `kernels.uniform`, which takes three."""
    x, second = int(key[0]), int(key[1])
    for place, counter in enumerate(counters):
        x = _mixed(((x ^ second if place == 1 else x) + _GOLDEN * (counter + 1)) & _MASK)
    return (x >> 11) / 2**53


def _mixed(x: int) -> int:
    for shift, factor in _STEPS:
        x = (x ^ x >> shift) * factor & _MASK
    return x ^ x >> 31


def draws(key: np.ndarray, *counters: np.ndarray) -> np.ndarray:
    """`draw` of arrays of whole numbers that fit together."""
    golden, mixed = np.uint64(_GOLDEN), key[0]
    with np.errstate(over="ignore"):
        for place, counter in enumerate(counters):
            mixed = (mixed ^ key[1] if place == 1 else mixed) + golden * (counter.astype(np.uint64) + np.uint64(1))
            for shift, factor in _STEPS:
                mixed = (mixed ^ mixed >> np.uint64(shift)) * np.uint64(factor)
            mixed = mixed ^ mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)) / 2.0**53


def tags(packets: np.ndarray, *name: int) -> np.ndarray:
    """Names of `packets` (n,) < 2^24 of the burst that the whole numbers `name` tell apart, (n,) of int64, >= 0."""
    mixed = 0
    for number in name:
        mixed = (mixed + int(number) + 1) * _GOLDEN & _MASK
        mixed = (mixed ^ mixed >> 31) * _STEPS[0][1] & _MASK
        mixed ^= mixed >> 29
    return np.int64((mixed >> 1) & ~((1 << _ROOM) - 1) & ~(1 << 62)) + np.asarray(packets, dtype=np.int64)

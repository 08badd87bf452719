"""Coherence blocks on the clock of whole nanoseconds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..radio.block_sinr import BlockSinr

__all__ = ["SinrAhead"]

_EVER = 2**62  # ns
_STRETCH = 64  # blocks that are read at once, or fewer
_HELD = 1 << 21  # numbers at the most, 16 MB


class SinrAhead:
    """The SINR of many links, each in its blocks, at an instant; links whose blocks are as long are read together.

    They are read a stretch of blocks ahead, one call a link. A stretch begins at a multiple of its length, so that what is read
    depends on the time alone.
    """

    def __init__(self, sources: Sequence[BlockSinr]):
        places: dict[float, list[int]] = {}
        for place, source in enumerate(sources):
            places.setdefault(source.block_time, []).append(place)
        self._links = len(sources)
        self._groups = [(place, _Stretch([sources[one] for one in place], self._links)) for place in places.values()]

    def at(self, time: int) -> tuple[np.ndarray, int, int]:
        """At `time` (ns): SINR, linear, (links, bands), from when (ns), and before when, it holds."""
        found = [(place, *group.at(time)) for place, group in self._groups]
        since, until = max(first for _, _, first, _ in found), min(end for *_, end in found)
        if len(found) == 1:
            return found[0][1], since, until
        sinr = np.empty((self._links, found[0][1].shape[1]))
        for place, values, _, _ in found:
            sinr[place] = values
        return sinr, since, until


class _Stretch:
    """Links with blocks of the same length: those of `sources`, among `links` in all."""

    def __init__(self, sources: list[BlockSinr], links: int):
        self._sources, self._links = sources, links
        self._first, self._values = 0, np.empty((0, 0, 0))  # (blocks, links, bands) from block `first` on
        self._length = 0  # blocks, not known yet

    def at(self, time: int) -> tuple[np.ndarray, int, int]:
        block, since, until = _block(self._sources[0].block_time, time)
        if not self._first <= block < self._first + len(self._values):
            self._length = self._length or self._blocks_ahead()
            self._first = block - block % self._length
            read = [np.reshape(source(self._first, self._length), (self._length, -1)) for source in self._sources]
            self._values = np.stack(read, axis=1)
        return self._values[block - self._first], since, until

    def _blocks_ahead(self) -> int:
        """1 where the channel never changes."""
        source = self._sources[0]
        if math.isinf(source.block_time):
            return 1
        return max(1, min(_STRETCH, _HELD // (self._links * np.size(source(0, 1)))))


def _block(block_time: float, time: int) -> tuple[int, int, int]:
    """The block that holds `time` (ns), from when, and before when, it does; its edges are rounded to ns."""
    if math.isinf(block_time):
        return 0, 0, _EVER
    block = int(time / (block_time * 1e9))
    while round(block * block_time * 1e9) > time:
        block -= 1
    while round((block + 1) * block_time * 1e9) <= time:
        block += 1
    return block, round(block * block_time * 1e9), round((block + 1) * block_time * 1e9)

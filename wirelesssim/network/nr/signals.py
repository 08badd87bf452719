"""The signals that a slot loop reads, made in chunks of slots from the channel's SINR: pure functions of time."""

from __future__ import annotations

import math

import numpy as np

from ...radio.block_sinr import BlockSinr
from .rules import Chunk, Rules, Tables

__all__ = ["Signals", "SlotSinr"]

_NUMBERS = 1 << 21  # in a chunk of all users, at most, unless a chunk has fewer than 8 slots


class SlotSinr:
    """One user's SINR slot by slot: the value at the middle of the slot."""

    def __init__(self, source: BlockSinr, slot: float):
        self.source, self.slot = source, slot

    def __call__(self, slots: np.ndarray) -> np.ndarray:
        """Linear SINR of the whole band at full power in `slots` (n,), not falling; (n, bands)."""
        blocks = self._blocks(slots)
        first = int(blocks[0])
        sinr = self.source(first, int(blocks[-1]) - first + 1)[blocks - first]
        return sinr[:, None] if sinr.ndim == 1 else sinr

    def mean_db(self, slots: np.ndarray) -> np.ndarray:
        """The same without fading in dB, (n,), as of the start of the block."""
        blocks = self._blocks(slots)
        times = blocks * self.source.block_time if math.isfinite(self.source.block_time) else np.zeros(len(blocks))
        return 10 * np.log10(np.maximum(self.source.mean(times), 1e-30))

    def _blocks(self, slots: np.ndarray) -> np.ndarray:
        return np.floor((np.asarray(slots) + 0.5) * self.slot / self.source.block_time).astype(np.int64)


class Signals:
    """The chunk of slots that a loop is in: filled user by user, when one is active."""

    def __init__(self, rules: Rules, tables: Tables, sources: list[BlockSinr], slot: float):
        self.rules, self.tables = rules, tables
        self.users = [SlotSinr(source, slot) for source in sources]
        bands = int(rules.band.max()) + 1 if len(sources) == 0 else self.users[0](np.zeros(1, dtype=np.int64)).shape[1]
        self.size = int(np.clip(_NUMBERS // (max(1, len(sources)) * bands), 8, 512))
        self.measured = self.size // rules.cqi_period + 2
        self.chunk = Chunk(-self.size, 0, np.empty((len(sources), self.size, bands)), np.empty((len(sources), self.size)),
                           np.empty((len(sources), self.measured)))
        self._filled = np.zeros(len(sources), dtype=bool)

    def at(self, slot: int, active: np.ndarray) -> Chunk:
        """The chunk that holds `slot`, with the signals of the `active` (n,) users in it."""
        first = slot // self.size * self.size
        if first != self.chunk.first:
            report = max(first - self.rules.cqi_delay, 0) // self.rules.cqi_period
            self.chunk = self.chunk._replace(first=first, first_report=report)
            self._filled[:] = False
        for user in active[~self._filled[active]].tolist():
            self._fill(user)
        return self.chunk

    def _fill(self, user: int) -> None:
        from .signal.kernels import reports

        chunk, sinr = self.chunk, self.users[user]
        slots = np.arange(chunk.first, chunk.first + self.size)
        chunk.sinr[user], chunk.mean_db[user] = sinr(slots), sinr.mean_db(slots)
        when = (chunk.first_report + np.arange(self.measured)) * self.rules.cqi_period
        chunk.report_db[user] = reports(self.rules, self.tables, np.ascontiguousarray(sinr(when)))
        self._filled[user] = True

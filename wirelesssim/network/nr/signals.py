"""The signals that a slot loop reads, made from the channel's SINR for each user when it needs them: pure functions of time."""

from __future__ import annotations

import math

import numpy as np

from ...radio.block_sinr import BlockSinr
from .rules import Rules, Windows

__all__ = ["Signals", "SlotSinr"]

_NUMBERS = 1 << 23  # held at once for all users, at most, unless a window would then be shorter than it must be
_LONGEST = 512  # steps of a window
_EVER = 1 << 62


class SlotSinr:
    """One user's SINR slot by slot: the value at the middle of the slot."""

    def __init__(self, source: BlockSinr, slot: float):
        self.source, self.slot = source, slot

    def __call__(self, slots: np.ndarray) -> np.ndarray:
        """Linear SINR of the whole band at full power in `slots` (n,), not falling; (n, bands)."""
        blocks = self._blocks(slots)
        first = int(blocks[0])
        return self.of_blocks(first, int(blocks[-1]) - first + 1)[blocks - first]

    def of_blocks(self, first: int, count: int) -> np.ndarray:
        """The same of the source's blocks first, ..., first + count - 1; (count, bands)."""
        sinr = self.source(first, count)
        return sinr[:, None] if sinr.ndim == 1 else sinr

    def mean_db(self, slots: np.ndarray) -> np.ndarray:
        """The same without fading in dB, (n,), as of the start of the block."""
        return self.mean_db_of_blocks(self._blocks(slots))

    def mean_db_of_blocks(self, blocks: np.ndarray) -> np.ndarray:
        """The same of `blocks` (n,), (n,)."""
        times = blocks * self.source.block_time if math.isfinite(self.source.block_time) else np.zeros(len(blocks))
        return 10 * np.log10(np.maximum(self.source.mean(times), 1e-30))

    def _blocks(self, slots: np.ndarray) -> np.ndarray:
        return np.floor((np.asarray(slots) + 0.5) * self.slot / self.source.block_time).astype(np.int64)


class Signals:
    """A window of steps for each user, moved when a slot is reached that it does not hold; see `Windows`.

    Memory: 16 (bands + 2) bytes a user for each slot between a measurement and the end of its report's use, and 64 MB at most
    beyond that, whatever the number of users.
    """

    def __init__(self, rules: Rules, sources: list[BlockSinr], slot: float):
        self.rules, self.slot = rules, slot
        self.users = [SlotSinr(source, slot) for source in sources]
        count, bands = len(sources), self.users[0].of_blocks(0, 1).shape[1]
        block_time = np.array([source.block_time for source in sources])
        oldest = rules.cqi_delay + rules.cqi_period  # slots from the measurement to the slot of its last use
        least = 2 * math.ceil(oldest * min(1.0, slot / block_time.min())) + 4
        self.steps = 1 if np.isinf(block_time).all() else max(least, min(_LONGEST, _NUMBERS // (count * (bands + 2))))
        made = (count, self.steps)
        self.windows = Windows(slot, block_time, np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64),
                               np.empty((*made, bands)), np.empty(made), np.empty(made))

    def at(self, slot: int, users: np.ndarray) -> Windows:
        """The windows, of which those of `users` (n,) hold `slot` and the measurement whose report is known then; slots may not
        fall from call to call."""
        for user in users[self.windows.until[users] <= slot].tolist():
            self._fill(user, slot)
        return self.windows

    def _fill(self, user: int, slot: int) -> None:
        windows, source, block_time = self.windows, self.users[user], float(self.windows.block_time[user])
        measured = max(slot - self.rules.cqi_delay, 0) // self.rules.cqi_period * self.rules.cqi_period
        if block_time < self.slot:
            first, until = measured, measured + self.steps
            slots = np.arange(first, until)
            windows.sinr[user], windows.mean_db[user] = source(slots), source.mean_db(slots)
        else:
            first = self._block(measured, block_time)
            until = self._first_slot(first + self.steps, block_time)
            windows.sinr[user] = source.of_blocks(first, self.steps)
            windows.mean_db[user] = source.mean_db_of_blocks(np.arange(first, first + self.steps))
        windows.first[user], windows.until[user] = first, until
        windows.report_db[user] = np.nan

    def _block(self, slot: int, block_time: float) -> int:
        return math.floor((slot + 0.5) * self.slot / block_time)

    def _first_slot(self, block: int, block_time: float) -> int:
        """The first slot whose middle is in `block` or later."""
        if math.isinf(block_time):
            return _EVER
        slot = max(0, math.ceil(block * block_time / self.slot - 0.5))
        while slot > 0 and self._block(slot - 1, block_time) >= block:
            slot -= 1
        while self._block(slot, block_time) < block:
            slot += 1
        return slot

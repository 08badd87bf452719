"""What the plain twin computes of signals and schemes, in NumPy and whole numbers of Python."""

from __future__ import annotations

import math

import numpy as np

from ...radio.block_sinr import BlockSinr
from ...radio.nr import exponential_effective_sinr
from .rules import CHASE, Rules, Tables
from .signals import SlotSinr

__all__ = ["Choice"]


class Choice:
    """Reports, fits and error rates, asked one at a time."""

    def __init__(self, rules: Rules, tables: Tables, sources: list[BlockSinr], slot: float):
        self.rules, self.tables = rules, tables
        self.sinrs = [SlotSinr(source, slot) for source in sources]
        self._reports: dict[tuple[int, int], float] = {}

    def report(self, user: int, slot: int) -> float:
        """The newest report in dB that is known in `slot`; that of slot 0 before slot `cqi_delay`."""
        measured = max(slot - self.rules.cqi_delay, 0) // self.rules.cqi_period * self.rules.cqi_period
        if (user, measured) not in self._reports:
            self._reports[user, measured] = self._wideband(
                self.sinrs[user](np.array([measured]))[0], self._gain(user, measured, self.rules.blocks))
        return self._reports[user, measured]

    def _wideband(self, sinr: np.ndarray, gain: float) -> float:
        """EESM at the power on all of the carrier, less the `gain` in dB over `sinr` that it means."""
        level = _db(sinr.mean())
        if len(sinr) == 1:
            return level
        level, sinr = level + gain, sinr * 10 ** (gain / 10)
        scheme = self._scheme(self.rules.blocks, level)
        while scheme >= 0:
            level = _db(float(exponential_effective_sinr(sinr[self.rules.band], self.tables.beta[scheme])))
            lower = self._scheme(self.rules.blocks, level)
            if lower >= scheme:
                break
            scheme = lower
        return level - gain

    def _scheme(self, count: int, level: float) -> int:
        carried = np.flatnonzero(self.tables.offered[:, count] <= level)
        return int(carried[-1]) if len(carried) else -1

    def _gain(self, user: int, slot: int, count: int) -> float:
        """dB of a block over the whole band at full power, when `count` blocks share the power."""
        rules = self.rules
        loss = rules.reference_db[user] - float(self.sinrs[user].mean_db(np.array([slot]))[0])
        wanted = rules.open_loop_db[user] + rules.log_blocks[count] + rules.alpha * loss
        return min(0.0, wanted) + rules.spread_db[count]

    def fit(self, user: int, offset_db: float, slot: int, share: int) -> tuple[int, int] | None:
        """(blocks, scheme) on at most `share` blocks, or None in outage."""
        count = min(share, self.rules.max_blocks)
        while count >= 1:
            scheme = self._scheme(count, self.report(user, slot) + offset_db + self._gain(user, slot, count))
            if scheme >= 0:
                return count, scheme
            if not self.rules.headroom:
                break
            count //= 2
        return None

    def plan(self, user: int, offset_db: float, slot: int, share: int, need: int) -> tuple[int, int] | None:
        """`fit`, on as few blocks as carry `need` bits."""
        found = self.fit(user, offset_db, slot, share)
        if found is None or self.bits(*found) < need:
            return found
        for fewer in range(1, found[0]):
            scheme = self._scheme(fewer, self.report(user, slot) + offset_db + self._gain(user, slot, fewer))
            if scheme >= 0 and self.bits(fewer, scheme) >= need:
                return fewer, scheme
        return found

    def bits(self, count: int, scheme: int) -> int:
        """The transport block's size."""
        return int(self.tables.bits[scheme, count])

    def error(self, user: int, slot: int, first: int, count: int, scheme: int, gathered: float,
              tries: int) -> tuple[float, float]:
        """What is gathered with this transmission, SINR or information, and the probability that the block still fails."""
        sinr = self.sinrs[user](np.array([slot]))[0]
        sinr = sinr * 10 ** (self._gain(user, slot, count) / 10)
        level = _db(sinr[0] if len(sinr) == 1 else float(
            exponential_effective_sinr(sinr[self.rules.band[first:first + count]], self.tables.beta[scheme])))
        if self.rules.combining == CHASE:
            gathered += 10 ** (level / 10)
            level = _db(gathered)
        else:
            row = self.tables.information[scheme]
            axis = -40 + 0.1 * np.arange(len(row))
            gathered += float(np.interp(level, axis, row))
            if tries > 1:
                level = 60.0 if gathered >= row[-1] else float(np.interp(gathered, row, axis))
        return gathered, self._failing(scheme, count, level)

    def _failing(self, scheme: int, count: int, level: float) -> float:
        tables = self.tables
        place = (level - tables.first_sinr[scheme, count]) / tables.step[scheme, count]
        if not place >= 0:
            return 1.0
        z = tables.quantile[scheme, count]
        one = math.erfc(np.interp(place, np.arange(len(z)), z) / math.sqrt(2)) / 2
        return 1.0 if one >= 1 else 1 - (1 - one) ** int(tables.code_blocks[scheme, count])


def _db(linear: float) -> float:
    return 10 * math.log10(max(linear, 1e-30))

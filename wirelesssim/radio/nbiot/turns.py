"""From bits to time by whole transport blocks: full turns of the fastest scheme, then the shortest one that holds the rest."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from .schemes import SAME, Scheme

__all__ = ["TurnTable", "Turns"]


class Turns:
    """How a worker cuts a burst while `scheme` is the fastest that its SINR allows.

    A turn is what goes between two grants: one block in NB-IoT, up to three in LTE-M. While more is left than a full turn holds,
    blocks of `scheme` go; for the rest the shortest turn that holds it, of all `usable` schemes, the same in all of its blocks.
    `bits` (k,) without the headers of blocks, rising, and `seconds` (k,) of the turns worth sending; the last is the full one.
    Times are means over repeats: a block fails with 10 %, so that it is sent 1/0.9 times. A rest goes in one turn even where two
    shorter ones would hold it sooner (by up to 41 % of that turn, LTE-M between 4 and 16 repetitions; 33 % in NB-IoT): the base
    station grants what it was told is left, known to it in steps only, and does not search among pairs.

    A burst of B bits, F in a full turn, takes (ceil(B/F) - 1) S + s(rest), S = F/rate: it never takes less than B/rate, nor falls
    with B, since no usable turn carries bits faster than the full one. It may grow with the SINR, by less than a full turn, where
    the faster scheme's blocks are smaller and B needs one more of them (of sizes to 1500 B and steps of SINR 1 to 2 %).
    """

    def __init__(self, scheme: Scheme, usable: list[Scheme]):
        self.rate, self.full = scheme.rate, scheme.turn(len(scheme.turns))
        self.options = [one.turn(blocks) for one in usable for blocks in range(1, len(one.turns) + 1)]
        kept: list[tuple[int, float]] = []
        for bits, seconds in sorted(self.options, key=lambda option: (option[1], -option[0])):
            if bits < self.full[0] and seconds < self.full[1] and (not kept or bits > kept[-1][0]):
                kept.append((bits, seconds))
        self.bits, self.seconds = (np.array(column) for column in zip(*kept, self.full))

    def last(self, rest: float) -> float:
        """Seconds of the turn that holds `rest` bits, 0 < rest <= F."""
        return float(self.seconds[np.searchsorted(self.bits, rest, side="left")])

    def ends(self, bits: np.ndarray) -> np.ndarray:
        """When each of the cumulative counts `bits` (n,), not falling, is through, the last of them the burst's end; (n,) s."""
        holds, takes = self.full
        turn = np.ceil(bits / holds)  # (n,), from 1, of the turn that holds the last bit
        before = max(turn[-1] - 1, 0.0)
        closing = before * takes + (self.last(bits[-1] - before * holds) if bits[-1] > 0 else 0.0)
        return np.where(turn > before, np.where(turn > 0, closing, 0.0), turn * takes)


class TurnTable:
    """`Turns` by rate: `kept` schemes by rising rate and required SINR, `every` scheme that there is."""

    def __init__(self, kept: list[Scheme], every: list[Scheme]):
        self.kept, self.every = kept, every
        self._rates, self._known = [scheme.rate for scheme in kept], {}

    def at(self, rate: float) -> Turns:
        """Turns of the fastest scheme that is no faster than `rate` (bit/s, > 0); of the slowest, if there is none.

        Usable beside it are those that need no more SINR than it: a link knows its step, not where it stands on it. A band
        whose parts have different rates has their mean, which may lie between two.
        """
        place = max(bisect_right(self._rates, rate * (1 + SAME)) - 1, 0)
        if place not in self._known:
            scheme = self.kept[place]
            self._known[place] = Turns(scheme, [one for one in self.every if one.required_db <= scheme.required_db])
        return self._known[place]

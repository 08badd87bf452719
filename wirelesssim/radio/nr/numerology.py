"""The NR time and frequency grid: subcarrier spacing, slots, symbols, cyclic prefixes (TS 38.211, 4.1 to 4.4, 5.3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ...errors import InputError, Problem

__all__ = ["Numerology", "SUBCARRIERS_PER_BLOCK", "BASIC_TIME_UNIT"]

SUBCARRIERS_PER_BLOCK = 12  # TS 38.211, 4.4.4.1
BASIC_TIME_UNIT = Fraction(1, 480_000 * 4096)  # T_c in s; TS 38.211, 4.1

_KAPPA = 64  # T_s / T_c; TS 38.211, 4.1
_SPACINGS = tuple(15e3 * 2**mu for mu in range(7))


@dataclass(frozen=True)
class Numerology:
    """One numerology mu of TS 38.211, table 4.2-1: subcarrier spacing 2^mu 15 kHz.

    `mu` 0, ..., 6 (5 and 6 since release 17, in FR2-2 only; 4 carries no data, only synchronisation). `extended`: the extended
    cyclic prefix, which exists for mu = 2 alone and has 12 symbols a slot. InputError otherwise.
    """

    mu: int
    extended: bool = False

    def __post_init__(self):
        if self.mu not in range(7):
            raise InputError(Problem(("numerology",), f"must be a whole number from 0 to 6, got {self.mu!r}"))
        if self.extended and self.mu != 2:
            rule = f"must be 2 (60 kHz) with the extended cyclic prefix, got {self.mu}; take the normal prefix"
            raise InputError(Problem(("numerology",), rule))

    @classmethod
    def of_spacing(cls, subcarrier_spacing: float, extended: bool = False) -> Numerology:
        """The numerology of a subcarrier spacing in Hz; InputError unless it is 15 kHz times 1, 2, 4, ..., 64."""
        if subcarrier_spacing not in _SPACINGS:
            known = ", ".join(f"{spacing / 1e3:g}" for spacing in _SPACINGS)
            rule = f"must be one of {known} kHz, got {subcarrier_spacing / 1e3:g} kHz"
            raise InputError(Problem(("subcarrier_spacing",), rule))
        return cls(_SPACINGS.index(subcarrier_spacing), extended)

    @property
    def subcarrier_spacing(self) -> float:
        """Hz."""
        return _SPACINGS[self.mu]

    @property
    def block_bandwidth(self) -> float:
        """The bandwidth of a resource block, 12 subcarriers, in Hz."""
        return SUBCARRIERS_PER_BLOCK * self.subcarrier_spacing

    @property
    def symbols_per_slot(self) -> int:
        """14, or 12 with the extended prefix (tables 4.3.2-1 and -2)."""
        return 12 if self.extended else 14

    @property
    def slots_per_subframe(self) -> int:
        """2^mu slots in 1 ms."""
        return 2**self.mu

    @property
    def slot_duration(self) -> float:
        """2^-mu ms in s: a subframe over its slots. For mu >= 2 the first slot of each half millisecond is up to 0.52 us
        longer than the others, since it holds the long prefix (`symbol_start` has the exact grid)."""
        return 1e-3 / 2**self.mu

    def symbol_start(self, symbol: int) -> float:
        """When the prefix of symbol `symbol` starts, in s from the start of the subframe; `symbol` may be the count of all,
        which gives 1 ms."""
        useful = 2048 * _KAPPA * BASIC_TIME_UNIT / 2**self.mu
        return float(sum((self._prefix(earlier) + useful for earlier in range(symbol)), Fraction(0)))

    def _prefix(self, symbol: int) -> Fraction:
        """The cyclic prefix in s of symbol `symbol` counted from the start of the subframe (TS 38.211, 5.3.1).

            512 kappa 2^-mu T_c extended;  (144 kappa 2^-mu + 16 kappa [symbol in {0, 7 2^mu}]) T_c normal
        """
        if not 0 <= symbol < self.symbols_per_slot * self.slots_per_subframe:
            raise ValueError(f"a subframe has {self.symbols_per_slot * self.slots_per_subframe} symbols, got number {symbol}")
        if self.extended:
            return 512 * _KAPPA * BASIC_TIME_UNIT / 2**self.mu
        long = 16 * _KAPPA if symbol in (0, 7 * 2**self.mu) else 0
        return (Fraction(144 * _KAPPA, 2**self.mu) + long) * BASIC_TIME_UNIT

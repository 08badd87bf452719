"""A physical layer whose rate as a law of the SINR alone is a table, made once."""

from __future__ import annotations

from abc import abstractmethod
from typing import NamedTuple

import numpy as np

__all__ = ["EfficiencyTable", "Tabulated"]


class EfficiencyTable(NamedTuple):
    """`sinr_db` (n,), rising; `efficiency` (n,) in bit/s/Hz, never falling; below `least_db` nothing is carried."""

    sinr_db: np.ndarray
    efficiency: np.ndarray
    least_db: float


class Tabulated:
    """What `Phy` asks, from `efficiency_table`: linear between its points, constant beyond its last one, 0 below `least_db`."""

    @property
    @abstractmethod
    def efficiency_table(self) -> EfficiencyTable:
        """The table; a subclass keeps it."""

    def efficiency(self, sinr):
        """Spectral efficiency in bit/s/Hz at `sinr` (linear, >= 0; array or scalar)."""
        table = self.efficiency_table
        with np.errstate(divide="ignore"):
            at = 10 * np.log10(np.asarray(sinr, dtype=float))
        return np.where(at < table.least_db, 0.0, np.interp(at, table.sinr_db, table.efficiency))

    @property
    def min_sinr(self) -> float:
        """The SINR (linear) below which nothing is carried."""
        return 10 ** (self.efficiency_table.least_db / 10)

    @property
    def min_efficiency(self) -> float:
        """bit/s/Hz at `min_sinr`."""
        table = self.efficiency_table
        return float(np.interp(table.least_db, table.sinr_db, table.efficiency))

    @property
    def max_efficiency(self) -> float:
        """bit/s/Hz that no SINR exceeds."""
        return float(self.efficiency_table.efficiency[-1])

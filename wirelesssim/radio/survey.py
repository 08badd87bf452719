"""What a radio is at the workers' places before anything is sent: for people who ask why one of them is slow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..units import to_db
from .pathloss import Propagation

__all__ = ["Survey"]


class Survey(NamedTuple):
    """Places and gains of M workers at time 0, each (M,): m, dB, and whether a place sees the antenna (None: not known).

        sinr_db = 10 log10 (EIRP antenna_gain / (N rise)) - path_loss_db + shadowing_db

    `eirp_dbm` is what a worker sends with, its antenna included; `path_loss_db` the median between isotropic antennas,
    `shadowing_db` what a place lies above it (negative: below), `sinr_db` that of the whole band at full power, upwards,
    of one antenna, without fading. `distance_m` is in the plane.
    """

    x_m: np.ndarray
    y_m: np.ndarray
    distance_m: np.ndarray
    line_of_sight: np.ndarray | None
    path_loss_db: np.ndarray
    shadowing_db: np.ndarray
    eirp_dbm: np.ndarray
    sinr_db: np.ndarray

    @classmethod
    def of(cls, places: np.ndarray, propagation: Propagation, shadowing: np.ndarray, eirps: np.ndarray,
           sinr: np.ndarray) -> Survey:
        """From `places` (M, 2) m, what the path-loss law says there, and (M,) each: linear gain, EIRP in W, linear SINR."""
        x, y = np.asarray(places, dtype=float).T
        return cls(x, y, np.hypot(x, y), propagation.los, -to_db(propagation.gain), to_db(shadowing),
                   to_db(eirps / 1e-3), to_db(sinr))

    def rows(self) -> list[dict[str, float | bool | None]]:
        """One mapping a worker, in order; levels to a thousandth of a dB, places to a millimetre."""
        count = len(self.x_m)
        columns = [[None] * count if column is None else np.asarray(column) for column in self]
        return [{name: _plain(column[worker]) for name, column in zip(self._fields, columns)} for worker in range(count)]


def _plain(value) -> float | bool | None:
    if value is None or isinstance(value, np.bool_):
        return None if value is None else bool(value)
    return round(float(value), 3) + 0.0 if np.isfinite(value) else None  # + 0.0: no minus zero

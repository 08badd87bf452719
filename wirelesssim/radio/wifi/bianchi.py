"""Bianchi's model of saturated contention: a fixed point between how often a station sends and how often it collides."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.optimize import brentq

__all__ = ["SaturationPoint", "saturation_point"]


@dataclass(frozen=True)
class SaturationPoint:
    """`tau`: the probability that a station sends in a slot; `collision`: that what it sends collides, given that it sends.
    For n stations `busy`: that somebody sends in a slot, `success`: that exactly one does, given that somebody does."""

    stations: int
    tau: float
    collision: float

    @property
    def busy(self) -> float:
        """P_tr = 1 - (1 - tau)^n."""
        return 1 - (1 - self.tau) ** self.stations

    @property
    def success(self) -> float:
        """P_s = n tau (1 - tau)^(n - 1) / P_tr."""
        return self.stations * self.tau * (1 - self.tau) ** (self.stations - 1) / self.busy

    def mean_slot(self, slot: float, success_time: float, collision_time: float) -> float:
        """Mean time of a slot: (1 - P_tr) slot + P_tr P_s T_s + P_tr (1 - P_s) T_c, in the unit of the three."""
        return ((1 - self.busy) * slot + self.busy * self.success * success_time
                + self.busy * (1 - self.success) * collision_time)

    def throughput(self, payload: float, slot: float, success_time: float, collision_time: float) -> float:
        """P_s P_tr payload / mean slot: bits a second for a payload in bits and times in s, a part of the time for one in s."""
        return self.success * self.busy * payload / self.mean_slot(slot, success_time, collision_time)


def saturation_point(stations: int, window: int, stages: int) -> SaturationPoint:
    """The fixed point of `stations` >= 1 that always have a frame, for W = `window` >= 1 = CWmin + 1 slots that double `stages`
    times:

        tau = 2 (1 - 2 p) / ((1 - 2 p)(W + 1) + p W (1 - (2 p)^m)),   p = 1 - (1 - tau)^(n - 1)

    The quotient is taken as 2 / (W + 1 + p W sum_(i < m) (2 p)^i), which has no hole at p = 1/2. Unlimited retries, equal
    windows, constant p independent of the past (good for n of some stations and W not too small), no noise.
    G. Bianchi, "Performance analysis of the IEEE 802.11 distributed coordination function", IEEE J. Sel. Areas Commun. 18(3),
    2000, equations (7), (9), (10), (11), (13). ValueError for arguments out of range.
    """
    if stations < 1 or window < 1 or stages < 0:
        raise ValueError(f"needs stations >= 1, window >= 1, stages >= 0, got {stations}, {window}, {stages}")

    def sends(p: float) -> float:
        return 2 / (window + 1 + p * window * sum((2 * p) ** stage for stage in range(stages)))

    def excess(p: float) -> float:
        return p - 1 + (1 - sends(p)) ** (stations - 1)

    p = brentq(excess, 0.0, 1.0, xtol=1e-14, rtol=1e-14) if stations > 1 else 0.0
    return SaturationPoint(stations, sends(p), p)

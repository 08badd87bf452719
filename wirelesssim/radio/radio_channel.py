"""A radio channel: power, distance, shadowing and fading make a SINR, and the physical layer makes it a rate."""

from __future__ import annotations

import numpy as np

from ..errors import InputError, Problem
from ..model import model
from ..perworker import WorkerTime
from ..units import BOLTZMANN, REFERENCE_TEMPERATURE, Frequency, Power, Ratio
from .channel import Channel, delays_and_losses
from .fading import Fading
from .fading_link import AdaptiveLink, FixedRateLink
from .geometry import Disc
from .link import ConstantLink, Link
from .pathloss import PathLoss
from .phy import Phy
from .shadowing import Shadowing
from .worker_loss import WorkerLoss

__all__ = ["Radio", "noise_power", "DEFAULT_RADIUS"]

DEFAULT_RADIUS = "200 m"  # the inter-site distance of TR 38.901's UMi street canyon (table 7.2-1) is 200 m


def noise_power(bandwidth: float, noise_figure: float) -> float:
    """Thermal noise in watts, N = k T0 B F: T0 = 290 K, B = `bandwidth` (Hz), F = `noise_figure` (linear)."""
    return BOLTZMANN * REFERENCE_TEMPERATURE * bandwidth * noise_figure


@model
class Radio(Channel, name="radio"):
    """Single links to the server without interference, each with a band of its own or its turn in one.

        SINR(t) = tx_power antenna_gain path_gain(d) shadowing(x) g(t) / (k T0 bandwidth noise_figure)
        rate(t) = bandwidth efficiency(SINR(t))

    d: distance to the server, which is at the origin; x: the worker's place; g: fading gain of the coherence block, mean
    1. `antenna_gain` is that of both ends together. Without `geometry` workers stand in a disc of 200 m radius.
    Defaults: 3.5 GHz, the middle of band n78 (TS 38.104); `bandwidth` 20 MHz, `tx_power` 23 dBm (power class 3, TS 38.101-1,
    6.2.1) and `noise_figure` 5 dB (base station, Report ITU-R M.2412, table 5). InputError if `bandwidth` exceeds
    `carrier` or a fixed rate exceeds bandwidth * max_efficiency.
    Left out: interference (SINR is SNR), power control, frequency selectivity, motion.
    """

    carrier: Frequency = "3.5 GHz"
    bandwidth: Frequency = "20 MHz"
    tx_power: Power = "23 dBm"
    noise_figure: Ratio = "5 dB"
    antenna_gain: Ratio = "0 dB"
    path_loss: PathLoss = "log_distance"
    shadowing: Shadowing = "none"
    fading: Fading = "none"
    phy: Phy = "shannon"
    latency: WorkerTime = "0 s"
    jitter: WorkerTime = "0 s"
    loss: WorkerLoss = "0 %"

    def __post_init__(self):
        if self.bandwidth > self.carrier:
            raise InputError(Problem(("bandwidth",), f"must be <= carrier ({self.carrier:g} Hz), got {self.bandwidth:g} Hz"))
        ceiling, rate = self.bandwidth * self.phy.max_efficiency, self.phy.fixed_rate
        if rate is not None and rate > ceiling:
            rule = f"must be <= bandwidth * max_efficiency ({ceiling:g} bit/s), got {rate:g} bit/s: every packet would fail"
            raise InputError(Problem(("phy", "rate"), rule))

    @property
    def needs_geometry(self):
        return True

    @property
    def noise(self) -> float:
        """Noise power at the receiver, W."""
        return noise_power(self.bandwidth, self.noise_figure)

    def mean_sinr(self, positions: np.ndarray, streams) -> np.ndarray:
        """SINR without fading, linear, at `positions` (M, 2) m; (M,)."""
        distance = np.hypot(positions[:, 0], positions[:, 1])  # (M,)
        gain = self.path_loss.gain(distance, self.carrier) * self.shadowing.field(streams)(positions)
        return self.tx_power * self.antenna_gain * gain / self.noise

    def links(self, workers, geometry, streams):
        positions = (geometry or Disc(radius=DEFAULT_RADIUS)).positions(workers, streams)
        sinrs, said = self.mean_sinr(positions, streams), delays_and_losses(self, workers, streams)
        return [self._link(worker, float(sinrs[worker]), streams, said[worker]) for worker in range(workers)]

    def _link(self, worker: int, sinr: float, streams, said: dict) -> Link:
        rate = self.phy.fixed_rate
        if np.isinf(self.fading.coherence_time):  # the gain never changes
            gain = float(self.fading.process(streams, worker).gains(0, 1)[0])
            carried = self.bandwidth * float(self.phy.efficiency(sinr * gain))
            sent, broken = (carried, False) if rate is None else (rate, carried < rate)
            return ConstantLink(worker, streams, rate=sent, broken=broken, mean_sinr=sinr, **said)
        common = dict(bandwidth=self.bandwidth, phy=self.phy, fading=self.fading, mean_sinr=sinr, **said)
        if rate is None:
            return AdaptiveLink(worker, streams, **common)
        return FixedRateLink(worker, streams, rate=rate, **common)

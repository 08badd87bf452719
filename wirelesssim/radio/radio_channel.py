"""A radio channel: power, distance, shadowing and fading make a SINR, and the physical layer makes it a rate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np

from ..errors import InputError, Problem
from ..model import model
from ..perworker import PerWorker, PerWorkerValue, WorkerPower, WorkerRatio, WorkerTime
from ..rng import Streams
from ..units import FREQUENCY, RATIO, Frequency, Power, Quantity, Ratio
from .block_sinr import BlockSinr, block_sinr, fading_time_of
from .channel import Channel, delays_and_losses, drawn
from .downlink import DownlinkWay
from .fading import Branches, Fading, FadingLaw, combine
from .fading_link import AdaptiveLink, FixedRateLink, carried
from .geometry import Disc, Geometry
from .interference import Interference
from .large_scale import MovingSinr, mean_sinrs
from .link import ConstantLink, Link
from .mobility import Mobility, Motion
from .noise import noise_power
from .pathloss import PathLoss
from .phy import Phy
from .shadowing import Shadowing
from .survey import Survey
from .worker_loss import WorkerLoss

__all__ = ["Radio", "noise_power", "DEFAULT_RADIUS"]

Bandwidth = Annotated[float, Quantity(FREQUENCY, gt=0, ge=100)]  # 100 Hz: a channel of Sigfox's, the narrowest in use
NoiseFigure = Annotated[float, Quantity(RATIO, ge=1)]  # a receiver adds noise, or none
WorkerNoiseFigure = Annotated[PerWorkerValue, PerWorker(Quantity(RATIO, ge=1))]
DEFAULT_RADIUS = "200 m"  # the inter-site distance of TR 38.901's UMi street canyon (table 7.2-1) is 200 m


@model
class Radio(Channel, name="radio"):
    """Single links to the server, each with a band of its own or its turn in one.

        SINR(t) = EIRP antenna_gain path_gain(x) shadowing(x) g(t) / (k T0 bandwidth noise_figure rise)
        rate(t) = bandwidth efficiency(SINR(t)),       EIRP = tx_power worker_antenna_gain

    x: the worker's place, which `mobility` moves (a step of 1 m, or of a tenth of the least decorrelation distance, at a time,
    or of less where the blocks of the fading would not divide it), the server at the origin; g: fading gain of the block of time,
    mean 1 a branch, which `clarke` and `tdl` change at the speed of the worker's own motion unless they state one; rise:
    (N + I)/N by `interference`.
    `antenna_gain` is that of the server, over isotropic, as is the worker's. `branches` receive antennas are combined at the
    maximum ratio: their gains add, so that the mean grows by 10 log10(branches) dB, too. In a frequency-selective band the
    rate is the mean over its parts. Without `geometry` workers stand in a disc of 200 m radius.

    A downlink that states no rate is the same way back, without interference from upwards:

        SINR_down(t) = downlink_tx_power antenna_gain worker_antenna_gain path_gain(x) shadowing(x) g1(t)
                       / (k T0 bandwidth worker_noise_figure rise_down(x))

    g1: the fading of the first of the branches, since one antenna at each end is used; its rate follows SINR_down without
    error or delay by the law of `phy`.
    Defaults: 3.5 GHz, the middle of band n78 (TS 38.104); `bandwidth` 20 MHz, `tx_power` 23 dBm (power class 3, TS 38.101-1,
    6.2.1) and `noise_figure` 5 dB (base station, Report ITU-R M.2412, table 5, dense urban); `downlink_tx_power` 33 dBm, a
    micro site at 4 GHz with 20 MHz, and `worker_noise_figure` 7 dB (both of that table, where a macro site has 44 dBm).
    `tx_power`, `worker_antenna_gain` and `worker_noise_figure` may be each worker's own, as a list or a distribution.
    InputError if `bandwidth` exceeds `carrier`, a fixed rate exceeds bandwidth * max_efficiency, the path-loss law does not
    hold at `carrier`, or the shadowing does not go with it. Left out: power control, antenna patterns, feeder loss; beams and
    several antennas downwards; a downlink that fades apart from the uplink where the two have bands of their own (FDD).
    """

    carrier: Frequency = "3.5 GHz"
    bandwidth: Bandwidth = "20 MHz"
    tx_power: WorkerPower = "23 dBm"
    noise_figure: NoiseFigure = "5 dB"
    downlink_tx_power: Power = "33 dBm"
    worker_noise_figure: WorkerNoiseFigure = "7 dB"
    antenna_gain: Ratio = "0 dB"
    worker_antenna_gain: WorkerRatio = "0 dB"
    path_loss: PathLoss = "log_distance"
    shadowing: Shadowing = "none"
    mobility: Mobility = "static"
    interference: Interference = "none"
    fading: Fading = "none"
    branches: Branches = 1
    phy: Phy = "shannon"
    latency: WorkerTime = "0 s"
    jitter: WorkerTime = "0 s"
    loss: WorkerLoss = "0 %"

    def __post_init__(self):
        if self.bandwidth > self.carrier:
            raise InputError(Problem(("bandwidth",), f"must be <= carrier ({self.carrier:g} Hz), got {self.bandwidth:g} Hz"))
        rate = self.phy.fixed_rate
        if rate is not None and rate > (ceiling := self.bandwidth * self.phy.max_efficiency):
            rule = f"must be <= bandwidth * max_efficiency ({ceiling:g} bit/s), got {rate:g} bit/s: every packet would fail"
            raise InputError(Problem(("phy", "rate"), rule))
        self.phy.check_band(self.carrier, self.bandwidth)
        self.path_loss.check_carrier(self.carrier)
        self.shadowing.check_law(self.path_loss)
        if self.fading.needs_speed and not self.mobility.states_speed:
            rule = (f"must be given with mobility {self.mobility.type_name!r}, whose speed changes on the way; say, for example, "
                    f"fading: {{type: {self.fading.type_name}, speed: 30 km/h}}, or doppler")
            raise InputError(Problem(("fading", "speed"), rule))
        try:
            self.fading_law
        except InputError as error:
            raise error.under("fading") from None

    @property
    def fading_law(self) -> FadingLaw:
        """The fading at this carrier and bandwidth, all branches combined; where speeds differ, that of no worker's own."""
        return combine(self.fading.tuned(self.carrier, self.bandwidth), self.branches)

    def fading_laws(self, workers: int, streams: Streams) -> list[FadingLaw]:
        """The fading of each worker's antenna with one branch, at its speed; InputError names the key."""
        try:
            moving = self.mobility.speeds(workers, streams)
        except InputError as error:
            raise error.under("mobility") from None
        try:
            return self.fading.laws(self.carrier, self.bandwidth, streams, moving)
        except InputError as error:
            raise error.under("fading") from None

    @property
    def needs_geometry(self):
        return True

    @property
    def carries_downlink(self):
        return True

    @property
    def noise(self) -> float:
        """Noise power at the receiver, W."""
        return noise_power(self.bandwidth, self.noise_figure)

    def eirps(self, workers: int, streams: Streams) -> np.ndarray:
        """Equivalent isotropically radiated power of each worker, (M,) W; InputError as `drawn`."""
        return drawn(self, "tx_power", workers, streams) * drawn(self, "worker_antenna_gain", workers, streams)

    @property
    def distance_scale(self) -> float:
        """The least distance (m) over which line of sight or shadowing changes; infinite if nothing but distance counts."""
        return min(self.path_loss.distance_scale, self.shadowing.distance_scale(self.path_loss))

    def large_scale(self, streams: Streams) -> Callable[..., np.ndarray]:
        """Path gain and shadowing around the server: (positions (..., 2) m, workers (...) or one) -> linear gain (...)."""
        law, shadowing = self.path_loss.at(streams), self.shadowing.at(streams, self.path_loss)

        def gain(positions, workers=0):
            propagation = law(positions, self.carrier, workers)
            return propagation.gain * shadowing(positions, propagation)

        return gain

    def mean_sinr(self, positions: np.ndarray, streams: Streams, geometry: Geometry | None = None) -> np.ndarray:
        """SINR without fading of worker m at `positions` (M, 2) m; (M,), linear. `geometry` knows the other sites."""
        return self._sinr_of(len(positions), geometry, streams)(positions, np.arange(len(positions)))

    def _sinr_of(self, workers: int, geometry: Geometry | None, streams: Streams) -> Callable[..., np.ndarray]:
        """(positions (..., 2) m, workers (...) or one) -> linear SINR without fading (...), each at its own power."""
        gain, noise = self.large_scale(streams), self.noise * self.noise_rise(workers, geometry, streams)
        sent = self.eirps(workers, streams) * self.antenna_gain  # (M,)
        return lambda positions, workers: sent[workers] * gain(positions, workers) / noise

    def noise_rise(self, workers: int, geometry: Geometry | None, streams: Streams) -> float:
        """(N + I)/N at the server; InputError (`interference`) where it needs other cells and `geometry` has none.

        Users of other cells have the mean EIRP of this cell's `workers`.
        """
        eirps = self.eirps(workers, streams)
        mean = float(eirps[0] + (eirps - eirps[0]).mean())  # of equal ones that one, to the bit
        return self.interference.uplink_rise(self._median_gain, mean, self.noise, geometry)

    def downlink_sinr(self, positions: np.ndarray, streams: Streams, power: float, noise_figure: float | np.ndarray,
                      geometry: Geometry | None = None) -> np.ndarray:
        """SINR without fading of what the server sends with `power` (W) to worker m at `positions` (M, 2); (M,), linear.

        The same large-scale gain as upwards (reciprocity); other sites send with the same power; `noise_figure` (linear) is
        the workers', one or (M,).
        """
        figures = np.broadcast_to(np.asarray(noise_figure, dtype=float), len(positions))
        return self._downlink_of(streams, power, figures, geometry)(positions, np.arange(len(positions)))

    def _downlink_of(self, streams: Streams, power: float, noise_figures: np.ndarray,
                     geometry: Geometry | None) -> Callable[..., np.ndarray]:
        """As `_sinr_of`, downwards; `noise_figures` (M,)."""
        gain, noises = self.large_scale(streams), noise_power(self.bandwidth, noise_figures)
        at_one = power * drawn(self, "worker_antenna_gain", len(noise_figures), streams)  # (M,), received at a gain of 1

        def sinr(positions, workers):
            received, noise = at_one[workers], noises[workers]
            rise = self.interference.downlink_rise(positions, self._median_gain, received, noise, geometry)
            return received * self.antenna_gain * gain(positions, workers) / (noise * rise)

        return sinr

    def _median_gain(self, distance: np.ndarray) -> np.ndarray:
        return self.antenna_gain * self.path_loss.gain(distance, self.carrier)

    def links(self, workers, geometry, streams):
        drawn(self, "worker_noise_figure", workers, streams)  # which the downlink alone needs: if it is wrong, it is said here
        laws = [combine(law, self.branches) for law in self.fading_laws(workers, streams)]
        sinrs = self._mean_sinrs(laws, geometry, streams, self._sinr_of(workers, geometry, streams))
        said = delays_and_losses(self, workers, streams)
        return [self._link(worker, sinrs[worker], laws[worker], streams, said[worker]) for worker in range(workers)]

    def survey(self, workers, geometry, streams):
        places = self.first_places(workers, geometry, streams)
        propagation = self.path_loss.at(streams)(places, self.carrier, np.arange(workers))
        shadowing = self.shadowing.at(streams, self.path_loss)(places, propagation)
        eirps, noise = self.eirps(workers, streams), self.noise * self.noise_rise(workers, geometry, streams)
        return Survey.of(places, propagation, shadowing, eirps, eirps * self.antenna_gain * propagation.gain * shadowing / noise)

    def first_places(self, workers: int, geometry: Geometry | None, streams: Streams) -> np.ndarray:
        """Where the workers are at time 0, (M, 2) m: their places of `geometry`, or where `mobility` has them."""
        places = (geometry or Disc(radius=DEFAULT_RADIUS)).positions(workers, streams)
        return np.array([place if motion is None else motion(np.zeros(()))
                         for place, motion in zip(places, self._motions(places, streams))])

    def block_sinrs(self, workers: int, geometry: Geometry | None, streams: Streams) -> list[BlockSinr]:
        """The SINR at full power over the whole band of each worker, block by block: what the links that `links` makes see."""
        laws = [combine(law, self.branches) for law in self.fading_laws(workers, streams)]
        sinr_of = self._sinr_of(workers, geometry, streams)
        return self._blocks(laws, streams, self._mean_sinrs(laws, geometry, streams, sinr_of))

    def downlink(self, workers: int, geometry: Geometry | None, streams: Streams) -> DownlinkWay:
        """The way from the server to the workers; see the class."""
        sources = self.downlink_block_sinrs(workers, geometry, streams, self.downlink_tx_power)
        return DownlinkWay(sources, self.phy.downlink_law(self.carrier, self.bandwidth))

    def downlink_block_sinrs(self, workers: int, geometry: Geometry | None, streams: Streams, power: float) -> list[BlockSinr]:
        """The SINR at each worker, block by block, of what the server, as every other site, sends with `power` (W)."""
        figures = drawn(self, "worker_noise_figure", workers, streams)
        laws, sinr_of = self.fading_laws(workers, streams), self._downlink_of(streams, power, figures, geometry)
        return self._blocks(laws, streams, self._mean_sinrs(laws, geometry, streams, sinr_of))

    @staticmethod
    def _blocks(laws: list[FadingLaw], streams: Streams, means: list[float | MovingSinr]) -> list[BlockSinr]:
        return [block_sinr(law, law.process(streams, worker), mean) for worker, (law, mean) in enumerate(zip(laws, means))]

    def _mean_sinrs(self, laws: list[FadingLaw], geometry: Geometry | None, streams: Streams,
                    sinr_of: Callable[..., np.ndarray]) -> list[float | MovingSinr]:
        """SINR without fading of each worker by `sinr_of`, a number or, where it moves, a function of time; `laws` its fading."""
        geometry = geometry or Disc(radius=DEFAULT_RADIUS)
        positions = geometry.positions(len(laws), streams)
        held = [fading_time_of(law) for law in laws]
        return mean_sinrs(positions, self._motions(positions, streams), sinr_of, self.distance_scale, held)

    def _motions(self, positions: np.ndarray, streams: Streams) -> list[Motion | None]:
        try:
            return self.mobility.motions(positions, streams)
        except InputError as error:
            raise error.under("mobility") from None

    def _link(self, worker: int, sinr: float | MovingSinr, law: FadingLaw, streams, said: dict) -> Link:
        rate = self.phy.fixed_rate
        if np.isinf(law.coherence_time) and not callable(sinr):  # the gain never changes
            gains = law.process(streams, worker).gains(0, 1)
            capacity = float(carried(self.bandwidth, self.phy, sinr * gains)[0])
            sent, broken = (capacity, False) if rate is None else (rate, capacity < rate)
            return ConstantLink(worker, streams, rate=sent, broken=broken, mean_sinr=sinr, **said)
        common = dict(bandwidth=self.bandwidth, phy=self.phy, fading=law, mean_sinr=sinr, **said)
        if rate is None:
            return AdaptiveLink(worker, streams, **common)
        return FixedRateLink(worker, streams, rate=rate, **common)

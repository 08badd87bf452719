"""From SINR to bits: the physical layer's spectral efficiency."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar

import numpy as np

from ..errors import InputError, Problem
from ..model import Model, model
from ..units import NUMBER, RATIO, Quantity, Rate
from .downlink import ContinuousDownlink, DownlinkLaw

__all__ = ["Phy", "Shannon"]

Efficiency = Annotated[float, Quantity(NUMBER, gt=0)]


class Phy(Model, family="phy"):
    """What rate a SINR carries; adaptive unless `fixed_rate` says a rate.

    `min_efficiency` and `max_efficiency` (bit/s/Hz) and `min_sinr` (linear) are part of the interface: floor and ceiling
    of `efficiency`, and the least SINR at which it is not zero. `accesses`: the accesses by whose rules alone it can be sent;
    empty: any.
    """

    max_efficiency: float
    min_efficiency: float
    accesses: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def efficiency(self, sinr):
        """Spectral efficiency in bit/s/Hz, 0 in outage; does not fall with `sinr` (linear, >= 0; array or scalar)."""

    @property
    @abstractmethod
    def min_sinr(self) -> float:
        """The SINR below which nothing is carried."""

    def check_band(self, carrier: float, bandwidth: float) -> None:
        """InputError, with the key from the channel, where there is no channel of `bandwidth` (Hz) around `carrier` (Hz)."""

    def check_downlink(self) -> None:
        """InputError, with the key from here, where this physical layer leaves no room for a downlink."""

    def downlink_law(self, carrier: float, bandwidth: float) -> DownlinkLaw:
        """What `bandwidth` (Hz) around `carrier` (Hz) carries from the server to a worker: `efficiency`, at any time, even where
        the workers send at a fixed rate."""
        return ContinuousDownlink(bandwidth, self.efficiency)

    @property
    def fixed_rate(self) -> float | None:
        """The rate in bit/s at which every packet is sent whatever the channel, or None: the rate adapts."""
        return getattr(self, "rate", None)


@model
class Shannon(Phy, name="shannon"):
    """Shannon's law with a gap, a floor and a ceiling.

        efficiency = min(log2(1 + sinr / gap), max_efficiency),  and 0 where that is below min_efficiency   [bit/s/Hz]

    With `rate` every packet is sent at that rate and fails in a block whose bandwidth * efficiency is below it; without,
    the rate follows the channel at once and without error (perfect link adaptation).
    `gap` 3 dB: the SNR gap of practical coding and modulation (G. D. Forney and G. Ungerboeck, IEEE Trans. Inf. Theory
    44, 1998), of which good codes take 1 to 2 dB and estimation the rest; 0 dB is the limit. `min_efficiency` 0.1: between the
    lowest CQI of TS 38.214 tables 5.2.2.1-2 (0.1523) and 5.2.2.1-4 (0.0586). `max_efficiency` 8: 256-QAM, 8 bits a symbol.
    Left out: block length, block error rate under adaptation, delay of the channel's report. InputError if the
    floor lies above the ceiling.
    """

    gap: Annotated[float, Quantity(RATIO, ge=1)] = "3 dB"
    min_efficiency: Efficiency = 0.1
    max_efficiency: Efficiency = 8.0
    rate: Rate | None = None

    def __post_init__(self):
        if self.min_efficiency > self.max_efficiency:
            rule = f"must be <= max_efficiency ({self.max_efficiency:g} bit/s/Hz), got {self.min_efficiency:g}"
            raise InputError(Problem(("min_efficiency",), rule))

    def efficiency(self, sinr):
        carried = np.log1p(np.asarray(sinr) / self.gap) / np.log(2)
        return np.where(carried < self.min_efficiency, 0.0, np.minimum(carried, self.max_efficiency))

    @property
    def min_sinr(self):
        return self.gap * (2.0**self.min_efficiency - 1)

"""IEEE 802.15.4 at 2450 MHz as a physical layer: one rate, and an error law."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

import numpy as np

from ..errors import InputError, Problem
from ..model import model
from .ieee802154 import BAND, BANDWIDTH, BIT_RATE, MAX_PSDU, packet_error_rate, required_snr
from .phy import Phy

__all__ = ["Ieee802154"]

_HOPELESS = 0.9  # the probability of failure of the longest frame from which on nothing is counted as carried


@model
class Ieee802154(Phy, name="ieee802154"):
    """O-QPSK of IEEE 802.15.4 at 250 kb/s, in a channel of 2 MHz within 2400 to 2483.5 MHz; frames go by `access: {type:
    csma_ca}`.

    Every frame goes at that rate and fails by the law of `radio.ieee802154`. As a law of the SINR alone (`efficiency`, for
    estimates): 250 kb/s (1 - PER of a frame of 127 B) per Hz, without headers and contention; 0 where that PER exceeds 0.9.
    `bandwidth` is that over which noise counts, the chip rate; channels are 5 MHz apart. Left out: other bands and modulations.
    """

    accesses: ClassVar[tuple[str, ...]] = ("csma_ca",)

    def check_band(self, carrier, bandwidth):
        if bandwidth != BANDWIDTH:
            rule = f"must be 2 MHz with the physical layer ieee802154, got {bandwidth / 1e6:g} MHz"
            raise InputError(Problem(("bandwidth",), rule))
        if not BAND[0] + bandwidth / 2 <= carrier <= BAND[1] - bandwidth / 2:
            rule = "must lie within 2401 to 2482.5 MHz with the physical layer ieee802154, for example 2450 MHz"
            raise InputError(Problem(("carrier",), f"{rule}, got {carrier / 1e6:g} MHz"))

    def efficiency(self, sinr):
        sinr = np.asarray(sinr, dtype=float)
        return np.where(sinr < self.min_sinr, 0.0, BIT_RATE / BANDWIDTH * (1 - packet_error_rate(sinr, MAX_PSDU)))

    @cached_property
    def min_sinr(self):
        return required_snr(MAX_PSDU, _HOPELESS)

    @property
    def min_efficiency(self):
        return BIT_RATE / BANDWIDTH * float(1 - packet_error_rate(self.min_sinr, MAX_PSDU))

    @property
    def max_efficiency(self):
        return BIT_RATE / BANDWIDTH

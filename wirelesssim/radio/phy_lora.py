"""LoRa as a physical layer: a spreading factor for all, or for each worker the fastest that its signal carries."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np

from ..errors import InputError, Problem
from ..model import model
from ..units import DECIBELS, Quantity
from .lora import FACTORS, bit_rate, payload_limit, snr_limit, snr_limit_db
from .phy import Phy

__all__ = ["Lora"]

_BANDWIDTHS = (125e3, 250e3, 500e3)  # Hz


@model
class Lora(Phy, name="lora"):
    """LoRa at the channel's bandwidth of 125, 250 or 500 kHz; frames go by `access: {type: lorawan}`.

    `spreading_factor` 7 to 12, or `adaptive`: each worker's is the lowest whose SNR limit its mean SNR at time 0 exceeds by
    `margin`, 12 where none, for the whole run. `coding_rate` 4/5 to 4/8. A frame below the limit of its factor is lost. As a law
    of the SINR alone (`efficiency`, for estimates): SF / 2^SF 4 / (4 + CR) bit/s/Hz at or above the limit, 0 below.
    Defaults: SF 7 and 4/5, LoRaWAN's DR5 (RP002-1.0.3, 2.4.3); 10 dB of margin, the installation margin that network servers
    commonly keep (from memory). Left out: rate adaptation while running (ADR commands), FSK and LR-FHSS data rates.
    """

    accesses: ClassVar[tuple[str, ...]] = ("lorawan",)

    spreading_factor: Literal[7, 8, 9, 10, 11, 12, "adaptive"] = 7
    coding_rate: Literal["4/5", "4/6", "4/7", "4/8"] = "4/5"
    margin: Annotated[float, Quantity(DECIBELS, ge=0)] = "10 dB"

    def check_band(self, carrier, bandwidth):
        if bandwidth not in _BANDWIDTHS:
            rule = f"must be 125, 250 or 500 kHz with the physical layer lora, got {bandwidth / 1e3:g} kHz"
            raise InputError(Problem(("bandwidth",), rule))

    @property
    def coding(self) -> int:
        """CR, 1 to 4."""
        return int(self.coding_rate[-1]) - 4

    @property
    def factors(self) -> tuple[int, ...]:
        """The spreading factors that a worker may have."""
        return FACTORS if self.spreading_factor == "adaptive" else (self.spreading_factor,)

    def factor_for(self, sinr: float) -> int:
        """The spreading factor of a worker of mean `sinr` (linear)."""
        if self.spreading_factor != "adaptive":
            return self.spreading_factor
        level = 10 * np.log10(max(sinr, 1e-30)) - self.margin
        return next((factor for factor in FACTORS if level >= snr_limit_db(factor)), FACTORS[-1])

    @property
    def largest_frame(self) -> int:
        """Bytes that a frame of any of `factors` may have, LoRaWAN's headers included."""
        return min(payload_limit(factor) for factor in self.factors)

    def efficiency(self, sinr):
        sinr, carried = np.asarray(sinr, dtype=float), np.zeros(np.shape(sinr))
        for factor in reversed(self.factors):
            carried = np.where(sinr >= snr_limit(factor), bit_rate(factor, 1.0, self.coding), carried)
        return carried

    @property
    def min_sinr(self):
        return snr_limit(self.factors[-1])

    @property
    def min_efficiency(self):
        return float(bit_rate(self.factors[-1], 1.0, self.coding))

    @property
    def max_efficiency(self):
        return float(bit_rate(self.factors[0], 1.0, self.coding))

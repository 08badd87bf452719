"""Wi-Fi as a physical layer: the modes of a generation, its error law, and the choice among them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar, Literal

import numpy as np

from ..errors import InputError, Problem
from ..model import model
from ..units import COUNT, TIME, Quantity
from .phy import Phy
from .spectrum import WIFI, check_carrier
from .tabulated import EfficiencyTable, Tabulated
from .wifi import (BASIC_RATES, DATA_TONES, HOPELESS, REFERENCE_BITS, Mode, RateChoice, WifiStandard, ampdu_limit, control_mode,
                   legacy_mode, log_success_per_bit, modes, required_snr, standard)

__all__ = ["Wifi", "WifiCarrier", "basic_modes"]


def basic_modes() -> tuple[Mode, ...]:
    """The modes of 6, 12 and 24 Mb/s, in which control and broadcast frames are sent."""
    return tuple(legacy_mode(round(rate / 1e6)) for rate in BASIC_RATES)


@dataclass(frozen=True, eq=False)
class WifiCarrier:
    """What a contention loop asks of a band.

    `modes` that the rate choice may take, lowest first; `law` of errors; `rate` the choice. Rows of arrays are those of `modes`.
    """

    standard: WifiStandard
    modes: tuple[Mode, ...]
    law: str
    rate: RateChoice

    @cached_property
    def rows(self) -> np.ndarray:
        """(modes, 5) of int64: `Mode.row` of each."""
        return np.array([mode.row for mode in self.modes])

    @cached_property
    def limits(self) -> np.ndarray:
        """(modes,) of int64: the most bytes of an A-MPDU."""
        return np.array([ampdu_limit(mode) for mode in self.modes], dtype=np.int64)

    @cached_property
    def control(self) -> np.ndarray:
        """(modes,) of int64: which of `basic_modes` answers each."""
        basic = basic_modes()
        return np.array([basic.index(control_mode(mode)) for mode in self.modes], dtype=np.int64)

    def effective(self, sinr: np.ndarray) -> np.ndarray:
        """One SINR of many: (n, bands) -> (n,), linear; (n,) stays. That with the same mean capacity, 2^mean(log2(1 + sinr)) - 1.

        The code's bits are interleaved over the whole band. Validity: a capacity map is optimistic by some tenths of a dB at
        low code rates (K. Brueninghaus et al., PIMRC 2005; from memory).
        """
        sinr = np.asarray(sinr, dtype=float)
        return sinr if sinr.ndim == 1 else np.expm1(np.log1p(sinr).mean(axis=1))

    def log_success(self, sinr: np.ndarray) -> np.ndarray:
        """log(1 - p) of a bit at `sinr` (n,), linear, over the band, in each mode: (n, modes).

        Streams share the power and are received without interference from each other: each has sinr / streams.
        """
        sinr = np.asarray(sinr, dtype=float)
        return np.stack([log_success_per_bit(sinr / mode.streams, mode, self.law) for mode in self.modes], axis=-1)

    def choose(self, log_success: np.ndarray) -> np.ndarray:
        """The row of each place from `log_success` (n, modes); -1 out of reach; (n,) of int64."""
        return self.rate.rows(log_success, REFERENCE_BITS)


@model
class Wifi(Tabulated, Phy, name="wifi"):
    """IEEE 802.11a, n, ac or ax at 5 GHz in a channel of 20, 40, 80 or 160 MHz; frames contend by `access: {type: csma}`.

    `carrier` within 5.15 to 5.925 GHz, in ax to 7.125 GHz (`spectrum.WIFI`).
    `standard`; `streams` up to 4 in n, 8 in ac and ax (each has its part of the power; they do not disturb each other);
    `guard_interval` 0.8 us, 0.4 in n and ac, 1.6 and 3.2 in ax; `error_law` nist (pessimistic: hard decisions) or soft
    (optimistic, 2.8 to 4.2 dB better); `rate` fixed, best or arf. `preamble: ns3` gives ax the 44 us of that
    simulator instead of 43.2.

    As a law of the SINR alone (`efficiency`, for estimates): the best mode's rate (1 - PER of 1536 bytes) per Hz, in 20 MHz
    or, if a fixed mode is not there, the next band; no contention, no headers. Zero where the lowest mode fails with
    probability 0.9.
    Defaults: ax, the latest here; one stream; 0.8 us, the shortest that all have. Sources stand in `radio.wifi`. Left out:
    2.4 GHz, beamforming, multi-user MIMO, spatial correlation, LDPC's gain over the convolutional code (1 to 2 dB).
    """

    standard: Literal["a", "n", "ac", "ax"] = "ax"
    streams: Annotated[int, Quantity(COUNT, ge=1, le=8)] = 1
    guard_interval: Annotated[float, Quantity(TIME, gt=0)] = "0.8 us"
    error_law: Literal["nist", "soft"] = "nist"
    rate: RateChoice = "best"
    preamble: Literal["standard", "ns3"] = "standard"
    accesses: ClassVar[tuple[str, ...]] = ("csma", "ofdma_trigger")

    def check(self):
        nearest = round(self.guard_interval * 1e9)
        if not math.isclose(self.guard_interval * 1e9, nearest):
            rule = "must be a whole number of nanoseconds: the standard's are 0.4, 0.8, 1.6 and 3.2 us"
            raise InputError(Problem(("guard_interval",), f"{rule}; got {self.guard_interval * 1e6:g} us"))
        every = [self.modes(band) for band in self._bands]
        if not any(map(self.rate.within, every)):
            try:
                self.rate.check_modes(every[-1])
            except InputError as error:
                raise error.under("rate") from None

    @property
    def _bands(self) -> list[float]:
        """Hz; those of half and quarter clocks are left out."""
        return sorted(band for band in DATA_TONES[self.standard] if band >= 20e6)

    def modes(self, bandwidth: float) -> tuple[Mode, ...]:
        """Every mode in `bandwidth` (Hz), whatever `rate` says."""
        return modes(self.standard, bandwidth, self.streams, round(self.guard_interval * 1e9), self.preamble)

    def check_band(self, carrier, bandwidth):
        why = "; the timing of 2.4 GHz differs and is left out" if 2.4e9 <= carrier <= 2.5e9 else ""
        check_carrier(carrier, WIFI[self.standard], f"802.11{self.standard}", "5.18 GHz", why)
        if bandwidth not in self._bands:
            known = ", ".join(f"{band / 1e6:g}" for band in self._bands)
            rule = f"must be one of {known} MHz with 802.11{self.standard}, got {bandwidth / 1e6:g} MHz"
            raise InputError(Problem(("bandwidth",), rule))
        try:
            self.rate.check_modes(self.modes(bandwidth))
        except InputError as error:
            raise error.under("phy", "rate") from None

    def wifi(self, bandwidth: float) -> WifiCarrier:
        """What a contention loop asks of a band of `bandwidth` (Hz)."""
        return WifiCarrier(standard(self.standard), self.rate.within(self.modes(bandwidth)), self.error_law, self.rate)

    @property
    def fixed_rate(self):
        """None: `rate` is a choice among modes, and frames fail by the error law."""
        return None

    @cached_property
    def efficiency_table(self):
        """Of the best mode in 20 MHz, see the class."""
        made = next(made for made in map(self.wifi, self._bands) if made.modes)  # a fixed mode may be one of wider bands
        axis = np.arange(-10.0, 60.0, 0.1)
        arrived = np.exp(REFERENCE_BITS * made.log_success(10 ** (axis / 10)))  # (n, modes)
        carried = (arrived * [mode.rate / mode.bandwidth for mode in made.modes]).max(axis=1)
        least = self.streams * required_snr(made.modes[0], REFERENCE_BITS, HOPELESS, self.error_law)
        return EfficiencyTable(axis, np.maximum.accumulate(carried), float(10 * np.log10(least)))

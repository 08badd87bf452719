"""A rate that goes in steps: of a list of schemes, the fastest whose required SINR is met."""

from __future__ import annotations

from functools import cached_property

import numpy as np

__all__ = ["Stepped"]


class Stepped:
    """What a physical layer of `schemes` (by rising required SINR and rate) says of efficiency; to be mixed into a `Phy`.

    A scheme has `rate` (bit/s) and `required_db` (dB), the SINR that it needs where its power is; `band` (Hz) is the channel's
    bandwidth, and `part` (Hz) what of it the power is in.
    """

    band: float

    @property
    def part(self) -> float:
        """Hz that the power is in; all of the band, unless said."""
        return self.band

    @cached_property
    def _steps(self) -> tuple[np.ndarray, np.ndarray]:
        """Required SINR over the band (n,), linear, rising, and the rate (n + 1,) bit/s below the first, from each on."""
        required = np.array([10 ** (scheme.required_db / 10) for scheme in self.schemes]) * (self.part / self.band)
        return required, np.array([0.0, *(scheme.rate for scheme in self.schemes)])

    def efficiency(self, sinr):
        """bit/s/Hz at `sinr`, linear, over the band."""
        required, rates = self._steps
        return rates[np.searchsorted(required, np.asarray(sinr), side="right")] / self.band

    def scheme(self, sinr: float):
        """What is sent at `sinr` (linear, over the band); None below the least."""
        place = int(np.searchsorted(self._steps[0], sinr, side="right"))
        return self.schemes[place - 1] if place else None

    @property
    def min_sinr(self) -> float:
        """The least SINR over the band, linear, at which something is sent."""
        return float(self._steps[0][0])

    @property
    def min_efficiency(self) -> float:
        """bit/s/Hz of the most robust scheme."""
        return self.schemes[0].rate / self.band

    @property
    def max_efficiency(self) -> float:
        """bit/s/Hz of the fastest."""
        return self.schemes[-1].rate / self.band

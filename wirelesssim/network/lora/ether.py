"""The gateway's receiver: which of the frames on the air it can read."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...radio.lora import FACTORS, rejection, snr_limit

__all__ = ["Ether", "Frame"]


@dataclass(eq=False)
class Frame:
    """A frame of `factor` on `channel` (its number), received at `snr` (linear); `worst` (6,): the largest sum of SNRs of others
    of each factor so far. `deaf`: the gateway sent meanwhile; `missed`: every demodulator was taken, or none could find it."""

    channel: int
    factor: int
    snr: float
    worst: np.ndarray = field(default_factory=lambda: np.zeros(len(FACTORS)))
    deaf: bool = False
    missed: bool = False


class Ether:
    """Frames of the workers on all channels. One is read if the gateway sent nothing meanwhile, a demodulator was free when it
    began, its SNR reaches its factor's limit, and

        snr >= threshold(factor, s) * (largest sum of the SNRs of the others of factor s on its channel)    for every s.

    Frames below their limit take no demodulator. `thresholds` (6, 6) are linear.
    """

    def __init__(self, capture: float, demodulators: int):
        self.thresholds, self.demodulators = rejection(capture), demodulators
        self._on_air: list[Frame] = []
        self._talking = 0

    def begin(self, channel: int, factor: int, snr: float) -> Frame:
        """A worker's frame goes on the air."""
        frame = Frame(channel, factor, snr, deaf=self._talking > 0)
        taken = sum(not (other.missed or other.deaf) for other in self._on_air)
        frame.missed = snr < snr_limit(factor) or taken >= self.demodulators
        self._on_air.append(frame)
        self._meet([other for other in self._on_air if other.channel == channel])
        return frame

    def end(self, frame: Frame) -> bool:
        """The frame leaves the air; whether it was read."""
        self._on_air.remove(frame)
        survives = (frame.snr >= self.thresholds[frame.factor - FACTORS[0]] * frame.worst).all()
        return bool(survives) and not frame.deaf and not frame.missed

    def talk(self, begins: bool) -> None:
        """The gateway begins, or ends, a frame of its own, on whatever channel: it is deaf on all."""
        self._talking += 1 if begins else -1
        if begins:
            for frame in self._on_air:
                frame.deaf = True

    @staticmethod
    def _meet(together: list[Frame]) -> None:
        sums = np.zeros(len(FACTORS))
        for frame in together:
            sums[frame.factor - FACTORS[0]] += frame.snr
        for frame in together:
            others = sums.copy()
            others[frame.factor - FACTORS[0]] -= frame.snr
            np.maximum(frame.worst, np.where(others > 1e-12 * sums, others, 0.0), out=frame.worst)

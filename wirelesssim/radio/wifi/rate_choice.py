"""Which mode a station sends in: one for ever, the best for its SNR, or a control that only knows what was acknowledged."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated

import numpy as np

from ...errors import InputError, Problem
from ...model import Model, model
from ...units import COUNT, FRACTION, Quantity
from .error_laws import required_snr
from .modes import Mode

__all__ = ["RateChoice", "FixedMcs", "Best", "Arf", "REFERENCE_BITS", "HOPELESS"]

REFERENCE_BITS = 8 * 1536  # an MPDU with a packet of 1500 bytes, for which error rates are judged
HOPELESS = 0.9  # an error rate of the lowest mode above this is out of reach: 7 attempts then fail with probability 0.48

Frames = Annotated[int, Quantity(COUNT, ge=1, le=1000)]


class RateChoice(Model, family="rate choice"):
    """The row in a tuple of modes that a station uses."""

    @abstractmethod
    def rows(self, log_success: np.ndarray, bits: int = REFERENCE_BITS) -> np.ndarray:
        """The row for each place, (n,) of int64, -1 where even the lowest mode is out of reach.

        `log_success` (n, modes): log(1 - p) of a bit in each mode; `bits` of the MPDU for which the error rate is judged.
        """

    @abstractmethod
    def thresholds(self, modes: tuple[Mode, ...], law: str) -> np.ndarray:
        """The SNR of a stream (linear) from which each of `modes` = `within(...)` is taken, (modes,), not falling: `rows`, the
        other way round, for an MPDU of 1536 bytes."""

    def check_modes(self, modes: tuple[Mode, ...]) -> None:
        """InputError, with its key, where these modes do not have what is asked."""

    def within(self, modes: tuple[Mode, ...]) -> tuple[Mode, ...]:
        """Those of the modes that may ever be used, lowest first: rows count in these."""
        return modes

    @property
    def memory(self) -> tuple[int, int]:
        """(up, down) of a control with memory, as `kernels.arf` takes them; (0, 0) for one without."""
        return 0, 0


@model
class FixedMcs(RateChoice, name="fixed"):
    """One mode whatever the channel: `mcs` of the standard, counted within the streams; what the channel breaks is lost.

    Default 7: the highest that a, n, ac and ax have in common (54 Mb/s in a, 64-QAM 5/6 in the others).
    """

    mcs: Annotated[int, Quantity(COUNT, ge=0, le=11)] = 7

    def check_modes(self, modes):
        if self.mcs not in (known := [mode.mcs for mode in modes]):
            rule = f"must be one of {', '.join(map(str, known))} in 802.11{modes[0].standard} with this bandwidth and streams"
            raise InputError(Problem(("mcs",), f"{rule}, got {self.mcs}"))

    def within(self, modes):
        return tuple(mode for mode in modes if mode.mcs == self.mcs)

    def thresholds(self, modes, law):
        return np.zeros(len(modes))

    def rows(self, log_success, bits=REFERENCE_BITS):
        return np.zeros(len(log_success), dtype=np.int64)


@model
class Best(RateChoice, name="best"):
    """The highest mode whose error rate for an MPDU of 1536 bytes is at most `target`, the SNR being known without delay.

    Below it the lowest, until its error rate exceeds 90 %: then the station waits. Default 10 %, at which 802.11-2020, 17.3.10.2,
    19.3.19.2 and 21.3.18.1 set the sensitivity of receivers.
    """

    target: Annotated[float, Quantity(FRACTION, gt=0, lt=1)] = 0.1

    def thresholds(self, modes, law):
        first = required_snr(modes[0], REFERENCE_BITS, max(HOPELESS, self.target), law)
        return np.maximum.accumulate([first] + [required_snr(mode, REFERENCE_BITS, self.target, law) for mode in modes[1:]])

    def rows(self, log_success, bits=REFERENCE_BITS):
        failed = -np.expm1(bits * np.asarray(log_success))  # (n, modes)
        good = failed <= self.target
        highest = np.where(good.any(axis=1), good.shape[1] - 1 - np.argmax(good[:, ::-1], axis=1), 0)
        return np.where(good.any(axis=1) | (failed[:, 0] <= HOPELESS), highest, -1).astype(np.int64)


@model
class Arf(RateChoice, name="arf"):
    """Automatic rate fallback: `up` acknowledged frames in a row raise the mode, `down` unacknowledged ones lower it.

    The first frame after a rise is on probation: if it fails, the mode falls back at once. Whether a failure was noise or a
    collision the station does not know. It starts at the mode that `best` would take at a target of 10 %.
    A. Kamerman and L. Monteban, Bell Labs Technical Journal 2(3), 1997; 10 and 2 are theirs. Left out: their timer, which raises
    the mode in a long silence. An A-MPDU counts as one frame, acknowledged if its block ACK came; a frame whose RTS was in vain
    was not sent, and does not count.
    """

    up: Frames = 10
    down: Frames = 2

    def thresholds(self, modes, law):
        return Best().thresholds(modes, law)

    def rows(self, log_success, bits=REFERENCE_BITS):
        return Best().rows(log_success, bits)

    @property
    def memory(self):
        return self.up, self.down

"""A link: when bits that one worker sends are sent, and by what law its packets are lost. Time is only a number.

`finish` answers for a whole burst at once, `finish_packet` for one packet by a plain loop over blocks; both read the same
channel, so they agree to rounding. Latency and jitter are stated here and added by the network.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from ..rng import Streams
from .loss import Loss, LossProcess, PacketLoss

__all__ = ["Schedule", "Link", "ConstantLink"]


@dataclass(frozen=True, eq=False)
class Schedule:
    """When a burst's packets have been sent.

    `ends` (n,) s, not falling; infinite from the first packet that was not sent on. `gave_up_at` (s): when the sender
    gave the rest up, infinite if it waits for ever, None if everything was sent.
    """

    ends: np.ndarray
    gave_up_at: float | None = None


class Link(ABC):
    """One worker's link to the server.

    `latency` (s) from the end of a transmission to its reception; `jitter` (s) the mean of an exponential extra delay of a
    message; `loss` the law of its packet losses; `mean_sinr` (linear) without fading, None where there is no radio.
    """

    def __init__(self, worker: int, streams: Streams, loss: Loss, latency: float = 0.0, jitter: float = 0.0,
                 mean_sinr: float | None = None):
        self.worker, self.streams, self.loss = worker, streams, loss
        self.latency, self.jitter, self.mean_sinr = float(latency), float(jitter), mean_sinr

    def loss_process(self, purpose: str = "data", override: Loss | None = None,
                     fidelity: str = "burst") -> LossProcess | PacketLoss:
        """The losses of this link for one purpose, independent of those for others; `override` is a law of its own.

        `fidelity` is `burst` or `packet` (ValueError otherwise). Each call starts the process anew: call once a purpose.
        """
        if fidelity not in ("burst", "packet"):
            raise ValueError(f"fidelity must be 'burst' or 'packet', got {fidelity!r}")
        law = self.loss if override is None else override
        make = law.process if fidelity == "burst" else law.packet_process
        return make(self.streams, self.worker, purpose)

    @property
    def constant(self) -> bool:
        """Whether neither the rate nor the failures depend on time."""
        return False

    @abstractmethod
    def rate_at(self, time: float) -> float:
        """The rate in bit/s at which a sender that holds the whole link sends at `time` (s)."""

    @abstractmethod
    def finish(self, start: float, bits: np.ndarray, share: float = 1.0, outage_limit: float = np.inf) -> Schedule:
        """When each of the cumulative counts `bits` (n,), not falling, has been sent from `start` (s) on.

        `share` in (0, 1] of the rate, all the time. A sender that has waited `outage_limit` (s) at a stretch without a
        usable rate, and would have to wait longer, gives up at that instant.
        """

    @abstractmethod
    def finish_packet(self, start: float, bits: float, share: float = 1.0, outage_limit: float = np.inf) -> float | None:
        """When one packet of `bits` is sent, by a plain loop; None if the sender gives up (see `gives_up_at`)."""

    def gives_up_at(self, start: float, bits: float, share: float = 1.0, outage_limit: float = np.inf) -> float | None:
        """When the sender of one packet gives up, infinite if it waits for ever; None if the packet is sent."""
        return self.finish(start, np.array([bits], dtype=float), share, outage_limit).gave_up_at

    def fails(self, starts: np.ndarray, ends: np.ndarray, share: float = 1.0) -> np.ndarray:
        """Which packets, on the air in [starts, ends) s, are lost to the channel itself, (n,) of bool.

        None where the rate follows the channel. `share` changes nothing: a part of the time, or of the band at the same
        power density, has the same SINR.
        """
        return np.zeros(len(starts), dtype=bool)

    @abstractmethod
    def expected_rate(self) -> float:
        """The long-run mean of the delivered rate, bit/s, before packet loss: what an estimate may count on."""

    @property
    @abstractmethod
    def control_rate(self) -> float:
        """The rate in bit/s of acknowledgements, always > 0: robust, so the lowest at which the link sends at all."""

    @abstractmethod
    def max_rate(self) -> float:
        """A rate in bit/s that is never exceeded."""


class ConstantLink(Link):
    """A link whose rate never changes: end = start + bits / (rate share).

    A rate of 0 is a worker out of reach: its sender waits until it gives up. `broken`: it sends at the given rate and
    every packet fails, since the channel does not carry that rate.
    """

    def __init__(self, worker: int, streams: Streams, loss: Loss, rate: float, broken: bool = False, **said):
        super().__init__(worker, streams, loss, **said)
        self.rate, self.broken = float(rate), broken

    @property
    def constant(self):
        return True

    def rate_at(self, time):
        return self.rate

    def finish(self, start, bits, share=1.0, outage_limit=np.inf):
        bits = np.asarray(bits, dtype=float)
        if self.rate > 0:
            return Schedule(start + bits / (self.rate * share))
        unsent = bits > 0
        return Schedule(np.where(unsent, np.inf, start), start + outage_limit if unsent.any() else None)

    def finish_packet(self, start, bits, share=1.0, outage_limit=np.inf):
        if bits <= 0:
            return start
        return start + bits / (self.rate * share) if self.rate > 0 else None

    def fails(self, starts, ends, share=1.0):
        return np.full(len(starts), self.broken)

    def expected_rate(self):
        return 0.0 if self.broken else self.rate

    @property
    def control_rate(self):
        return self.rate or 1.0  # out of reach: nothing is sent, so nothing is acknowledged

    def max_rate(self):
        return self.rate

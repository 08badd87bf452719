"""Backhaul: the wire behind the air, from the access point or base station to the server."""

from __future__ import annotations

from typing import Literal

from ..model import Model, model
from ..units import Time

__all__ = ["Backhaul", "FixedBackhaul"]


class Backhaul(Model, family="backhaul", default="fixed"):
    """What lies between the station that hears the workers and the server."""

    latency: float
    acknowledges: str

    @property
    def answer_delay(self) -> float:
        """Seconds from a burst's arrival at the access point until that begins to send the acknowledgement."""
        return 2 * self.latency if self.acknowledges == "server" else 0.0


@model
class FixedBackhaul(Backhaul, name="fixed"):
    """A wire of `latency` s each way, the same for all; it loses nothing, and is faster than the air, so that nothing queues.

        message complete at the server = end of its last burst + channel.latency + jitter + latency
        model on the air               = when the server sends it + latency

    `acknowledges: access_point`: the station that hears a burst answers it, as 802.11 and NR do, so that repeats cost no
    trip on the wire; `server`: the answer is the server's, as of a transport from end to end, and comes 2 latency later.
    An `ideal` downlink is there at once, the backhaul included. Default 0 s: the server stands at the antenna.
    Left out: a rate (a wire that is slower than the air is another bottleneck), and a delay of each worker's own, which
    `channel.latency` can hold.
    """

    latency: Time = "0 s"
    acknowledges: Literal["access_point", "server"] = "access_point"

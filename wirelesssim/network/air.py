"""A burst on the air: when each packet has been sent and which arrived. Once at a time, or packet by packet.

`BurstAir` is the fast path: one SimPy event a burst, all packets in arrays. `PacketAir` is the textbook: one event a
packet, each attempt drawn by itself. They agree in distribution (`tests/network/test_fidelity.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import simpy

from ..radio.loss import Loss

__all__ = ["Answered", "BurstAir", "PacketAir", "Repeats", "Sent"]


@dataclass(frozen=True)
class Repeats:
    """What a medium's own repeats of a burst's packets came to, besides the first transmission of each: how many
    transmissions, their bits, and their seconds on the air."""

    count: int = 0
    bits: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Sent:
    """A burst's outcome: which of its first n packets `arrived` (n,), the `seconds` on the air, and whether the sender gave up.

    n is the number of packets sent: all of the burst, unless the sender gave up; then the rest, and the packet that was
    cut, were not sent. `access`: the seconds of requests, grants and backoff; `repeats`: those of the medium itself.
    `withheld` (n,): packets that the medium never let on the air, though they count among the n (None: none).
    """

    arrived: np.ndarray
    seconds: float
    gave_up: bool = False
    access: float = 0.0
    repeats: Repeats = Repeats()
    withheld: np.ndarray | None = None


@dataclass(frozen=True)
class Answered:
    """What came of an acknowledgement of the transport where the air goes both ways: whether the sender `heard` it, and how many
    `transmissions` of its frame were on the air."""

    heard: bool
    transmissions: int


class BurstAir:
    """One worker's transmitter, a burst at a time.

    `both_ways`: acknowledgements are frames of the same air (`answer`), else they have a direction of their own. `contends`:
    nobody gives the sender its turn, so that a burst of which nothing was decoded has no answer; where it is `both_ways`, too,
    `unanswered(bits)` are the seconds that the sender then waits for one of `bits`.
    """

    both_ways = contends = False

    def __init__(self, env: simpy.Environment, link, share: float, outage_limit: float, acknowledgement_loss: Loss | None = None):
        self.env, self.link, self.share, self.outage_limit = env, link, share, outage_limit
        self.loss = link.loss_process("data")
        self.acknowledgement_loss = link.loss_process("acknowledgement", acknowledgement_loss)

    def send(self, round: int, packets: np.ndarray, bits: np.ndarray, attempt: int):
        """A process: sends `packets` (n,) of `bits` (n,) each, try number `attempt`; returns `Sent`."""
        sent = self.outcome(round, packets, bits, attempt, self.env.now)
        yield self.env.timeout(sent.seconds)
        return sent

    def outcome(self, round: int, packets: np.ndarray, bits: np.ndarray, attempt: int, start: float) -> Sent:
        """What a burst that begins at `start` will come to; asks no clock."""
        schedule = self.link.finish(start, np.cumsum(bits), self.share, self.outage_limit)
        ends = schedule.ends[np.isfinite(schedule.ends)]  # (n,), the packets sent
        starts = np.concatenate(([start], ends))[:-1]
        arrived = (self.loss.arrivals(round, packets[:len(ends)], attempt, starts, ends)
                   & ~self.link.fails(starts, ends, self.share))
        gave_up = schedule.gave_up_at is not None
        return Sent(arrived, float((schedule.gave_up_at if gave_up else ends[-1]) - start), gave_up)

    def acknowledged(self, round: int, frame: int, attempt: int, start: float, end: float) -> bool:
        """Whether the answer to try `attempt` of `frame` (a burst, or a packet of its own) gets through from `start` to `end`."""
        when = np.array([start]), np.array([end])
        return bool(self.acknowledgement_loss.arrivals(round, np.array([frame]), attempt, *when)[0])


class PacketAir:
    """One worker's transmitter, a packet at a time: the twin that `BurstAir` is checked against."""

    both_ways = contends = False

    def __init__(self, env: simpy.Environment, link, share: float, outage_limit: float, acknowledgement_loss: Loss | None = None):
        self.env, self.link, self.share, self.outage_limit = env, link, share, outage_limit
        self.loss = link.loss_process("data", fidelity="packet")
        self.acknowledgement_loss = link.loss_process("acknowledgement", acknowledgement_loss, fidelity="packet")

    def send(self, round: int, packets: np.ndarray, bits: np.ndarray, attempt: int):
        """As `BurstAir.send`, one timeout and one draw a packet."""
        begin, arrived = self.env.now, np.zeros(len(packets), dtype=bool)
        for place, packet in enumerate(packets):
            start = self.env.now
            end = self.link.finish_packet(start, float(bits[place]), self.share, self.outage_limit)
            if end is None:
                gave_up = self.link.gives_up_at(start, float(bits[place]), self.share, self.outage_limit)
                yield self.env.timeout(float(gave_up - start))
                return Sent(arrived[:place], self.env.now - begin, gave_up=True)
            yield self.env.timeout(float(end - start))
            fails = bool(self.link.fails(np.array([start]), np.array([end]), self.share)[0])
            arrived[place] = self.loss.arrives(round, int(packet), attempt, start, end) and not fails
        return Sent(arrived, self.env.now - begin)

    def acknowledged(self, round: int, frame: int, attempt: int, start: float, end: float) -> bool:
        """As `BurstAir.acknowledged`."""
        return self.acknowledgement_loss.arrives(round, int(frame), attempt, start, end)

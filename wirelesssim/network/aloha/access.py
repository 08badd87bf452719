"""Pure and slotted ALOHA, as a scenario names them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import simpy

from ...errors import InputError, Problem
from ...model import model
from ...radio.block_sinr import BlockSinr
from ...radio.radio_channel import Radio
from ...units import COUNT, FRACTION, PositiveTime, Quantity, Ratio, Time
from ..access import Access, Site, Wired
from ..medium import NoTurns

__all__ = ["Aloha", "SlottedAloha"]

Retries = Annotated[int, Quantity(COUNT, ge=0, le=1000)]
Window = Annotated[int, Quantity(COUNT, ge=1, le=1_000_000)]
Chance = Annotated[float, Quantity(FRACTION, gt=0, le=1)]


def _wire(access: Aloha | SlottedAloha, site: Site, timing, ether) -> Wired:
    from .station import AccessPoint, AlohaAir, Channel

    channel = Channel(site.env, ether, timing, access.retries, access.notice, access.first == "delayed", _powers(access, site),
                      site.streams)
    point = AccessPoint(channel, site.links, site.fidelity) if access.carries_downlink else None
    airs = [AlohaAir(channel, link, site.fidelity, site.transport.ack.loss, point) for link in site.links]
    return Wired(access.medium(site.env, site.workers), airs, point)


def _powers(access: Aloha | SlottedAloha, site: Site) -> Callable[[int, float], float]:
    """A worker's received power over the noise at an instant; 1 where it does not count."""
    if access.capture is None:
        return lambda worker, time: 1.0
    sources = site.channel.block_sinrs(site.workers, site.geometry, site.streams)
    return lambda worker, time: _sinr(sources[worker], time)


def _sinr(source: BlockSinr, time: float) -> float:
    """Of the block that holds `time`, the mean over the band's parts."""
    return float(source(int(time / source.block_time), 1).mean())


def _misfits(access: Aloha | SlottedAloha, channel) -> Iterator[Problem]:
    """What senders cannot do that hear nothing of each other, or of the channel."""
    name = access.type_name
    if isinstance(channel, Radio) and channel.phy.fixed_rate is None:
        yield Problem(("channel", "phy", "rate"), f"is required with the access {name}, for example 1 Mbit/s: its senders have "
                                                  "one rate")
    if not (isinstance(channel, Radio) or channel.steady):
        yield Problem(("channel", "type"), f"must be fixed or radio with the access {name}, got {channel.type_name}")
    if access.capture is not None and not isinstance(channel, Radio):
        yield Problem(("access", "capture"), "needs a radio channel, which tells who is received stronger, got "
                                             f"{channel.type_name}; leave it out")


@dataclass(frozen=True, kw_only=True)
class _Retrying:
    """What both have in common: what is done after a failure, what survives an overlap, and where the access point sends."""

    retries: Retries = 7
    window: Window = 15
    notice: Time = "0 s"
    first: Literal["immediate", "delayed"] = "immediate"
    capture: Ratio | None = None
    reverse: Literal["shared", "own"] = "shared"

    @property
    def carries_downlink(self) -> bool:
        """Whether the access point is on the workers' channel."""
        return self.reverse == "shared"

    def medium(self, env: simpy.Environment, workers: int) -> NoTurns:
        """No turns: who is ready sends."""
        return NoTurns(env)


@model
class Aloha(_Retrying, Access, name="aloha"):
    """Pure ALOHA: a frame goes when it is ready, without listening; what overlaps another is lost.

        offered load G frames a frame time, Poisson, throughput G exp(-2 G), at most 1/(2 e) = 0.184 at G = 1/2

    Each packet is a frame. A sender learns `notice` s after a frame's end whether it was received (an acknowledgement that costs
    no air) and repeats it after a time uniform over `window` times its duration, up to `retries` times; what is lost then
    is left to the transport, whose next bursts begin with such a wait, too. `first: immediate` sends a first frame at
    once, so that workers that are ready together collide; `delayed` lets it wait as well. With `capture` a
    frame survives if it is so much stronger than all others together, at any time (needs a radio channel).
    `reverse: shared`: the access point's acknowledgements and the model are frames of the same channel, half duplex; it sends
    without listening, is deaf meanwhile, and repeats what some worker misses, after a backoff, up to `retries` times.
    `own`: it has another channel, as in ALOHAnet.

    Source: N. Abramson, "The ALOHA system", AFIPS FJCC 37, 1970 (throughput, two channels); L. Kleinrock and S. Lam, "Packet
    switching in a multiaccess broadcast channel: performance evaluation", IEEE Trans. Commun. 23, 1975 (uniform retransmission
    delay; a window of 15 is near the best of theirs, from memory). Default of 7 retries: dot11ShortRetryLimit of IEEE Std
    802.11-2020, as for the transport. Left out: propagation delay between senders (all hear the access point's time), partial
    overlap that coding would mend, and stability control of the window.
    """

    def problems(self, channel, downlink, transport, workers):
        return _misfits(self, channel)

    def wire(self, site: Site) -> Wired:
        """The channel, its senders, and the access point on it."""
        from .ether import Ether
        from .timing import Continuous

        return _wire(self, site, Continuous(self.window), Ether(self.capture))


@model
class SlottedAloha(_Retrying, Access, name="slotted_aloha"):
    """Slotted ALOHA: frames begin with a slot; a slot with one frame carries it, one with more carries none.

        Poisson: throughput G exp(-G), at most 1/e = 0.368 at G = 1;   N senders: G (1 - G/N)^(N - 1)        [frames a slot]

    As `aloha`, but for: `slot` s, by default what the transport's mtu takes at the slowest worker's rate, all synchronised from
    time 0 at no cost; a backoff uniform over 0, ..., window - 1 slots, or with `probability` q geometric, so that each
    backlogged sender sends in each slot with probability q. A frame that is shorter than a slot takes the slot.

    Source: L. G. Roberts, "ALOHA packet system with and without slots and capture", ACM SIGCOMM Comput. Commun. Rev. 5, 1975;
    L. Kleinrock and S. Lam, 1975, as for `aloha`; N senders: the binomial law.
    """

    slot: PositiveTime | None = None
    probability: Chance | None = None

    def problems(self, channel, downlink, transport, workers):
        yield from _misfits(self, channel)
        if self.carries_downlink and transport.ack.size > transport.mtu:
            rule = f"must be <= mtu ({transport.mtu // 8} B), so that it fits in a slot, got {transport.ack.size // 8} B"
            yield Problem(("transport", "ack", "size"), rule)

    def wire(self, site: Site) -> Wired:
        """As `Aloha.wire`; InputError where a frame of the mtu's size does not fit in a slot."""
        from .ether import SlottedEther
        from .timing import Slotted

        longest = site.transport.mtu / min(link.control_rate for link in site.links)
        slot = self.slot or longest
        if longest > slot * (1 + 1e-9):
            rule = (f"must be >= {longest:.6g} s, what the mtu takes at the slowest worker's rate, got {slot:.6g} s; leave it "
                    "out, or lower transport.mtu")
            raise InputError(Problem(("access", "slot"), rule))
        return _wire(self, site, Slotted(slot, self.window, self.probability), SlottedEther(self.capture))

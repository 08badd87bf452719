"""The access of a 5G NR uplink: requests, grants, link adaptation, HARQ and RLC, as a scenario names them."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated, Any, Literal

import numpy as np
import simpy

from ...errors import InputError, Problem
from ...model import Model, model
from ...radio.channel import drawn
from ...radio.geometry import Geometry
from ...radio.radio_channel import Radio
from ...rng import Streams
from ...units import COUNT, DECIBELS, FRACTION, TIME, PositiveTime, Quantity, Time
from ..access import Access, Site, Wired
from ..medium import NoTurns
from .rules import CHASE, INCREMENTAL, Rules
from .schedulers import Scheduler

__all__ = ["Ofdma", "Rlc", "ConfiguredGrant"]

Slots = Annotated[int, Quantity(COUNT, ge=1, le=10_000)]
Delay = Annotated[int, Quantity(COUNT, ge=0, le=1_000)]
Step = Annotated[float, Quantity(DECIBELS, gt=0, le=6)]
ResumeDelay = Annotated[float, Quantity(TIME, ge=0, le=60)]  # a thousand times the usual


class Rlc(Model, family="rlc", default="am"):
    """What is done about a block that HARQ has failed to bring over."""

    retries: int = 0
    status_delay: float = 0.0
    acknowledged: bool = False


@model
class AcknowledgedMode(Rlc, name="am"):
    """RLC acknowledged mode: the bits go into new blocks, up to `retries` times, each `status_delay` after the failure.

    `status_delay` 20 ms stands for the receiver's reassembly timer, the poll and the status report (TS 38.322, 5.3; timers of
    TS 38.331 are multiples of 5 ms); 8 retries, one of the values of maxRetxThreshold there (1, 2, 3, 4, 6, 8, 16, 32). Left out:
    the failure of the whole radio link that the last retry would declare; the range is lost.
    """

    status_delay: Time = "20 ms"
    retries: Annotated[int, Quantity(COUNT, ge=0, le=32)] = 8

    @property
    def acknowledged(self) -> bool:
        """Yes."""
        return True


@model
class UnacknowledgedMode(Rlc, name="um"):
    """RLC unacknowledged mode: the packets that had bits in the block are lost."""


class ConfiguredGrant(Model, family="configured grant", default="none"):
    """Resources of a user's own, without a request; `true` and `false` are `periodic` and `none`."""

    period: int = 0
    blocks: int = 0

    @abstractmethod
    def own_blocks(self) -> int:
        """Blocks that each worker has in an occasion."""

    @classmethod
    def from_scalar(cls, value: Any) -> ConfiguredGrant:
        """`periodic` or `none` from true or false."""
        return {True: Periodic, False: NoGrant}[value]() if isinstance(value, bool) else super().from_scalar(value)


@model
class NoGrant(ConfiguredGrant, name="none"):
    """Every burst asks first."""

    def own_blocks(self):
        return 0


@model
class Periodic(ConfiguredGrant, name="periodic"):
    """Each worker has `blocks` resource blocks of its own in the first uplink slot of every `period` slots, used or not.

    What goes there first tells the buffer's state, so that grants follow for the rest (TS 38.321, 5.4.5 and 5.8.2). Defaults: 10
    slots (periodicities of TS 38.331 are 1, 2, 4, 5, 8, 10, 16, 20, ... slots), and 4 blocks. Left out: a fixed scheme, which
    TS 38.331 would have; here it follows the reports.
    """

    period: Slots = 10
    blocks: Annotated[int, Quantity(COUNT, ge=1, le=275)] = 4

    def own_blocks(self):
        return self.blocks


@model
class Ofdma(Access, name="ofdma"):
    """The uplink of one NR cell, slot by slot; needs `channel: {type: radio, phy: {type: nr}}`.

    From a burst to its first data: the next request opportunity, the first uplink slot of every `sr_period`; `processing` slots
    later the next downlink slot grants, `k2` slots later at least the next uplink slot carries, one block with the state of the
    buffer; the same again for the data. With a `configured_grant` data goes without a request. All are connected at time 0;
    after `inactivity` without a burst of its own a worker is idle, and random access and resume take `resume_delay` first.

    A slot serves retransmissions, then small grants, then new data by `scheduler`, `users_per_slot` in all. A user gets as many
    blocks as it needs of those left, at most `max_blocks`, and the scheme of the most bits by its report, `cqi_delay` slots old
    at the least and renewed every `cqi_period`, moved by an outer loop: up by olla_step target / (1 - target) when a first
    transmission arrives, down by `olla_step` when it fails, within 10 dB. `allocation: headroom` halves the blocks until some
    scheme is carried (the base station knows the power headroom); `full` does not, and a user whom the whole width drowns is in
    outage.
    A block's fate is known `decoding` slots after its own at the base station; `harq_delay` slots after it may be sent again,
    up to `attempts` in all on 16 processes, the receiver adding up SINRs (`chase`) or information (`ir`: pessimistic and
    optimistic). Then `rlc`. What is lost within the cell is lost to the packets that had bits in it. A user without any
    scheme for `outage_limit` of the transport gives up, at a slot.

    Sources: TS 38.321, 5.4 (requests, reports, grants); TS 38.214, 6.1 (k2, processes). Defaults, in slots of 0.5 ms: k2 2 and
    processing 2 (of the order of N2, TS 38.214, 6.4, 12 symbols, and scheduling), decoding 1, HARQ 8; requests
    every 10 slots; reports every 10 (sounding each 5 ms); a target of 10 % as for the CQI (TS 38.214, 5.2.2.1), by small
    steps, since eight slots' blocks are under way when a failure is known; 8 users a slot, a common assumption on control
    channels; inactivity 10 s, commonly configured; resume 50 ms within
    the 20 to 100 ms of practice (the control plane target is 20 ms: ITU-R M.2410, 4.7.2).
    The report is the effective SINR of the whole carrier at the power that it would get there, less what that power makes of
    it: other blocks, and another power on fewer of them, are left to the outer loop. It is a number in dB, as a base station
    measures it, and no CQI: nothing is rounded to the 15 rows of TS 38.214, 5.2.2.1. Before the first can be known, in slots 0
    to `cqi_delay` - 1, that of slot 0 serves. Power is TS 38.213, 7.1.1, of the path loss, interference not counted. A burst
    that is given up ends when the last block on the air that arrives is decoded. InputError unless `harq_delay` > `decoding`.
    Left out: how many may ask at once; whether a downlink slot lies between a failure and its repeat, as it does in all but
    short delays; lost requests, grants and reports; errors of the channel estimate; headers of MAC, RLC and PDCP; handover; what
    downlink traffic does to the inactivity timer. On-air bits count a packet once a burst of its transport, however many
    HARQ transmissions there were.
    """

    scheduler: Scheduler = "round_robin"
    users_per_slot: Annotated[int, Quantity(COUNT, ge=1, le=1000)] = 8
    max_blocks: Annotated[int, Quantity(COUNT, ge=1, le=275)] | None = None
    allocation: Literal["headroom", "full"] = "headroom"
    sr_period: Slots = 10
    processing: Delay = 2
    k2: Delay = 2
    decoding: Delay = 1
    configured_grant: ConfiguredGrant = "none"
    inactivity: PositiveTime = "10 s"
    resume_delay: ResumeDelay = "50 ms"
    cqi_delay: Slots = 8
    cqi_period: Slots = 10
    target: Annotated[float, Quantity(FRACTION, gt=0, lt=1)] = 0.1
    olla_step: Step = "0.1 dB"
    harq: Literal["chase", "ir"] = "ir"
    harq_delay: Slots = 8
    attempts: Annotated[int, Quantity(COUNT, ge=1, le=16)] = 4
    rlc: Rlc = "am"

    def check(self):
        if self.harq_delay <= self.decoding:
            rule = f"must be > decoding ({self.decoding} slots), since a block that is not decoded is not known to have failed"
            raise InputError(Problem(("harq_delay",), f"{rule}, got {self.harq_delay}"))

    def medium(self, env: simpy.Environment, workers: int) -> NoTurns:
        """No turns: the cell's slots decide."""
        return NoTurns(env)

    def wire(self, site: Site) -> Wired:
        """A cell, and a transmitter in it for each worker."""
        from .wiring import cell_airs, make_cell

        transport = site.transport
        cell = make_cell(site.env, self, site.channel, site.workers, site.geometry, site.streams, transport.outage_limit,
                         site.fidelity)
        return Wired(self.medium(site.env, site.workers), cell_airs(cell, site.links, transport.ack.loss, site.fidelity))

    def check_cell(self, channel: Radio, workers: int) -> None:
        """InputError (keys from `access`) where the workers' own resources do not fit in the carrier."""
        blocks, own = channel.phy.blocks_in(channel.carrier, channel.bandwidth), self.configured_grant.own_blocks()
        if own and workers * own >= blocks:
            rule = f"must be < {blocks} / workers ({blocks / workers:.3g}), so that some of the blocks are left, got {own}"
            raise InputError(Problem(("configured_grant", "blocks"), rule))

    def rules(self, channel: Radio, workers: int, geometry: Geometry | None, streams: Streams,
              outage_limit: float) -> Rules:
        """The arrays and numbers of a cell on `channel`."""
        phy, carrier = channel.phy, channel.phy.carrier(channel.carrier, channel.bandwidth)
        counts, slot = np.arange(carrier.blocks + 1), carrier.slot
        with np.errstate(divide="ignore"):
            log_blocks = 10 * np.log10(counts)
        powers = drawn(channel, "tx_power", workers, streams)  # P_max of each user, (U,) W
        wanted = math.inf if phy.p0 is None else phy.p0 * 2**carrier.numerology.mu
        noise = channel.noise * channel.noise_rise(workers, geometry, streams)
        share = 10 * math.log10(channel.bandwidth / carrier.numerology.block_bandwidth)
        return Rules(
            users=workers, blocks=carrier.blocks, uplink=carrier.uplink, downlink=carrier.downlink,
            band=_bands(channel, carrier), log_blocks=log_blocks, spread_db=share - log_blocks,
            open_loop_db=_levels(wanted / powers), alpha=float(phy.alpha), reference_db=_levels(powers / noise),
            scheduler=self.scheduler.code, window=float(self.scheduler.window), users_per_slot=self.users_per_slot,
            max_blocks=min(self.max_blocks or carrier.blocks, carrier.blocks), headroom=self.allocation == "headroom",
            combining=CHASE if self.harq == "chase" else INCREMENTAL, harq_delay=self.harq_delay, attempts=self.attempts,
            decoding=self.decoding, acknowledged=self.rlc.acknowledged, status_delay=_slots(self.rlc.status_delay, slot),
            rlc_retries=self.rlc.retries, processing=self.processing, k2=self.k2, cqi_delay=self.cqi_delay,
            cqi_period=self.cqi_period, step_up=self.olla_step * self.target / (1 - self.target), step_down=self.olla_step,
            offset_limit=10.0, own_period=self.configured_grant.period, own_blocks=self.configured_grant.own_blocks(),
            outage_slots=max(1, _slots(outage_limit, slot)), key=streams.counted("harq", "uplink").key)


def _slots(time: float, slot: float) -> int:
    """The whole slots that `time` takes, to a millionth of one."""
    return math.ceil(time / slot - 1e-6)


def _levels(ratios: np.ndarray) -> np.ndarray:
    """In dB, (n,), by the logarithm of the standard library, which no processor's vector unit rounds otherwise."""
    return np.array([10 * math.log10(ratio) for ratio in ratios.tolist()])


def _bands(channel: Radio, carrier) -> np.ndarray:
    """Into which of the equal parts of the band each block's middle falls, (N_RB,)."""
    parts = channel.fading_law.bands
    middle = (np.arange(carrier.blocks) - (carrier.blocks - 1) / 2) * carrier.numerology.block_bandwidth
    return np.clip(((middle / channel.bandwidth + 0.5) * parts).astype(np.int64), 0, parts - 1)

"""Stop-and-wait at once: the number of tries of every packet by inversion, the message's times by a cumulative sum.

Holds where a sender's timing depends on nobody else, its rate is constant and loss does not depend on time; elsewhere
the transport goes packet by packet. One pair of SimPy events a message instead of two a try.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .air import BurstAir
from .message import Transfer
from .uplink import Uplink

__all__ = ["can_sample", "sample"]


def can_sample(uplink: Uplink) -> bool:
    """Whether `sample` is exact on this uplink."""
    air = uplink.air
    return (isinstance(air, BurstAir) and uplink.medium.private and uplink.link.constant
            and air.loss.timeless and air.acknowledgement_loss.timeless)


def sample(uplink: Uplink, transfer: Transfer, retries: int, acknowledgement: int, arrived: Callable[[Transfer], None]):
    """A process: a whole message by stop-and-wait, with acknowledgement frames of `acknowledgement` bits."""
    env, message = uplink.env, transfer.message
    first, tries, acknowledged = _tries(uplink, message.round, message.packets, retries)
    jitter = uplink.one_way(message.round, first=True) - uplink.link.latency
    on_air = uplink.link.finish(0.0, message.air_bits.astype(float), uplink.medium.share, np.inf).ends
    cycle = on_air + uplink.link.latency + uplink.response_time(acknowledgement)
    # the server is done when the last packet first arrives, or when its last try has
    known = min(first[-1], tries[-1])
    before = float(np.sum(tries[:-1] * cycle[:-1]) + (known - 1) * cycle[-1] + on_air[-1] + uplink.link.latency + jitter)
    transfer.complete = env.now + before
    yield env.timeout(before)
    shown = tries.copy()
    shown[-1] = known
    _book(transfer, shown, first, on_air, acknowledgement, np.ones_like(shown))
    arrived(transfer)
    yield env.timeout(float(uplink.response_time(acknowledgement) + (tries[-1] - known) * cycle[-1]))
    repeats = tries - shown
    _book(transfer, repeats, first - shown, on_air, acknowledgement, shown + 1)
    transfer.acknowledged[:] = acknowledged
    transfer.heard = transfer.heard or bool(acknowledged.any())


def _tries(uplink: Uplink, round: int, packets: int, retries: int):
    """First try that arrives (retries + 2: none), tries made, and whether acknowledged; (K,) each."""
    limit, never = retries + 1, np.zeros(packets)
    first = np.full(packets, limit + 1)
    tries, acknowledged = np.full(packets, limit), np.zeros(packets, dtype=bool)
    pending = np.arange(packets)
    for attempt in range(1, limit + 1):
        there = uplink.air.loss.arrivals(round, pending, attempt, never[pending], never[pending])
        heard = uplink.air.acknowledgement_loss.arrivals(round, pending, attempt, never[pending], never[pending])
        first[pending[there]] = np.minimum(first[pending[there]], attempt)
        done = pending[there & heard]
        tries[done], acknowledged[done] = attempt, True
        pending = pending[~(there & heard)]
        if not len(pending):
            break
    return first, tries, acknowledged

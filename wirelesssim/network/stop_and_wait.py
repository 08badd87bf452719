"""Stop-and-wait at once: the number of tries of every packet by inversion, the message's times by a cumulative sum.

Holds where a sender's timing depends on nobody else, its rate is constant and loss does not depend on time; elsewhere
the transport goes packet by packet. One pair of SimPy events a message instead of two a try. All but the last packet's
needless repeats is booked when the access point has the outcome, those when the sender's part ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .air import BurstAir
from .message import Transfer
from .uplink import Uplink

__all__ = ["can_sample", "sample"]


@dataclass(frozen=True)
class _Tries:
    """Of each packet (K,): the tries `made`, the `first` that arrives (above the limit: none), how many `came`, and whether
    one was `acknowledged`; `heard`: whether any acknowledgement came through, of a lost try or not."""

    made: np.ndarray
    first: np.ndarray
    came: np.ndarray
    acknowledged: np.ndarray
    heard: bool


def can_sample(uplink: Uplink) -> bool:
    """Whether `sample` is exact on this uplink; not on one whose sender gives up (no rate), whose packets all fail, or whose
    acknowledgements contend with others' packets."""
    air, link = uplink.air, uplink.link
    return (isinstance(air, BurstAir) and not air.both_ways and uplink.medium.private
            and link.constant and link.expected_rate() > 0 and air.loss.timeless and air.acknowledgement_loss.timeless)


def sample(uplink: Uplink, transfer: Transfer, retries: int, acknowledgement: int, arrived: Callable[[Transfer], None]):
    """A process: a whole message by stop-and-wait, with acknowledgement frames of `acknowledgement` bits."""
    env, message = uplink.env, transfer.message
    tries = _tries(uplink, message.round, message.packets, retries)
    one_way, response = uplink.one_way(message.round, first=True), uplink.response_time(acknowledgement)
    on_air = message.air_bits / (uplink.link.rate_at(env.now) * uplink.medium.share)  # (K,)
    cycle = on_air + uplink.link.latency + response
    # the access point is done when the last packet first arrives, or when its last try has
    shown = tries.made.copy()
    shown[-1] = known = min(tries.first[-1], tries.made[-1])
    before = float(tries.made[:-1] @ cycle[:-1] + (known - 1) * cycle[-1] + on_air[-1] + one_way)
    transfer.complete = env.now + before + uplink.to_server
    yield env.timeout(before)
    needless = int(tries.came[-1] - (tries.first[-1] <= known))  # of the last packet, after it was there
    came = int(tries.came.sum())
    _book(transfer, np.zeros_like(shown), shown, came - needless, on_air, acknowledgement)
    transfer.payload_bits, transfer.coded_bits, _ = message.total_bits
    transfer.delivered[:] = tries.came > 0
    if uplink.to_server:
        uplink.after(uplink.to_server, lambda: arrived(transfer))
    else:
        arrived(transfer)
    yield env.timeout(float(response + (tries.made[-1] - known) * cycle[-1]))
    _book(transfer, shown, tries.made, needless, on_air, acknowledgement)
    transfer.acknowledged[:], transfer.heard = tries.acknowledged, tries.heard


def _book(transfer: Transfer, before: np.ndarray, after: np.ndarray, came: int, on_air: np.ndarray, acknowledgement: int):
    """Book the tries before + 1, ..., after (K,) of each packet, `on_air` (K,) s each, of which `came` arrived in all."""
    tries, again, bits = after - before, after - np.maximum(before, 1), transfer.message.air_bits  # (K,) each; after >= 1
    transfer.attempts += int(tries.sum())
    transfer.lost += int(tries.sum()) - came
    transfer.sent_bits += int(bits @ tries)
    transfer.retransmitted_bits += int(bits @ again)
    transfer.on_air += float(on_air @ (tries - again))
    transfer.retransmission += float(on_air @ again)
    transfer.acknowledgement(acknowledgement * int(tries.sum()))


def _tries(uplink: Uplink, round: int, packets: int, retries: int) -> _Tries:
    """Each packet is tried until both it and its acknowledgement come through, `retries` + 1 times at most."""
    limit, never = retries + 1, np.zeros(packets)
    made, first, came = np.full(packets, limit), np.full(packets, limit + 1), np.zeros(packets, dtype=np.int64)
    acknowledged, heard = np.zeros(packets, dtype=bool), False
    pending = np.arange(packets)
    for attempt in range(1, limit + 1):
        when = never[pending]
        there = uplink.air.loss.arrivals(round, pending, attempt, when, when)
        answered = uplink.air.acknowledgement_loss.arrivals(round, pending, attempt, when, when)
        came[pending] += there
        first[pending[there]] = np.minimum(first[pending[there]], attempt)
        heard, done = heard or bool(answered.any()), pending[there & answered]
        made[done], acknowledged[done] = attempt, True
        pending = pending[~(there & answered)]
        if not len(pending):
            break
    return _Tries(made, first, came, acknowledged, heard)

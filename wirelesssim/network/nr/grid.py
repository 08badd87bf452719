"""Slots and their opportunities."""

from __future__ import annotations

import math

from .rules import Rules

__all__ = ["slot_from", "grant_after", "asks_at"]

_TOLERANCE = 1e-6  # of a slot: what floats may do to an instant that falls on a slot's start


def slot_from(time: float, slot: float) -> int:
    """The first slot that starts at `time` (s) or later, `slot` s each."""
    return math.ceil(time / slot - _TOLERANCE)


def grant_after(rules: Rules, slot: int) -> int:
    """The uplink slot that is granted for what the base station received in `slot`: `processing` slots later the next downlink
    slot takes the grant, `k2` slots after that the next uplink slot is it."""
    told = slot + rules.processing
    while not rules.downlink[told % len(rules.downlink)]:
        told += 1
    sent = told + rules.k2
    while not rules.uplink[sent % len(rules.uplink)]:
        sent += 1
    return sent


def asks_at(rules: Rules, first: int, period: int) -> int:
    """The slot of the small grant for a user who may ask from slot `first` on; requests go in the first uplink slot of every
    `period` slots."""
    start = first // period * period
    while True:
        asked = next((slot for slot in range(start, start + period) if rules.uplink[slot % len(rules.uplink)]), -1)
        if asked >= first:
            return grant_after(rules, asked)
        start += period

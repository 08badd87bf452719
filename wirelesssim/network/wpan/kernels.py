"""The loop of the MAC, compiled: `run` takes the next of all senders' events until a batch ends; `CsmaCa` says what a sender
does.

At one instant who has listened decides before anyone begins to send, so that two that begin together have not heard each other.
"""

from __future__ import annotations

import math

from ...compiled import compiled
from ...radio.ieee802154 import (ACK_BYTES, ACK_DURATION, ACK_WAIT, BACKOFF_PERIOD, CCA, LIFS, SHORT_FRAME, SIFS, TURNAROUND)
from ..draws.kernels import uniform
from .rules import (ANSWER, ANSWERED, BACKOFF, BROADCAST, DATA, DELIVERED, DONE, IDLE, LOST, MISSING, NEVER, OWED, PENDING, RENEW,
                    SENDING, SENSING, TURNING, WAIT)

__all__ = ["begin", "run"]


@compiled(_nrt=False)
def _draw(rules, state, row, purpose):
    """The uniform of the row's frame for one purpose."""
    who = state.senders[row]
    return uniform(rules.key, row, state.frames[who.head].tag, (who.tries * 256 + who.backoffs) * 4 + purpose)


@compiled(_nrt=False)
def _back_off(rules, state, row, now):
    """Wait for a random number of periods, then listen."""
    who = state.senders[row]
    exponent = min(rules.min_be + who.backoffs, rules.max_be)
    periods = int(_draw(rules, state, row, BACKOFF) * (1 << exponent))
    who.phase, who.due = SENSING, now + periods * BACKOFF_PERIOD + CCA


@compiled(_nrt=False)
def _contend(rules, state, row, now):
    """Begin to look for a free channel."""
    state.senders[row].backoffs = 0
    _back_off(rules, state, row, now)


@compiled(_nrt=False)
def begin(rules, state, row, now):
    """Begin with the row's first frame, as soon as it may."""
    who = state.senders[row]
    who.tries = who.airtime = who.again = who.done = 0
    _contend(rules, state, row, max(now, who.free_from))


@compiled(_nrt=False)
def _settle(rules, state, row, now):
    """The fate of the row's frame is known; on with the next."""
    who = state.senders[row]
    frame = state.frames[who.head]
    frame.time, frame.tries = now, who.tries
    if frame.fate == PENDING:
        frame.fate = LOST
    who.head += 1
    who.tries = 0
    if who.head < who.end:
        _contend(rules, state, row, max(now, who.free_from))
    else:
        who.phase, who.due, who.done = IDLE, NEVER, 1


@compiled(_nrt=False)
def _heard(rules, state, row, now):
    """The row has listened for CCA ns: on, if nothing was on the air meanwhile and it owes nobody an acknowledgement."""
    who, air = state.senders[row], state.air[0]
    if max(air.busy_until, who.owes_until) <= now - CCA:
        who.phase, who.due = TURNING, now + TURNAROUND
        return
    who.backoffs += 1
    if who.backoffs <= rules.max_backoffs:
        _back_off(rules, state, row, now)
    else:
        air.refusals += 1
        _settle(rules, state, row, now)


@compiled(_nrt=False)
def _on_air(state, row, now, duration):
    """Something of the row's exchange goes on the air, and meets what is there."""
    who, air = state.senders[row], state.air[0]
    who.spoilt = 0
    if air.busy_until > now:
        for other in range(len(state.senders)):
            if state.senders[other].air_end > now:
                state.senders[other].spoilt = who.spoilt = 1
    who.air_end = now + duration
    air.busy_until = max(air.busy_until, who.air_end)


@compiled(_nrt=False)
def _send(rules, state, row, now):
    """The row's frame goes on the air."""
    who = state.senders[row]
    frame = state.frames[who.head]
    duration = state.durations[frame.size]
    _on_air(state, row, now, duration)
    who.tries += 1
    who.airtime += duration
    who.again += duration if who.tries > 1 else 0
    state.air[0].transmissions += 1
    frame.start = now
    who.log_success = state.links[1, frame.destination] if row == rules.coordinator else state.links[0, row]
    who.phase, who.due = SENDING, who.air_end


@compiled(_nrt=False)
def _sent(rules, state, row, now):
    """The row's frame is over."""
    who = state.senders[row]
    frame = state.frames[who.head]
    state.air[0].collisions += who.spoilt
    space = SIFS if frame.size <= SHORT_FRAME else LIFS
    if frame.destination == BROADCAST:
        if who.spoilt == 0:
            frame.fate = DELIVERED
        who.free_from = now + space
        _settle(rules, state, row, now)
    elif who.spoilt == 0 and _draw(rules, state, row, DATA) < math.exp(8 * frame.size * who.log_success):
        receiver = frame.destination if row == rules.coordinator else rules.coordinator
        frame.fate = DELIVERED
        state.senders[receiver].owes_until = now + TURNAROUND + ACK_DURATION
        who.free_from = now + TURNAROUND + ACK_DURATION + space
        who.phase, who.due = OWED, now + TURNAROUND
    else:
        who.phase, who.due = MISSING, now + ACK_WAIT


@compiled(_nrt=False)
def _answer(rules, state, row, now):
    """The receiver's acknowledgement goes on the air."""
    who = state.senders[row]
    _on_air(state, row, now, ACK_DURATION)
    destination = state.frames[who.head].destination
    who.log_success = state.links[0, destination] if row == rules.coordinator else state.links[1, row]
    who.phase, who.due = ANSWERED, who.air_end


@compiled(_nrt=False)
def _answered(rules, state, row, now):
    """The acknowledgement is over."""
    who = state.senders[row]
    if who.spoilt == 0 and _draw(rules, state, row, ANSWER) < math.exp(8 * ACK_BYTES * who.log_success):
        _settle(rules, state, row, now)
    else:
        who.phase, who.due = MISSING, now - ACK_DURATION - TURNAROUND + ACK_WAIT


@compiled(_nrt=False)
def _missed(rules, state, row, now):
    """No acknowledgement came in time."""
    if state.senders[row].tries <= rules.retries:
        _contend(rules, state, row, now)
    else:
        _settle(rules, state, row, now)


@compiled(_nrt=False)
def _next(state):
    """The row whose event is next; who begins to send comes last at an instant."""
    first, order = 0, NEVER
    for row in range(len(state.senders)):
        who = state.senders[row]
        if who.phase != IDLE:
            begins = who.phase == TURNING or who.phase == OWED
            key = 2 * who.due + (1 if begins else 0)
            if key < order:
                first, order = row, key
    return first


@compiled(_nrt=False)
def run(rules, state, limit, until):
    """Take events before `limit` (ns): DONE with the row of a batch that is over, RENEW when an event is not before `until`, from
    when on the links are others; WAIT at the limit. (what, row)."""
    while True:
        row = _next(state)
        now, phase = state.senders[row].due, state.senders[row].phase
        if phase == IDLE or now >= limit:
            return WAIT, row
        if now >= until:
            return RENEW, row
        if phase == SENSING:
            _heard(rules, state, row, now)
        elif phase == TURNING:
            _send(rules, state, row, now)
        elif phase == SENDING:
            _sent(rules, state, row, now)
        elif phase == OWED:
            _answer(rules, state, row, now)
        elif phase == ANSWERED:
            _answered(rules, state, row, now)
        else:
            _missed(rules, state, row, now)
        if state.senders[row].done == 1:
            return DONE, row

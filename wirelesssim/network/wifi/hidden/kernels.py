"""The loop of the medium with hidden stations, compiled: `run` goes from one event to the next; `HiddenContention`, its twin with
objects, tells what a station does, in functions of the same names. Nothing is allocated (see `wifi.kernels`)."""

from __future__ import annotations

from ....compiled import compiled
from ..exchange.kernels import adapt
from ..rules import AFTER_FAILURE, AFTER_SUCCESS, BROADCAST, DELIVERED, DONE, LOST, PENDING, RENEW, SENT, WAIT
from .ether import ACK, CTS, DATA, REQUEST, RTS
from .frames.kernels import deliver, prepare, send, settle, spare, spend
from .rules import ARRIVE, BEGIN, END, FAR, FOLLOW, HEAR
from .turns.kernels import (arrive, back_off, hear, listen, next_event, oldest, received, release, reschedule, resume,
                            willing)

__all__ = ["conclude", "load", "run"]


@compiled(_nrt=False)
def _spent(rules, state, frame):
    """Whether the frame has had its last try."""
    return rules.attempts > 0 and state.frames[frame].tries >= rules.attempts


@compiled(_nrt=False)
def load(state, station):
    """A batch has come to the station: what is next there."""
    who, frame = state.stations[station], oldest(state, station)
    if who.contends == 0 and who.engaged == 0:
        who.arrives = state.frames[frame].ready
        reschedule(state, station)


@compiled(_nrt=False)
def conclude(rules, state):
    """The exchange of the station `concluding` is over; on to the next."""
    station = state.air[0].concluding
    state.air[0].concluding = -1
    who, frame = state.stations[station], oldest(state, station)
    who.contends = 1 if frame >= 0 and state.frames[frame].ready <= state.air[0].now else 0
    if frame >= 0 and who.contends == 0:
        who.arrives = state.frames[frame].ready
        reschedule(state, station)
    resume(rules, state, station)


@compiled(_nrt=False)
def _close(rules, state, station):
    """The exchange is over; till a batch that it ended has made way for the next, it is open what is next."""
    who = state.stations[station]
    who.engaged, who.own, who.missed, who.contends = 0, max(who.own, state.air[0].now), FAR, 1
    reschedule(state, station)
    state.air[0].concluding = station
    if who.least > 0:
        oldest(state, station)
        if who.end - who.head < who.least:
            state.air[0].done = station
    if state.air[0].done < 0:
        conclude(rules, state)


@compiled(_nrt=False)
def _succeed(rules, state, station):
    """The answer came."""
    who = state.stations[station]
    if who.count > 0:
        adapt(rules, state, who.link, True)
    who.cw = rules.cw_min
    back_off(rules, state, station, oldest(state, station), AFTER_SUCCESS)
    who.requests = -1
    head = who.head
    for index in range(who.count):
        frame = head + state.chosen[station, index]
        if state.frames[frame].fate == PENDING and _spent(rules, state, frame):
            settle(state, station, frame, LOST)
            state.frames[frame].settled = 1
        if state.frames[frame].fate == DELIVERED:
            state.frames[frame].settled = 1
    if who.count == 0:  # a BlockAck after a request tells of all
        for frame in range(head, who.end):
            if state.frames[frame].fate == DELIVERED:
                state.frames[frame].settled = 1
    _close(rules, state, station)


@compiled(_nrt=False)
def _miss(rules, state, station):
    """It is time for an answer, and none is on the air."""
    who = state.stations[station]
    if who.engaged == 0 or who.answered == 1:
        return
    head = who.head
    if who.count > 0:
        who.failures += 1
        if who.said == 1:
            adapt(rules, state, who.link, False)
        for index in range(who.count):
            state.frames[head + state.chosen[station, index]].unanswered += 1 - who.said
        spent = _spent(rules, state, head)
    else:
        who.requests += 1
        spent = rules.attempts > 0 and who.requests >= rules.attempts
    who.cw = rules.cw_min if spent else min(2 * who.cw + 1, rules.cw_max)
    back_off(rules, state, station, head, AFTER_FAILURE)
    given_up = 0
    for index in range(who.count):
        frame = head + state.chosen[station, index]
        if _spent(rules, state, frame):
            given_up += 1
            state.frames[frame].settled = 1
            if state.frames[frame].fate == PENDING:
                settle(state, station, frame, LOST)
    if who.count > 0:
        who.requests = 0 if rules.request and who.said == 1 and who.count > 1 and given_up < who.count else -1
    elif spent:
        who.requests = -1
    _close(rules, state, station)


@compiled(_nrt=False)
def _heard_by_all(rules, state, station):
    """A broadcast frame has ended."""
    who, met = state.stations[station], 0
    for other in range(len(state.stations)):
        met |= state.spoilt[station, other]
    who.failures += 1 if met else 0
    who.cw = rules.cw_min
    back_off(rules, state, station, who.head, AFTER_SUCCESS)
    state.frames[who.head].settled = 1
    settle(state, station, who.head, LOST if met else SENT)
    _close(rules, state, station)


@compiled(_nrt=False)
def _answered(rules, state, sender, station):
    """The CTS, ACK or BlockAck of `sender` to the station has ended."""
    who, signal, now = state.stations[station], state.stations[sender], state.air[0].now
    if not received(state, sender, station):
        who.answered = 0
        if now >= signal.start - rules.sifs + rules.timeout:
            _miss(rules, state, station)
    elif signal.kind == CTS:
        who.follow, who.follows_for, who.follows = DATA, station, now + rules.sifs
        reschedule(state, station)
    else:
        _succeed(rules, state, station)


@compiled(_nrt=False)
def _react(rules, state, sender):
    """What sender and receiver do after a frame."""
    who, now = state.stations[sender], state.air[0].now
    if who.receiver == BROADCAST:
        _heard_by_all(rules, state, sender)
    elif who.kind == CTS or who.kind == ACK:
        _answered(rules, state, sender, who.receiver)
    else:
        receiver = who.receiver
        who.answered, who.missed = 0, now + rules.timeout
        reschedule(state, sender)
        arrived = received(state, sender, receiver)
        if arrived and who.kind == DATA:
            arrived = deliver(state, sender)
        if arrived and willing(state, receiver, sender):
            answers = state.stations[receiver]
            answers.follow, answers.follows_for, answers.follows = CTS if who.kind == RTS else ACK, sender, now + rules.sifs
            reschedule(state, receiver)


@compiled(_nrt=False)
def _end(rules, state, sender):
    """What the station had on the air has ended."""
    who, air = state.stations[sender], state.air[0]
    left = 0
    for place in range(air.sending):
        if state.airing[place] != sender:
            state.airing[left], left = state.airing[place], left + 1
    air.sending = left
    if who.kind == DATA:
        spare(rules, state, sender)
    for station in range(len(state.stations)):
        if state.reaches[sender, station] == 1:
            listen(rules, state, station, sender)
            resume(rules, state, station)
    resume(rules, state, sender)
    if who.kind == RTS:  # from its end to the moment when, without a frame, its reservation falls
        who.released = air.now + rules.sifs + state.modes[who.mode].cts + rules.timeout + rules.slot
        who.rts_start, who.rts_until = who.start, who.until
        reschedule(state, sender)
    _react(rules, state, sender)


@compiled(_nrt=False)
def _follow(rules, state, station):
    """What follows SIFS after a frame: an answer, or data after their CTS."""
    who = state.stations[station]
    whom = who.follows_for
    exchange = state.stations[whom]
    kind = state.modes[exchange.mode]
    if who.follow == DATA:
        spend(rules, state, station, kind.cts + 2 * rules.sifs + who.length)
        send(rules, state, DATA, station, station, who.to, who.length)
    else:
        exchange.answered = 1
        send(rules, state, who.follow, whom, station, whom, kind.cts if who.follow == CTS else exchange.answer)


@compiled(_nrt=False)
def _begin(rules, state, station):
    """The station's backoff is over."""
    who = state.stations[station]
    who.since, who.counter, who.immediate, who.contends = -1, 0, 0, 0
    state.begins[station] = FAR
    prepare(rules, state, station)
    for index in range(who.count):
        frame = who.head + state.chosen[station, index]
        state.frames[frame].tries += 1
        if who.first < 0 and frame >= who.end - who.mine:
            who.first = state.air[0].now
    who.transmissions += 1 if who.count > 0 else 0
    sort, length = DATA if who.count > 0 else REQUEST, who.length
    if who.announced == 1:
        sort, length = RTS, state.modes[who.mode].rts
    spend(rules, state, station, length)
    send(rules, state, sort, station, station, who.to, length)


@compiled(_nrt=False)
def _give_up(rules, state, station):
    """Nothing has come that was waited for: after an RTS by those who hold back for it, or by its sender."""
    who, now = state.stations[station], state.air[0].now
    if who.released == now:
        who.released = FAR
        release(rules, state, station)
    if who.missed == now:
        who.missed = FAR
        _miss(rules, state, station)


@compiled(_nrt=False)
def _happen(rules, state, what, station):
    """What was due at the station happens."""
    who = state.stations[station]
    if what == END:
        who.ends = FAR
        _end(rules, state, station)
    elif what == HEAR:
        who.heard_at = FAR
        hear(rules, state, station)
    elif what == ARRIVE:
        who.arrives = FAR
        arrive(rules, state, station)
    elif what == FOLLOW:
        who.follows = FAR
        _follow(rules, state, station)
    else:
        _give_up(rules, state, station)
    reschedule(state, station)


@compiled(_nrt=False)
def run(rules, state, limit, until):
    """Simulate as far as nothing that comes at `limit` (ns) or later can change, or until the last frame of a batch has its fate
    or a source has few frames left.

    Returns DONE in that case (`done` says whose, `concluding` whether `conclude` is to follow); RENEW where the next exchange
    begins, at `due`, when the links' rows hold no longer, which is from `until` on; else WAIT.
    """
    air = state.air[0]
    air.done = -1
    while air.done < 0:
        soonest, station, start, sender = next_event(state)
        begins = start << 3 | BEGIN < soonest
        time = start if begins else soonest >> 3
        if time >= limit or time >= FAR:
            return WAIT
        if begins and time >= until:
            air.due = time
            return RENEW
        air.now = time
        if begins:
            _begin(rules, state, sender)
        else:
            _happen(rules, state, soonest & 7, station)
    return DONE

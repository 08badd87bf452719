"""When a station takes the medium for idle and begins to send, compiled: what it makes of the frames that it hears."""

from __future__ import annotations

from .....compiled import compiled
from ...exchange.kernels import redraw
from ...rules import BUSY
from ..ether import DATA, RTS
from ..rules import ARRIVE, DEAF, END, FAR, FOLLOW, GIVE_UP, HEAR

__all__ = ["arrive", "back_off", "hear", "listen", "next_event", "oldest", "received", "release", "reschedule", "resume",
           "willing"]


@compiled(_nrt=False)
def reschedule(state, station):
    """What comes next at the station, after one of its instants has changed."""
    who = state.stations[station]
    soonest = min(who.ends << 3 | END, who.heard_at << 3 | HEAR)
    soonest = min(soonest, min(who.missed, who.released) << 3 | GIVE_UP)
    state.due[station] = min(soonest, min(who.arrives << 3 | ARRIVE, who.follows << 3 | FOLLOW))


@compiled(_nrt=False)
def next_event(state):
    """(8 times the instant and what happens then, the station of that), the least station of several; FAR if nothing ever;
    (when the next would begin, who)."""
    soonest, first = 8 * FAR, 0
    start, sender = FAR, 0
    for station in range(len(state.due)):
        if state.due[station] < soonest:
            soonest, first = state.due[station], station
        if state.begins[station] < start:
            start, sender = state.begins[station], station
    return soonest, first, start, sender


@compiled(_nrt=False)
def oldest(state, station):
    """The first frame that the station is not done with, -1 if there is none."""
    who = state.stations[station]
    head = who.head
    while head < who.end and state.frames[head].settled == 1:
        head += 1
    who.head = head
    return head if head < who.end else -1


@compiled(_nrt=False)
def back_off(rules, state, station, frame, purpose):
    """A new backoff, drawn for `frame`."""
    redraw(rules, state, station, frame, purpose)
    state.stations[station].over = 0


@compiled(_nrt=False)
def _plan(rules, state, station):
    """The station begins when its backoff is over, unless it hears something till then."""
    who = state.stations[station]
    state.begins[station] = who.since + who.counter * rules.slot if who.contends == 1 and who.since >= 0 else FAR


@compiled(_nrt=False)
def arrive(rules, state, station):
    """A frame comes to a station that had none."""
    who, now = state.stations[station], state.air[0].now
    frame = oldest(state, station)
    if who.contends == 1 or who.engaged == 1 or frame < 0 or state.frames[frame].ready > now:
        return
    who.contends = 1
    if who.over == 1 or (who.since >= 0 and who.since + who.counter * rules.slot <= now):
        if who.since >= 0 and now >= max(who.reserved, who.own):
            who.since, who.counter, who.immediate = max(now, who.since), 0, 1
        else:
            back_off(rules, state, station, frame, BUSY)
    _plan(rules, state, station)


@compiled(_nrt=False)
def hear(rules, state, sender):
    """Who listens notices a frame a slot after its start, and has not counted since that."""
    start = state.stations[sender].start
    for station in range(len(state.stations)):
        if state.reaches[sender, station] == 0:
            continue
        who = state.stations[station]
        who.heard = start
        if who.since < 0:
            continue
        passed = min(who.counter, max(0, start - who.since) // rules.slot)
        who.since, who.counter = who.since + passed * rules.slot, who.counter - passed
        if who.counter == 0 and who.since <= start:
            who.over = 1
        if who.immediate == 1:
            back_off(rules, state, station, oldest(state, station), BUSY)
        who.since, who.immediate = -1, 0
        state.begins[station] = FAR


@compiled(_nrt=False)
def resume(rules, state, station):
    """Count on, if nothing is on the air any more."""
    who = state.stations[station]
    if who.engaged == 1:
        return
    for place in range(state.air[0].sending):
        sender = state.airing[place]
        if sender == station or state.reaches[sender, station] == 1:
            return
    who.since = max(who.defer, max(who.reserved, who.own) + rules.difs)
    _plan(rules, state, station)


@compiled(_nrt=False)
def received(state, sender, station):
    """Whether the station, which is in reach, had what `sender` has on the air, and nothing else; of an A-MPDU to it one MPDU is
    enough."""
    if station == state.stations[sender].receiver and state.stations[sender].kind == DATA:
        return state.stations[sender].spared > 0
    return state.spoilt[sender, station] == 0


@compiled(_nrt=False)
def willing(state, receiver, sender):
    """Whether it answers a frame of `sender` that has come to it: to RTS not in a reservation, unless that holds it itself."""
    who = state.stations[receiver]
    free = who.reserved <= state.air[0].now or who.holder == sender
    return who.engaged == 0 and (free or state.stations[sender].kind != RTS)


@compiled(_nrt=False)
def _answered_by(rules, state, receiver, sender):
    """Until when the receiver holds back for its answer: after a CTS the data come, or they do not."""
    signal, now = state.stations[sender], state.air[0].now
    if signal.kind != RTS:
        return signal.until
    return now + rules.sifs + state.modes[signal.mode].cts if willing(state, receiver, sender) else now


@compiled(_nrt=False)
def _spoilt(rules, state, station, sender):
    """Whether noise left nothing of data to the station; where there is no EIFS it holds back as all who heard them."""
    signal = state.stations[sender]
    return signal.kind == DATA and signal.receiver == station and signal.came == 0 and rules.eifs > rules.difs


@compiled(_nrt=False)
def listen(rules, state, station, sender):
    """What the station makes of a frame that it heard to its end."""
    who, signal, now = state.stations[station], state.stations[sender], state.air[0].now
    if not received(state, sender, station) or _spoilt(rules, state, station, sender):
        if state.spoilt[sender, station] & DEAF:
            who.defer = max(who.defer, now + rules.difs)
        else:
            who.defer = now + rules.eifs
        return
    who.defer = now + rules.difs
    if state.stations[signal.partner].to == station:
        who.own = max(who.own, _answered_by(rules, state, station, sender))
    elif signal.receiver != station:
        if signal.until > who.reserved:
            who.reserved, who.holder = signal.until, signal.partner
        if signal.kind == RTS:
            who.heeded, who.heeded_start = sender, signal.start


@compiled(_nrt=False)
def release(rules, state, sender):
    """Those who have heard nothing since the RTS of `sender` take the medium for free."""
    now, start, until = state.air[0].now, state.stations[sender].rts_start, state.stations[sender].rts_until
    for station in range(len(state.stations)):
        who = state.stations[station]
        heeded = who.heeded == sender and who.heeded_start == start
        if heeded and state.reaches[sender, station] == 1 and who.heard <= start and who.reserved == until:
            who.reserved, who.defer = now, now + rules.difs
            resume(rules, state, station)

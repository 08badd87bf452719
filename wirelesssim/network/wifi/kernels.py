"""The contention loop, compiled: `run` goes from one use of the medium to the next; the package's `Csma` says what a station
does.

Stations whose slots begin together count in one wheel of slots, so that a use costs what its senders cost, not what all do; the
few whose slots begin at an instant of their own (after a collision, or just become ready) are kept apart until the next use.
Nothing is allocated, and so no references are counted (`_nrt=False`), which costs ten times what is done here otherwise.
"""

from __future__ import annotations

from ...compiled import compiled
from .exchange.kernels import alone, collide, redraw
from .rules import BUSY, DONE, NEVER, RENEW, WAIT

__all__ = ["run", "arrive"]


@compiled(_nrt=False)
def _enter(state, station):
    """Count with the others, until `expiry`."""
    who = state.stations[station]
    place = who.expiry & (len(state.wheel) - 1)
    who.next = state.wheel[place]
    state.wheel[place] = station
    state.air[0].waiting += 1
    state.air[0].cursor = min(state.air[0].cursor, who.expiry)


@compiled(_nrt=False)
def _set_apart(state, station):
    """Count from the station's own `resume`."""
    state.stations[station].apart = 1
    state.listed[state.air[0].apart] = station
    state.air[0].apart += 1


@compiled(_nrt=False)
def _counted_out(rules, state, station, now):
    """Whether the backoff of a station that counts with the others has come to its end by `now`."""
    who = state.stations[station]
    air, expiry = state.air[0], who.expiry
    if now >= air.resume:
        return expiry <= air.virtual + (now - air.resume) // rules.slot
    return expiry < air.virtual or (expiry == air.virtual and who.epoch != air.epoch)


@compiled(_nrt=False)
def arrive(rules, state, station, now):
    """The head of the station's queue is ready at `now`: at once where its backoff is over and the medium idle, else in its
    turn."""
    who, air = state.stations[station], state.air[0]
    who.active, who.arrival = 1, NEVER
    if who.apart == 1:
        if who.over == 1 and now < who.resume - rules.eifs:
            redraw(rules, state, station, who.head, BUSY)
        elif who.over == 1 or who.resume + who.counter * rules.slot <= now:
            who.resume, who.counter = max(now, who.resume), 0
            who.immediate = 1
        who.over = 0
        return
    if not _counted_out(rules, state, station, now):
        _enter(state, station)
        return
    if now >= air.busy_until and not rules.bianchi:
        who.resume, who.counter = max(now, air.resume), 0
        who.immediate = 1
        _set_apart(state, station)
        return
    redraw(rules, state, station, who.head, BUSY)
    passed = max(0, now - air.resume) // rules.slot
    air.virtual, air.resume = air.virtual + passed, air.resume + passed * rules.slot
    air.cursor = max(air.cursor, air.virtual)
    who.expiry, who.epoch = air.virtual + (1 if now > air.resume else 0) + who.counter, air.epoch
    _enter(state, station)


@compiled(_nrt=False)
def _first_start(rules, state):
    """When the next station would begin to send."""
    start, air = NEVER, state.air[0]
    if air.waiting > 0:
        slot = air.cursor
        while state.wheel[slot & (len(state.wheel) - 1)] < 0:
            slot += 1
        state.air[0].cursor = slot
        start = air.resume + (slot - air.virtual) * rules.slot
    for place in range(air.apart):
        who = state.stations[state.listed[place]]
        if who.active == 1:
            start = min(start, who.resume + who.counter * rules.slot)
    return start


@compiled(_nrt=False)
def _next_arrival(state):
    """Recompute when the next frame becomes ready by itself."""
    soonest = NEVER
    for station in range(len(state.stations)):
        soonest = min(soonest, state.stations[station].arrival)
    state.air[0].arrival = soonest


@compiled(_nrt=False)
def _arrivals(rules, state, now):
    """Let in every frame that is ready by `now`, the earlier first."""
    for station in range(len(state.stations)):
        if state.stations[station].arrival <= now:
            arrive(rules, state, station, state.stations[station].arrival)
    _next_arrival(state)


@compiled(_nrt=False)
def _senders(rules, state, start):
    """Take out all that begin less than a slot after `start`, into `senders`; (their number, the slot that all others stand
    at)."""
    air, found = state.air[0], 0
    passed = max(0, start - air.resume)
    whole = passed // rules.slot
    frozen = air.virtual + whole
    slot = frozen + (1 if passed > whole * rules.slot else 0)
    begins = air.resume + (slot - air.virtual) * rules.slot
    if begins < start + rules.slot:
        place = slot & (len(state.wheel) - 1)
        station = state.wheel[place]
        state.wheel[place] = -1
        while station >= 0:
            state.senders[found], found = station, found + 1
            state.stations[station].start = begins
            station = state.stations[station].next
        air.waiting -= found
    left = 0
    for place in range(air.apart):
        station = state.listed[place]
        who = state.stations[station]
        begins = who.resume + who.counter * rules.slot
        if who.active == 1 and begins < start + rules.slot:
            state.senders[found], found = station, found + 1
            who.start, who.apart = begins, 0
        else:
            state.listed[left], left = station, left + 1
    air.apart = left
    return found, frozen


@compiled(_nrt=False)
def _freeze(rules, state, start, virtual):
    """Those apart that did not send have counted their own slots till `start`; from the next resumption on they count with the
    others, unless their own slots begin still later."""
    left, epoch = 0, state.air[0].epoch
    for place in range(state.air[0].apart):
        station = state.listed[place]
        who = state.stations[station]
        over = who.over == 1 or start >= who.resume + who.counter * rules.slot
        counter = who.counter - max(0, start - who.resume) // rules.slot
        if who.immediate == 1:
            redraw(rules, state, station, who.head, BUSY)
            counter, over = who.counter, False
            who.immediate = 0
        who.counter = counter
        if who.resume > state.air[0].resume:
            state.listed[left], left = station, left + 1
            continue
        who.apart = who.over = 0
        who.epoch = epoch
        who.expiry = virtual - 1 if over else virtual + counter
        if who.active == 1:
            _enter(state, station)
    state.air[0].apart = left


@compiled(_nrt=False)
def _leave(state, station):
    """Count no longer with the others."""
    who = state.stations[station]
    place = who.expiry & (len(state.wheel) - 1)
    if state.wheel[place] == station:
        state.wheel[place] = who.next
    else:
        before = state.wheel[place]
        while state.stations[before].next != station:
            before = state.stations[before].next
        state.stations[before].next = who.next
    state.air[0].waiting -= 1


@compiled(_nrt=False)
def _extend(rules, state, sender, end):
    """Noise has spoilt the sender's data, that ended at `end`, at their receiver: its slots begin EIFS later."""
    destination = state.frames[state.chosen[0]].destination
    station = destination if sender == rules.access_point else rules.access_point
    who, air = state.stations[station], state.air[0]
    if who.apart == 1:
        who.resume = max(who.resume, end + rules.eifs)
        return
    over = who.expiry < air.virtual or (who.expiry == air.virtual and who.epoch != air.epoch)
    who.over = 1 if over and who.active == 0 else 0
    who.counter = max(0, who.expiry - air.virtual)
    if who.active == 1:
        _leave(state, station)
    who.resume = end + rules.eifs
    _set_apart(state, station)


@compiled(_nrt=False)
def _return(state, station, resume, start):
    """After its use of the medium a station counts anew, if it has more to send."""
    who, air = state.stations[station], state.air[0]
    who.active = who.immediate = 0
    if who.end - who.head < max(who.least, 1):
        who.done = 1
        air.done += 1
    if who.head == who.end:
        pass
    elif state.frames[who.head].ready <= start:
        who.active = 1
    else:
        who.arrival = state.frames[who.head].ready
        air.arrival = min(air.arrival, who.arrival)
    if resume == air.resume:
        who.expiry, who.epoch = air.virtual + who.counter, air.epoch
        if who.active == 1:
            _enter(state, station)
    else:
        who.resume = resume
        _set_apart(state, station)


@compiled(_nrt=False)
def _use(rules, state, start):
    """The medium is used from `start` on, by all that begin less than a slot later."""
    found, frozen = _senders(rules, state, start)
    air = state.air[0]
    end, virtual = start, frozen + (1 if rules.bianchi else 0)
    if found == 1:
        station = state.senders[0]
        end, free, own = alone(rules, state, station, start)
        resume = free + rules.difs
        state.stations[station].resume = own
    else:
        for place in range(found):
            station = state.senders[place]
            own_end, own = collide(rules, state, station)
            end = max(end, own_end)
            state.stations[station].resume = own
        free, resume = end, end + rules.eifs
        for place in range(found):
            station = state.senders[place]
            state.stations[station].resume = max(state.stations[station].resume, end + rules.difs)
        air.collisions += 1
    if air.traced < len(state.trace):
        state.trace[air.traced].start, state.trace[air.traced].end = start, end
        state.trace[air.traced].number = found
        for place in range(found):
            state.trace[air.traced].stations += state.senders[place]
        air.traced += 1
    air.uses, air.busy = air.uses + 1, air.busy + end - start
    air.epoch += 1 if start >= air.resume else 0  # before that nobody's slots had begun
    air.resume, air.busy_until = resume, free
    air.virtual, air.cursor = virtual, virtual
    _freeze(rules, state, start, virtual)
    if found == 1 and end < free and rules.eifs > rules.difs:
        _extend(rules, state, state.senders[0], end)
    for place in range(found):
        station = state.senders[place]
        _return(state, station, resume if rules.bianchi else state.stations[station].resume, start)


@compiled(_nrt=False)
def run(rules, state, limit, until):
    """Simulate as far as nothing that comes at `limit` (ns) or later can change, or until a station has no frame left, or a
    source few.

    Returns DONE in that case (`done` says who); RENEW where the next use begins, at `due`, when the links' rows hold no longer,
    which is from `until` on; else WAIT.
    """
    state.air[0].done = 0
    while state.air[0].done == 0:
        start, arrival = _first_start(rules, state), state.air[0].arrival
        if arrival < limit and (arrival <= start or arrival - start < rules.slot):
            _arrivals(rules, state, arrival)
        elif start >= NEVER or start + rules.slot > limit:
            return WAIT
        elif start >= until:
            state.air[0].due = start
            return RENEW
        else:
            _use(rules, state, start)
    return DONE

"""What a station sends and where it overlaps, compiled: the MPDUs of its exchange, and which of them their receiver has alone."""

from __future__ import annotations

import math

from .....compiled import compiled
from ...exchange.kernels import draw_for, duration_of, mode_of
from ...rules import BROADCAST, DELIVERED, LOST, PENDING, RECEPTION
from ..ether import DATA
from ..rules import DEAF, OVERLAPPED
from ..turns.kernels import oldest, reschedule

__all__ = ["prepare", "send", "settle", "spare", "spend", "deliver"]


@compiled(_nrt=False)
def _choose(rules, state, station, limit):
    """Fill `chosen` with the MPDUs of the station's next frame; (their number, bytes)."""
    who = state.stations[station]
    head, now = who.head, state.air[0].now
    destination = state.frames[head].destination
    state.chosen[station, 0] = 0
    if rules.window == 0 or destination == BROADCAST:
        return 1, state.frames[head].size
    count, length, padded = 0, 0, 0
    for frame in range(head, min(who.end, head + rules.window)):
        if state.frames[frame].ready > now or state.frames[frame].destination != destination:
            break
        if state.frames[frame].settled == 1:
            continue
        longer = padded + 4 + state.frames[frame].size
        if count > 0 and longer > limit:
            break
        state.chosen[station, count] = frame - head
        count, length, padded = count + 1, longer, (longer + 3) // 4 * 4
    return count, length if count > 1 else state.frames[head].size + rules.single


@compiled(_nrt=False)
def prepare(rules, state, station):
    """The exchange of the station that begins now with its oldest frame."""
    who, head = state.stations[station], oldest(state, station)
    link, mode = mode_of(rules, state, station, head)
    kind, destination = state.modes[mode], state.frames[head].destination
    who.to = destination if station == rules.access_point or destination == BROADCAST else rules.access_point
    who.engaged, who.mode, who.link, who.said, who.answered = 1, mode, link, 0, 0
    state.success[station] = state.log_success[link, mode]
    who.count, who.announced, before = 0, 0, 0
    if who.requests >= 0:
        who.length, who.answer = kind.request, kind.block_ack
    else:
        who.count, size = _choose(rules, state, station, kind.limit)
        who.length, who.answer = duration_of(kind, size), kind.block_ack if who.count > 1 else kind.ack
        if destination != BROADCAST and size > rules.rts_threshold:
            who.announced, before = 1, kind.rts + kind.cts + 2 * rules.sifs
    after = 0 if who.to == BROADCAST else rules.sifs + who.answer
    who.expires = state.air[0].now + before + who.length + after


@compiled(_nrt=False)
def spend(rules, state, station, time):
    """Book what of `time` on the air falls by bytes to MPDUs of the batch under way, and to those of them that have been on the
    air before: of the exchange, or all that its BlockAckReq asks about."""
    who = state.stations[station]
    total, own, repeated, mine = 0, 0, 0, who.end - who.mine
    for index in range(who.count):
        place = who.head + state.chosen[station, index]
        frame = state.frames[place]
        total += frame.size
        own += frame.size if place >= mine else 0
        repeated += frame.size if place >= mine and frame.tries - frame.unanswered > 1 else 0
    if who.count == 0:
        for place in range(who.head, min(who.end, who.head + rules.window)):
            frame = state.frames[place]
            if frame.settled == 0 and frame.tries > frame.unanswered:
                total += frame.size
                own += frame.size if place >= mine else 0
        repeated = own
    who.airtime += time * own // total
    who.again += time * repeated // total


@compiled(_nrt=False)
def settle(state, station, frame, fate):
    """The frame has met its fate; a batch without another open one is done, unless it is a source's."""
    who = state.stations[station]
    state.frames[frame].fate, state.frames[frame].time = fate, state.air[0].now
    who.delivered += 1 if fate == DELIVERED else 0
    who.lost += 1 if fate == LOST else 0
    who.open -= 1
    if who.open == 0 and who.least == 0:
        state.air[0].done = station


@compiled(_nrt=False)
def _strike(state, sender, other, start, end):
    """From `start` to `end` a frame of `other` overlaps what `sender` has on the air, at the receiver of that."""
    signal = state.stations[sender]
    kind = state.modes[signal.mode]
    data = signal.start + kind.preamble
    if signal.kind != DATA or signal.receiver == BROADCAST or state.reaches[other, signal.receiver] == 0:
        return
    if signal.count == 1 or start < data:
        signal.ruined = 1
        return
    place = 0
    for index in range(signal.count):
        size = state.frames[signal.head + state.chosen[sender, index]].size
        begin = data + 8 * place // kind.bits_per_symbol * kind.symbol
        if end > begin and start < signal.start + duration_of(kind, place + 4 + size):
            state.struck[sender, index] = 1
        place += 4 + (size + 3) // 4 * 4


@compiled(_nrt=False)
def _overlap(state, sender, other):
    """A frame of `sender` begins while one of `other` is on the air."""
    for station in range(len(state.stations)):
        if state.reaches[sender, station] == 1 and state.reaches[other, station] == 1:
            state.spoilt[sender, station] |= OVERLAPPED
            state.spoilt[other, station] |= OVERLAPPED
    if state.reaches[other, sender] == 1:
        state.spoilt[other, sender] |= DEAF
    if state.reaches[sender, other] == 1:
        state.spoilt[sender, other] |= DEAF
    now = state.air[0].now
    _strike(state, sender, other, now, state.stations[other].stop)
    _strike(state, other, sender, now, state.stations[sender].stop)


@compiled(_nrt=False)
def send(rules, state, kind, partner, sender, receiver, length):
    """A frame of `kind`, of the exchange of `partner`, goes on the air."""
    who, air = state.stations[sender], state.air[0]
    who.kind, who.partner, who.receiver, who.until = kind, partner, receiver, state.stations[partner].expires
    who.start, who.stop, who.ruined, who.spared = air.now, air.now + length, 0, 0
    who.came = 0
    for station in range(len(state.stations)):
        state.spoilt[sender, station] = 0
    if kind == DATA:
        who.said = 1
        for index in range(who.count):
            state.struck[sender, index] = 0
    for place in range(air.sending):
        _overlap(state, sender, state.airing[place])
    state.airing[air.sending] = sender
    air.sending += 1
    who.heard_at, who.ends = air.now + rules.slot, who.stop
    reschedule(state, sender)
    if air.traced < len(state.trace):
        row = state.trace[air.traced]
        row.kind, row.sender, row.to, row.start, row.end = kind, sender, receiver, who.start, who.stop
        air.traced += 1


@compiled(_nrt=False)
def spare(rules, state, sender):
    """Count the MPDUs of data that ended that their receiver had alone, and draw which of them come through noise."""
    who, per_bit = state.stations[sender], state.success[sender]
    if who.receiver == BROADCAST or state.spoilt[sender, who.receiver] & DEAF:
        who.ruined = 1
    if who.ruined == 1:
        return
    for index in range(who.count):
        if state.struck[sender, index] == 1:
            continue
        who.spared += 1
        frame = who.head + state.chosen[sender, index]
        if per_bit != 0.0:
            limit = math.exp(8 * state.frames[frame].size * per_bit)
            if draw_for(rules, state, sender, frame, RECEPTION) >= limit:
                state.struck[sender, index] = 1
                continue
        who.came += 1


@compiled(_nrt=False)
def deliver(state, sender):
    """The MPDUs that came through have arrived; whether some did."""
    who = state.stations[sender]
    for index in range(who.count):
        frame = who.head + state.chosen[sender, index]
        if state.struck[sender, index] == 0 and state.frames[frame].fate == PENDING:
            settle(state, sender, frame, DELIVERED)
    return who.came > 0

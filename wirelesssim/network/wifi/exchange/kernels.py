"""What a use of the medium comes to, compiled: which frame a station sends, how long it lasts, what arrives, and the backoff
after it."""

from __future__ import annotations

import math

from ....compiled import compiled
from ....radio.wifi.kernels import arf, ppdu_nanoseconds
from ...draws.kernels import uniform
from ..rules import AFTER_FAILURE, AFTER_SUCCESS, BROADCAST, DELIVERED, LOST, PENDING, RECEPTION, SENT

__all__ = ["adapt", "alone", "collide", "draw_for", "duration_of", "mode_of", "redraw"]


@compiled(_nrt=False)
def draw_for(rules, state, station, frame, purpose):
    """The uniform of a station's frame for one purpose."""
    tries, requests = state.frames[frame].tries, max(state.stations[station].requests, 0)
    return uniform(rules.key, station, state.frames[frame].tag, (tries * 256 + requests) * 4 + purpose)


@compiled(_nrt=False)
def redraw(rules, state, station, frame, purpose):
    """A new backoff from the station's window, drawn for `frame`."""
    who = state.stations[station]
    who.counter = int(draw_for(rules, state, station, frame, purpose) * (who.cw + 1))


@compiled(_nrt=False)
def mode_of(rules, state, station, frame):
    """(link, mode) of a frame; a broadcast frame has the basic mode."""
    destination = state.frames[frame].destination
    if destination == BROADCAST:
        return station, rules.basic
    link = len(state.stations) + destination if station == rules.access_point else station
    return link, state.links[link].mode


@compiled(_nrt=False)
def duration_of(mode, size):
    """ns of a PPDU of `size` bytes in the row `mode` of the table."""
    return ppdu_nanoseconds(size, mode.preamble, mode.bits_per_symbol, mode.symbol, mode.overhead, mode.grid)


@compiled(_nrt=False)
def _choose(rules, state, station, start):
    """Fill `chosen` with what the station sends at `start`; (number of MPDUs, bytes). One where nothing is aggregated."""
    who = state.stations[station]
    head = who.head
    state.chosen[0] = head
    destination = state.frames[head].destination
    if rules.window == 0 or destination == BROADCAST:
        return 1, state.frames[head].size
    limit = state.modes[mode_of(rules, state, station, head)[1]].limit
    count, length, padded = 0, 0, 0
    for frame in range(head, min(who.end, head + rules.window)):
        if state.frames[frame].ready > start or state.frames[frame].destination != destination:
            break
        if state.frames[frame].fate != PENDING:
            continue
        longer = padded + 4 + state.frames[frame].size
        if count > 0 and longer > limit:
            break
        state.chosen[count] = frame
        count, length, padded = count + 1, longer, (longer + 3) // 4 * 4
    return count, length if count > 1 else state.frames[head].size + rules.single


@compiled(_nrt=False)
def _settle(state, station, frame, fate, time):
    who = state.stations[station]
    who.delivered += 1 if fate == DELIVERED else 0
    who.lost += 1 if fate == LOST else 0
    state.frames[frame].fate, state.frames[frame].time = fate, time


@compiled(_nrt=False)
def _advance(state, station):
    """Step over frames at the head whose fate is known."""
    who = state.stations[station]
    head = who.head
    while head < who.end and state.frames[head].fate != PENDING:
        head += 1
    who.head = head


@compiled(_nrt=False)
def adapt(rules, state, link, success):
    """The rate control's answer to a frame that was acknowledged or not."""
    if rules.up > 0:
        held = state.links[link]
        row, run_length, probing = arf(held.mode, held.run, held.probing, success, rules.up, rules.down, rules.highest)
        state.links[link].mode, state.links[link].run, state.links[link].probing = row, run_length, probing


@compiled(_nrt=False)
def _failed(rules, state, station, count, end):
    """No acknowledgement came: a wider window, and frames whose transmissions are used up are lost at `end`."""
    who = state.stations[station]
    head, lost = state.chosen[0], 0
    who.failures += 1
    who.cw = min(2 * who.cw + 1, rules.cw_max)
    if rules.attempts > 0 and state.frames[head].tries >= rules.attempts:
        who.cw = rules.cw_min
    redraw(rules, state, station, head, AFTER_FAILURE)
    for place in range(count):
        frame = state.chosen[place]
        if rules.attempts > 0 and state.frames[frame].tries >= rules.attempts:
            _settle(state, station, frame, LOST, end)
            lost += 1
    _advance(state, station)
    if rules.request and count > 1 and lost < count:
        who.requests = 0


@compiled(_nrt=False)
def _request_failed(rules, state, station):
    """A BlockAckReq was not answered; after as many as a frame may be sent it is given up."""
    who = state.stations[station]
    who.requests += 1
    who.cw = min(2 * who.cw + 1, rules.cw_max)
    spent = rules.attempts > 0 and who.requests >= rules.attempts
    if spent:
        who.cw = rules.cw_min
    redraw(rules, state, station, who.head, AFTER_FAILURE)
    if spent:
        who.requests = -1


@compiled(_nrt=False)
def _received(rules, state, station, count, link, mode, end):
    """Draw which of the chosen MPDUs arrive; those that did have at `end`. Their number."""
    arrived, per_bit = 0, state.log_success[link, mode]
    for place in range(count):
        frame = state.chosen[place]
        if per_bit < 0.0:
            good = draw_for(rules, state, station, frame, RECEPTION) < math.exp(8 * state.frames[frame].size * per_bit)
        else:
            good = True
        if good:
            _settle(state, station, frame, DELIVERED, end)
            arrived += 1
    return arrived


@compiled(_nrt=False)
def _begin(rules, state, station, start):
    """Choose the station's frame; (MPDUs, bytes, mode, link), no MPDU for a BlockAckReq."""
    who = state.stations[station]
    link, mode = mode_of(rules, state, station, who.head)
    if who.first < 0:
        who.first = start
    if who.requests >= 0:
        return 0, 0, mode, link
    count, size = _choose(rules, state, station, start)
    for place in range(count):
        state.frames[state.chosen[place]].tries += 1
    who.transmissions += 1
    return count, size, mode, link


@compiled(_nrt=False)
def _spend(state, station, count, time):
    """Book the time of a use up to the end of the station's own frame, shared by bytes with the MPDUs that have been on the air
    before; all of a BlockAckReq is a repeat."""
    who, total, repeated = state.stations[station], 0, 0
    for place in range(count):
        frame = state.frames[state.chosen[place]]
        total += frame.size
        repeated += frame.size if frame.tries - frame.unanswered > 1 else 0
    who.airtime += time
    who.again += time * repeated // total if count > 0 else time


@compiled(_nrt=False)
def _won(rules, state, station, head):
    """The frame went well: the narrowest window again."""
    state.stations[station].cw = rules.cw_min
    redraw(rules, state, station, head, AFTER_SUCCESS)
    _advance(state, station)


@compiled(_nrt=False)
def alone(rules, state, station, start):
    """One station has the medium to itself; (end of the use, until when the others hold back, when its own slots
    begin): longer than the use where an acknowledgement is waited for in vain."""
    who = state.stations[station]
    count, size, mode, link = _begin(rules, state, station, start)
    kind, head = state.modes[mode], state.chosen[0]
    if count == 0:
        end = start + kind.request + rules.sifs + kind.block_ack
        _spend(state, station, count, kind.request)
        who.cw = rules.cw_min
        redraw(rules, state, station, who.head, AFTER_SUCCESS)
        who.requests = -1
        return end, end, end + rules.difs
    announced = kind.rts + kind.cts + 2 * rules.sifs if size > rules.rts_threshold else 0
    if state.frames[head].destination == BROADCAST:
        end = start + duration_of(kind, size)
        _spend(state, station, count, end - start)
        _settle(state, station, head, SENT, end)
        _won(rules, state, station, head)
        return end, end, end + rules.difs
    end = start + announced + duration_of(kind, size)
    first = kind.rts if announced > 0 else 0
    _spend(state, station, count, first)  # apart, since shares are rounded down to nanoseconds
    _spend(state, station, count, end - start - first)
    reserved = end + rules.sifs + (kind.block_ack if count > 1 else kind.ack)
    arrived = _received(rules, state, station, count, link, mode, end)
    adapt(rules, state, link, arrived > 0)
    if arrived > 0:
        for place in range(count):
            frame = state.chosen[place]
            spent = rules.attempts > 0 and state.frames[frame].tries >= rules.attempts
            if spent and state.frames[frame].fate == PENDING:
                _settle(state, station, frame, LOST, reserved)
        _won(rules, state, station, head)
        return reserved, reserved, reserved + rules.difs
    _failed(rules, state, station, count, end + rules.timeout)
    return end, reserved, end + rules.timeout + rules.difs


@compiled(_nrt=False)
def _unanswered(state, station, count):
    """The RTS before the chosen MPDUs was in vain: no data that a BlockAckReq could ask for."""
    state.stations[station].requests = -1
    for place in range(count):
        state.frames[state.chosen[place]].unanswered += 1


@compiled(_nrt=False)
def collide(rules, state, station):
    """One of several that send at once, from its `start` on; (its end, when its slots begin unless the medium is busy longer)."""
    who = state.stations[station]
    start = who.start
    count, size, mode, link = _begin(rules, state, station, start)
    kind, head = state.modes[mode], state.chosen[0]
    if count == 0:
        end = start + kind.request
        _spend(state, station, count, end - start)
        _request_failed(rules, state, station)
    elif state.frames[head].destination == BROADCAST:
        end = start + duration_of(kind, size)
        who.failures += 1
        _spend(state, station, count, end - start)
        _settle(state, station, head, LOST, end)
        _won(rules, state, station, head)
        return end, end + rules.difs
    else:
        end = start + (kind.rts if size > rules.rts_threshold else duration_of(kind, size))
        _spend(state, station, count, end - start)
        _failed(rules, state, station, count, end + rules.timeout)
        if size > rules.rts_threshold:
            _unanswered(state, station, count)
        else:
            adapt(rules, state, link, False)
    return end, end + (0 if rules.bianchi else rules.timeout) + rules.difs

"""The slot loop of a cell, compiled: `run` takes a `State` from slot to slot; the package's text says what a slot does."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from ...radio.nr.kernels import transport_error
from .rules import ASKED, CHASE, DATA, EQUAL_SHARE, FREE, MAX_CI, OWN, PENDING, PROPORTIONAL_FAIR, REPEAT
from .signal.kernels import effective, fit, gain_db, information, shrink, sinr_of_information, uniform

__all__ = ["run"]


@njit(cache=True)
def _combined(rules, tables, state, user, process, scheme, sinr_db):
    """The SINR in dB of all transmissions so far, this one included."""
    if rules.combining == CHASE:
        state.processes[user, process].sum += 10.0 ** (sinr_db / 10.0)
        return 10.0 * math.log10(state.processes[user, process].sum)
    state.processes[user, process].sum += information(tables.information[scheme], sinr_db)
    if state.processes[user, process].tries == 1:
        return sinr_db
    return sinr_of_information(tables.information[scheme], state.processes[user, process].sum)


@njit(cache=True)
def _transmit(rules, tables, state, chunk, user, process, slot, first):
    """Send the block of a process on blocks `first`, ...; its fate is drawn now and known `harq_delay` slots later."""
    scheme, count = state.processes[user, process].scheme, state.processes[user, process].blocks
    place = slot - chunk.first
    mean_db = chunk.mean_db[user, place]
    state.processes[user, process].tries += 1
    seen = effective(chunk.sinr[user, place], rules.band, first, count, tables.beta[scheme])
    sinr_db = 10.0 * math.log10(max(seen, 1e-30)) + gain_db(rules, mean_db, count)
    sinr_db = _combined(rules, tables, state, user, process, scheme, sinr_db)
    error = transport_error(tables.first_sinr, tables.step, tables.quantile, tables.code_blocks, scheme, count, sinr_db)
    good = uniform(rules.key, user, slot, state.processes[user, process].tries) >= error
    state.processes[user, process].ok = good
    state.processes[user, process].state = PENDING
    state.processes[user, process].ready = slot + rules.harq_delay
    state.users[user].sent_at = slot
    state.counts[2] += 1
    if state.users[user].started < 0:
        state.users[user].started = slot
    if good:
        state.users[user].open -= 1
        state.users[user].end = max(state.users[user].end, slot + 1 + rules.decoding)


@njit(cache=True)
def _free(state, user):
    """A free process, or -1."""
    for process in range(state.processes.shape[1]):
        if state.processes[user, process].state == FREE:
            return process
    return -1


@njit(cache=True)
def _waiting(state, user, slot):
    """Bits that may go into a new block: a lost range that is due, else what was never sent."""
    if state.users[user].ranges > 0 and state.ranges[user, 0].ready <= slot:
        return state.ranges[user, 0].bits
    return state.users[user].total - state.users[user].placed


@njit(cache=True)
def _fill(tables, state, user, slot, process, scheme, count):
    """Put bits into a process's new block: lost ranges first, one contiguous range a block."""
    size, taken, again = tables.bits[scheme, count], 0, 0
    if state.users[user].ranges > 0 and state.ranges[user, 0].ready <= slot:
        offset, again = state.ranges[user, 0].offset, state.ranges[user, 0].again
        taken = min(size, state.ranges[user, 0].bits)
        if taken < state.ranges[user, 0].bits:
            state.ranges[user, 0].offset += taken
            state.ranges[user, 0].bits -= taken
            state.users[user].open += 1
        else:
            state.users[user].ranges -= 1
            for place in range(state.users[user].ranges):
                state.ranges[user, place] = state.ranges[user, place + 1]
    else:
        offset = state.users[user].placed
        taken = min(size, state.users[user].total - offset)
        state.users[user].placed += taken
        state.users[user].open += 1
    block = state.processes[user, process]
    block.offset, block.bits, block.again = offset, taken, again
    block.scheme, block.blocks, block.tries, block.sum = scheme, count, 0, 0.0
    state.counts[3] += 1


@njit(cache=True)
def _lose(state, user, offset, bits):
    state.lost[state.counts[0], 0], state.lost[state.counts[0], 1], state.lost[state.counts[0], 2] = user, offset, bits
    state.counts[0] += 1


@njit(cache=True)
def _feedback(rules, state, user, slot):
    """What became known by `slot`: blocks that arrived, that are to be repeated, and that HARQ has failed."""
    for process in range(state.processes.shape[1]):
        if state.processes[user, process].state != PENDING or state.processes[user, process].ready > slot:
            continue
        good, tries = state.processes[user, process].ok, state.processes[user, process].tries
        if tries == 1:
            moved = state.users[user].offset_db + (rules.step_up if good else -rules.step_down)
            state.users[user].offset_db = min(max(moved, -rules.offset_limit), rules.offset_limit)
        if good:
            state.processes[user, process].state = FREE
        elif tries < rules.attempts:
            state.processes[user, process].state = REPEAT
        else:
            state.processes[user, process].state = FREE
            _failed(rules, state, user, process, slot)


@njit(cache=True)
def _failed(rules, state, user, process, slot):
    """HARQ has failed: RLC sends the range again, or it is lost."""
    block = state.processes[user, process]
    offset, bits, again = block.offset, block.bits, block.again
    if rules.acknowledged and again < rules.rlc_retries:
        last = state.users[user].ranges
        state.ranges[user, last].offset, state.ranges[user, last].bits = offset, bits
        state.ranges[user, last].again, state.ranges[user, last].ready = again + 1, slot + rules.status_delay
        state.users[user].ranges += 1
        return
    _lose(state, user, offset, bits)
    state.users[user].open -= 1
    state.users[user].end = max(state.users[user].end, slot + 1)


@njit(cache=True)
def _give_up(state, user, slot):
    """Drop all that is under way."""
    for process in range(state.processes.shape[1]):
        if state.processes[user, process].state != FREE and not state.processes[user, process].ok:
            _lose(state, user, state.processes[user, process].offset, state.processes[user, process].bits)
        state.processes[user, process].state = FREE
    for place in range(state.users[user].ranges):
        _lose(state, user, state.ranges[user, place].offset, state.ranges[user, place].bits)
    state.users[user].ranges = 0
    state.users[user].end, state.users[user].ended = slot + 1, 2


@njit(cache=True)
def _next_grant(rules, slot):
    """The slot of the data that a request or report received in `slot` gets granted."""
    slot += rules.processing
    while not rules.downlink[slot % len(rules.downlink)]:
        slot += 1
    slot += rules.k2
    while not rules.uplink[slot % len(rules.uplink)]:
        slot += 1
    return slot


@njit(cache=True)
def _measured(rules, chunk, user, slot):
    """The newest report in dB that is known in `slot`."""
    return chunk.report_db[user, max(slot - rules.cqi_delay, 0) // rules.cqi_period - chunk.first_report]


@njit(cache=True)
def _report(rules, state, chunk, user, slot):
    """The same, moved by the outer loop."""
    return _measured(rules, chunk, user, slot) + state.users[user].offset_db


@njit(cache=True)
def _occasion(rules, slot):
    """Whether `slot` is the first uplink slot of a period of configured grants."""
    if rules.own_period == 0:
        return False
    for earlier in range(slot // rules.own_period * rules.own_period, slot):
        if rules.uplink[earlier % len(rules.uplink)]:
            return False
    return True


@njit(cache=True)
def _use_own(rules, tables, state, chunk, user, slot):
    """A user's transmission on its configured grant."""
    process = _free(state, user)
    if state.users[user].phase < DATA or state.users[user].first > slot or process < 0 or _waiting(state, user, slot) <= 0:
        return
    report, mean_db = _report(rules, state, chunk, user, slot), chunk.mean_db[user, slot - chunk.first]
    count, scheme = fit(rules, tables, report, mean_db, rules.own_blocks)
    if scheme < 0:
        return
    count, scheme = shrink(rules, tables, report, mean_db, count, scheme, _waiting(state, user, slot))
    _fill(tables, state, user, slot, process, scheme, count)
    _transmit(rules, tables, state, chunk, user, process, slot, user * rules.own_blocks)
    state.users[user].usable = slot + 1
    if state.users[user].phase == OWN:
        state.users[user].phase, state.users[user].ready = DATA, _next_grant(rules, slot)


@njit(cache=True)
def _repeats(rules, tables, state, chunk, order, slot, first, granted):
    """Retransmissions, one a user, the longest due first; returns the next free block and the number of grants."""
    for user in order:
        if granted >= rules.users_per_slot or state.users[user].sent_at == slot:
            continue
        chosen = -1
        for process in range(state.processes.shape[1]):
            if state.processes[user, process].state == REPEAT and (
                    chosen < 0 or state.processes[user, process].ready < state.processes[user, chosen].ready):
                chosen = process
        if chosen >= 0 and first + state.processes[user, chosen].blocks <= rules.blocks:
            _transmit(rules, tables, state, chunk, user, chosen, slot, first)
            first += state.processes[user, chosen].blocks
            granted += 1
    return first, granted


@njit(cache=True)
def _buffer_reports(rules, state, order, slot, first, granted):
    """The small grants: one block each."""
    for user in order:
        due = state.users[user].phase == ASKED and state.users[user].ready <= slot
        if due and granted < rules.users_per_slot and first < rules.blocks:
            state.users[user].phase, state.users[user].ready = DATA, _next_grant(rules, slot)
            state.users[user].usable = state.users[user].ready
            first += 1
            granted += 1
    return first, granted


@njit(cache=True)
def _metric(rules, tables, state, chunk, report, mean_db, user, slot):
    if rules.scheduler == MAX_CI:
        return _measured(rules, chunk, user, slot)
    if rules.scheduler == PROPORTIONAL_FAIR:
        count, scheme = fit(rules, tables, report, mean_db, rules.blocks)
        return tables.bits[scheme, count] / max(state.users[user].average, 1.0)
    return 0.0


@njit(cache=True)
def _candidates(rules, tables, state, chunk, order, slot, metric):
    """Fill `metric` (len(order),) of those that may have new data; minus infinity of the others. Returns their number."""
    number = 0
    for place, user in enumerate(order):
        metric[place] = -np.inf
        if state.users[user].phase != DATA or state.users[user].ready > slot or _waiting(state, user, slot) <= 0:
            continue
        report, mean_db = _report(rules, state, chunk, user, slot), chunk.mean_db[user, slot - chunk.first]
        if fit(rules, tables, report, mean_db, rules.blocks)[1] < 0:
            continue
        state.users[user].usable = slot + 1
        if state.users[user].sent_at != slot and _free(state, user) >= 0:
            metric[place] = _metric(rules, tables, state, chunk, report, mean_db, user, slot)
            number += 1
    return number


@njit(cache=True)
def _new_data(rules, tables, state, chunk, order, slot, first, granted):
    """New blocks, by the scheduler's order."""
    metric = np.empty(len(order))
    usable = np.array([state.users[user].usable for user in order])
    number = _candidates(rules, tables, state, chunk, order, slot, metric)
    served = np.where(metric > -np.inf, 0.0, -1.0)
    while number > 0 and granted < rules.users_per_slot and first < rules.blocks:
        place = np.argmax(metric)
        user = order[place]
        metric[place] = -np.inf
        left = rules.blocks - first
        if rules.scheduler == EQUAL_SHARE:
            left = -(-left // min(number, rules.users_per_slot - granted))
        number -= 1
        report, mean_db = _report(rules, state, chunk, user, slot), chunk.mean_db[user, slot - chunk.first]
        count, scheme = fit(rules, tables, report, mean_db, left)
        if scheme < 0:
            if granted == 0:  # the first choice, and yet too few blocks: an outage, too
                state.users[user].usable = usable[place]
            continue
        count, scheme = shrink(rules, tables, report, mean_db, count, scheme, _waiting(state, user, slot))
        process = _free(state, user)
        _fill(tables, state, user, slot, process, scheme, count)
        _transmit(rules, tables, state, chunk, user, process, slot, first)
        served[place] = tables.bits[scheme, count]
        state.counts[1] = user + 1
        first += count
        granted += 1
    for place, user in enumerate(order):
        if served[place] >= 0:
            state.users[user].average += (served[place] - state.users[user].average) / rules.window


@njit(cache=True)
def _settle(rules, state, order, slot):
    """Who is done, and who has waited too long for a usable rate; returns whether somebody is."""
    some = False
    for user in order:
        if state.users[user].placed == state.users[user].total and state.users[user].open == 0:
            state.users[user].ended = 1
        elif _waiting(state, user, slot) <= 0:
            state.users[user].usable = slot + 1
        elif state.users[user].phase >= DATA and (
                slot - max(state.users[user].usable, state.users[user].ready) >= rules.outage_slots):
            _give_up(state, user, slot)
        some = some or state.users[user].ended > 0
    return some


@njit(cache=True)
def _room(state, active):
    """Whether the lists of lost ranges can take whatever one slot may bring."""
    needed = state.counts[0]
    for user in active:
        if state.users[user].ranges + state.processes.shape[1] > state.ranges.shape[1]:
            return False
        needed += state.users[user].ranges + state.processes.shape[1]
    return needed <= len(state.lost)


@njit(cache=True)
def run(rules, tables, state, chunk, active, slot, limit):
    """Simulate from `slot` to before `limit`, or through the first slot in which a burst ends; the next slot to simulate.

    `active` (n,) users with a burst, rising. Stops early, at the slot not yet simulated, where a list of ranges may overflow.
    """
    while slot < limit:
        if rules.uplink[slot % len(rules.uplink)]:
            if not _room(state, active):
                return slot
            turn = np.searchsorted(active, state.counts[1] % rules.users)
            order = np.concatenate((active[turn:], active[:turn]))
            for user in active:
                _feedback(rules, state, user, slot)
            first, granted = 0, 0
            if _occasion(rules, slot):
                for user in active:
                    _use_own(rules, tables, state, chunk, user, slot)
                first = rules.users * rules.own_blocks
            first, granted = _repeats(rules, tables, state, chunk, order, slot, first, granted)
            first, granted = _buffer_reports(rules, state, order, slot, first, granted)
            _new_data(rules, tables, state, chunk, order, slot, first, granted)
            if _settle(rules, state, order, slot):
                return slot + 1
        slot += 1
    return slot

"""A user's HARQ processes and its RLC, compiled: transmissions, what became known of them, what is sent again or lost."""

from __future__ import annotations

import math

from ....compiled import compiled
from ....radio.nr.kernels import transport_error
from ...draws.kernels import uniform
from ..rules import CHASE, FREE, PENDING, REPEAT
from ..signal.kernels import effective, gain_db, information, sinr_of_information, step_at

__all__ = ["transmit", "free", "waiting", "fill", "feedback", "oldest_repeat", "give_up"]


@compiled
def _combined(rules, tables, state, user, process, scheme, sinr_db):
    """The SINR in dB of all transmissions so far, this one included."""
    if rules.combining == CHASE:
        state.processes[user, process].sum += 10.0 ** (sinr_db / 10.0)
        return 10.0 * math.log10(state.processes[user, process].sum)
    state.processes[user, process].sum += information(tables.information[scheme], sinr_db)
    if state.processes[user, process].tries == 1:
        return sinr_db
    return sinr_of_information(tables.information[scheme], state.processes[user, process].sum)


@compiled
def transmit(rules, tables, state, windows, user, process, slot, first):
    """Send the block of a process on blocks `first`, ...; its fate is drawn now and known `harq_delay` slots later."""
    scheme, count = state.processes[user, process].scheme, state.processes[user, process].blocks
    place = step_at(windows, user, slot) - windows.first[user]
    mean_db = windows.mean_db[user, place]
    state.processes[user, process].tries += 1
    factor = 10.0 ** (gain_db(rules, user, mean_db, count) / 10.0)
    seen = effective(windows.sinr[user, place], rules.band, first, count, tables.beta[scheme], factor)
    sinr_db = 10.0 * math.log10(max(seen, 1e-30))
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


@compiled
def free(state, user):
    """A free process, or -1."""
    if state.users[user].busy == 0:
        return 0
    for process in range(state.processes.shape[1]):
        if state.processes[user, process].state == FREE:
            return process
    return -1


@compiled
def waiting(state, user, slot):
    """Bits that may go into a new block: a lost range that is due, else what was never sent."""
    if state.users[user].ranges > 0 and state.ranges[user, 0].ready <= slot:
        return state.ranges[user, 0].bits
    return state.users[user].total - state.users[user].placed


@compiled
def fill(tables, state, user, slot, process, scheme, count):
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
    state.users[user].busy += 1
    state.counts[3] += 1


@compiled
def _lose(state, user, offset, bits):
    state.lost[state.counts[0], 0], state.lost[state.counts[0], 1], state.lost[state.counts[0], 2] = user, offset, bits
    state.counts[0] += 1


@compiled
def feedback(rules, state, user, slot):
    """What became known by `slot`: blocks that arrived, that are to be repeated, and that HARQ has failed."""
    if state.users[user].busy == 0:
        return
    for process in range(state.processes.shape[1]):
        if state.processes[user, process].state != PENDING or state.processes[user, process].ready > slot:
            continue
        good, tries = state.processes[user, process].ok, state.processes[user, process].tries
        if tries == 1:
            moved = state.users[user].offset_db + (rules.step_up if good else -rules.step_down)
            state.users[user].offset_db = min(max(moved, -rules.offset_limit), rules.offset_limit)
        if not good and tries < rules.attempts:
            state.processes[user, process].state = REPEAT
            continue
        state.processes[user, process].state = FREE
        state.users[user].busy -= 1
        if not good:
            _failed(rules, state, user, process, slot)


@compiled
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


@compiled
def oldest_repeat(state, user):
    """The process that has waited longest to be sent again, or -1."""
    chosen = -1
    if state.users[user].busy == 0:
        return chosen
    for process in range(state.processes.shape[1]):
        if state.processes[user, process].state == REPEAT and (
                chosen < 0 or state.processes[user, process].ready < state.processes[user, chosen].ready):
            chosen = process
    return chosen


@compiled
def give_up(state, user, slot):
    """Drop all that is under way, but for the blocks on the air that will arrive: the burst ends when the last is decoded."""
    for process in range(state.processes.shape[1]):
        if state.processes[user, process].state != FREE and not state.processes[user, process].ok:
            _lose(state, user, state.processes[user, process].offset, state.processes[user, process].bits)
        state.processes[user, process].state = FREE
    for place in range(state.users[user].ranges):
        _lose(state, user, state.ranges[user, place].offset, state.ranges[user, place].bits)
    state.users[user].ranges = state.users[user].busy = 0
    state.users[user].end, state.users[user].ended = max(state.users[user].end, slot + 1), 2

"""The slot loop of a cell, compiled: `run` takes a `State` from slot to slot; the text of `Ofdma` says what a slot does.

A slot looks at those whom it may concern (`_present`), in order of their turn, and at the rest of the active ones only to see
that it does not: who waits for a grant is not asked for a scheme. A scheme is chosen anew when its user's report, mean or
outer loop has moved.
"""

from __future__ import annotations

import numpy as np

from ...compiled import compiled
from .harq.kernels import feedback, fill, free, give_up, oldest_repeat, transmit, waiting
from .rules import ASKED, DATA, EQUAL_SHARE, MAX_CI, OWN, PROPORTIONAL_FAIR
from .signal.kernels import fit, measured_step, report_at, shrink, step, step_at

__all__ = ["run"]


@compiled
def _next_grant(rules, slot):
    """The slot of the data that a request or report received in `slot` gets granted."""
    slot += rules.processing
    while not rules.downlink[slot % len(rules.downlink)]:
        slot += 1
    slot += rules.k2
    while not rules.uplink[slot % len(rules.uplink)]:
        slot += 1
    return slot


@compiled
def _occasion(rules, slot):
    """Whether `slot` is the first uplink slot of a period of configured grants."""
    if rules.own_period == 0:
        return False
    for earlier in range(slot // rules.own_period * rules.own_period, slot):
        if rules.uplink[earlier % len(rules.uplink)]:
            return False
    return True


@compiled
def _report(rules, tables, state, windows, user, slot):
    """(report in dB moved by the outer loop, mean SINR in dB) by which a scheme is chosen in `slot`."""
    report = report_at(rules, tables, windows, user, measured_step(rules, windows, user, slot))
    mean_db = windows.mean_db[user, step_at(windows, user, slot) - windows.first[user]]
    return report + state.users[user].offset_db, mean_db


@compiled
def _use_own(rules, tables, state, windows, user, slot):
    """A user's transmission on its configured grant."""
    process = free(state, user)
    if state.users[user].phase < DATA or state.users[user].first > slot or process < 0 or waiting(state, user, slot) <= 0:
        return
    report, mean_db = _report(rules, tables, state, windows, user, slot)
    count, scheme = fit(rules, tables, user, report, mean_db, rules.own_blocks)
    if scheme < 0:
        return
    count, scheme = shrink(rules, tables, user, report, mean_db, count, scheme, waiting(state, user, slot))
    fill(tables, state, user, slot, process, scheme, count)
    transmit(rules, tables, state, windows, user, process, slot, user * rules.own_blocks)
    state.users[user].usable = slot + 1
    if state.users[user].phase == OWN:
        state.users[user].phase, state.users[user].ready = DATA, _next_grant(rules, slot)


@compiled
def _repeats(rules, tables, state, windows, order, slot, first, granted):
    """Retransmissions, one a user, the longest due first; returns the next free block and the number of grants."""
    for user in order:
        if granted >= rules.users_per_slot or state.users[user].sent_at == slot:
            continue
        chosen = oldest_repeat(state, user)
        if chosen >= 0 and first + state.processes[user, chosen].blocks <= rules.blocks:
            transmit(rules, tables, state, windows, user, chosen, slot, first)
            first += state.processes[user, chosen].blocks
            granted += 1
    return first, granted


@compiled
def _buffer_reports(rules, state, asking, slot, first, granted):
    """The small grants: one block each. Who has one is looked at again for its data, which may go at once."""
    for user in asking:
        if granted < rules.users_per_slot and first < rules.blocks:
            state.users[user].phase, state.users[user].ready = DATA, _next_grant(rules, slot)
            state.users[user].usable = state.users[user].ready
            first += 1
            granted += 1
    return first, granted


@compiled
def _look(rules, tables, windows, order, users, slot, wide):
    """Note for each of `order` (n,) that is `wide` (n,) what a block on as much of the carrier as it may have carries, 0 in
    outage: what `fit` says of rules.blocks, chosen anew where report, mean or outer loop have moved.

    Written out here, since a call that passes `rules` and `tables` costs ten times a look at a user of whom nothing has changed.
    """
    measured = max(slot - rules.cqi_delay, 0) // rules.cqi_period * rules.cqi_period
    most, length = min(rules.blocks, rules.max_blocks), windows.slot
    asked, gained = rules.log_blocks[most], rules.spread_db[most]
    offered = tables.offered[:, most].copy()
    for place, user in enumerate(order):
        if not wide[place]:
            continue
        who, block_time = users[user], windows.block_time[user]
        reported, now = step(length, block_time, measured), step(length, block_time, slot)
        if who.seen_report == reported and who.seen_mean == now and who.seen_offset == who.offset_db:
            continue
        who.seen_report, who.seen_mean, who.seen_offset = reported, now, who.offset_db
        report = windows.report_db[user, reported - windows.first[user]]
        if np.isnan(report):
            report = report_at(rules, tables, windows, user, reported)
        mean_db = windows.mean_db[user, now - windows.first[user]]
        report += who.offset_db
        wanted = rules.open_loop_db[user] + asked + rules.alpha * (rules.reference_db[user] - mean_db)
        level, scheme = report + (min(0.0, wanted) + gained), len(offered) - 1
        while scheme >= 0 and not offered[scheme] <= level:
            scheme -= 1
        count = most
        if scheme < 0:
            count, scheme = fit(rules, tables, user, report, mean_db, rules.blocks)
        who.carried = tables.bits[scheme, count] if scheme >= 0 else 0


@compiled
def _candidates(rules, tables, state, windows, order, slot, metric, usable, doubtful):
    """Fill `metric` (n,) of those in `order` (n,) that may have new data, minus infinity of the others, what was their `usable`
    (n,), and whether `_settle` must look at them (`doubtful`). Returns the number of the first."""
    number, users = 0, state.users
    for place, user in enumerate(order):
        who = users[user]
        metric[place], usable[place] = -np.inf, who.usable
        doubtful[place] = who.phase == DATA and who.ready <= slot and (who.placed < who.total or waiting(state, user, slot) > 0)
    _look(rules, tables, windows, order, users, slot, doubtful)
    for place, user in enumerate(order):
        who, able = users[user], doubtful[place]
        doubtful[place] = True
        if not able or who.carried == 0:
            continue
        who.usable = slot + 1
        doubtful[place] = who.busy > 0
        if who.sent_at == slot or who.busy == state.processes.shape[1]:
            continue
        metric[place] = 0.0
        if rules.scheduler == MAX_CI:
            metric[place] = windows.report_db[user, who.seen_report - windows.first[user]]
        elif rules.scheduler == PROPORTIONAL_FAIR:
            metric[place] = who.carried / max(who.average, 1.0)
        number += 1
    return number


@compiled
def _average(rules, state, order, served):
    """The mean of the bits that each was given, of those that could have been served: `served` (n,) >= 0."""
    for place, user in enumerate(order):
        if served[place] >= 0:
            state.users[user].average += (served[place] - state.users[user].average) / rules.window


@compiled
def _new_data(rules, tables, state, windows, order, slot, first, granted, doubtful):
    """New blocks, by the scheduler's order; fills `doubtful` (n,): whom `_settle` must look at."""
    metric, usable = np.empty(len(order)), np.empty(len(order), dtype=np.int64)
    number = _candidates(rules, tables, state, windows, order, slot, metric, usable, doubtful)
    served = np.where(metric > -np.inf, 0.0, -1.0) if rules.scheduler == PROPORTIONAL_FAIR else np.empty(0)
    while number > 0 and granted < rules.users_per_slot and first < rules.blocks:
        place = np.argmax(metric)
        user = order[place]
        metric[place], doubtful[place] = -np.inf, True
        left = rules.blocks - first
        if rules.scheduler == EQUAL_SHARE:
            left = -(-left // min(number, rules.users_per_slot - granted))
        number -= 1
        report, mean_db = _report(rules, tables, state, windows, user, slot)
        count, scheme = fit(rules, tables, user, report, mean_db, left)
        if scheme < 0:
            if granted == 0:  # the first choice, and yet too few blocks: an outage, too
                state.users[user].usable = usable[place]
            continue
        count, scheme = shrink(rules, tables, user, report, mean_db, count, scheme, waiting(state, user, slot))
        process = free(state, user)
        fill(tables, state, user, slot, process, scheme, count)
        transmit(rules, tables, state, windows, user, process, slot, first)
        if len(served):
            served[place] = tables.bits[scheme, count]
        state.counts[1] = user + 1
        first += count
        granted += 1
    if len(served):
        _average(rules, state, order, served)


@compiled
def _settle(rules, state, order, slot, doubtful):
    """Who is done, and who has waited too long for a usable rate, of those that are `doubtful`; returns whether somebody is."""
    for place, user in enumerate(order):
        if not doubtful[place]:
            continue
        who = state.users[user]
        if who.placed == who.total and who.open == 0:
            who.ended = 1
        elif waiting(state, user, slot) <= 0:
            who.usable = slot + 1
        elif who.phase >= DATA and slot - max(who.usable, who.ready) >= rules.outage_slots:
            give_up(state, user, slot)
        if who.ended > 0:
            state.listed[0] += 1
            state.listed[state.listed[0]] = user
    return state.listed[0] > 0


@compiled
def _present(rules, state, windows, active, slot, order, asking):
    """Those of `active` that a slot concerns, from whose turn it is on, after they were told what became known by then: into
    `order` who may have something on the air, into `asking` who is due a small grant, as many as may get one.

    Returns their numbers; the first is -1 where the signals of those in `state.listed` must be made first, -2 where a list of
    ranges may overflow. To be asked for the same slot again does no harm.
    """
    turn, number, asked = np.searchsorted(active, state.counts[1] % rules.users), 0, 0
    at_once = rules.processing + rules.k2 == 0
    for place in range(len(active)):
        user = active[place + turn if place + turn < len(active) else place + turn - len(active)]
        who = state.users[user]
        due, near = who.ready <= slot, False
        if who.phase == ASKED:
            if due and asked < len(asking):
                asking[asked] = user
                asked += 1
                near = at_once
        else:
            near = due or who.busy > 0 or rules.own_period > 0
        if near and windows.until[user] <= slot:
            state.listed[0] += 1
            state.listed[state.listed[0]] = user
        if who.busy > 0:
            needed = who.ranges + state.processes.shape[1]
            if needed > state.ranges.shape[1] or state.counts[0] + needed > len(state.lost):
                state.listed[0] = 0
                return -2, 0
            feedback(rules, state, user, slot)
            near = True
        if near:
            order[number] = user
            number += 1
    return (-1 if state.listed[0] > 0 else number), asked


@compiled
def _roomy(state, order):
    """Whether the list of lost ranges takes all that those in `order` have, should they give up."""
    room = len(state.lost) - state.counts[0]
    for user in order:
        if state.users[user].busy + state.users[user].ranges > 0:
            room -= state.users[user].ranges + state.processes.shape[1]
    return room >= 0


@compiled
def run(rules, tables, state, windows, active, slot, limit):
    """Simulate from `slot` to before `limit`, or through the first slot in which a burst ends; the next slot to simulate, and
    what it lacks: 1 the signals of the users in `state.listed`, 2 room for ranges, 0 nothing.

    `active` (n,) users with a burst, rising. If nothing lacks, `state.listed` has who ended.
    """
    order, asking = np.empty(len(active), dtype=np.int64), np.empty(rules.users_per_slot, dtype=np.int64)
    doubtful = np.empty(len(active), dtype=np.bool_)
    while slot < limit:
        if rules.uplink[slot % len(rules.uplink)]:
            number, asked = _present(rules, state, windows, active, slot, order, asking)
            here = order[:max(number, 0)]
            if number == -2 or not _roomy(state, here):
                return slot, 2
            if number == -1:
                return slot, 1
            first, granted = 0, 0
            if _occasion(rules, slot):
                for user in here:
                    _use_own(rules, tables, state, windows, user, slot)
                first = rules.users * rules.own_blocks
            first, granted = _repeats(rules, tables, state, windows, here, slot, first, granted)
            first, granted = _buffer_reports(rules, state, asking[:asked], slot, first, granted)
            _new_data(rules, tables, state, windows, here, slot, first, granted, doubtful[:number])
            if _settle(rules, state, here, slot, doubtful[:number]):
                return slot + 1, 0
        slot += 1
    return slot, 0

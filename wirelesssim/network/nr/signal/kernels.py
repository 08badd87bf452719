"""What a slot loop asks of signals, compiled: effective SINR, power control, the fit of a block, combining."""

from __future__ import annotations

import math

import numpy as np

from ....compiled import compiled
from ....radio.nr.kernels import best_scheme

__all__ = ["effective", "step", "step_at", "measured_step", "report_at", "gain_db", "fit", "shrink", "information",
           "sinr_of_information"]


@compiled
def effective(sinr, band, first, count, beta, factor):
    """Effective linear SINR (EESM) on blocks first, ..., first + count - 1, of which block b sees `factor` `sinr`[band[b]]."""
    if len(sinr) == 1:
        return factor * sinr[0]
    least = np.inf
    for block in range(first, first + count):
        least = min(least, factor * sinr[band[block]])
    total = 0.0
    for block in range(first, first + count):
        total += math.exp(-(factor * sinr[band[block]] - least) / beta)
    return least - beta * math.log(total / count)


@compiled
def gain_db(rules, user, mean_db, count):
    """What a block gains in dB when only `count` of all have the user's power: P(M)/P_max of the open loop, and the narrower
    band."""
    wanted = rules.open_loop_db[user] + rules.log_blocks[count] + rules.alpha * (rules.reference_db[user] - mean_db)
    return min(0.0, wanted) + rules.spread_db[count]


@compiled
def step(length, block_time, slot):
    """The step that holds the middle of `slot`, of `length` s: a block of `block_time` s, or the slot where that is shorter."""
    if block_time < length:
        return slot
    return int(math.floor((slot + 0.5) * length / block_time))


@compiled
def step_at(windows, user, slot):
    """The step of a user's signals that holds the middle of `slot`."""
    return step(windows.slot, windows.block_time[user], slot)


@compiled
def measured_step(rules, windows, user, slot):
    """The step of the newest measurement whose report is known in `slot`; that of slot 0 before slot `cqi_delay`."""
    return step_at(windows, user, max(slot - rules.cqi_delay, 0) // rules.cqi_period * rules.cqi_period)


@compiled
def report_at(rules, tables, windows, user, step):
    """The wideband report in dB of a user's measurement in `step`, made when first asked for."""
    place = step - windows.first[user]
    if math.isnan(windows.report_db[user, place]):
        windows.report_db[user, place] = _wideband(rules, tables, user, windows.sinr[user, place], windows.mean_db[user, place])
    return windows.report_db[user, place]


@compiled
def _wideband(rules, tables, user, measured, mean_db):
    """The report in dB of a user's `measured` (bands,), of the whole band at full power: EESM with the beta of its own scheme, at
    the power that a block on all of the carrier would have."""
    level = 10.0 * math.log10(max(measured.mean(), 1e-30))
    if len(measured) == 1:
        return level
    gain = gain_db(rules, user, mean_db, rules.blocks)
    factor = 10.0 ** (gain / 10.0)
    level += gain
    scheme = best_scheme(tables.offered, rules.blocks, level)
    while scheme >= 0:
        level = 10.0 * math.log10(max(effective(measured, rules.band, 0, rules.blocks, tables.beta[scheme], factor), 1e-30))
        lower = best_scheme(tables.offered, rules.blocks, level)
        if lower >= scheme:
            break
        scheme = lower
    return level - gain


@compiled
def fit(rules, tables, user, report, mean_db, share):
    """(blocks, scheme) for at most `share` blocks; scheme -1 where none is carried. Halves the blocks if headroom is minded."""
    count = min(share, rules.max_blocks)
    if count < 1:
        return 0, -1
    scheme = best_scheme(tables.offered, count, report + gain_db(rules, user, mean_db, count))
    while scheme < 0 and count > 1 and rules.headroom:
        count //= 2
        scheme = best_scheme(tables.offered, count, report + gain_db(rules, user, mean_db, count))
    return count, scheme


@compiled
def shrink(rules, tables, user, report, mean_db, count, scheme, need):
    """The fewest blocks that carry `need` bits, and their scheme; as given where that takes them all."""
    if tables.bits[scheme, count] >= need:
        for fewer in range(1, count):
            lower = best_scheme(tables.offered, fewer, report + gain_db(rules, user, mean_db, fewer))
            if lower >= 0 and tables.bits[lower, fewer] >= need:
                return fewer, lower
    return count, scheme


@compiled
def information(row, sinr_db):
    """Bits a symbol at `sinr_db`, from a row of `NrTables.information`, linear between its points."""
    place = (sinr_db + 40.0) / 0.1
    if place <= 0.0:
        return row[0]
    left = int(place)
    if left >= len(row) - 1:
        return row[len(row) - 1]
    return row[left] + (place - left) * (row[left + 1] - row[left])


@compiled
def sinr_of_information(row, wanted):
    """The SINR in dB that `information` takes to `wanted`; 60 dB for more than the constellation has."""
    if wanted >= row[len(row) - 1]:
        return 60.0
    right = max(1, np.searchsorted(row, wanted))
    return -40.0 + 0.1 * (right - 1 + (wanted - row[right - 1]) / (row[right] - row[right - 1]))

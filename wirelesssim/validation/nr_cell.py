"""An NR cell's time: a small message by hand, a large one at bits over rate, the cell's edge, and the gain of a scheduler.

30 kHz, slots of 0.5 ms; defaults of `Ofdma`: requests every 10 slots, processing 2, k2 2, decoding 1. FDD: what came in slot s is
granted for slot s + 4. TDD, DDDDDDDSUU: uplink slots end in 8 or 9; what came in slot 10 n + 8 is granted in slot 10 n + 10, and
the data may go from 10 n + 12 on: in 10 n + 18.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import numpy as np

from ..network.nr.alone import CellAlone
from ..network.nr.signal.kernels import fit, gain_db
from ..radio.nr import peak_rate
from .row import Check, Seen, differing, worst

__all__ = ["checks", "LATENCIES", "forty_bytes", "large_message", "tenth_of_errors", "peak_explained", "bits_at_the_edge",
           "OPEN_LOOP", "power_cell", "open_loop", "law_gain", "scheduled_rate", "fair_gain", "harmonic_gain"]

_TDD, _OWN = {"duplex": {"type": "tdd"}}, {"configured_grant": True}
LATENCIES = {  # group -> (phy, access, start in ms, end in ms) of 40 bytes at 40 dB
    "FDD": [({}, {}, 0.1, 10.0),  # request in slot 10 (slot 0 has begun), report 14, data 18, over at 19, decoded at 20
            ({}, {}, 5.0, 10.0),  # at the very opportunity, slot 10
            ({}, {"sr_period": 1}, 0.1, 5.5),  # request 1, report 5, data 9, decoded at 11
            ({}, {"processing": 5, "k2": 4, "decoding": 3}, 0.1, 16.0)],  # 10, 19, 28, decoded at 29 + 3
    "TDD": [(_TDD, {}, 0.1, 15.0),  # request 8, report 18, data 28, decoded at 30
            (_TDD, {}, 4.1, 20.0)],  # just missed: 18, 28, 38, decoded at 40
    "configured grant": [({}, _OWN, 0.1, 6.0),  # the occasion is slot 10, decoded at 12
                         ({}, {"configured_grant": {"type": "periodic", "period": 1}}, 0.1, 1.5),  # slot 1, decoded at 3
                         (_TDD, _OWN, 0.1, 5.0)],  # slot 8, decoded at 10
    # the timer has run out: 50 ms more, from 2050.1 ms, slot 4101 on: 4110, 4114, 4118, decoded at 4120; or 4110, at 4112
    "from idle": [({}, {"inactivity": "1 s"}, 2000.1, 2060.0), ({}, _OWN | {"inactivity": "1 s"}, 2000.1, 2056.0),
                  ({}, {"inactivity": "3 s"}, 2000.1, 2010.0)],  # the last is still connected
}


def forty_bytes(phy: dict, access: dict, start: float, end: float, fidelity: str = "burst") -> Seen:
    """The instant at which 40 bytes of `start` ms are decoded, against `end` ms; s."""
    [(*_, done, served)] = CellAlone([40.0], access, phy, fidelity=fidelity).send(0, (320, start * 1e-3)).run()
    return worst([done - end * 1e-3, float(served.sent != 320 or served.gave_up or bool(served.lost))], 1e-12)


def _latency(group: str) -> Seen:
    return worst(*zip(*(forty_bytes(*case) for case in LATENCIES[group])))


def large_message(bits: int) -> tuple[CellAlone, float]:
    """A lone user of 40 dB on 100 MHz in FDD sends `bits` from time 0: the cell, and when all was decoded."""
    cell = CellAlone([40.0], bandwidth="100 MHz").send(0, (bits, 0.0))
    [(*_, done, _)] = cell.run()
    return cell, done


def slots_of_blocks() -> Seen:
    """200 MB: from slot 8 on (request 0, report 4) a block of 295,176 bits a slot, and one slot to decode; s."""
    return worst(large_message(1_600_000_000)[1] - (8 + math.ceil(1.6e9 / 295_176) + 1) * 0.5e-3, 1e-9)


def bits_over_rate() -> Seen:
    """The same against 1.6e9 bits over 295,176 bits/0.5 ms: requests and decoding add 4.5 ms to 2.71 s; relative."""
    return worst(large_message(1_600_000_000)[1] / (1.6e9 * 0.5e-3 / 295_176) - 1, 2e-3)


def tenth_of_errors() -> tuple[float, float, float]:
    """200 MB at 12 dB: transmissions a block, time over the slots of all of them, rate over the best scheme's throughput."""
    cell = CellAlone([12.0], bandwidth="100 MHz").send(0, (1_600_000_000, 0.0))
    [(*_, done, _)] = cell.run()
    sent, blocks = cell.cell.state.counts[2:]
    return float(sent / blocks), done / ((sent + 8) * cell.slot), 1.6e9 / done / float(cell.carrier.rate([12.0])[0])


def _outer_loop() -> Seen:
    """The outer loop holds a tenth of the first transmissions failing: 1.1, but for the few that fail twice."""
    return worst(tenth_of_errors()[0] - 1.1, 0.02)


def _pipe() -> Seen:
    """A repeat takes a slot and delays its block, not the pipe: 8 slots of requests, then one transmission in each slot."""
    return worst(tenth_of_errors()[1] - 1, 1e-3)


def peak_explained() -> Seen:
    """Bits over time of data at 40 dB, over the uplink peak of TS 38.306 (one layer, 256-QAM, R = 948/1024, overhead 8 %).

    They differ by two factors: 144 of 168 elements carry data where the formula has 0.92 of them, and N_info = 273 x 144 x 8 x
    948/1024 = 291,154.5 bits is rounded to a transport block of 295,176; relative.
    """
    cell, done = large_message(295_176 * 5000)
    rate = 295_176 * 5000 / (done - 9 * cell.slot)
    peak = peak_rate(273, cell.carrier.numerology, 1, 8, direction="uplink")
    return worst(rate / peak / (144 / 168 / 0.92 * 295_176 / 291_154.5) - 1, 1e-9)


def bits_at_the_edge(**access) -> float:
    """Bits delivered of 80,000 by a user of -18 dB over the 273 blocks of 100 MHz, which is 0.34 dB on four blocks."""
    cell = CellAlone([-18.0], access, bandwidth="100 MHz", outage_limit=0.2).send(0, (80_000, 0.0))
    [(*_, served)] = cell.run()
    return served.sent - sum(beyond - first for first, beyond in served.lost)


def edge() -> Seen:
    """273 blocks drown the user, and it gives up; four carry all; so does a base station that minds the power headroom."""
    return differing([(bits_at_the_edge(allocation="full"), 0), (bits_at_the_edge(allocation="full", max_blocks=4), 80_000),
                      (bits_at_the_edge(), 80_000)])


def edge_levels() -> Seen:
    """What the slot loop gives four blocks over 273 at the same limit of power: 10 log10(273/4) = 18.3410 dB."""
    rules = CellAlone([-18.0], bandwidth="100 MHz").rules
    return worst(gain_db(rules, 0, -18.0, 4) - gain_db(rules, 0, -18.0, 273) - 18.3410, 1e-4)


# path loss in dB, blocks M -> SINR of each of them in dB, at 30 kHz, P0 -90 dBm, alpha 0.8 and at most 23 dBm:
#   min(23, -90 + 10 log10(2 M) + 0.8 PL) - 10 log10 M - PL + 113.4122,  noise -173.9752 dBm/Hz + 55.5630 + 5 = -113.4122 dBm
OPEN_LOOP = [(80.0, 51, 10.4225), (100.0, 4, 6.4225), (100.0, 51, 6.4225), (110.0, 4, 4.4225),  # 26.4225 - 0.2 PL: M drops out
             (118.0, 51, 1.3365), (130.0, 4, 0.3916)]  # at the limit: 23 - 17.0757 (or 6.0206) - PL + 113.4122


def power_cell(path_loss_db: float, fidelity: str = "burst") -> tuple[CellAlone, float]:
    """A lone user under power control at that path loss, and the mean SINR in dB that full power on the whole of 20 MHz has:
    23 - PL + 95.9649, noise -173.9752 + 73.0103 + 5 dBm."""
    mean_db = 23.0 - path_loss_db + 95.9649
    return CellAlone([mean_db], phy={"p0": "-90 dBm", "alpha": 0.8}, fidelity=fidelity), mean_db


def open_loop() -> Seen:
    """The SINR that the slot loop gives a block under power control, against the clause and the thermal noise by hand; dB."""
    found = []
    for path_loss_db, blocks, by_hand in OPEN_LOOP:
        cell, mean_db = power_cell(path_loss_db)
        found.append(mean_db + gain_db(cell.rules, 0, mean_db, blocks) - by_hand)
    return worst(found, 1e-3)


_FRESH = {"cqi_delay": 1, "cqi_period": 1, "olla_step": 1e-6, "attempts": 1, "rlc": "um", "users_per_slot": 1}


def scheduled_rate(scheduler: dict | str, users: int, mean_db: float, phy: dict, seconds: float) -> tuple[float, CellAlone]:
    """Bit/s that are scheduled to `users` of equal means with Rayleigh fading in blocks of 2 ms, all with endless data.

    Reports are a slot old, one user has each slot, and nothing is sent again, so that this is the scheduler's gain alone.
    """
    fading = {"type": "rayleigh", "coherence_time": "2 ms"}
    cell = CellAlone([mean_db] * users, _FRESH | {"scheduler": scheduler}, phy, fading, seed=3, outage_limit=1e6)
    for user in range(users):
        cell.send(user, (10**12, 0.0))
    cell.run(seconds)
    return cell.cell.state.users["placed"].sum() / seconds, cell


def law_gain(cell: CellAlone, users: int, mean_db: float) -> tuple[float, float]:
    """(E[max_u r(g_u)]/E[r(g)], the share of fades without any scheme), g exponential, r(g) what the scheme chosen at g carries.

    20,000 strata of the distribution function; the largest of U has F(x)^U.
    """
    strata, tables = (np.arange(20_000) + 0.5) / 20_000, cell.cell.tables

    def rates(gains):
        plans = (fit(cell.rules, tables, 0, level, mean_db, cell.rules.blocks) for level in mean_db + 10 * np.log10(gains))
        return np.array([tables.bits[scheme, count] if scheme >= 0 else 0 for count, scheme in plans])

    one, best = rates(-np.log1p(-strata)), rates(-np.log1p(-strata ** (1 / users)))
    return float(best.mean() / one.mean()), float(np.mean(one == 0))


def fair_gain(mean_db: float, phy: dict, seconds: float, tolerance: float) -> Seen:
    """Proportional fair over round robin, four users: E[max r]/E[r] (1 - q)/(1 - q^4), since turns pass over the share q of users
    that no scheme carries. Relative; the standard error is 0.5 % at 40 s."""
    fair = {"type": "proportional_fair", "window": 2000}
    (best, cell), (even, _) = (scheduled_rate(name, 4, mean_db, phy, seconds) for name in (fair, "round_robin"))
    gain, outage = law_gain(cell, 4, mean_db)
    return worst(best / even / (gain * (1 - outage) / (1 - outage**4)) - 1, tolerance)


def harmonic_gain() -> Seen:
    """At -8 dB rates are nearly proportional to gains, power being what lacks and not the band: E[max r]/E[r] of two, four and
    eight users is 1 + 1/2 + ... + 1/U; relative. (Higher, rates are concave, the gain less; far lower, fades below the lowest
    scheme count as 0, the gain more: +7 % at -15 dB.)"""
    found = []
    for users in (2, 4, 8):
        cell = CellAlone([-8.0] * users, {}, {"mcs_table": 3})
        found.append(law_gain(cell, users, -8.0)[0] / sum(1 / k for k in range(1, users + 1)) - 1)
    return worst(found, 0.02)


def same_in_both(bits: int) -> Seen:
    """40 bytes in every way of `LATENCIES`, and a message of `bits` at 12 dB with Rayleigh fading, by the compiled loop and by
    the plain loop slot by slot: ends that differ."""
    pairs = [tuple(forty_bytes(*case, fidelity=fidelity).deviation < 1e-12 for fidelity in ("burst", "packet"))
             for cases in LATENCIES.values() for case in cases]
    ends = []
    for fidelity in ("burst", "packet"):
        cell = CellAlone([12.0], fading={"type": "rayleigh", "coherence_time": "3 ms"}, bandwidth="100 MHz", fidelity=fidelity)
        [(*_, done, served)] = cell.send(0, (bits, 0.0)).run()
        ends.append((round(done / cell.slot, 6), served.sent, sorted(served.lost)))
    return differing([*pairs, tuple(ends)])


def checks() -> Iterator[Check]:
    """Time, edge, schedulers."""
    check = partial(Check, "nr cell")
    for group, cases in LATENCIES.items():
        yield check(f"40 bytes, {group}", "request, grants, slot, decoding by hand", f"instant, {len(cases)} cases, s",
                    partial(_latency, group))
    yield check("200 MB, no errors", "8 + ceil(bits/block) + 1 slots", "s", slots_of_blocks)
    yield check("200 MB, no errors", "bits over rate", "time, relative", bits_over_rate)
    yield check("200 MB at 12 dB, outer loop", "1.1: a tenth fails", "transmissions a block", _outer_loop)
    yield check("200 MB at 12 dB", "a slot for each transmission", "time, relative", _pipe)
    yield check("simulated peak rate", "TS 38.306, 4.1.2, x (144/168)/0.92 x 295176/291154.5", "rate, relative", peak_explained)
    yield check("cell edge, 273 or 4 blocks", "none, all, all", "bursts that differ, of 3", edge)
    yield check("cell edge, slot loop", "10 log10(273/4) dB, by hand", "SINR of 4 against 273 blocks, dB", edge_levels)
    yield check("uplink power of the slot loop", "TS 38.213, 7.1.1, by hand", f"SINR of a block, {len(OPEN_LOOP)} cases, dB",
                open_loop)
    yield check("proportional fair, rate law", "1 + 1/2 + ... + 1/U", "gain at -8 dB, 2, 4, 8 users, relative", harmonic_gain)
    for seconds, tolerance, slow in ((40.0, 0.03, False), (400.0, 0.01, True)):
        for mean_db, phy in ((15.0, {}), (-8.0, {"mcs_table": 3})):
            yield check("proportional fair over round robin", "E[max r]/E[r] of the rate law, turns without outage",
                        f"gain of 4 users, {mean_db:g} dB, {seconds:g} s, relative",
                        partial(fair_gain, mean_db, phy, seconds, tolerance), slow=slow)
    for size, bits, slow in (("20 MB", 160_000_000, False), ("200 MB", 1_600_000_000, True)):
        yield check(f"slot loop, 40 bytes and {size}", "the same slot by slot, plain Python", "messages that differ",
                    partial(same_in_both, bits), slow=slow)

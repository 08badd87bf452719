"""Wi-Fi contention: saturated stations, rounds and aggregates beside ns-3, Bianchi's fixed point, what follows by hand, the twin.

ns-3 3.44: equal received power or a ring of 3 m, 1472 bytes of UDP a frame, means of five runs; EIFS does not count there,
since no header of a collision decodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial

import numpy as np

from ..network.wifi.alone import Saturation, makespan, medium_alone, saturated
from ..network.wifi.batch import Batch
from ..network.wifi.rules import DELIVERED
from ..radio.wifi.bianchi import saturation_point
from . import sampling
from .row import Check, Seen, differing, worst

__all__ = ["checks", "BIANCHI", "RUNS", "fixed_point", "loop_against_model", "saturated_runs", "rounds", "shares", "by_hand",
           "twins", "hidden_twins", "hidden_pair"]

_AS_NS3, _SECONDS = {"eifs": "none"}, 4.0
RUNS = 5
# W, m, n, T_s and T_c in us; tau, p, P_tr, P_s, S: his fixed point to rounding, frames of his table II (8184 bits, slots of 50
# us)
BIANCHI = [
    ((32, 3, 1, 8982.0, 8713.0), (0.06060606, 0.00000000, 0.06060606, 1.00000000, 0.838782)),
    ((32, 3, 10, 9568.0, 417.0), (0.03868540, 0.29888405, 0.32600700, 0.83197448, 0.837112)),
    ((32, 3, 30, 8982.0, 8713.0), (0.02419693, 0.50852304, 0.52041527, 0.68554306, 0.627326)),
    ((32, 5, 50, 9568.0, 417.0), (0.01539170, 0.53236046, 0.53955822, 0.66700545, 0.831694)),
    ((128, 3, 10, 8982.0, 8713.0), (0.01351856, 0.11529140, 0.12725139, 0.93987111, 0.826309)),
    ((16, 6, 10, 8982.0, 8713.0), (0.05247989, 0.38440383, 0.41671026, 0.77527302, 0.705645)),
]
_NS3 = [  # what, stations, standard, fields of the access, MCS, Mb/s, tolerance
    ("802.11a, equal power, N = 5", 5, "a", {}, 7, 29.13, 0.02),
    ("802.11a, equal power, N = 20", 20, "a", {}, 7, 25.59, 0.02),
    ("802.11a, ring, N = 1", 1, "a", {}, 7, 29.89, 0.03),
    ("802.11a, 24 Mb/s, ring, N = 10", 10, "a", {}, 4, 14.85, 0.03),
    ("802.11ac, MCS 7, A-MPDU, N = 1", 1, "ac", {}, 7, 59.6, 0.02),
    ("802.11ac, MCS 7, A-MPDU, N = 10", 10, "ac", {}, 7, 42.9, 0.03),
    ("802.11ax, MCS 7, no A-MPDU, N = 5", 5, "ax", {"aggregation": False}, 7, 33.8, 0.02),
]
_ROUNDS = [(100_000, 1, 0.0265), (100_000, 5, 0.136), (1_000_000, 5, 1.378)]  # bytes each, stations, s


def fixed_point() -> Seen:
    """tau, p, P_tr, P_s and throughput of `BIANCHI`, solved anew."""
    found = []
    for (window, stages, stations, success, collision), said in BIANCHI:
        point = saturation_point(stations, window, stages)
        share = point.throughput(8184, 50, success, collision)
        found += [have - want for have, want in zip((point.tau, point.collision, point.busy, point.success, share), said)]
    return worst(found, 1e-6)


@lru_cache(maxsize=None)
def saturated_runs(stations: int, standard: str, mcs: int = 7, seconds: float = _SECONDS, rules: tuple = (),
                   access: tuple = ()) -> tuple[Saturation, ...]:
    """`RUNS` runs of `stations` that always send; `rules` and `access` as pairs of name and value."""
    media = (medium_alone(stations, {"standard": standard}, dict(access), [mcs] * stations, seed, rules=dict(rules))
             for seed in range(RUNS))
    return tuple(saturated(medium, seconds) for medium in media)


def _megabits(runs: tuple[Saturation, ...]) -> float:
    return float(np.mean([run.throughput() for run in runs])) / 1e6


def loop_against_model(what: str) -> Seen:
    """The loop under `rules: bianchi`, 802.11a at 54 Mb/s, T_s = 326 us, T_c = 282 us; 2 to 50 stations, two windows.

    `what`: throughput, relative, or collision probability.
    """
    found = []
    for stations, window, stages in ((2, 16, 6), (5, 16, 6), (10, 32, 5), (20, 16, 6), (50, 32, 5)):
        point = saturation_point(stations, window, stages)
        runs = saturated_runs(stations, "a", rules=(("cw_min", window - 1), ("cw_max", window * 2**stages - 1)),
                              access=(("rules", "bianchi"),))
        if what == "throughput":
            found.append(_megabits(runs) / (point.throughput(8 * 1472, 9e-6, 326e-6, 282e-6) / 1e6) - 1)
        else:
            found.append(float(np.mean([run.collision for run in runs])) - point.collision)
    return worst(found, 0.01)


def throughput(case: tuple) -> Seen:
    """A case of ns-3's, relative."""
    _, stations, standard, access, mcs, megabits, tolerance = case
    runs = saturated_runs(stations, standard, mcs, access=tuple({**_AS_NS3, **access}.items()))
    return worst(_megabits(runs) / megabits - 1, tolerance)


def collisions() -> Seen:
    """Failed of all data transmissions, N = 5 and 20."""
    runs = {stations: saturated_runs(stations, "a", access=tuple(_AS_NS3.items())) for stations in (5, 20)}
    return worst([np.mean([run.collision for run in runs[stations]]) - said
                  for stations, said in ((5, 0.258), (20, 0.465))], 0.01)


def lost_frames() -> Seen:
    """Frames lost after seven transmissions, N = 20; five runs of 8,700 frames: a standard error below 0.05 %."""
    return worst(np.mean([run.lost for run in saturated_runs(20, "a", access=tuple(_AS_NS3.items()))]) - 0.0061, 0.002)


def rounds() -> Seen:
    """The time of a round of messages that are ready together, relative, means of ten."""
    return worst([np.mean([makespan(medium_alone(stations, access=_AS_NS3, seed=seed), size) for seed in range(10)]) / said - 1
                  for size, stations, said in _ROUNDS], 0.03)


def shares() -> Seen:
    """One station at 6 Mb/s and nine at 54: the mean frames of the fast over those of the slow, less 1; ten runs of 20 s.

    A run's standard deviation is 0.05, since a station that has failed waits long; whose slots begin after a collision differs a
    little with the length of its frame, so that the shares are equal to some per cent only.
    """
    seen = [saturated(medium_alone(10, mcs=[0] + [7] * 9, seed=seed), 20.0).delivered for seed in range(10)]
    return worst(np.mean([delivered[1:].mean() / delivered[0] for delivered in seen]) - 1, 0.1)


def by_hand() -> Seen:
    """A lone station without backoff: (n - 1) 326 + 248 us for n frames of 1536 bytes; an A-MPDU of 64 MPDUs of 138, 1176 us, and
    after BlockAck and AIFS one of 6, 148 us; s."""
    still = {"cw_min": 0, "cw_max": 0}
    dcf = makespan(medium_alone(1, rules=still), 40 * 1472)
    edca = makespan(medium_alone(1, {"standard": "ac"}, rules=still), 70 * 72, payload=72)
    return worst([dcf - (39 * 326 + 248) * 1e-6, edca - (1176 + 16 + 32 + 43 + 148) * 1e-6], 1e-12)


def _rounds_of(halves: bool = False, **medium) -> list[float]:
    """Rounds of 20 kB from 1 to 8 stations, with and without aggregates, RTS and noise: their ends, s; `halves`: those of even
    and of odd number do not hear each other."""
    cases = [("a", {}, 0.0), ("ac", {}, -2e-5), ("ax", {"rts_threshold": "500 B"}, -2e-5),
             ("n", {"after_missed_block_ack": "retransmit"}, -1e-5)]
    return [makespan(medium_alone(stations, {"standard": standard}, access, seed=seed, log_success=noise,
                                  **(medium | {"hidden": _halves(stations)} if halves else medium)), 20_000)
            for seed, (standard, access, noise) in enumerate(cases) for stations in (1, 3, 8)]


def twins() -> Seen:
    """Ends of rounds that differ from those slot by slot."""
    return differing(zip(_rounds_of(), _rounds_of(fidelity="packet")))


def hidden_twins() -> Seen:
    """Ends of rounds in the loop for hidden stations that differ: with nobody hidden from those of the loop for one collision
    domain, with two halves that do not hear each other from those event by event."""
    none = zip(_rounds_of(hidden=[]), _rounds_of())
    return differing([*none, *zip(_rounds_of(halves=True), _rounds_of(halves=True, fidelity="packet"))])


def _halves(stations: int) -> list[tuple[int, int]]:
    """The pairs of an even and an odd station."""
    return [(one, other) for one in range(stations) for other in range(one) if (one + other) % 2]


def hidden_pair(runs: int = 2000) -> Seen:
    """Two hidden stations with a frame of 100 us each collide at 0; how often their second frames both arrive.

    Backoffs a, b are uniform over 0 to 31 slots of 9 us. Frames overlap for |a - b| <= 11; at 12 and 13 the later begins before
    it can hear the ACK to the first, SIFS + slot after its end, and the access point, which sends, does not receive it: both
    arrive from 14 on, in sum of 2 (32 - d) = 342 cases of 1024.
    """
    found = 0
    for seed in range(runs):
        medium = medium_alone(2, access={"retry_limit": 2}, hidden=[(0, 1)], seed=seed)
        done = [medium.transmit(station, Batch(np.array([536]), np.array([station]))) for station in range(2)]
        medium.env.run()
        found += all(event.value.fates[0] == DELIVERED for event in done)
    return sampling.shares(found / runs, 342 / 1024, runs)


def checks() -> Iterator[Check]:
    """Contention."""
    check = partial(Check, "wifi")
    yield check("saturated contention, fixed point", "Bianchi 2000, equations (7), (9) to (13), table II", "tau, p, P_tr, P_s, S",
                fixed_point)
    for what, unit in (("throughput", "relative"), ("collision", "probability")):
        yield check("contention loop, rules: bianchi", "Bianchi's fixed point, N = 2 to 50", f"{what}, {unit}",
                    partial(loop_against_model, what))
    for case in _NS3:
        yield check(f"contention loop, {case[0]}", f"ns-3 3.44, {case[5]:g} Mb/s", "throughput, relative",
                    partial(throughput, case))
    yield check("contention loop, 802.11a, N = 5, 20", "ns-3 3.44, .258 and .465", "collision probability", collisions)
    yield check("contention loop, 802.11a, N = 20", "ns-3 3.44, 0.61 %", "frames lost at the retry limit", lost_frames)
    yield check("round of 100 kB, 1 MB each", "ns-3 3.44, N = 1 and 5", "makespan, relative", rounds)
    yield check("one slow station, nine fast", "Heusse et al. 2003: equal shares", "frames of fast over slow, relative", shares)
    yield check("a lone station, DCF and A-MPDU", "IEEE Std 802.11-2020 by hand", "makespan, s", by_hand)
    yield check("contention loop", "the same slot by slot, plain Python", "makespans that differ, of 12", twins)
    yield check("loop for hidden stations", "the contention loop, nobody hidden; its twin, two halves",
                "makespans that differ, of 24", hidden_twins)
    yield check("two hidden stations", "by hand: 342 of 1024 pairs of backoffs", "second frames that both arrive, share",
                hidden_pair)

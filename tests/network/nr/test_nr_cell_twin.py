"""The compiled slot loop and its twin in plain Python: slot for slot with the same draws, and in distribution with others.

The first compares every burst's end, ranges and started slot exactly. The second: Kolmogorov-Smirnov, false alarm 1e-5 a number.
"""

import numpy as np
import pytest
from cell_cases import CellBench
from net_cases import same_law

from wirelesssim.network.draws.plain import draw
from wirelesssim.network.draws.kernels import uniform

TDD = {"duplex": {"type": "tdd"}}
RAYLEIGH, TDL = {"type": "rayleigh", "coherence_time": "3 ms"}, {"type": "tdl", "doppler": "60 Hz", "delay_spread": "300 ns"}
HARD = {"rlc": {"type": "am", "retries": 1, "status_delay": "4 ms"}, "attempts": 2}
CASES = {
    "round robin": ({}, {}, RAYLEIGH),
    "proportional fair, tdd": ({"scheduler": {"type": "proportional_fair", "window": 20}}, TDD, RAYLEIGH),
    "max C/I, unacknowledged": ({"scheduler": "max_ci", "rlc": "um", "attempts": 1, "harq": "chase"}, {}, RAYLEIGH),
    "equal share, tdl": ({"scheduler": "equal_share", "users_per_slot": 3}, {}, TDL),
    "own grants, chase": ({"configured_grant": {"type": "periodic", "period": 4, "blocks": 6}, "harq": "chase"}, {}, TDL),
    "own grants, tdd": ({"configured_grant": True, "rlc": "um", "attempts": 2}, TDD, RAYLEIGH),
    "rlc repeats": (HARD, {}, RAYLEIGH),
    "full width": ({"allocation": "full", "max_blocks": 40} | HARD, {}, RAYLEIGH),
    "power control": ({"scheduler": "equal_share"}, {"p0": "-100 dBm", "alpha": 0.8}, RAYLEIGH),
    "stale reports": ({"cqi_delay": 30, "cqi_period": 17, "olla_step": "1 dB"} | HARD, {"mcs_table": 3}, RAYLEIGH),
    "one grant a slot": ({"users_per_slot": 1, "processing": 0, "k2": 1, "decoding": 0, "sr_period": 3}, TDD, TDL),
    "idle often": ({"inactivity": "20 ms", "resume_delay": "7.3 ms"}, {}, RAYLEIGH),
}


def served(case, fidelity, seed, users=5):
    """A cell of five users from -4 to 20 dB with some four bursts of 40 to 40,000 bytes each, at random instants."""
    access, phy, fading = CASES[case]
    place = np.random.default_rng(seed % 10**6)
    bench = CellBench(place.uniform(-4, 20, users), access, phy, fading, seed=seed, fidelity=fidelity, outage_limit=0.012)
    for user in range(users):
        starts = np.cumsum(place.exponential(0.03, place.integers(2, 6)))
        bench.send(user, *((int(8 * 40 * 10 ** place.uniform(0, 3)), float(start)) for start in starts))
    return bench.run(), bench


@pytest.mark.parametrize("case", CASES)
def test_slot_for_slot(case):
    for seed in range(3):
        fast, bench = served(case, "burst", seed)
        slow, twin = served(case, "packet", seed)
        assert len(fast) >= 10
        for one, two in zip(sorted(fast, key=lambda row: row[:2]), sorted(slow, key=lambda row: row[:2]), strict=True):
            assert one[0] == two[0] and one[1:3] == pytest.approx(two[1:3], abs=1e-12)
            assert one[3].sent == two[3].sent and sorted(one[3].lost) == sorted(two[3].lost)
            assert one[3].gave_up == two[3].gave_up and one[3].started == two[3].started
        assert list(bench.cell.state.counts[2:]) == [twin.cell.transmissions, twin.cell.blocks]


def test_the_cases_meet_what_they_are_for():
    """Losses, outages, repeats: each occurs somewhere in the cases above, so that their equality says something."""
    rows = {case: [row[3] for seed in range(3) for row in served(case, "burst", seed)[0]] for case in CASES}
    for case in ("max C/I, unacknowledged", "own grants, tdd", "rlc repeats"):
        assert any(row.lost for row in rows[case]), case
    gave_up = [row for row in rows["full width"] if row.gave_up]
    assert gave_up and any(row.started is None for row in gave_up)
    _, bench = served("rlc repeats", "burst", 0)
    assert bench.cell.state.counts[2] > 1.1 * bench.cell.state.counts[3]


def numbers(case, fidelity, seed):
    rows, bench = served(case, fidelity, seed, users=3)
    last = rows[-1]
    return {"last end": last[2], "mean time": np.mean([end - start for _, start, end, _ in rows]), "bursts": len(rows),
            "lost": sum(len(row[3].lost) for row in rows), "gave up": sum(row[3].gave_up for row in rows)}


@pytest.mark.parametrize("case, runs", [("rlc repeats", 60), ("equal share, tdl", 40)])
def test_in_distribution(case, runs):
    same_law([numbers(case, "burst", seed) for seed in range(runs)],
             [numbers(case, "packet", 10**6 + seed) for seed in range(runs)], 1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_at_length(case):
    for seed in range(100, 140):
        fast, slow = served(case, "burst", seed)[0], served(case, "packet", seed)[0]
        for one, two in zip(sorted(fast, key=lambda row: row[:2]), sorted(slow, key=lambda row: row[:2]), strict=True):
            assert one[1:3] == pytest.approx(two[1:3], abs=1e-12) and sorted(one[3].lost) == sorted(two[3].lost)
    same_law([numbers(case, "burst", seed) for seed in range(400)],
             [numbers(case, "packet", 10**6 + seed) for seed in range(400)], 1e-5)


def test_draws_are_uniform_and_those_of_whole_numbers():
    """The compiled generator equals its description in Python's whole numbers; chi-square over 64 classes along each counter,
    and of pairs of neighbours over 8 x 8: false alarm 1e-6 a test."""
    from scipy.stats import chi2

    key = np.array([0x0123456789ABCDEF, 0xFEDCBA9876543210], dtype=np.uint64)
    for counters in [(0, 0, 1), (3, 10**7, 4), (9999, 2**40, 2)]:
        assert uniform(key, *counters) == draw(key, *counters)
    walks = {"worker": [uniform(key, k, 5, 1) for k in range(64_000)], "slot": [uniform(key, 5, k, 1) for k in range(64_000)],
             "transmission": [uniform(key, 5, 5, k) for k in range(64_000)]}
    for name, walk in walks.items():
        values = np.array(walk)
        assert 0 <= values.min() and values.max() < 1
        for classes in ((values * 64).astype(int), (values[:-1] * 8).astype(int) * 8 + (values[1:] * 8).astype(int)):
            counts = np.bincount(classes, minlength=64)
            assert ((counts - counts.mean()) ** 2 / counts.mean()).sum() < chi2.isf(1e-6, 63), name

"""Bursts of a lone user in a cell against arithmetic: 40 bytes from request to decoding, and 200 MB at bits over rate.

30 kHz: a slot is 0.5 ms. No fading, 40 dB on the whole band: no block fails. The cases, slot by slot, are those of
`verify-models`.
"""

import pytest
from cell_cases import CellBench

from wirelesssim.validation import nr_cell

CASES = {f"{group} {number}": case for group, cases in nr_cell.LATENCIES.items() for number, case in enumerate(cases)}


@pytest.mark.parametrize("fidelity", ["burst", "packet"])
@pytest.mark.parametrize("case", CASES)
def test_forty_bytes(case, fidelity):
    seen = nr_cell.forty_bytes(*CASES[case], fidelity=fidelity)
    assert seen.deviation <= seen.tolerance == 1e-12


def test_a_wrong_instant_is_seen():
    """A slot more, or a user in outage, is not the instant by hand."""
    assert nr_cell.forty_bytes({}, {}, 0.1, 10.5).deviation == pytest.approx(0.5e-3)
    assert nr_cell.forty_bytes({}, {"decoding": 2}, 0.1, 10.0).deviation == pytest.approx(0.5e-3)


@pytest.mark.parametrize("scs, slot", [("15 kHz", 1e-3), ("60 kHz", 0.25e-3), ("120 kHz", 0.125e-3)])
def test_forty_bytes_scale_with_the_slot(scs, slot):
    """Request 0, report 4, data 8, decoded at the start of slot 10."""
    phy = {"subcarrier_spacing": scs, "blocks": 10}
    [(_, _, done, _)] = CellBench([40.0], {}, phy).send(0, (320, 0.0)).run()
    assert done == pytest.approx(10 * slot, abs=1e-12)


def test_two_ask_at_once():
    """FDD, one grant a slot: reports in slots 4 and 5, data in 8 and 9; the second is decoded at the start of slot 11."""
    bench = CellBench([40.0, 40.0], {"users_per_slot": 1}).send(0, (320, 0.0)).send(1, (320, 0.0))
    assert [(user, round(done / bench.slot, 9)) for user, _, done, _ in bench.run()] == [(0, 10), (1, 11)]


@pytest.mark.parametrize("check", [nr_cell.slots_of_blocks, nr_cell.bits_over_rate, nr_cell.peak_explained])
def test_two_hundred_megabytes(check):
    """273 blocks, every slot from slot 8 on: ceil(1.6e9 / TBS) slots, and one to decode; against the peak of TS 38.306."""
    seen = check()
    assert seen.deviation <= seen.tolerance <= 0.002


def test_two_hundred_megabytes_at_a_tenth_of_errors():
    """At 12 dB the outer loop holds a tenth of the first transmissions failing: bits over (rate / transmissions a block)."""
    transmissions, slots, share = nr_cell.tenth_of_errors()
    assert 1.05 < transmissions < 1.15 and slots == pytest.approx(1, rel=1e-3)
    assert 0.88 < share < 1.02


def test_idle_slots_cost_nothing():
    """Ten users that compute for 10 s between bursts: a handful of events and kernel calls a burst, however long the wait."""
    bench = CellBench([40.0] * 10, {"inactivity": "100 s"})
    calls, run = [], bench.cell._run
    bench.cell._run = lambda limit: (calls.append(limit), run(limit))
    for user in range(10):
        bench.send(user, *((3200, 10.0 * k) for k in range(1, 6)))
    assert len(bench.run()) == 50 and len(calls) < 10 * 50

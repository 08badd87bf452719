"""Bursts of a lone user in a cell against arithmetic: 40 bytes from request to decoding, and 200 MB at bits over rate.

30 kHz: a slot is 0.5 ms. No fading, 40 dB on the whole band: no block fails. Defaults: requests every 10 slots, processing 2,
k2 2, decoding 1. FDD: a grant for what came in slot s carries data in slot s + 2 + 2. TDD, DDDDDDDSUU: uplink slots end in 8
or 9; what came in slot 10 n + 8 is granted in 10 n + 10 (downlink), and data may go from 10 n + 12 on: 10 n + 18.
"""

import math

import pytest
from cell_cases import CellBench

from wirelesssim.radio.nr import peak_rate

TDD = {"duplex": {"type": "tdd"}}
OWN = {"configured_grant": True}
CASES = {  # (phy, access, start in ms, end in ms)
    # request in slot 10 (slot 0 has begun), buffer report 14, data 18, over at the start of 19, decoded at 20
    "fdd": ({}, {}, 0.1, 10.0),
    "fdd at the very opportunity": ({}, {}, 5.0, 10.0),
    "fdd, requests in every slot": ({}, {"sr_period": 1}, 0.1, 5.5),  # request 1, report 5, data 9, decoded at 11
    "tdd": (TDD, {}, 0.1, 15.0),  # request 8, report 18, data 28, decoded at 30
    "tdd, just missed": (TDD, {}, 4.1, 20.0),  # request 18, report 28, data 38, decoded at 40
    "fdd, own grant": ({}, OWN, 0.1, 6.0),  # the occasion is slot 10, decoded at 12
    "fdd, own grant in every slot": ({}, {"configured_grant": {"type": "periodic", "period": 1}}, 0.1, 1.5),  # slot 1
    "tdd, own grant": (TDD, OWN, 0.1, 5.0),  # slot 8
    # from idle (the timer has run out): 50 ms more: from 2050.1 ms, slot 4101, request 4110, 4114, 4118, decoded at 4120
    "idle": ({}, {"inactivity": "1 s"}, 2000.1, 2060.0),
    "idle, own grant": ({}, OWN | {"inactivity": "1 s"}, 2000.1, 2056.0),  # slot 4110, decoded at 4112
    "still connected": ({}, {"inactivity": "3 s"}, 2000.1, 2010.0),
    "slow base station": ({}, {"processing": 5, "k2": 4, "decoding": 3}, 0.1, 16.0),  # 10, 19, 28, 29 + 3 = 32
}


@pytest.mark.parametrize("fidelity", ["burst", "packet"])
@pytest.mark.parametrize("case", CASES)
def test_forty_bytes(case, fidelity):
    phy, access, start, end = CASES[case]
    [(_, asked, done, served)] = CellBench([40.0], access, phy, fidelity=fidelity).send(0, (320, start * 1e-3)).run()
    assert asked == start * 1e-3 and done == pytest.approx(end * 1e-3, abs=1e-12)
    assert served.sent == 320 and not served.lost and not served.gave_up


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


def test_two_hundred_megabytes():
    """273 blocks, every slot from slot 8 on: ceil(1.6e9 / TBS) slots, and one to decode. Bits over rate within 1 %.

    TBS over a slot is the peak of TS 38.306 less reference signals, 144 of 168 elements in place of 1 - 0.08 of them (6.8 %), but
    for the rounding of TBS, in steps of 1/64 to 1/32 of itself.
    """
    bench = CellBench([40.0], bandwidth="100 MHz").send(0, (1_600_000_000, 0.0))
    [(_, _, done, served)] = bench.run()
    size = bench.carrier.tables.bits[27, 273]
    assert done == pytest.approx((8 + math.ceil(1.6e9 / size) + 1) * bench.slot, rel=1e-12) and served.sent == 1_600_000_000
    rate = size / bench.slot
    assert 1.0 < done / (1.6e9 / rate) < 1.01
    peak = peak_rate(273, bench.carrier.numerology, 1, 8, direction="uplink")
    assert rate / peak == pytest.approx(144 / 168 / 0.92, rel=1 / 32)


def test_two_hundred_megabytes_at_a_tenth_of_errors():
    """At 12 dB the outer loop holds a tenth of the first transmissions failing: bits over (rate / transmissions a block)."""
    bench = CellBench([12.0], bandwidth="100 MHz").send(0, (1_600_000_000, 0.0))
    [(_, _, done, served)] = bench.run()
    sent, blocks = bench.cell.state.counts[2:]
    assert 1.05 < sent / blocks < 1.15
    assert done == pytest.approx((sent + 8) * bench.slot, rel=1e-3)  # every slot from slot 8 on has one block
    best = bench.carrier.rate([12.0])[0]
    assert 0.88 * best < 1.6e9 / done < 1.02 * best


def test_idle_slots_cost_nothing():
    """Ten users that compute for 10 s between bursts: a handful of events and kernel calls a burst, however long the wait."""
    bench = CellBench([40.0] * 10, {"inactivity": "100 s"})
    calls, run = [], bench.cell._run
    bench.cell._run = lambda limit: (calls.append(limit), run(limit))
    for user in range(10):
        bench.send(user, *((3200, 10.0 * k) for k in range(1, 6)))
    assert len(bench.run()) == 50 and len(calls) < 10 * 50

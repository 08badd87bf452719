"""When a burst ends that is given up: not before the blocks on the air that will arrive are decoded."""

import pytest
from cell_cases import CellBench

SLOW = {"decoding": 100, "harq_delay": 120, "rlc": "um", "sr_period": 1, "allocation": "full"}


@pytest.mark.parametrize("fidelity", ["burst", "packet"])
def test_given_up_is_not_delivered_before_it_is_decoded(fidelity):
    """Decoding takes 100 slots, giving up 20 (10 ms). The first grant is for slot 8 (request 0, report 4); with these seeds
    blocks of slots 8 to 23 arrive, the last of them in slot 23: it is decoded at slot 24 + 100, whenever the user gave up."""
    for seed in (0, 3, 10):
        bench = CellBench([3.0], SLOW, fading={"type": "rayleigh", "coherence_time": "15 ms"}, seed=seed, fidelity=fidelity,
                          outage_limit=0.01)
        [(_, _, end, row)] = bench.send(0, (30_000_000, 0.0)).run()
        assert row.gave_up and row.sent > sum(beyond - first for first, beyond in row.lost)
        assert row.started / bench.slot == pytest.approx(8) and end / bench.slot == pytest.approx(124)

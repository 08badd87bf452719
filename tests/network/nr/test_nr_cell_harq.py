"""HARQ and RLC: the closed forms that `verify-models` computes (validation/nr_repeats), and what a repeat does to its block."""

import numpy as np
import pytest
from cell_cases import CellBench

from wirelesssim.radio.nr.constellation import information, sinr_of_information
from wirelesssim.validation import nr_repeats

bench = nr_repeats.held_user


@pytest.mark.parametrize("harq, below", [(harq, below) for harq, levels in nr_repeats.BELOW.items() for below in levels])
def test_transmissions_a_block(harq, below):
    """1 + b1 + b1 b2 + b1 b2 b3, at each level; each has an error rate that is neither 0 nor 1: it says something."""
    made, failing = bench(below, {"harq": harq, "rlc": "um"})
    made.run()
    assert ((failing > 0.01) & (failing < 0.99)).any() and made.cell.state.counts[3] == 3000
    seen = nr_repeats.transmissions(harq, below)
    assert seen.deviation <= seen.tolerance < 0.05


@pytest.mark.parametrize("check", [nr_repeats.lost_at_once, nr_repeats.blocks_again, nr_repeats.lost_after_retries])
def test_what_harq_leaves_is_lost_or_sent_by_rlc(check):
    """One attempt: b1 of the blocks lost, or 1/(1 - b1) blocks a block, or b1^3 of the bits lost after two retries."""
    seen = check()
    assert seen.deviation <= seen.tolerance < 0.1


def test_the_blocks_of_these_cases_fail_often():
    """A third of them and more at 0.3 and 0.5 dB below the 10 % point; of 3 dB, all."""
    for below, least, most in ((0.3, 0.1, 0.9), (0.5, 0.01 ** (1 / 3), 0.99), (3.2, 0.999, 1.0)):
        assert least < bench(below, {})[1][0] <= most


def test_incremental_redundancy_needs_fewer_than_chase():
    """The information of two looks is more than that of one look at twice the SINR, since information is concave in the SINR."""
    means = {}
    for harq in ("chase", "ir"):
        made, _ = bench(5.0, {"harq": harq})
        made.run()
        sent, blocks = made.cell.state.counts[2:]
        means[harq] = sent / blocks
    assert 2.0 < means["ir"] < means["chase"] - 0.3


def test_a_repeat_delays_its_block_and_not_the_pipe():
    """Blocks that fail are sent again while new ones go on: each uplink slot from the first data slot, 8, on is used, and the
    burst ends when its last block does: at the latest three repeats of 8 slots later."""
    made, failing = bench(0.3, {"harq": "ir"}, blocks=200)
    [(_, _, done, _)] = made.run()
    sent, blocks = made.cell.state.counts[2:]
    assert sent > 1.1 * blocks and sent + 8 + 1 <= round(done / made.slot) <= sent + 8 + 1 + 3 * made.rules.harq_delay


def test_the_last_block_waits_for_its_repeats():
    """One block that needs k transmissions ends 8 (k - 1) slots later than slot 10; some draws have k > 1, others k = 1."""
    ends = set()
    for seed in range(12):
        made, _ = bench(0.3, {}, seed=seed, blocks=1)
        [(_, _, done, _)] = made.run()
        ends.add((round(done / made.slot, 6) - 10) / 8)
    assert {0.0, 1.0} <= ends <= {0.0, 1.0, 2.0, 3.0}


def test_sixteen_processes_limit_a_long_loop():
    """A loop of 64 slots and 16 processes in FDD: a quarter of the slots."""
    made = CellBench([40.0], {"harq_delay": 64}).send(0, (20_000_000, 0.0))
    [(_, _, done, _)] = made.run()
    blocks = made.cell.state.counts[3]
    assert done / made.slot == pytest.approx(4 * blocks, rel=0.02)


def test_twice_the_information_is_more_than_twice_the_sinr():
    """Two looks at 3 dB (16-QAM) equal one at the SINR of twice the information, which lies above twice the SINR: concave."""
    one = float(information(4, 3.0))
    twice_db = float(sinr_of_information(4, 2 * one))
    assert float(information(4, twice_db)) == pytest.approx(2 * one, abs=1e-4) and twice_db > 3.0 + 3.0103

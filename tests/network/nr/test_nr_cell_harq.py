"""HARQ and RLC against closed forms. The scheme is held by steps of the outer loop that are too small to matter, at an
offset that makes the first transmission fail often; the law of error rates is that of `radio.nr`, not its table.

Statistics: fixed streams, five standard errors: false alarm 6e-7 a comparison.
"""

import numpy as np
import pytest
from cell_cases import CellBench

from wirelesssim.radio.nr import block_error_rate, information_effective_sinr
from wirelesssim.radio.nr.constellation import information, sinr_of_information

STILL = {"olla_step": 1e-9, "max_blocks": 4}
SCHEME, BLOCKS = 6, 4  # 16-QAM, R = 0.42; few blocks have a wide waterfall


def bench(below, access, seed=1, blocks=3000):
    """A lone user with data for `blocks` blocks of SCHEME, `below` dB below its 10 % point; and the error rates of the block at
    its transmissions 1, ..., 4."""
    made = CellBench([0.0], STILL | access, seed=seed)
    tables = made.carrier.tables
    band = 10 * np.log10(made.channel.bandwidth / (BLOCKS * made.carrier.numerology.block_bandwidth))  # of 4 blocks over all
    sinr = float(tables.threshold[SCHEME, BLOCKS]) - below
    made = CellBench([sinr - band], STILL | access, seed=seed)
    made.cell.state.users["offset_db"] = below + 1e-4
    size = int(tables.bits[SCHEME, BLOCKS])
    made.send(0, (blocks * size, 0.0))
    order, steps = int(tables.modulation_order[SCHEME]), np.arange(1, 5)
    if access.get("harq") == "chase":
        seen = sinr + 10 * np.log10(steps)
    else:
        wanted = steps * float(information(order, sinr))
        seen = np.array([sinr] + [float(sinr_of_information(order, w)) if w < order - 1e-6 else 60.0 for w in wanted[1:]])
    return made, block_error_rate(seen, made.carrier.table.at(SCHEME), size, tables.coded_bits[SCHEME, BLOCKS])


@pytest.mark.parametrize("harq, below", [("chase", -0.3), ("chase", 0.3), ("chase", 3.2), ("chase", 4.9), ("ir", 0.3),
                                         ("ir", 4.9)])
def test_transmissions_a_block(harq, below):
    """1 + b1 + b1 b2 + b1 b2 b3: transmission k takes place if all before failed, and fails with its own combined SINR's rate."""
    made, failing = bench(below, {"harq": harq, "rlc": "um"})
    made.run()
    sent, blocks = made.cell.state.counts[2:]
    reached = np.concatenate(([1.0], np.cumprod(failing)[:3]))  # probability of transmission 1, ..., 4
    second = sum((k + 1) ** 2 * p for k, p in enumerate(reached - np.append(reached[1:], 0.0)))
    assert ((failing > 0.01) & (failing < 0.99)).any() and blocks == 3000
    assert abs(sent / blocks - reached.sum()) < 5 * np.sqrt((second - reached.sum() ** 2) / blocks) + 1e-3


def test_without_retransmissions_a_part_b_is_lost_or_sent_by_rlc():
    """One attempt: unacknowledged, b1 of the blocks are lost; acknowledged, 1/(1 - b1) blocks a block, none lost."""
    made, failing = bench(0.3, {"attempts": 1, "rlc": "um"})
    [(_, _, _, served)] = made.run()
    blocks = made.cell.state.counts[3]
    assert 0.1 < failing[0] < 0.9 and blocks == 3000
    assert abs(len(served.lost) / blocks - failing[0]) < 5 * np.sqrt(failing[0] * (1 - failing[0]) / blocks)
    again, _ = bench(0.3, {"attempts": 1, "rlc": {"type": "am", "retries": 32}})
    [(_, _, _, served)] = again.run()
    assert not served.lost and served.sent == made.served[0][3].sent
    wanted = 1 / (1 - failing[0])
    assert abs(again.cell.state.counts[3] / blocks - wanted) < 5 * np.sqrt(failing[0]) * wanted / np.sqrt(blocks)


def test_rlc_retries_are_bounded():
    """r retries of one attempt each: b1^(r + 1) of the blocks are lost."""
    made, failing = bench(0.5, {"attempts": 1, "rlc": {"type": "am", "retries": 2, "status_delay": "5 ms"}})
    [(_, _, _, served)] = made.run()
    lost = sum(beyond - first for first, beyond in served.lost) / served.sent
    p = failing[0] ** 3
    assert 0.01 < p and abs(lost - p) < 5 * np.sqrt(p * (1 - p) / 3000)


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


def test_information_mapping_is_that_of_the_law():
    """Twice the information of one look is one look at the SINR that MIESM would invert: the closed form above is no copy."""
    sinr = 10 ** (3.0 / 10)
    one = float(information(4, 3.0))
    twice = 10 ** (float(sinr_of_information(4, 2 * one)) / 10)
    assert information_effective_sinr(np.array([twice, twice]), 4) == pytest.approx(twice, rel=1e-3) and twice > 2 * sinr

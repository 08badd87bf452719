"""An NR cell's repeats, HARQ and RLC, against closed forms.

A lone user on four blocks, whose scheme is held: steps of the outer loop are too small to matter, and an offset takes the first
transmission below its 10 % point. The closed forms take the error law of `radio.nr`, not the tables that the slot loop reads;
the two differ by less than 1e-3 (row "tables of the slot loop"), which the tolerances add.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from ..network.nr.alone import CellAlone
from ..radio.nr import block_error_rate
from ..radio.nr.constellation import information, sinr_of_information
from .row import Check, Seen, worst
from .sampling import limit

__all__ = ["checks", "BELOW", "held_user", "transmissions", "lost_at_once", "blocks_again", "lost_after_retries"]

_SCHEME, _BLOCKS = 6, 4  # 16-QAM, R = 0.42; few blocks have a wide waterfall
_STILL = {"olla_step": 1e-9, "max_blocks": _BLOCKS}
_MANY = 3000  # transport blocks
_TABLES = 1e-3
BELOW = {"chase": (-0.3, 0.3, 3.2, 4.9), "ir": (0.3, 4.9)}  # dB below the 10 % point


def held_user(below: float, access: dict, seed: int = 1, blocks: int = _MANY) -> tuple[CellAlone, np.ndarray]:
    """A user with data for `blocks` transport blocks, `below` dB below the 10 % point; and the error rates of a block at its
    transmissions 1, ..., 4, (4,), each with what was gathered by then."""
    cell = CellAlone([0.0], _STILL | access, seed=seed)
    tables = cell.carrier.tables
    narrow = 10 * np.log10(cell.channel.bandwidth / (_BLOCKS * cell.carrier.numerology.block_bandwidth))  # four blocks over all
    sinr_db = float(tables.threshold[_SCHEME, _BLOCKS]) - below
    cell = CellAlone([sinr_db - narrow], _STILL | access, seed=seed)
    cell.cell.state.users["offset_db"] = below + 1e-4
    size = int(tables.bits[_SCHEME, _BLOCKS])
    cell.send(0, (blocks * size, 0.0))
    seen = _gathered(sinr_db, int(tables.modulation_order[_SCHEME]), access.get("harq") == "chase")
    return cell, block_error_rate(seen, cell.carrier.table.at(_SCHEME), size, tables.coded_bits[_SCHEME, _BLOCKS])


def _gathered(sinr_db: float, order: int, chase: bool) -> np.ndarray:
    """SINR in dB of 1, ..., 4 looks: their sum, or that of one look with the sum of their information (60 dB if none has)."""
    looks = np.arange(1, 5)
    if chase:
        return sinr_db + 10 * np.log10(looks)
    wanted = looks[1:] * float(information(order, sinr_db))
    return np.array([sinr_db] + [float(sinr_of_information(order, w)) if w < order - 1e-6 else 60.0 for w in wanted])


def transmissions(harq: str, below: float) -> Seen:
    """Transmissions a block: 1 + b1 + b1 b2 + b1 b2 b3, transmission k taking place if all before have failed."""
    cell, failing = held_user(below, {"harq": harq, "rlc": "um"})
    cell.run()
    sent, blocks = cell.cell.state.counts[2:]
    reached = np.concatenate(([1.0], np.cumprod(failing)[:3]))  # probability of transmission 1, ..., 4
    share = reached - np.append(reached[1:], 0.0)  # of blocks with k transmissions
    spread = np.sqrt(np.arange(1, 5) ** 2 @ share - reached.sum() ** 2)
    return worst(sent / blocks - reached.sum(), limit(1) * spread / np.sqrt(blocks) + _TABLES)


def all_transmissions(harq: str) -> Seen:
    """The same at every level of `BELOW`."""
    return worst(*zip(*(transmissions(harq, below) for below in BELOW[harq])))


def lost_at_once() -> Seen:
    """One attempt, unacknowledged mode: b1 of the blocks are lost."""
    cell, failing = held_user(0.3, {"attempts": 1, "rlc": "um"})
    [(*_, served)] = cell.run()
    return _share(len(served.lost) / int(cell.cell.state.counts[3]), failing[0])


def blocks_again() -> Seen:
    """One attempt, acknowledged mode with 32 retries: 1/(1 - b1) blocks for each, geometric, and nothing lost."""
    cell, failing = held_user(0.3, {"attempts": 1, "rlc": {"type": "am", "retries": 32}})
    [(*_, served)] = cell.run()
    if served.lost:
        return Seen(np.inf, 0.0)
    spread = np.sqrt(failing[0]) / (1 - failing[0])
    return worst(cell.cell.state.counts[3] / _MANY - 1 / (1 - failing[0]), limit(1) * spread / np.sqrt(_MANY) + _TABLES)


def lost_after_retries() -> Seen:
    """Two retries of one attempt each: b1^3 of the bits are lost."""
    cell, failing = held_user(0.5, {"attempts": 1, "rlc": {"type": "am", "retries": 2, "status_delay": "5 ms"}})
    [(*_, served)] = cell.run()
    return _share(sum(beyond - first for first, beyond in served.lost) / served.sent, failing[0] ** 3)


def _share(found: float, expected: float) -> Seen:
    return worst(found - expected, limit(1) * np.sqrt(expected * (1 - expected) / _MANY) + _TABLES)


def checks() -> Iterator[Check]:
    """HARQ with both ways of combining; RLC."""
    check = partial(Check, "nr cell")
    for harq, name in (("chase", "SINRs add"), ("ir", "information adds")):
        yield check(f"HARQ, {harq}", f"1 + b1 + b1 b2 + b1 b2 b3, {name}",
                    f"transmissions a block, {len(BELOW[harq])} levels, 3000 blocks", partial(all_transmissions, harq))
    yield check("RLC um, one attempt", "b1", "share of 3000 blocks lost", lost_at_once)
    yield check("RLC am, one attempt", "1/(1 - b1), none lost", "blocks a block, 3000 blocks", blocks_again)
    yield check("RLC am, 2 retries of one attempt", "b1^3", "share of the bits of 3000 blocks lost", lost_after_retries)

"""What the slot loop holds in arrays: the rules of a cell, its tables, the state of its users, the signals of some slots.

Plain named tuples, so that compiled code reads them; users are rows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...radio.nr import NrTables

__all__ = ["Rules", "Tables", "State", "Windows", "USER", "PROCESS", "RANGE", "PROCESSES", "NONE", "ASKED", "DATA", "OWN", "FREE",
           "PENDING", "REPEAT", "CHASE", "INCREMENTAL", "ROUND_ROBIN", "PROPORTIONAL_FAIR", "MAX_CI", "EQUAL_SHARE"]

PROCESSES = 16  # HARQ processes of a user: TS 38.214, 6.1
NONE, ASKED, DATA, OWN = 0, 1, 2, 3  # phases of a user: nothing to send, small grant due, may be granted, own resources only
FREE, PENDING, REPEAT = 0, 1, 2  # states of a HARQ process: its fate not yet known; to be sent again
CHASE, INCREMENTAL = 0, 1
ROUND_ROBIN, PROPORTIONAL_FAIR, MAX_CI, EQUAL_SHARE = 0, 1, 2, 3


class Rules(NamedTuple):
    """A cell, as its slot loop needs it; times in slots, powers in dB.

    `band` (blocks,) into which part of the band each resource block falls; `log_blocks` (blocks + 1,) 10 log10 M;
    `spread_db` (blocks + 1,) what M blocks gain over the whole band at the same power; `open_loop_db` (U,) P0 2^mu / P_max
    of each user; `reference_db` (U,) path loss plus the mean SINR; `own_period` 0 without configured grants.
    """

    users: int
    blocks: int
    uplink: np.ndarray
    downlink: np.ndarray
    band: np.ndarray
    log_blocks: np.ndarray
    spread_db: np.ndarray
    open_loop_db: np.ndarray
    alpha: float
    reference_db: np.ndarray
    scheduler: int
    window: float
    users_per_slot: int
    max_blocks: int
    headroom: bool
    combining: int
    harq_delay: int
    attempts: int
    decoding: int
    acknowledged: bool
    status_delay: int
    rlc_retries: int
    processing: int
    k2: int
    cqi_delay: int
    cqi_period: int
    step_up: float
    step_down: float
    offset_limit: float
    own_period: int
    own_blocks: int
    outage_slots: int
    key: np.ndarray


class Tables(NamedTuple):
    """The columns of `NrTables` that the loop reads."""

    bits: np.ndarray
    code_blocks: np.ndarray
    first_sinr: np.ndarray
    step: np.ndarray
    quantile: np.ndarray
    offered: np.ndarray
    beta: np.ndarray
    information: np.ndarray

    @classmethod
    def of(cls, tables: NrTables) -> Tables:
        """From the tables of a carrier."""
        return cls(*(np.ascontiguousarray(getattr(tables, name)) for name in cls._fields))


class Windows(NamedTuple):
    """Signals of each user over K steps of its own, from step `first` (U,) on, good for slots before `until` (U,).

    A step is a block of the user's SINR, `block_time` (U,) s, or a slot of `slot` s where that is longer. `sinr` (U, K, bands) of
    the whole band at full power, linear; `mean_db` (U, K) the same without fading; `report_db` (U, K) what a measurement in that
    step would report, not a number until somebody asks.
    """

    slot: float
    block_time: np.ndarray
    first: np.ndarray
    until: np.ndarray
    sinr: np.ndarray
    mean_db: np.ndarray
    report_db: np.ndarray


def _record(names: str, real: str = "") -> np.dtype:
    """Columns of 64-bit integers, and of floats."""
    return np.dtype([(name, np.int64) for name in names.split()] + [(name, np.float64) for name in real.split()], align=True)


USER = _record("phase ready busy ranges total placed usable carried seen_report seen_mean sent_at first open started end ended",
               "offset_db average seen_offset")
PROCESS = _record("state scheme blocks offset bits tries ready ok again", "sum")
RANGE = _record("offset bits again ready")


class State(NamedTuple):
    """All that changes; slots are counted from time 0.

    `users` (U,): `phase`; `first` slot that may be used, `ready` slot of the next grant; bits in `total`, `placed` in blocks;
    `open` blocks and ranges whose fate is open; `usable`, `started`, `end`, `sent_at` slots; `ended` 1 done, 2 given up;
    number of lost `ranges`, of processes that are `busy`; `offset_db` of the outer loop; `average` bits a slot; what the
    whole band `carried` at the report, mean and offset last seen. `processes` (U, 16) of HARQ: `state`,
    `scheme`, `blocks`, range of bits, `tries`, when its fate is known and what it is, `again` transmissions by RLC, SINR or
    information in `sum`. `ranges` (U, C) that RLC sends again. `lost` (N, 3): user and range of what is lost for good.
    `listed` (U + 1,): how many users a slot named, and which. `counts`: of `lost`, whose turn it is, transmissions, new blocks.
    """

    users: np.ndarray
    processes: np.ndarray
    ranges: np.ndarray
    lost: np.ndarray
    listed: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, users: int) -> State:
        """Nobody has anything to send."""
        made = np.zeros(users, dtype=USER)
        made["sent_at"] = made["started"] = made["seen_report"] = -1
        return cls(made, np.zeros((users, PROCESSES), dtype=PROCESS), np.zeros((users, 2 * PROCESSES), dtype=RANGE),
                   np.zeros((256 + 2 * PROCESSES * users, 3), dtype=np.int64), np.zeros(users + 1, dtype=np.int64),
                   np.zeros(4, dtype=np.int64))

    def larger(self) -> State:
        """The same with twice the room for the ranges of a user, if one has little left, or else for what is lost."""
        if (self.users["ranges"] + PROCESSES > self.ranges.shape[1]).any():
            return self._replace(ranges=np.concatenate([self.ranges] * 2, axis=1))
        return self._replace(lost=np.concatenate([self.lost] * 2))

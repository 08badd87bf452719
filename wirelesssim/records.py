"""The typed rows of the output tables, and the recorder that collects them.

A run records; it never prints, logs or builds tables. Column names are the public ones of the scenario's documentation;
the labels of a point (variant, replication, matrix keys) are put in front of these by `experiment`.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Recorder", "RoundRow", "TransmissionRow", "WorkerRow", "Divergence"]


class RoundRow(NamedTuple):
    """After a server step; row 0 is the start. Bits since the start; entries and worker counts of this round alone."""

    round: int
    simulated_time_s: float
    objective: float | None
    error: float | None
    accuracy: float | None
    uplink_payload_bits: int
    uplink_coded_bits: int
    uplink_on_air_bits: int
    uplink_retransmitted_bits: int
    downlink_on_air_bits: int
    energy_j: float | None
    entries_sent: int
    workers_heard: int
    workers_silent: int
    workers_lost: int
    workers_late: int
    workers_unscheduled: int


class TransmissionRow(NamedTuple):
    """One message; `worker` is empty for a multicast.

    `delivered` counts the packets that all have whom the message is for, and `packets_lost` the transmissions of a packet
    after which one of them still missed it: a multicast that one worker of ten never got whole may have `delivered` 0.
    `receivers`: how many of them have all of it, workers of the model; 1 or 0, the server, of an uplink message.
    `acknowledged`: the packets of which the sender knows.
    """

    round: int
    worker: int | None
    direction: str
    start_s: float
    end_s: float
    payload_bits: int
    coded_bits: int
    on_air_bits: int
    retransmitted_bits: int
    packets: int
    packets_lost: int
    attempts: int
    delivered: int
    acknowledged: int
    receivers: int | None


class WorkerRow(NamedTuple):
    """Where a worker's round went: the seconds sum to the round's, unless its message outlasted the round."""

    round: int
    worker: int
    compute_s: float
    queue_s: float
    access_s: float
    on_air_s: float
    retransmission_s: float
    wait_s: float
    energy_j: float | None


class Divergence(NamedTuple):
    """A run that left every bound: when, and the likely cause."""

    round: int
    reason: str


class Recorder:
    """Collects the rows of one run.

    `divergence` is set when it diverged. `until`, set when the run is over, is the simulated time in seconds up to which
    the last row is the state of the run: the limit of simulated time if that ended it, else the time of the last row.
    `waiting`: messages that came by themselves (objective `messages`) and were ready then, but not begun: they have no row.
    """

    def __init__(self):
        self.rounds: list[RoundRow] = []
        self.transmissions: list[TransmissionRow] = []
        self.workers: list[WorkerRow] = []
        self.divergence: Divergence | None = None
        self.until = 0.0
        self.waiting = 0

    def sort(self) -> None:
        """Rows in order of round, direction and worker, whatever the order of events was."""
        self.transmissions.sort(key=lambda row: (row.round, row.direction, -1 if row.worker is None else row.worker))
        self.workers.sort(key=lambda row: (row.round, row.worker))

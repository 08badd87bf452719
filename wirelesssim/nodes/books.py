"""The books of a run: what every message cost, summed since the start and row by row."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from ..network.message import Message, Transfer
from ..records import Recorder, TransmissionRow, WorkerRow

__all__ = ["Books"]

_COUNTS = ("payload_bits", "coded_bits", "on_air_bits", "retransmitted_bits")


@dataclass
class _Turn:
    """A worker's turn in a round; `transfer` is None for one that said nothing at no cost."""

    round: int
    worker: int
    compute: float
    transfer: Transfer | None

    @property
    def closed(self) -> bool:
        return self.transfer is None or not math.isnan(self.transfer.end)


@dataclass
class _Model:
    """A model on a medium that carries the downlink; `receivers`: how many workers have it so far."""

    transfer: Transfer
    receivers: int = 0

    def received(self) -> None:
        """One worker more has it."""
        self.receivers += 1


class Books:
    """Collects transfers into the recorder's rows as they close; totals hold the open ones too."""

    def __init__(self, recorder: Recorder):
        self._recorder = recorder
        self._open: list[_Turn] = []
        self._closed = dict.fromkeys(_COUNTS, 0)
        self._durations: dict[int, float] = {}
        self._sent_down = 0
        self._carried: list[_Model] = []

    def open(self, round: int, worker: int, compute: float, transfer: Transfer | None) -> None:
        """A worker's message is on its way."""
        self._open.append(_Turn(round, worker, compute, transfer))

    def uplink(self) -> tuple[int, int, int, int]:
        """Payload, coded, on-air and retransmitted bits since the start."""
        transfers = [turn.transfer for turn in self._open if turn.transfer is not None]
        return tuple(self._closed[name] + sum(getattr(transfer, name) for transfer in transfers) for name in _COUNTS)

    @property
    def downlink_bits(self) -> int:
        """On-air bits of the model since the start."""
        return self._sent_down + sum(model.transfer.on_air_bits for model in self._carried)

    def carry(self, transfer: Transfer) -> Callable[[], None]:
        """A model is handed to a medium that carries the downlink, too, and keeps the books in `transfer`.

        What is returned is to be called once for each worker that has all of it.
        """
        self._carried.append(model := _Model(transfer))
        return model.received

    def downlink(self, round: int, worker: int | None, start: float, end: float, message: Message, receivers: int) -> None:
        """A transmission of the model to `receivers` workers; it loses nothing."""
        (payload, coded, bits), packets = message.total_bits, message.packets
        self._sent_down += bits
        self._recorder.transmissions.append(TransmissionRow(
            round, worker, "downlink", start, end, payload, coded, bits, 0, packets, 0, packets, packets, packets, receivers))

    def round_ends(self, round: int, duration: float) -> None:
        """The server made step `round`, `duration` seconds after the one before; writes the rows of what has closed."""
        self._durations[round] = duration
        self.flush()

    def flush(self, now: float | None = None) -> None:
        """Write the rows of closed turns; with `now`, of all: the run was cut then, and what was on its way is in flight."""
        if now is not None:
            self._cut_downlink(now)
        self._write_carried(now)
        still = []
        for turn in self._open:
            if now is not None and not turn.closed:
                turn.transfer.end = now
            if turn.closed and (turn.round in self._durations or now is not None):
                self._write(turn)
            else:
                still.append(turn)
        self._open = still

    def cut(self, last: int, now: float) -> None:
        """The run is over but for what rounds up to `last` still do: what is on its way of later ones is in flight, and its row
        is as it stands at `now`, whatever comes of it."""
        later = [turn for turn in self._open if turn.round > last]
        self._open = [turn for turn in self._open if turn.round <= last]
        for turn in later:
            if not turn.closed:
                turn.transfer.end = now
            self._write(turn)

    def _write_carried(self, now: float | None) -> None:
        """Rows of the models whose transmission has ended; with `now`, of all that had begun."""
        still = []
        for model in self._carried:
            transfer = model.transfer
            if now is not None and math.isnan(transfer.end):
                transfer.end = now
            if math.isnan(transfer.end):
                still.append(model)
                continue
            self._sent_down += transfer.on_air_bits
            if transfer.start < transfer.end or transfer.attempts:
                message = transfer.message
                self._recorder.transmissions.append(_row(
                    transfer, message.round, message.worker, "downlink", model.receivers))
        self._carried = still

    def _cut_downlink(self, now: float) -> None:
        """What had not begun by `now` is no row; what had not ended carries no bits and delivers nothing."""
        rows = self._recorder.transmissions
        nothing = dict.fromkeys(("payload_bits", "coded_bits", "on_air_bits", "attempts", "delivered", "acknowledged",
                                 "receivers"), 0)
        rows[:] = [row if row.end_s <= now else row._replace(end_s=now, **nothing) for row in rows
                   if row.end_s <= now or row.start_s < now]

    def _write(self, turn: _Turn) -> None:
        transfer = turn.transfer
        busy = (transfer.queue, transfer.access, transfer.on_air, transfer.retransmission) if transfer else (0.0,) * 4
        wait = max(0.0, self._durations.get(turn.round, 0.0) - turn.compute - sum(busy))
        self._recorder.workers.append(WorkerRow(turn.round, turn.worker, turn.compute, *busy, wait, None))
        if transfer is None:
            return
        for name in _COUNTS:
            self._closed[name] += getattr(transfer, name)
        self._recorder.transmissions.append(_row(
            transfer, turn.round, turn.worker, "uplink", int(transfer.delivered.all())))


def _row(transfer: Transfer, round: int, worker: int | None, direction: str, receivers: int) -> TransmissionRow:
    return TransmissionRow(
        round, worker, direction, transfer.start, transfer.end, transfer.payload_bits, transfer.coded_bits,
        transfer.on_air_bits, transfer.retransmitted_bits, transfer.message.packets, transfer.lost, transfer.attempts,
        int(transfer.delivered.sum()), int(transfer.acknowledged.sum()), receivers)

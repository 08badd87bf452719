"""A message: the sizes of its packets, and the books of its way."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

__all__ = ["Message", "Transfer"]


@dataclass(frozen=True, eq=False)
class Message:
    """What the network sees of a payload: K packets by size.

    `payload_bits`, `coded_bits`, `air_bits` (K,) bits of values, of values and positions, and of the packet with its
    headers. `worker` is None for a broadcast to all.
    """

    worker: int | None
    round: int
    payload_bits: np.ndarray
    coded_bits: np.ndarray
    air_bits: np.ndarray

    @classmethod
    def of(cls, worker: int | None, round: int, payload_bits, coded_bits, header: int) -> Message:
        """A message whose packets each carry `header` bits besides what is coded."""
        coded = np.asarray(coded_bits, dtype=np.int64)
        return cls(worker, round, np.asarray(payload_bits, dtype=np.int64), coded, coded + header)

    @classmethod
    def marker(cls, worker: int, round: int, header: int) -> Message:
        """A silent worker's marker: one packet that is header alone."""
        return cls.of(worker, round, [0], [0], header)

    @classmethod
    def opaque(cls, worker: int | None, round: int, bits: int, room: int, header: int) -> Message:
        """A payload of `bits`, whole bytes, of which only its size is known: full packets of `room` and the rest in a last one.

        payload = coded: nothing is spent on positions. ValueError where `room` holds no byte.
        """
        whole = room // 8 * 8
        if whole <= 0:
            raise ValueError(f"room must hold a byte, got {room} bits")
        full, rest = divmod(bits, whole)
        sizes = np.full(full + (rest > 0), whole, dtype=np.int64)
        if rest:
            sizes[-1] = rest
        return cls.of(worker, round, sizes, sizes, header)

    @property
    def packets(self) -> int:
        """K."""
        return len(self.air_bits)

    @cached_property
    def total_bits(self) -> tuple[int, int, int]:
        """Payload, coded and on-air bits of the whole message, sent once."""
        return int(self.payload_bits.sum()), int(self.coded_bits.sum()), int(self.air_bits.sum())

    def bits_of(self, packets: np.ndarray) -> tuple[int, int, int]:
        """Payload, coded and on-air bits of distinct `packets` (n,)."""
        if len(packets) == self.packets:
            return self.total_bits
        return int(self.payload_bits[packets].sum()), int(self.coded_bits[packets].sum()), int(self.air_bits[packets].sum())


@dataclass(eq=False)
class Transfer:
    """The books of one message: bits, attempts, times, and what came of each packet. Bits count when their burst ends.

    `payload_bits` and `coded_bits` are those of the packets that have been on the air, `aired` (K,); `delivered` (K,) is the
    truth, `acknowledged` (K,) what the sender knows; `heard` says that at least one acknowledgement came through, `complete`
    when the server knew the outcome.
    """

    message: Message
    start: float
    end: float = float("nan")
    complete: float = float("nan")
    delivered: np.ndarray = field(init=False)
    acknowledged: np.ndarray = field(init=False)
    aired: np.ndarray = field(init=False)
    heard: bool = False
    payload_bits: int = 0
    coded_bits: int = 0
    attempts: int = 0
    lost: int = 0
    acknowledgement_bits: int = 0
    sent_bits: int = 0
    retransmitted_bits: int = 0
    queue: float = 0.0
    access: float = 0.0
    on_air: float = 0.0
    retransmission: float = 0.0

    def __post_init__(self):
        self.delivered = np.zeros(self.message.packets, dtype=bool)
        self.acknowledged = np.zeros(self.message.packets, dtype=bool)
        self.aired = np.zeros(self.message.packets, dtype=bool)

    def burst(self, packets: np.ndarray, arrived: np.ndarray, seconds: float, withheld: np.ndarray | None = None) -> None:
        """Book a burst of `packets`, of which the first n were sent and `arrived` (n,) arrived, on the air for `seconds`.

        `withheld` (n,): those that the medium refused, every time (None: none); they count as not sent. A packet that was on
        the air before is retransmitted, and `seconds` are shared with the others by bits. Where none was sent they are those of a
        retransmission if one was on the air before.
        """
        tried_before, packets = bool(self.aired[packets].any()), packets[:len(arrived)]
        self.delivered[packets[arrived]] = True
        sent = packets if withheld is None else packets[~withheld]
        before = self.aired[sent]
        self.aired[sent] = True
        self.attempts += len(sent)
        self.lost += int(len(sent) - np.count_nonzero(arrived))
        payload, coded, first = self.message.bits_of(sent[~before])
        again = self.message.bits_of(sent[before])[2]
        self.payload_bits += payload
        self.coded_bits += coded
        self.sent_bits += first + again
        self.retransmitted_bits += again
        repeated = seconds * (again / (first + again) if first + again else tried_before)
        self.retransmission += repeated
        self.on_air += seconds - repeated

    def repeated(self, count: int, bits: int, seconds: float) -> None:
        """Book `count` further transmissions by the medium itself, `bits` in all, on the air for `seconds`: of each packet all
        but the last, each taken as lost."""
        self.attempts += count
        self.lost += count
        self.sent_bits += bits
        self.retransmitted_bits += bits
        self.retransmission += seconds

    def acknowledgement(self, bits: int) -> None:
        """Book `bits` of acknowledgement frames that were on the air."""
        self.acknowledgement_bits += bits

    @property
    def on_air_bits(self) -> int:
        """Every attempt, with headers, and the acknowledgements."""
        return self.sent_bits + self.acknowledgement_bits

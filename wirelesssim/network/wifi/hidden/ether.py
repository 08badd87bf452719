"""Frames on the air, and where they overlap: what one station receives another may not hear at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["Ether", "Signal", "RTS", "CTS", "DATA", "REQUEST", "ACK"]

RTS, CTS, DATA, REQUEST, ACK = range(5)  # REQUEST: BlockAckReq; ACK: also BlockAck


@dataclass(slots=True, eq=False)
class Signal:
    """A frame on the air from `start` to `end` (ns), of `sender` for station `to`, -1: for all.

    `over`: until when its duration field reserves the medium. `exchange` it belongs to. `overlapped`, `deaf`: stations, a bit
    each, at which another frame overlaps, and which themselves sent meanwhile; `struck`: from when to when (ns) one does at `to`.
    Of data to one station, once they have ended: `spared`, the MPDUs that it had alone, and those of them that `came` through
    noise.
    """

    kind: int
    sender: int
    to: int
    start: int
    end: int
    over: int
    exchange: Any
    overlapped: int = 0
    deaf: int = 0
    struck: list[tuple[int, int]] = field(default_factory=list)
    spared: list | None = None
    came: list | None = None

    def received(self, station: int) -> bool:
        """Whether the station, which is in reach, had this frame and nothing else; of an A-MPDU to it one MPDU is enough."""
        if station == self.to and self.spared is not None:
            return bool(self.spared)
        return not (self.overlapped | self.deaf) >> station & 1


class Ether:
    """What is on the air. `hearing` (S, S) of bool, row i, column j: i hears j. Power that is not heard does no harm either."""

    def __init__(self, hearing: np.ndarray):
        columns = [np.flatnonzero(column).tolist() for column in hearing.T]
        self.listeners = [[other for other in column if other != station] for station, column in enumerate(columns)]
        self._masks = [sum(1 << other for other in row) for row in self.listeners]
        self.signals: list[Signal] = []

    def begin(self, signal: Signal) -> None:
        """The signal goes on the air."""
        heard, sender = self._masks[signal.sender], 1 << signal.sender
        for other in self.signals:
            theirs = self._masks[other.sender]
            signal.overlapped |= heard & theirs
            other.overlapped |= heard & theirs
            for struck, end in ((signal, other.end), (other, signal.end)):
                if struck.to >= 0 and (heard & theirs) >> struck.to & 1:
                    struck.struck.append((signal.start, end))
            other.deaf |= theirs & sender
            signal.deaf |= heard & 1 << other.sender
        self.signals.append(signal)

    def end(self, signal: Signal) -> None:
        """The signal leaves the air."""
        self.signals.remove(signal)

    def busy(self, station: int) -> bool:
        """Whether the station hears, or sends, something."""
        return any(signal.sender == station or self._masks[signal.sender] >> station & 1 for signal in self.signals)

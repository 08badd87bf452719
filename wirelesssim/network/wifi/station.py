"""What the twin in plain Python holds of a station, and of a link with rate fallback."""

from __future__ import annotations

from dataclasses import dataclass, field

from .batch import Frame
from .rules import PENDING

__all__ = ["Memory", "Station"]


@dataclass
class Station:
    """A station: its frames, its backoff of `left` slots that are counted from `since` on, its window, its books."""

    row: int
    window: int
    left: int = 0
    since: int = 0
    over: bool = True  # the backoff came to its end, and nothing was waiting
    contends: bool = False
    at_once: bool = False
    free: int = 0  # from when on it takes the medium for idle, but for DIFS or EIFS
    asking: int | None = None  # BlockAckReqs sent, where one is due
    frames: list[Frame] = field(default_factory=list)
    transmissions: int = 0
    failures: int = 0
    airtime: int = 0
    again: int = 0
    first: int = -1

    @property
    def waiting(self) -> list[Frame]:
        """Frames whose fate is open, in order."""
        return [frame for frame in self.frames if frame.fate == PENDING]

    def count(self, slot: int, until: int) -> None:
        """Count the slots that end by `until`."""
        while self.since + slot <= until and self.left > 0:
            self.since, self.left = self.since + slot, self.left - 1
        self.over = self.over or (self.left == 0 and self.since <= until)


@dataclass
class Memory:
    """What automatic rate fallback remembers of a link."""

    mode: int
    good: int = 0
    bad: int = 0
    trial: bool = False

    def learn(self, success: bool, up: int, down: int, highest: int) -> None:
        """A frame was acknowledged, or not."""
        if success:
            self.good, self.bad, self.trial = self.good + 1, 0, False
            if self.good >= up and self.mode < highest:
                self.mode, self.good, self.trial = self.mode + 1, 0, True
            return
        self.good, self.bad = 0, self.bad + 1
        if self.trial or self.bad >= down:
            self.mode, self.bad, self.trial = max(self.mode - 1, 0), 0, False

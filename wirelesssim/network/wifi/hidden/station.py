"""What one station holds: its frames, its backoff, and until when it takes the medium for busy."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .. import batch

__all__ = ["Burst", "Frame", "Station"]


@dataclass(slots=True, eq=False)
class Frame(batch.Frame):
    """One of `burst`; `settled` when its sender is done with it, which may be later than its fate."""

    burst: Burst | None = None
    settled: bool = False


@dataclass(eq=False)
class Burst:
    """The frames of a batch and its books; `open` frames have no fate yet."""

    frames: list[Frame] = field(default_factory=list)
    open: int = 0
    first: int = -1
    airtime: int = 0
    again: int = 0

    @classmethod
    def of(cls, made: batch.Batch, now: int) -> Burst:
        """The frames of a batch, ready from `now` (ns) on at the earliest."""
        frames = made.frames(now, Frame)
        burst = cls(frames, len(frames))
        for frame in frames:
            frame.burst = burst
        return burst

    def spend(self, frames: list[Frame], time: int, again: bool = False) -> None:
        """Book what of `time` (ns) on the air falls by bytes to those of `frames` that are of this burst, and to those that have
        been on the air before, or all of them (`again`)."""
        total, own = sum(frame.size for frame in frames), [frame for frame in frames if frame.burst is self]
        self.airtime += time * sum(frame.size for frame in own) // total
        self.again += time * sum(frame.size for frame in (own if again else batch.repeats(own))) // total

    def served(self) -> batch.Served:
        """What came of it."""
        columns = [np.array([getattr(frame, name) for frame in self.frames]) for name in ("fate", "time", "tries", "unanswered")]
        return batch.Served(*columns, self.first, self.airtime, self.again)


@dataclass(slots=True, eq=False)
class Station:
    """A station. Its backoff of `left` slots counts from `since` (ns) on; None: the medium that it hears is busy, or it sends.

    `reserved`: until when others have reserved the medium (NAV), the last of them the one at row `holder`; `own`: until when an
    exchange of its own lasts, as sender or receiver; `defer`: the end of DIFS or EIFS after what it heard last; `heard`:
    when that began. `over`: the backoff came to its end and nothing was waiting. `at_once`: it sends without
    backoff. `asking`: BlockAckReqs sent, where one is due. `token` of the begin that is still meant.
    """

    row: int
    window: int
    left: int = 0
    since: int | None = 0
    reserved: int = 0
    holder: int = -1
    own: int = 0
    defer: int = 0
    heard: int = -1
    over: bool = True
    contends: bool = False
    at_once: bool = False
    asking: int | None = None
    exchange: object = None
    token: int = 0
    frames: list[Frame] = field(default_factory=list)
    head: int = 0
    burst: Burst | None = None
    transmissions: int = 0
    failures: int = 0
    delivered: int = 0
    lost: int = 0

    def load(self, burst: Burst) -> None:
        """Add the frames of `burst` behind all from the oldest that is not settled, so that the window counts from there."""
        self.oldest()
        self.frames = self.frames[self.head:] + burst.frames
        self.head, self.burst = 0, burst

    def oldest(self) -> Frame | None:
        """The first frame that is not settled."""
        while self.head < len(self.frames) and self.frames[self.head].settled:
            self.head += 1
        return self.frames[self.head] if self.head < len(self.frames) else None

    def asked(self, window: int) -> list[Frame]:
        """What a BlockAckReq asks about: frames in the window that have been on the air and are not settled."""
        return [frame for frame in self.frames[self.head:self.head + window]
                if not frame.settled and frame.tries > frame.unanswered]

    def idle(self, time: int) -> bool:
        """Whether it takes the medium for idle at `time`."""
        return self.since is not None and time >= max(self.reserved, self.own)

    def begins(self, slot: int) -> int:
        """When it would begin to send if it heard nothing till then."""
        return self.since + self.left * slot

    def count(self, slot: int, until: int) -> None:
        """Count the slots that end by `until`."""
        passed = min(self.left, max(0, until - self.since) // slot)
        self.since, self.left = self.since + passed * slot, self.left - passed
        self.over = self.over or (self.left == 0 and self.since <= until)

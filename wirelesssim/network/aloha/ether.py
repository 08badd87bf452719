"""One channel for all: who is on the air, and which frames that spoils. In continuous time, or in slots."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Ether", "Frame", "SlottedEther"]


@dataclass(eq=False)
class Frame:
    """A frame on the air: `power` at the receiver in any unit, `interference` the largest sum of others' powers so far.

    `own`: the access point's own. `deaf`: one of its own was on the air at some time meanwhile, this or another.
    """

    power: float
    own: bool = False
    interference: float = 0.0
    deaf: bool = False
    overlapped: bool = False
    slot: int = -1


class Ether:
    """Frames in continuous time. A frame is received if at no time another is on the air, or if it captures the receiver:

        power >= capture * (the largest sum of the others' powers while it is on the air)

    `capture` linear; None: any overlap spoils. No power helps against the receiver's own transmission, nor does it help the
    receiver's frames, which a sender near a worker may drown.
    """

    def __init__(self, capture: float | None = None):
        self.capture = capture
        self._on_air: list[Frame] = []

    def begin(self, power: float = 1.0, own: bool = False, slot: int = -1) -> Frame:
        """A frame goes on the air; `own`: the receiver (the access point) sends it."""
        frame = Frame(power, own, slot=slot)
        self._meet(frame, self._on_air)
        self._on_air.append(frame)
        return frame

    def end(self, frame: Frame) -> bool:
        """The frame leaves the air; whether it can be received."""
        self._on_air.remove(frame)
        return self._clear(frame)

    def _meet(self, frame: Frame, others: list[Frame]) -> None:
        """Let `frame` and `others`, all on the air from now on, disturb each other."""
        together = frame.power + sum(other.power for other in others)
        deaf = frame.own or any(other.own for other in others)
        for one in (frame, *others) if others else ():
            one.overlapped = True
            one.interference = max(one.interference, together - one.power)
            one.deaf = one.deaf or deaf

    def _clear(self, frame: Frame) -> bool:
        if not frame.overlapped:
            return True
        return self.capture is not None and not frame.deaf and frame.power >= self.capture * frame.interference


class SlottedEther(Ether):
    """Frames in slots: those in the same one meet, whatever their lengths, and no others."""

    def __init__(self, capture: float | None = None):
        super().__init__(capture)
        self._slots: dict[int, list[Frame]] = {}

    def begin(self, power=1.0, own=False, slot=-1):
        frame = Frame(power, own, slot=slot)
        there = self._slots.setdefault(slot, [])
        self._meet(frame, there)
        there.append(frame)
        return frame

    def end(self, frame):
        there = self._slots[frame.slot]
        there.remove(frame)
        if not there:
            del self._slots[frame.slot]
        return self._clear(frame)

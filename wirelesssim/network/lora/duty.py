"""A duty cycle: how long a sender must wait before its next frame in a sub-band. It holds a sender back, it fails nothing."""

from __future__ import annotations

from collections import deque

__all__ = ["OBSERVATION", "DutyCycle"]

OBSERVATION = 3600.0  # s, T_obs: ETSI EN 300 220-1 V3.1.1, 5.4.1


class DutyCycle:
    """One sender in one sub-band, at most `fraction` d of the time on the air. Two rules, of which the later start holds:

        silence   after a frame of T s none begins for T (1/d - 1) s            (LoRaWAN 1.0.4, 5.3, by its formula for one frame)
        window    in any `window` s the sender is on the air d window s at most    (EN 300 220-1, 5.4)

    The first alone would let d window + T (1 - d) s into some windows, by their edges.
    """

    def __init__(self, fraction: float, window: float = OBSERVATION):
        self.fraction, self.window = fraction, window
        self._frames: deque[tuple[float, float]] = deque()  # (start, end) of the last `window` s, in order
        self._free = 0.0

    def earliest(self, now: float, duration: float) -> float:
        """The first instant from `now` on at which a frame of `duration` <= fraction * window s may begin."""
        start = max(now, self._free)
        opens = start + duration - self.window  # of the window that ends with the frame: the fullest one
        excess = duration - self.fraction * self.window + sum(max(0.0, end - max(begin, opens)) for begin, end in self._frames)
        if excess <= 0:
            return start
        for begin, end in self._frames:
            inside = max(0.0, end - max(begin, opens))
            if inside:
                opens = max(begin, opens) + min(excess, inside)
                excess -= inside
            if excess <= 0:
                break
        return max(start, opens + self.window - duration)

    def sent(self, start: float, duration: float) -> None:
        """A frame goes on the air at `start`, no earlier than `earliest` said."""
        while self._frames and self._frames[0][1] <= start - self.window:
            self._frames.popleft()
        self._frames.append((start, start + duration))
        self._free = start + duration / self.fraction

"""Feedback: what a worker is told of what arrived, and how it settles."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from ..learning.algorithm import Algorithm
from ..learning.update import Update
from ..model import Model, model

__all__ = ["Feedback", "Sending", "Settlement"]


@dataclass
class Sending:
    """A worker's message of its step number `step`: the update, the part that it believes and the part that truly arrived."""

    step: int
    sent: Update
    believed: Update
    arrived: Update


class Settlement:
    """Keeps one worker's state true to what the server applied, as far as the worker is told.

    What was not acknowledged is taken as lost, and put back. If it had arrived (its acknowledgement was lost) the worker
    learns so with the next acknowledgement that it hears, which repeats what the receiver has of earlier messages
    (its 40 bytes have room), and repairs by the inverse, as many of its own steps late as it has made since.
    """

    def __init__(self, algorithm: Algorithm):
        self._algorithm = algorithm
        self._doubtful: list[Sending] = []

    def __call__(self, state, sending: Sending, heard: bool):
        """The state after `sending` has ended; `heard`: whether any of its acknowledgements came through."""
        if heard:
            for earlier in self._doubtful:
                late = sending.step - earlier.step
                state = self._algorithm.settle(state, earlier.believed, earlier.arrived, late)
            self._doubtful.clear()
        state = self._algorithm.settle(state, sending.sent, sending.believed)
        if sending.believed.entries != sending.arrived.entries:
            self._doubtful.append(sending)
        return state


class Feedback(Model, family="feedback", default="ack", later=("broadcast",)):
    """Whether a worker is told which packets arrived."""

    receipts: bool

    @abstractmethod
    def settlement(self, algorithm: Algorithm) -> Settlement | None:
        """What settles a worker's messages, or None."""


@model
class AckFeedback(Feedback, name="ack"):
    """The acknowledgement frames of the transport tell; under `unreliable`, one receipt frame a message."""

    receipts = True

    def settlement(self, algorithm):
        return Settlement(algorithm)


@model
class NoFeedback(Feedback, name="none"):
    """Open loop: the worker believes that all arrived; under loss, its memory and the server's part for ever."""

    receipts = False

    def settlement(self, algorithm):
        return None

"""Messages and no mathematics: an objective that asks nothing, so that a network can be studied and checked alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated

import numpy as np

from ...errors import InputError, Problem as Mistake
from ...model import model
from ...perworker import PerWorker, PerWorkerValue
from ...rng import Streams
from ...units import SIZE, Quantity, Size
from .arrivals import Arrivals, drawn
from .objective import Objective
from .problem import Problem

__all__ = ["Messages", "Workload"]

WorkerSize = Annotated[PerWorkerValue, PerWorker(Quantity(replace(SIZE, integer=False), gt=0, le=2**40))]  # drawn: not whole


@model
class Messages(Objective, name="messages"):
    """No learner: every worker sends messages of `uplink` payload, the server answers a round with one of `downlink`.

    A message has a size and no content, so no algorithm makes it and no codec cuts it: what crosses into the network is what
    always does, a payload's size, cut into packets of the transport's room. `uplink` may be each worker's own, or drawn once
    a worker; a drawn size is rounded up to whole bytes. `downlink: 0 B` (the default): no message, the next round begins at
    once. `arrivals`: in rounds (`together`), or each worker by itself (`periodic`, `poisson`), to which nobody answers.

    Default 1 MB: of the size of what deep networks send, and many packets. Left out: content, loss that changes what is sent
    next, sizes that vary from message to message.
    """

    needs_data = False
    classifies = False
    batched = False
    knows_smoothness = False
    learns = False

    uplink: WorkerSize = "1 MB"
    downlink: Size = "0 B"
    arrivals: Arrivals = "together"

    def check(self):
        """InputError for a downlink message where there are no rounds that it could begin."""
        if self.downlink and self.arrivals.type_name != "together":
            raise InputError(Mistake(("downlink",), f"must be 0 B with {self.arrivals.type_name} arrivals, to which nobody "
                                                    f"answers, got {self.downlink // 8} B; or use arrivals: together"))

    def problem(self, samples, workers, streams):
        return Workload(self, workers, streams)

    def size(self, shape):
        return 0

    def memory(self, shape):
        return 0


class Workload(Problem):
    """What the workers will send: the problem f = 0 on R^0, with sizes and instants in the place of mathematics.

    `uplink_bits` (M,) and `downlink_bits`: payloads, whole bytes. `instants()`: as `Arrivals.instants`, from the start each time.
    """

    size = 0
    smoothness = None
    strong_convexity = 0.0
    worker_smoothness = None
    batched = False

    def __init__(self, messages: Messages, workers: int, streams: Streams):
        self.workers, self.downlink_bits = workers, messages.downlink
        self.uplink_bits = 8 * np.ceil(drawn(messages.uplink, "uplink", workers, streams) / 8).astype(np.int64)  # (M,)
        self._arrivals, self._streams = messages.arrivals, streams
        self.instants()  # what was drawn out of range is refused here

    def instants(self) -> list[Iterator[float]] | None:
        """Of each worker the instants (s) of its messages, or None where rounds say when."""
        try:
            return self._arrivals.instants(self.workers, self._streams)
        except InputError as error:
            raise error.under("arrivals") from None

    def value(self, theta: np.ndarray) -> float:
        """0, the sum of nothing."""
        return 0.0

    def gradient(self, theta: np.ndarray) -> np.ndarray:
        """(0,)."""
        return np.zeros(0)

    def gradients(self, theta: np.ndarray, workers: Sequence[int]) -> np.ndarray:
        """(len(workers), 0)."""
        return np.zeros((len(workers), 0))

    @property
    def digest(self) -> str:
        """One for all: nothing is minimised, so no minimum depends on anything."""
        return "messages"

"""The server: sends the model, waits for the workers as its policy says, makes the next model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import simpy

from ..learning.algorithm import Algorithm, Context, Fate, Outcome
from ..learning.gradients import Gradients
from ..model import Model, model
from .books import Books
from .broadcaster import Broadcaster
from .worker import Task, Worker

__all__ = ["Server", "ServerPolicy", "Synchronous"]


class ServerPolicy(Model, family="server", default="synchronous", later=("deadline", "fastest_k", "asynchronous", "buffered")):
    """When the server stops waiting, and what it does about what is missing.

    `missing`: the rule of an algorithm whose server keeps nothing of a worker (GD): `keep_last`, `zero` or `rescale`.
    """

    missing: str


@model
class Synchronous(ServerPolicy, name="synchronous"):
    """Waits until it knows of every asked worker what came of its message."""

    missing: Literal["keep_last", "zero", "rescale"] = "keep_last"


class Server:
    """The server's process. `observe(round, before, after, outcomes, entries, context)` returns whether to stop."""

    def __init__(self, env: simpy.Environment, algorithm: Algorithm, theta: np.ndarray, workers: list[Worker],
                 gradients: Gradients, broadcaster: Broadcaster, contexts: Callable[[int], Context], books: Books,
                 observe: Callable[[int, np.ndarray, np.ndarray, Mapping[int, Outcome], int, Context], bool]):
        self.env, self.algorithm, self.workers, self.gradients = env, algorithm, workers, gradients
        self.broadcaster, self.contexts, self.books, self.observe = broadcaster, contexts, books, observe
        self.state = algorithm.init_server(theta)
        self._outcomes: dict[int, Outcome] = {}
        self._entries = 0
        self._missing: set[int] = set()
        self._all_in: simpy.Event | None = None

    def run(self):
        """The process: round after round until the observer says stop."""
        round, stop = 0, False
        while not stop:
            round, began = round + 1, self.env.now
            context, theta = self.contexts(round), self.algorithm.model(self.state)
            asked = sorted(self.algorithm.select(self.state, context))
            self._expect(asked)
            self.gradients.announce(theta, asked)
            self.broadcaster.send(Task(round, theta, context), [self.workers[worker] for worker in asked])
            yield self._all_in
            outcomes = {worker: self._outcomes.get(worker, Outcome(Fate.UNSCHEDULED)) for worker in range(len(self.workers))}
            self.state = self.algorithm.server_step(self.state, outcomes, context)
            stop = self.observe(round, theta, self.algorithm.model(self.state), outcomes, self._entries, context)
            self.books.round_ends(round, self.env.now - began)

    def report(self, worker: int, outcome: Outcome, entries: int) -> None:
        """What came of a worker's message of `entries` entries, at the instant when the server knows."""
        self._outcomes[worker] = outcome
        self._entries += entries
        self._missing.discard(worker)
        if not self._missing:
            self._all_in.succeed()

    def _expect(self, asked: list[int]) -> None:
        self._outcomes, self._entries, self._missing = {}, 0, set(asked)
        self._all_in = self.env.event()
        if not asked:
            self._all_in.succeed()

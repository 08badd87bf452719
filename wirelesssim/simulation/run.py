"""A simulation: settings wired into SimPy processes, and their run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import simpy
from threadpoolctl import threadpool_limits

from ..errors import InputError, Problem
from ..learning.gradients import Gradients
from ..learning.rounds import contexts
from ..nodes.books import Books
from ..nodes.broadcaster import Broadcaster
from ..nodes.server import Server
from ..nodes.worker import Worker
from ..records import Recorder
from ..rng import Streams
from ..scenario import Settings
from .observer import Observer, Progress
from .prepare import Prepared, prepare
from .traffic import Traffic
from .wiring import Wiring

__all__ = ["Simulation", "simulate"]


class Simulation:
    """One point, wired; `run` runs it. `server` and `workers` hold the states, to be looked at afterwards.

    With `fidelity: burst` the event count grows with messages, not with packets.
    """

    def __init__(self, settings: Settings, replication: int = 0, prepared: Prepared | None = None,
                 progress: Callable[[Progress], None] | None = None):
        prepared = prepared or prepare(settings, replication)
        self.settings, self.problem = settings, prepared.problem
        if settings.stop.target is not None and settings.stop.target.error is not None and prepared.optimum is None:
            raise InputError(Problem(("stop", "target", "error"), f"must not be given, got {settings.stop.target.error:g}: the "
                                                                  "minimum f* is not known; use accuracy, or a larger l2"))
        self.env, self.recorder = simpy.Environment(), Recorder()
        self.books = Books(self.recorder)
        learning = Streams(settings.seed.learning, replication, "learning")
        theta, gradients = self.problem.start(), Gradients(self.problem)
        context_at = contexts(settings.algorithm, self.problem, settings.codec.values, settings.server.missing, learning)
        self.wiring = Wiring(self.env, settings, replication)
        self.workers = self._make_workers(theta, gradients)
        self.observer = Observer(self.env, self.problem, prepared.optimum, settings.algorithm, settings.stop, self.books,
                                 self.recorder, progress)
        self.server = Server(self.env, settings.algorithm, theta, self.workers, gradients, self._broadcaster(),
                             context_at, self.books, self.observer)

    def run(self) -> Recorder:
        """Run to the stop; then let what is still on its way arrive, until the limit of simulated time if there is one."""
        if not self.observer.done_at_start:
            self._go()
        self.books.flush(now=self.env.now)
        self.recorder.sort()
        return self.recorder

    def _go(self) -> None:
        for worker in self.workers:
            self.env.process(worker.run())
        server, limit = self.env.process(self.server.run()), self.settings.stop.simulated_time
        with np.errstate(over="ignore", invalid="ignore"):  # the guard sees what is not finite
            self.env.run(until=server if limit is None else server | self.env.timeout(limit))
            if limit is None or self.env.now < limit:
                self.env.run(until=limit)
        self.recorder.until = float(limit) if server.is_alive else self.recorder.rounds[-1].simulated_time_s

    def _make_workers(self, theta: np.ndarray, gradients: Gradients) -> list[Worker]:
        settings, times = self.settings, self.wiring.compute_times
        return [Worker(self.env, index, settings.algorithm, theta, gradients, settings.codec, settings.transport, uplink,
                       float(times[index]), settings.feedback.settlement(settings.algorithm), self._report, self.books)
                for index, uplink in enumerate(self.wiring.uplinks)]

    def _report(self, worker: int, outcome, entries: int) -> None:
        self.server.report(worker, outcome, entries)

    def _broadcaster(self) -> Broadcaster:
        settings, transport = self.settings, self.settings.transport
        model = settings.algorithm.broadcast(self.problem.start())
        message = Broadcaster.model_message(model, settings.codec, transport.room, transport.header)
        return self.wiring.broadcaster(message, self.books, self._report)


def simulate(settings: Settings, replication: int = 0, progress: Callable[[Progress], None] | None = None) -> Recorder:
    """Run one point, with one BLAS thread, so that the sums have one order whatever the machine is doing."""
    with threadpool_limits(limits=1):
        kind = Simulation if settings.objective.learns else Traffic
        return kind(settings, replication, progress=progress).run()

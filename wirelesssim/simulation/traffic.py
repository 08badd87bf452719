"""A point without a learner: messages over the same network, counted in the same tables."""

from __future__ import annotations

from collections.abc import Callable

import simpy

from ..learning.algorithm import Fate
from ..network.message import Message
from ..nodes.books import Books
from ..nodes.collector import Collector
from ..nodes.source import Source
from ..records import Recorder, RoundRow
from ..scenario import Settings
from ..scenario.settings import ROUND_LIMIT, Stop
from .observer import Progress
from .prepare import Prepared, prepare
from .wiring import Wiring

__all__ = ["Traffic"]


class Traffic:
    """One point of the objective `messages`, wired; `run` runs it, as `Simulation` does for those that learn.

    Rows of `rounds`: objective, error and accuracy are empty, no entries are sent; row k is the instant when the server knew
    what came of every worker's k-th message. `start_s` of a message is when it was ready: end_s - start_s is its delay, the
    wait at the worker and for the medium included, until the sender's part ended (its last acknowledgement). A message
    that still waits at its worker when the run ends has no row; `Recorder.waiting` counts those that were ready. One that is on
    its way has a row that ends there: at the limit of simulated time, or with the last round if it is of a later one.
    """

    def __init__(self, settings: Settings, replication: int = 0, prepared: Prepared | None = None,
                 progress: Callable[[Progress], None] | None = None):
        self.settings, self.workload = settings, (prepared or prepare(settings, replication)).problem
        self.env, self.recorder = simpy.Environment(), Recorder()
        self.books = Books(self.recorder)
        self.wiring = Wiring(self.env, settings, replication)
        self.workers = [self._source(worker) for worker in range(settings.workers)]
        self.tally = _Tally(self.env, settings.stop, self.books, self.recorder, progress)
        self.server = Collector(self.env, self.workers, self._broadcaster(), self.workload.instants(), self.books, self.tally)

    def run(self) -> Recorder:
        """Run to the stop; then let what is still on its way of its rounds end, until the limit of simulated time if there is
        one."""
        for source in self.workers:
            self.env.process(source.run())
        server, limit = self.env.process(self.server.run()), self.settings.stop.simulated_time
        self.env.run(until=server if limit is None else server | self.env.timeout(limit))
        if limit is None or self.env.now < limit:
            self.env.run(until=limit)
        self.recorder.until = float(limit) if server.is_alive else self.recorder.rounds[-1].simulated_time_s
        self.recorder.waiting = self.server.waiting
        self.books.flush(now=self.env.now)
        self.recorder.sort()
        return self.recorder

    def _source(self, worker: int) -> Source:
        settings, bits = self.settings, int(self.workload.uplink_bits[worker])
        return Source(self.env, worker, bits, settings.transport, self.wiring.uplinks[worker],
                      float(self.wiring.compute_times[worker]), settings.feedback.receipts, self._report, self.books)

    def _report(self, worker: int, round: int, fate: Fate) -> None:
        self.server.report(worker, round, fate)

    def _broadcaster(self):
        """The server's transmitter; None where it sends nothing."""
        if not self.workload.downlink_bits:
            return None
        transport = self.settings.transport
        message = Message.opaque(None, 0, self.workload.downlink_bits, transport.room, transport.header)
        return self.wiring.broadcaster(message, self.books, lambda worker, outcome, entries: self.server.unreached(worker))


class _Tally:
    """Records a row a round, and says when to stop."""

    def __init__(self, env: simpy.Environment, stop: Stop, books: Books, recorder: Recorder,
                 progress: Callable[[Progress], None] | None):
        self.env, self.stop, self.books, self.recorder, self.progress = env, stop, books, recorder, progress
        self(0, [])

    def __call__(self, round: int, fates: list[Fate]) -> bool:
        """Record round `round`; whether to stop."""
        counts = (fates.count(fate) for fate in (Fate.DELIVERED, Fate.SILENT, Fate.LOST, Fate.LATE, Fate.UNSCHEDULED))
        self.recorder.rounds.append(RoundRow(
            round, float(self.env.now), None, None, None, *self.books.uplink(), self.books.downlink_bits, None, 0, *counts))
        if self.progress and round:
            self.progress(Progress(round, self.stop.rounds, float(self.env.now), None))
        limit = self.stop.simulated_time
        return round >= (self.stop.rounds or ROUND_LIMIT) or limit is not None and self.env.now >= limit

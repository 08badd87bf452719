"""A server without a learner: it calls for messages, or listens to those that come by themselves, and counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import simpy

from ..learning.algorithm import Fate
from .books import Books
from .broadcaster import Broadcaster
from .source import Call, Source

__all__ = ["Collector"]


class Collector:
    """The server's process. `observe(round, fates)` returns whether to stop.

    Round k is over when the server knows what came of the k-th message of every worker. Without `instants` it is the server
    that begins a round, by its message, or by nothing that takes time where there is no `broadcaster`; with `instants` (an
    iterator a worker, s) each worker's messages come by themselves, and a round is no more than a row of the tables: the
    slowest worker ends it. When the last round is over nobody begins another message: `waiting` are those that were ready, and
    what is on its way of later rounds is in flight, so booked as it stands then.
    """

    def __init__(self, env: simpy.Environment, sources: Sequence[Source], broadcaster: Broadcaster | None,
                 instants: Sequence[Iterator[float]] | None, books: Books, observe: Callable[[int, list[Fate]], bool]):
        self.env, self.sources, self.broadcaster, self.instants = env, sources, broadcaster, instants
        self.books, self.observe, self.over = books, observe, False
        self._fates: dict[int, list[Fate]] = defaultdict(list)
        self._awaited, self._complete = 0, env.event()
        self._dropped = 0

    def run(self):
        """The process: round after round until the observer says stop."""
        for source, instants in zip(self.sources, self.instants or ()):
            self.env.process(self._clock(source, instants))
        round, stop = 0, False
        while not stop:
            round, began = round + 1, self.env.now
            known = self._known(round)
            if self.instants is None:
                self._call(Call(round))
            yield known
            stop = self.observe(round, self._fates.pop(round))
            self.books.round_ends(round, self.env.now - began if self.instants is None else 0.0)
        self._end(round)

    def report(self, worker: int, round: int, fate: Fate) -> None:
        """What came of a worker's message, at the instant when the server knows."""
        self._fates[round].append(fate)
        if round == self._awaited and len(self._fates[round]) == len(self.sources):
            self._complete.succeed()

    def unreached(self, worker: int) -> None:
        """The message that begins the awaited round did not reach `worker`, which will send nothing in it."""
        self.report(worker, self._awaited, Fate.LOST)

    def _known(self, round: int) -> simpy.Event:
        """An event that happens when the server knows all of `round`."""
        self._awaited, self._complete = round, self.env.event()
        if len(self._fates[round]) == len(self.sources):
            self._complete.succeed()
        return self._complete

    def _call(self, call: Call) -> None:
        if self.broadcaster is not None:
            self.broadcaster.send(call, self.sources)
            return
        for source in self.sources:
            source.inbox.put(call)

    def _clock(self, source: Source, instants: Iterator[float]):
        """The process that gives `source` its messages."""
        for number, instant in enumerate(instants, start=1):
            yield self.env.timeout(max(0.0, instant - self.env.now))
            if self.over:
                return
            source.inbox.put(Call(number, since=self.env.now))

    @property
    def waiting(self) -> int:
        """Messages that came by themselves, and were ready and not begun when the last round ended, or are so now."""
        return self._dropped if self.over else sum(source.waiting for source in self.sources)

    def _end(self, last: int) -> None:
        """What waits at a source is dropped; what is on its way of the rounds up to `last` goes on in the books, too."""
        self._dropped, self.over = self.waiting, True
        for source in self.sources:
            source.stop()
        self.books.cut(last, self.env.now)

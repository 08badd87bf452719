"""A trial of a method: rounds in which packets are lost, receipts come late or never, and workers settle in any order."""

from __future__ import annotations

import copy
import dataclasses
from dataclasses import dataclass

import numpy as np

from ..algorithm import Algorithm, Context, Fate, Outcome
from ..gradients import Gradients
from ..rounds import contexts
from ..update import Update
from ..values import ValueFormat
from .states import Watched, same

__all__ = ["Chance", "Trial"]


@dataclass(frozen=True)
class Chance:
    """How likely it is that an entry is `loss`t, that a worker is `deaf` to a receipt, and that a receipt is `late`."""

    loss: float = 0.0
    deaf: float = 0.0
    late: float = 0.0


@dataclass
class _Message:
    """What a worker sent in its step number `step`, what it believes arrived, and what did; its receipt is `due` in a round."""

    worker: int
    step: int
    sent: Update
    believed: Update
    arrived: Update
    heard: bool
    due: int


class Trial:
    """`algorithm` on `problem`, one `round()` after the other; each call checks what must hold of it."""

    def __init__(self, algorithm: Algorithm, problem, values: ValueFormat, chance: Chance, missing: str = "keep_last", prox=None):
        self.algorithm, self.problem, self.chance, self.prox = algorithm, problem, chance, prox
        self._context_at = contexts(algorithm, problem, values, missing)
        self._random, self._gradients, self.number = np.random.default_rng(11), Gradients(problem), 0
        self.theta = problem.start()
        self.server = algorithm.init_server(self.theta)
        self.workers = [algorithm.init_worker(self.theta) for _ in range(problem.workers)]
        self._steps = [0] * problem.workers
        self._waiting: list[_Message] = []  # whose receipts are not in: their workers do not step
        self._doubtful: list[_Message] = []  # taken for lost, and arrived
        self._models, self._updates = [(self.theta, self.theta.copy())], []  # what was handed over, and what it was then
        self._virtual = self.theta.copy()  # theta^0 - alpha SUM_k SUM_m g_m; None once some worker did not step

    def round(self) -> None:
        """One server step."""
        self.number += 1
        context = self._context_at(self.number)
        if self.prox:
            context = dataclasses.replace(context, prox=self.prox)
        asked = self._asked(context)
        self._settle([message for message in self._waiting if message.due <= self.number])
        outcomes = {worker: Outcome(Fate.UNSCHEDULED) for worker in range(self.problem.workers)}
        stepped = 0
        for worker in self._random.permutation(asked).tolist():
            if any(message.worker == worker for message in self._waiting):
                outcomes[worker] = Outcome(Fate.LATE)
            else:
                outcomes[worker], stepped = self._turn(worker, context), stepped + 1
        if stepped < self.problem.workers:
            self._virtual = None
        self._serve(outcomes, context)
        self._settle([message for message in self._waiting if message.due == self.number])

    def _asked(self, context: Context) -> list[int]:
        asked = [int(worker) for worker in self.algorithm.select(self.server, context)]
        assert len(set(asked)) == len(asked) and all(0 <= worker < self.problem.workers for worker in asked), \
            f"select must name workers 0 to {self.problem.workers - 1}, each once, got {asked}"
        return asked

    def _turn(self, worker: int, context: Context) -> Outcome:
        """A worker's step, and the fate of what it sent."""
        sent = self._step(worker, context)
        if not self.algorithm.speaks(worker, context):
            assert sent.silent, "a worker that may not speak in this round (`speaks`) must not send"
            return Outcome(Fate.UNSCHEDULED)
        arrived = sent.take(self._random.random(sent.entries) >= self.chance.loss) if self.chance.loss else sent
        heard = self._random.random() >= self.chance.deaf
        believed = arrived if heard else arrived.take(self._random.random(arrived.entries) < 0.5)
        late = self._random.integers(1, 4) if self._random.random() < self.chance.late else 0
        if self.number % 4 == 1:
            self._check_settling(self.workers[worker], sent)
        self._waiting.append(_Message(worker, self._steps[worker], sent, believed, arrived, heard, self.number + int(late)))
        if sent.silent:
            return Outcome(Fate.SILENT)
        return Outcome(Fate.LOST) if arrived.silent else Outcome.delivered(arrived)

    def _step(self, worker: int, context: Context) -> Update:
        state = self.workers[worker]
        rest = [other for other in self.workers if other is not state]
        twin, others = copy.deepcopy(state), copy.deepcopy((rest, self.server))
        oracles = [Watched(self._gradients.of(worker, self.algorithm, context)) for _ in range(2)]
        sent, after = self.algorithm.worker_step(state, self.theta, oracles[0], context)
        _check_update(sent, self.problem.size, context.values)
        self._updates.append((sent, copy.deepcopy(sent)))
        self._check_models()
        assert same((rest, self.server), others), "worker_step must not change another worker's state, nor the server's"
        again, _ = self.algorithm.worker_step(twin, self.theta, oracles[1], context)
        assert same(again, sent), "worker_step must be a function of its arguments: draw from context.random alone"
        calls, said = oracles[0].calls, self.algorithm.evaluations
        assert calls <= said, f"worker_step asked for {calls} gradients; `evaluations`, for which time is charged, says {said}"
        self.workers[worker] = after
        self._steps[worker] += 1
        if self._virtual is not None and calls:
            self._virtual -= context.alpha * oracles[0].last
        return sent

    def _check_settling(self, state, sent: Update) -> None:
        """Clause 3, on copies: `state` may be changed in place."""
        settle, kept, mine = self.algorithm.settle, copy.deepcopy(state), copy.deepcopy(state)
        half, quarter = (sent.take(self._random.random(sent.entries) < part) for part in (0.5, 0.25))
        mine = settle(settle(mine, sent, sent), sent, dataclasses.replace(sent, values=sent.values.copy()))
        assert same(mine, kept), "settle(state, sent, sent) must change nothing"
        rounding = 1e-12 if self.theta.dtype == np.float64 else 1e-4
        for late in (0, 3):
            mine = settle(settle(mine, sent, half, late), half, sent, late)
            assert same(mine, kept, rounding), "settling must be invertible: settle(settle(s, a, b), b, a) is s"
            twice = settle(settle(copy.deepcopy(kept), sent, half, late), half, quarter, late)
            once = settle(copy.deepcopy(kept), sent, quarter, late)
            assert same(twice, once, rounding), "settling must be additive: settle(settle(s, a, b), b, c) is settle(s, a, c)"

    def _serve(self, outcomes: dict[int, Outcome], context: Context) -> None:
        twin, kept = copy.deepcopy(self.server), copy.deepcopy(self.workers)
        backwards = {worker: outcomes[worker] for worker in sorted(outcomes, reverse=True)}
        again = self.algorithm.model(self.algorithm.server_step(twin, backwards, context))
        self.server = self.algorithm.server_step(self.server, outcomes, context)
        self.theta = self.algorithm.model(self.server)
        size = self.problem.size
        assert np.shape(self.theta) == (size,), f"model(state) must be (d,) = ({size},), got {np.shape(self.theta)}"
        self._models.append((self.theta, self.theta.copy()))
        self._check_models()
        assert same(self.workers, kept), "server_step must not change a worker's state"
        assert same(again, self.theta), ("server_step must be a function of its arguments, and sum in order of worker index, "
                                         "whatever the order of `outcomes`")
        for sent, was in self._updates[-len(outcomes):]:
            _check_untouched(sent, was)

    def _settle(self, messages: list[_Message]) -> None:
        """The receipts of `messages` come in, in any order; one that is heard tells of earlier ones too."""
        for place in self._random.permutation(len(messages)):
            message, settle = messages[place], self.algorithm.settle
            state, worker = self.workers[message.worker], message.worker
            if message.heard:
                for earlier in [one for one in self._doubtful if one.worker == worker]:
                    state = settle(state, earlier.believed, earlier.arrived, self._steps[worker] - earlier.step)
                    self._doubtful.remove(earlier)
            self.workers[worker] = settle(state, message.sent, message.believed)
            self._waiting.remove(message)
            if message.believed.entries != message.arrived.entries:
                self._doubtful.append(message)

    def settle_all(self) -> None:
        """Every receipt comes in, and what was in doubt is repaired, however late."""
        self._settle(list(self._waiting))
        for message in self._doubtful:
            late = self._steps[message.worker] - message.step
            self.workers[message.worker] = self.algorithm.settle(
                self.workers[message.worker], message.believed, message.arrived, late)
        self._doubtful.clear()

    def check_laws(self) -> None:
        """Clauses 4 and 5, when all is settled."""
        self._agree()
        owed = [self.algorithm.owed(state, self._context_at(self.number)) for state in self.workers]
        if self._virtual is None or self.prox or owed[0] is None or self.algorithm.decay.type_name != "constant":
            return
        apart = np.abs(self.theta - sum(owed) - self._virtual).max()
        scale = max(np.abs(vector).max() for vector in (self.theta, self._virtual, *owed))
        assert apart <= 1e-9 * scale, (
            f"after round {self.number}, settled, theta - SUM owed is not theta^0 - alpha SUM of the gradients: "
            "`settle` or `worker_step` forgets something of the error memory, or keeps it twice")

    def _agree(self) -> None:
        held, mirrors = self.algorithm.aggregate(self.server), [self.algorithm.mirror(state) for state in self.workers]
        if held is None:
            assert all(mirror is None for mirror in mirrors), "workers mirror what a server without aggregate does not hold"
            return
        said = "mirror(state) must say what the server's aggregate holds of a worker"
        assert not any(mirror is None for mirror in mirrors), said
        scale = max(1e-12, max(np.abs(mirror).max() for mirror in mirrors))
        assert np.abs(held - sum(mirrors)).max() <= 1e-9 * scale, (
            f"after round {self.number}, settled, the server's aggregate is not the sum of the workers' mirrors: check `settle`, "
            "and that both sides use what the receiver decodes")

    def _check_models(self) -> None:
        for model, was in self._models:
            assert np.array_equal(model, was, equal_nan=True), "a model vector was changed in place"

    def check_kept(self) -> None:
        """Nothing that was ever handed over has changed since."""
        self._check_models()
        for sent, was in self._updates:
            _check_untouched(sent, was)


def _check_untouched(sent: Update, was: Update) -> None:
    assert same(sent, was), "an Update was changed after it was sent: it must not share its arrays with a state"


def _check_update(update: Update, size: int, values: ValueFormat) -> None:
    assert isinstance(update, Update), f"worker_step must return an Update first, got {type(update).__name__}"
    assert update.size == size, f"the update must have the model's size {size}, got {update.size}"
    where = update.positions()
    assert len(where) == update.entries, "indices and values must have the same length"
    assert update.silent or (where.min() >= 0 and where.max() < size), "indices must lie in [0, d)"
    assert (np.diff(where) > 0).all(), "indices must be strictly increasing"
    assert np.isfinite(update.values).all(), "values must be finite on a well-behaved problem"
    decoded = update.grid.holds(update.values) if update.grid else np.array_equal(values.round(update.values), update.values)
    assert decoded, "values must be what the receiver decodes: make them with context.values.update before the state is updated"

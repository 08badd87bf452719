"""The interface of every distributed optimisation method: no clock, no bits, no node.

A round: the server `select`s workers; each takes a `worker_step` on the model that it has and makes an `Update`; what
came of it reaches the server as an `Outcome`; `server_step` makes the next model. `settle` is the one place where loss
touches learning: it puts back what did not arrive. State is a value that the caller owns; a step may reuse the buffers
of the state that it was given. Model vectors (`theta`) and updates are never changed in place: whoever holds one may keep it.

The conformance law (`contracts.algorithm.check_algorithm`): after any loss, order and delay, the server's aggregate equals
the sum of the workers' `mirror`s, and settle(step(C), sent, received) equals the step with the compressor's output := received.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar

import numpy as np

from ..errors import InputError, Problem
from ..model import Model
from ..units import Count, Relative, StepSize
from .decay import Decay
from .grid import Grid
from .participation import Participation
from .update import Update
from .values import ValueFormat

__all__ = ["Algorithm", "Context", "Fate", "Outcome"]


class Fate(Enum):
    """What came of a worker's turn, four facts that the server may not confuse with one another or with delivery."""

    DELIVERED = "delivered"  # some or all packets arrived
    SILENT = "silent"  # the worker said that it has nothing to send
    LOST = "lost"  # it sent, and nothing arrived
    LATE = "late"  # not there by the server's deadline
    UNSCHEDULED = "unscheduled"  # not asked this round


@dataclass(frozen=True)
class Outcome:
    """A worker's turn as the server sees it: its fate and, if delivered, the part that arrived."""

    fate: Fate
    update: Update | None = None

    @classmethod
    def delivered(cls, update: Update) -> Outcome:
        """`update` (all of it, or the packets that arrived) is at the server."""
        return cls(Fate.DELIVERED, update)


@dataclass(frozen=True)
class Context:
    """What a method may know in one round, the same for all workers.

    `alpha` absolute step size of this round; `workers` M; `smoothness` L of f or None; `worker_smoothness` L_m (M,) and
    `coordinate_smoothness` (d,) bounds on the diagonal of f's Hessian, or None (filled for methods that set
    `needs_worker_smoothness`, `needs_coordinate_smoothness`); `weights` w_m (M,) in f = SUM w_m F_m; `round` k = 1, 2, …;
    `values` the wire's format; `missing` what a method without memory at the server does about coordinates that did not
    arrive; `xi_scale` a factor on thresholds that a radio-aware policy sets; `random(purpose, …)` a generator of this round
    for a purpose and whatever else names it (a worker, a call); `prox(theta, alpha)` of f's non-smooth part, or None.
    """

    alpha: float
    workers: int
    smoothness: float | None = None
    worker_smoothness: np.ndarray | None = None
    coordinate_smoothness: np.ndarray | None = None
    weights: np.ndarray | None = None
    round: int = 1
    values: ValueFormat = ValueFormat(64)
    missing: str = "keep_last"
    xi_scale: float = 1.0
    random: Callable[..., np.random.Generator] | None = None
    prox: Callable[[np.ndarray, float], np.ndarray] | None = None
    _shared: dict[Hashable, tuple] = field(default_factory=dict, repr=False, compare=False)

    def once(self, purpose: str, inputs: Sequence[np.ndarray], compute: Callable[[], Any]) -> Any:
        """`compute()`, made once a round for all workers that hold the same `inputs` (compared by identity)."""
        key = (purpose, *map(id, inputs))
        if key not in self._shared:
            self._shared[key] = (compute(), tuple(inputs))  # holding the inputs keeps their ids theirs
        return self._shared[key][0]

    def move(self, theta: np.ndarray, step: np.ndarray) -> np.ndarray:
        """theta - step, then the proximal operator of f's non-smooth part for this round's alpha, if there is one; (d,)."""
        moved = theta - step
        return moved if self.prox is None else self.prox(moved, self.alpha)

    def descend(self, theta: np.ndarray, direction: np.ndarray) -> np.ndarray:
        """`move` by alpha times `direction` (d,): what every server ends its step with."""
        return self.move(theta, self.alpha * direction)


@dataclass(frozen=True, kw_only=True)
class Algorithm(Model, family="algorithm"):
    """A distributed optimisation method; see the module's text for the order of calls.

    Fields of all methods: `step_size` alpha, absolute or relative to L; `decay` of it with the rounds; `batch`: samples in a
    worker's gradient, drawn anew for each (all, unless said); `participation`: who may send in a round. A standard-library
    dataclass, so that leaves inherit the fields; pydantic checks them there.

    `accumulates`: an unscheduled worker can keep what it would have sent. `selects`: the method itself chooses whom it asks,
    so that `participation` must be full. `worker_vectors`, `server_vectors`: arrays of the model's size that a worker holds,
    and that the server holds for each worker (what memory is estimated from). `dense`: every update states all coordinates,
    and so holds no indices.
    """

    step_size: StepSize = "0.5/L"
    decay: Decay = "constant"
    batch: Count | None = None
    participation: Participation = "full"

    needs_worker_smoothness: ClassVar[bool] = False
    needs_coordinate_smoothness: ClassVar[bool] = False
    accumulates: ClassVar[bool] = False
    selects: ClassVar[bool] = False
    dense: ClassVar[bool] = False
    worker_vectors: ClassVar[int] = 2
    server_vectors: ClassVar[int] = 1

    def check(self):
        if not isinstance(getattr(self, "step_size", None), Relative):
            raise InputError(Problem(("step_size",), 'is a field that every algorithm states: `step_size: StepSize = "0.5/L"`'))
        if self.selects and self.participation.type_name != "full":
            raise InputError(Problem(("participation",), f"must be full for {self.type_name}, which itself chooses whom it asks, "
                                                         f"got {self.participation.type_name!r}"))
        if self.participation.absent == "accumulate" and not self.accumulates:
            raise InputError(Problem(("participation", "absent"), f"must be freeze for {self.type_name}, which has no error "
                                                                  "memory to accumulate in, got 'accumulate'"))

    @property
    def evaluations(self) -> int:
        """Gradients that a worker computes in a round in which it is asked; computing time is charged for each."""
        return 1

    @property
    def wire_grid(self) -> Grid | None:
        """The grid, but for its scale, of an update that brings its own; None where values travel in the codec's format.

        By it what a message's entry takes is known before a run.
        """
        return None

    def fits(self, size: int) -> None:
        """InputError, of a key under `algorithm`, where the method as it is set is not one for a model in R^size."""

    def broadcast(self, theta: np.ndarray) -> Update:
        """What the server sends so that a worker has `theta` (d,): what it costs, as the downlink counts it."""
        return Update(theta.size, None, theta)

    @abstractmethod
    def init_worker(self, theta: np.ndarray) -> Any:
        """A worker's state before the first round; `theta` (d,) is the starting model."""

    @abstractmethod
    def worker_step(self, state: Any, theta: np.ndarray, gradient: Callable[[np.ndarray], np.ndarray],
                    context: Context) -> tuple[Update, Any]:
        """The update to send from model `theta` (d,), and the next state.

        `gradient(theta)` is grad f_m, (d,); it is a `gradients.Oracle`, which also knows its worker, samples and weight.
        """

    @abstractmethod
    def init_server(self, theta: np.ndarray) -> Any:
        """The server's state before the first round."""

    @abstractmethod
    def server_step(self, state: Any, outcomes: Mapping[int, Outcome], context: Context) -> Any:
        """The next state from what arrived; sums run in order of worker index."""

    @abstractmethod
    def model(self, state: Any) -> np.ndarray:
        """theta (d,) of a server state."""

    def select(self, state: Any, context: Context) -> Sequence[int]:
        """The workers that get the model this round: those of `participation`, unless the method itself chooses."""
        return self.participation.asked(context)

    def speaks(self, worker: int, context: Context) -> bool:
        """Whether an asked worker may send in this round; what it would have sent is otherwise its own affair."""
        return self.participation.absent == "freeze" or worker in self.participation.chosen(context)

    def settle(self, state: Any, sent: Update, received: Update, steps_late: int = 0) -> Any:
        """The state as if the compressor's output had been `received`; additive and invertible; identity if equal.

        `steps_late`: how many steps this worker has made since the one that made `sent`, each from a state that was still
        wrong; where everybody steps in every round, the server steps since it applied `received`. Server steps that a
        frozen worker sat out do not count: the server used its own, true memory. Nothing, for a method without state.
        """
        return state

    def mirror(self, state: Any) -> np.ndarray | None:
        """What the server must hold of this worker, (d,), or None where it holds nothing."""
        return None

    def aggregate(self, state: Any) -> np.ndarray | None:
        """The server's sum of what it holds of the workers, (d,), or None."""
        return None

    def owed(self, state: Any, context: Context) -> np.ndarray | None:
        """What this worker still owes the server of its steps so far, (d,), or None for a method without an error memory.

        In the units of a step (alpha e where gradients are remembered, e where steps are): with it the virtual iterate
        theta - SUM_m owed descends along the workers' own gradients, t^{k+1} = t^k - alpha SUM_m g_m, while everybody steps,
        alpha is constant and f is smooth. What the contract knows of such a memory, of which the server holds nothing.
        """
        return None

    @classmethod
    def usual_step(cls) -> str:
        """The default of `step_size`, as in a scenario."""
        return str(cls.__dataclass_fields__["step_size"].default)

    def divergence_hint(self, context: Context) -> str:
        """What most likely made it diverge, in the method's own parameters."""
        relative = f", alpha*L = {context.alpha * context.smoothness:.4g}" if context.smoothness else ""
        return f"step size alpha = {context.alpha:.4g}{relative}; try a smaller step_size (unless said: {self.usual_step()})"

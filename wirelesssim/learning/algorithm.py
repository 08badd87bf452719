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
from typing import Any

import numpy as np

from ..errors import InputError, Problem
from ..model import Model
from ..units import Relative, StepSize
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

    `alpha` absolute step size; `workers` M; `smoothness` L of f or None; `worker_smoothness` L_m (M,) or None (filled for
    methods that set `needs_worker_smoothness`); `round` k = 1, 2, …; `values` the wire's format; `missing` what a
    method without memory at the server does about coordinates that did not arrive; `xi_scale` a factor on thresholds
    that a radio-aware policy sets; `random(worker)` a generator for this round and worker.
    """

    alpha: float
    workers: int
    smoothness: float | None = None
    worker_smoothness: np.ndarray | None = None
    round: int = 1
    values: ValueFormat = ValueFormat(64)
    missing: str = "keep_last"
    xi_scale: float = 1.0
    random: Callable[[int], np.random.Generator] | None = None
    _shared: dict[Hashable, tuple] = field(default_factory=dict, repr=False, compare=False)

    def once(self, purpose: str, inputs: Sequence[np.ndarray], compute: Callable[[], Any]) -> Any:
        """`compute()`, made once a round for all workers that hold the same `inputs` (compared by identity)."""
        key = (purpose, *map(id, inputs))
        if key not in self._shared:
            self._shared[key] = (compute(), tuple(inputs))  # holding the inputs keeps their ids theirs
        return self._shared[key][0]


class Algorithm(Model, family="algorithm", later=(
        "no_state", "sgd_sec", "qsgd_sec", "cgd", "chb", "lag_wk", "lag_ps", "laq", "cyc_iag", "nounif_iag", "qgd", "qsgd",
        "top_j", "rand_j", "diana", "ef21", "ef_signsgd", "signsgd", "fedavg", "fedprox")):
    """A distributed optimisation method; see the module's text for the order of calls."""

    step_size: StepSize  # every method has one; leaves set its default
    needs_worker_smoothness = False

    def check(self):
        if not isinstance(getattr(self, "step_size", None), Relative):
            raise InputError(Problem(("step_size",), 'is a field that every algorithm states: `step_size: StepSize = "0.5/L"`'))

    @abstractmethod
    def init_worker(self, theta: np.ndarray) -> Any:
        """A worker's state before the first round; `theta` (d,) is the starting model."""

    @abstractmethod
    def worker_step(self, state: Any, theta: np.ndarray, gradient: Callable[[np.ndarray], np.ndarray],
                    context: Context) -> tuple[Update, Any]:
        """The update to send from model `theta` (d,), and the next state; `gradient(theta)` is grad f_m, (d,)."""

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
        """The workers that are asked this round; all of them, unless the method says otherwise."""
        return range(context.workers)

    def settle(self, state: Any, sent: Update, received: Update, steps_late: int = 0) -> Any:
        """The state as if the compressor's output had been `received`; additive and invertible; identity if equal.

        `steps_late` server steps were made since the one that applied `received`. Nothing, for a method without state.
        """
        return state

    def mirror(self, state: Any) -> np.ndarray | None:
        """What the server must hold of this worker, (d,), or None where it holds nothing."""
        return None

    def aggregate(self, state: Any) -> np.ndarray | None:
        """The server's sum of what it holds of the workers, (d,), or None."""
        return None

    def divergence_hint(self, context: Context) -> str:
        """What most likely made it diverge, in the method's own parameters."""
        relative = f", alpha*L = {context.alpha * context.smoothness:.4g}" if context.smoothness else ""
        return f"step size alpha = {context.alpha:.4g}{relative}; try a smaller step_size (0.5/L is the default)"

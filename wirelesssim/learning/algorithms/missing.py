"""The rules of methods whose server keeps nothing of a worker: what stands for the coordinates that did not arrive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from ..algorithm import Context, Outcome
from ..update import Update
from .received import arrived

__all__ = ["MemorylessMethod", "MemorylessServer", "weighted_sum"]


@dataclass(frozen=True)
class MemorylessServer:
    """theta (d,) and, under `keep_last`, what was last known of each worker, (d,) each."""

    theta: np.ndarray
    last: dict[int, np.ndarray] = field(default_factory=dict)


def weighted_sum(state: MemorylessServer, outcomes: Mapping[int, Outcome], members: Iterable[int], rule: str,
                 weights: Sequence[float] | None = None) -> np.ndarray:
    """SUM over `members` of a_m u_m, (d,), where coordinates that did not arrive are as `rule` says; a = 1 unless given.

    Coordinate by coordinate: `keep_last` takes the last value that arrived of this worker (zero before the first; costs M d
    numbers at the server); `zero` takes zero; `rescale` multiplies what arrived by SUM of all members' weights / SUM of the
    weights of whom it arrived (zero if of none). Sums run in order of worker index. `state.last` is changed in place.
    """
    share = {worker: 1.0 if weights is None else float(weights[worker]) for worker in sorted(members)}
    return _RULES[rule](state, {worker: outcomes[worker] for worker in share}, share)


def _keep_last(state: MemorylessServer, outcomes, share) -> np.ndarray:
    for worker, update in arrived(outcomes):
        state.last[worker] = _overwrite(state.last.get(worker), update)
    total = np.zeros_like(state.theta)
    for worker, weight in share.items():
        if worker in state.last:
            total += state.last[worker] if weight == 1.0 else weight * state.last[worker]
    return total


def _overwrite(old: np.ndarray | None, update: Update) -> np.ndarray:
    """What was last known with what arrived written over it; the update's own array when all of it arrived."""
    if update.indices is None:
        return update.values
    new = np.zeros(update.size, dtype=update.values.dtype) if old is None else old.copy()
    new[update.indices] = update.values
    return new


def _zero(state: MemorylessServer, outcomes, share) -> np.ndarray:
    total = np.zeros_like(state.theta)
    for worker, update in arrived(outcomes):
        update.add_to(total, share[worker])
    return total


def _rescale(state: MemorylessServer, outcomes, share) -> np.ndarray:
    heard = np.zeros_like(state.theta)
    for worker, update in arrived(outcomes):
        heard[slice(None) if update.indices is None else update.indices] += share[worker]
    factor = np.divide(sum(share.values()), heard, out=np.zeros_like(heard), where=heard > 0)
    return _zero(state, outcomes, share) * factor


_RULES = {"keep_last": _keep_last, "zero": _zero, "rescale": _rescale}


class MemorylessMethod:
    """The calls of `Algorithm` for a method whose worker has no state and sends its gradient, and whose server sums them.

    theta <- theta - alpha SUM_m u_m over all M workers, what is missing by the rule of `context.missing`. To this server an
    unscheduled worker's coordinates are missing too: under `keep_last` its last gradient stands in, as in the incremental
    aggregated gradient method; under `zero` the step is shorter; under `rescale` it is unbiased if workers are drawn uniformly.
    """

    dense: ClassVar[bool] = True
    worker_vectors: ClassVar[int] = 0

    def init_worker(self, theta):
        return None

    def worker_step(self, state, theta, gradient, context):
        return self.encoded(gradient(theta), gradient.worker, context), state

    def encoded(self, vector: np.ndarray, worker: int, context: Context) -> Update:
        """The update that states all of `vector` (d,), the worker's gradient, as the wire carries it."""
        return context.values.update(len(vector), None, vector)

    def init_server(self, theta):
        return MemorylessServer(theta)

    def server_step(self, state: MemorylessServer, outcomes, context: Context) -> MemorylessServer:
        total = weighted_sum(state, outcomes, outcomes, context.missing)
        return MemorylessServer(context.descend(state.theta, total), state.last)

    def model(self, state: MemorylessServer) -> np.ndarray:
        return state.theta

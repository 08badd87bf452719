"""What methods share whose workers take several steps of their own between two messages."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from ..algorithm import Fate
from .missing import MemorylessServer, weighted_sum

__all__ = ["LocalStepsMethod"]


class LocalStepsMethod(ABC):
    """The calls of `Algorithm` for E local steps and a weighted mean: a leaf adds `local_steps` and `direction`.

    Worker, from x = theta^k, E times: x <- x - alpha `direction`(x, grad F_m(x)), F_m = f_m/w_m the worker's own mean loss;
    it sends the change u_m = x - theta^k, (d,). Server: theta^{k+1} = theta^k + SUM_{m in S} w_m u_m / SUM_{m in S} w_m over
    the scheduled workers S, then the proximal step of f's non-smooth part for E alpha, since E steps went without.

    Whoever was not scheduled is left out and the weights are those of S alone. What a scheduled worker sent and did not
    arrive is as `server.missing` says, coordinate by coordinate: `keep_last` takes the worker's last change that arrived (zero
    before the first; M d numbers at the server); `zero` takes no change, weights unaltered; `rescale` takes the weighted
    mean over those of whom it arrived (no change if of none). Worker and server hold nothing of each other: nothing settles.
    """

    worker_vectors: ClassVar[int] = 1  # the local model

    @abstractmethod
    def direction(self, gradient: np.ndarray, local: np.ndarray, theta: np.ndarray, context) -> np.ndarray:
        """What a local step descends along at x = `local`, from grad F_m(x) and the round's model `theta`; all (d,)."""

    @property
    def evaluations(self) -> int:
        """E gradients a round."""
        return self.local_steps

    def init_worker(self, theta):
        return None

    def worker_step(self, state, theta, gradient, context):
        local = theta
        for _ in range(self.local_steps if gradient.weight else 0):  # no samples: no loss to descend, and no weight
            local = local - context.alpha * self.direction(gradient(local) / gradient.weight, local, theta, context)
        return context.values.update(theta.size, None, local - theta), state

    def init_server(self, theta):
        return MemorylessServer(theta)

    def server_step(self, state, outcomes, context):
        scheduled = [worker for worker in outcomes if outcomes[worker].fate is not Fate.UNSCHEDULED]
        whole = sum(float(context.weights[worker]) for worker in sorted(scheduled))
        change = weighted_sum(state, outcomes, scheduled, context.missing, context.weights)
        if whole:
            change /= whole
        travelled = dataclasses.replace(context, alpha=self.local_steps * context.alpha)
        return MemorylessServer(travelled.move(state.theta, -change), state.last)

    def model(self, state):
        return state.theta

    def divergence_hint(self, context):
        """The step size against the workers' own curvatures, and the number of local steps."""
        return (f"{super().divergence_hint(context)}; local steps descend F_m = f_m/w_m, which may curve more than f: alpha must "
                f"be below 2/L(F_m) for every worker; local_steps = {self.local_steps}")

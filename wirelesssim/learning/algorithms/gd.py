"""Gradient descent: every worker sends its whole gradient every round."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..model import model
from ..units import StepSize
from .algorithm import Algorithm, Fate
from .update import Update

__all__ = ["GradientDescent"]


@dataclass(frozen=True)
class GradientServer:
    """theta (d,) and, under `keep_last`, the last gradient known of each worker, (d,) each."""

    theta: np.ndarray
    last: dict[int, np.ndarray] = field(default_factory=dict)


@model
class GradientDescent(Algorithm, name="gd"):
    """Distributed gradient descent: theta <- theta - alpha SUM_m grad f_m(theta).

    The server keeps nothing of a worker between rounds, so a coordinate that does not arrive needs a rule,
    `context.missing`, applied coordinate by coordinate: `keep_last` uses the last value that arrived (zero before the
    first; costs M d numbers at the server), `zero` takes it for zero, `rescale` multiplies what arrived by
    M / (number of workers of whom it arrived). With constant steps only `keep_last` converges under loss.

    Default step: 1/(2L), the default of the whole family, so that a comparison is one of what is sent.
    """

    step_size: StepSize = "0.5/L"

    def init_worker(self, theta):
        return None

    def worker_step(self, state, theta, gradient, context):
        return Update(len(theta), None, context.values.round(gradient(theta))), state

    def init_server(self, theta):
        return GradientServer(theta)

    def server_step(self, state, outcomes, context):
        total = _RULES[context.missing](state, outcomes)
        return GradientServer(state.theta - context.alpha * total, state.last)

    def model(self, state):
        return state.theta


def _keep_last(state: GradientServer, outcomes) -> np.ndarray:
    total = np.zeros_like(state.theta)
    for worker in sorted(outcomes):
        outcome = outcomes[worker]
        if outcome.fate is Fate.DELIVERED:
            state.last[worker] = _overwrite(state.last.get(worker), outcome.update)
        if worker in state.last:
            total += state.last[worker]
    return total


def _overwrite(old: np.ndarray | None, update: Update) -> np.ndarray:
    """The last known gradient with what arrived written over it; the update's own array when all of it arrived."""
    if update.indices is None:
        return update.values
    new = np.zeros(update.size) if old is None else old.copy()
    new[update.indices] = update.values
    return new


def _zero(state: GradientServer, outcomes) -> np.ndarray:
    total = np.zeros_like(state.theta)
    for worker in sorted(outcomes):
        if outcomes[worker].fate is Fate.DELIVERED:
            outcomes[worker].update.add_to(total)
    return total


def _rescale(state: GradientServer, outcomes) -> np.ndarray:
    heard = np.zeros_like(state.theta)
    for worker in sorted(outcomes):
        update = outcomes[worker].update
        if update is not None:
            heard[slice(None) if update.indices is None else update.indices] += 1.0
    return _zero(state, outcomes) * (len(outcomes) / np.maximum(heard, 1.0))


_RULES = {"keep_last": _keep_last, "zero": _zero, "rescale": _rescale}

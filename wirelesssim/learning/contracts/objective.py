"""The laws of every objective: what whoever runs a `Problem` relies on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..objectives.problem import Problem

__all__ = ["check_objective"]


def check_objective(problem: Problem, scale: float = 1.0) -> None:
    """AssertionError, in a sentence, where `problem` breaks a law of its family.

    Checked at fixed random models of size `scale` a coordinate: shapes; that a gradient is the slope of the value (central
    differences) and the sum of the workers'; that the same question has the same bits, whatever was asked before; that no
    model is changed and no returned array is kept; L, L_m, mu and f* against the inequalities that define them.
    """
    random = np.random.Generator(np.random.Philox(key=1))
    models = [scale * random.standard_normal(problem.size) for _ in range(3)]
    for law in (_shapes, _slopes, _sums, _repeats, _purity, _constants, _minimum):
        law(problem, models)


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise AssertionError(sentence)


def _close(a, b, tolerance: float) -> bool:
    a, b = np.asarray(a), np.asarray(b)
    return bool(np.all(np.abs(a - b) <= tolerance * (np.abs(a).max(initial=0) + np.abs(b).max(initial=0) + 1e-300)))


def _shapes(problem: Problem, models) -> None:
    size, workers, theta = problem.size, problem.workers, models[0]
    _require(size >= 1 and workers >= 1, f"size and workers must be at least 1, got {size} and {workers}")
    start = problem.start()
    _require(start.shape == (size,) and not np.any(start), f"start() must be zeros of shape ({size},)")
    _require(isinstance(problem.value(theta), float), f"value() must be a float, got {type(problem.value(theta))}")
    _require(problem.gradient(theta).shape == (size,), f"gradient() must have shape ({size},)")
    for asked in (range(workers), [workers - 1], []):
        shape = problem.gradients(theta, asked).shape
        _require(shape == (len(asked), size), f"gradients() of {len(asked)} workers must have shape ({len(asked)}, {size}), "
                                              f"got {shape}")
    accuracy = problem.accuracy(theta)
    _require(accuracy is None or 0 <= accuracy <= 1, f"accuracy() must be None or in [0, 1], got {accuracy}")
    _require(isinstance(problem.digest, str) and problem.digest == problem.digest, "digest must be a stable string")


def _slopes(problem: Problem, models) -> None:
    for theta, other in zip(models, models[1:]):
        direction = other / np.linalg.norm(other)
        step = 1e-5 * max(1.0, float(np.abs(theta).max()))
        rise = (problem.value(theta + step * direction) - problem.value(theta - step * direction)) / (2 * step)
        gradient = problem.gradient(theta)
        slack = 1e-6 * np.linalg.norm(gradient) + 1e-15 / step * abs(problem.value(theta)) * 10 + 1e-9
        _require(abs(rise - gradient @ direction) <= slack,
                 f"the gradient must be the slope of the value: {gradient @ direction:.9g} against {rise:.9g} by differences")


def _sums(problem: Problem, models) -> None:
    for theta in models:
        total, full = problem.gradients(theta, range(problem.workers)).sum(axis=0), problem.gradient(theta)
        _require(_close(total, full, 1e-10), "the workers' gradients must sum to the gradient of f")


def _repeats(problem: Problem, models) -> None:
    here, there = models[:2]
    asked = {"all": range(problem.workers), "first": [0], "last": [problem.workers - 1]}
    fresh: dict[str, np.ndarray] = {}
    for name, workers in asked.items():
        problem.value(there)  # so that nothing about `here` is kept
        fresh[name] = problem.gradients(here, workers)
    for name, workers in asked.items():
        problem.value(here)
        _require(np.array_equal(problem.gradients(here.copy(), workers), fresh[name]),
                 f"gradients() of the {name} worker(s) must have the same bits whatever was asked before")
    _require(problem.value(here) == problem.value(here.copy()), "value() must have the same bits for the same model")
    rows = fresh["all"][[0, -1]]
    _require(_close(rows, np.vstack([fresh["first"], fresh["last"]]), 1e-10), "a worker asked alone must give its row of all")


def _purity(problem: Problem, models) -> None:
    theta = models[2]
    before = theta.copy()
    asks: list[Callable] = [problem.gradient, lambda t: problem.gradients(t, range(problem.workers)),
                            lambda t: problem.gradients(t, [0])]
    value = problem.value(theta)
    for ask in asks:
        answer = ask(theta)
        _require(np.array_equal(theta, before), "no method may change the model")
        kept = answer.copy()
        ask(models[0])
        _require(np.array_equal(answer, kept), "an array that was returned must belong to the caller: the next call changed it")
        answer += 1.0
        _require(np.array_equal(ask(theta), kept), "an array that was returned must belong to the caller: it was read again")
    _require(problem.value(theta) == value and np.array_equal(theta, before), "no method may change the model")
    _require(not np.any(problem.start()), "start() must be a new array every time")
    moved = theta.copy()
    problem.value(moved)
    moved *= 2.0
    _require(problem.value(moved) == problem.value(2.0 * theta), "a model changed by its owner must be seen as changed")


def _constants(problem: Problem, models) -> None:
    smoothness, mu, each = problem.smoothness, problem.strong_convexity, problem.worker_smoothness
    _require(each is None or np.shape(each) == (problem.workers,), f"worker_smoothness must have shape ({problem.workers},)")
    if smoothness is not None:
        steepest = max(_steepest(problem, theta) for theta in [problem.start(), *models])
        _require(steepest <= smoothness * (1 + 1e-5) + 1e-9, f"L = {smoothness} is too small: f curves by {steepest:.6g}")
    for here, there in zip(models, models[1:]):
        step, slack = there - here, 1e-9 * (abs(problem.value(here)) + abs(problem.value(there)) + 1)
        above = problem.value(there) - problem.value(here) - problem.gradient(here) @ step
        square = float(step @ step) / 2
        _require(smoothness is None or above <= smoothness * square + slack, f"L = {smoothness} is too small")
        _require(above >= mu * square - slack, f"mu = {mu} is too large")
        if each is not None:
            turn = problem.gradients(there, range(problem.workers)) - problem.gradients(here, range(problem.workers))
            limit = np.asarray(each) * np.linalg.norm(step)
            _require(np.all(np.linalg.norm(turn, axis=1) <= limit * (1 + 1e-9) + 1e-12), "some L_m is too small")


def _steepest(problem: Problem, theta: np.ndarray) -> float:
    """A lower bound on the largest eigenvalue of f's Hessian at `theta`: power iteration on differences of gradients."""
    direction, curvature, step = np.ones(problem.size), 0.0, 1e-4
    for _ in range(20):
        direction = direction / np.linalg.norm(direction)
        turn = (problem.gradient(theta + step * direction) - problem.gradient(theta - step * direction)) / (2 * step)
        curvature = max(curvature, float(direction @ turn))
        if not np.any(turn):
            break
        direction = turn
    return curvature


def _minimum(problem: Problem, models) -> None:
    found = problem.optimum()
    if found is None:
        return
    _require(0 <= found.certificate < np.inf, f"the certificate must be a finite bound, got {found.certificate}")
    _require(_close(problem.value(found.theta), found.value, 1e-12), "optimum().value must be f at optimum().theta")
    slack = found.certificate + 1e-14 * abs(found.value)
    nearby = [found.theta + 1e-3 * theta for theta in models]
    lowest = min(problem.value(theta) for theta in [*models, *nearby, problem.start()])
    _require(found.value <= lowest + slack, f"optimum() {found.value!r} must not lie above f elsewhere, {lowest!r}")

"""The laws of every objective: what whoever runs a `Problem` relies on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...errors import InputError
from ..objectives.problem import Problem

__all__ = ["check_objective"]


def check_objective(problem: Problem, scale: float = 1.0) -> None:
    """AssertionError, in a sentence, where `problem` breaks a law of its family.

    Checked at fixed random models of size `scale` a coordinate: shapes; that a gradient is the slope of the value (central
    differences) and the sum of the workers'; that the same question has the same bits, whatever was asked before; that no
    model is changed and no returned array is kept; L, L_i, L_m, mu and f* against the inequalities that define them; weights
    that sum to 1; a minibatch of all rows, and the mean over all rows one by one, against the worker's gradient; and the
    proximal step against its definition. Where f is composite, the smooth part is f less `nonsmooth`.
    """
    random = np.random.Generator(np.random.Philox(key=1))
    models = [scale * random.standard_normal(problem.size) for _ in range(3)]
    for law in (_shapes, _slopes, _sums, _repeats, _purity, _constants, _coordinates, _samples, _proximal,
                _minimum):
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
    _require(start.shape == (size,), f"start() must have shape ({size},), got {start.shape}")
    _require(not problem.convex or not np.any(start), "start() must be zeros, unless f is not convex, which `convex` must say")
    _require(isinstance(problem.value(theta), float), f"value() must be a float, got {type(problem.value(theta))}")
    _require(problem.gradient(theta).shape == (size,), f"gradient() must have shape ({size},)")
    for asked in (range(workers), [workers - 1], []):
        shape = problem.gradients(theta, asked).shape
        _require(shape == (len(asked), size), f"gradients() of {len(asked)} workers must have shape ({len(asked)}, {size}), "
                                              f"got {shape}")
    accuracy = problem.accuracy(theta)
    _require(accuracy is None or 0 <= accuracy <= 1, f"accuracy() must be None or in [0, 1], got {accuracy}")
    _require(isinstance(problem.digest, str) and problem.digest == problem.digest, "digest must be a stable string")


def _smooth(problem: Problem, theta: np.ndarray) -> float:
    return problem.value(theta) - problem.nonsmooth(theta)


def _slopes(problem: Problem, models) -> None:
    for theta, other in zip(models, models[1:]):
        direction = other / np.linalg.norm(other)
        step = 1e-5 * max(1.0, float(np.abs(theta).max()))
        rise = (_smooth(problem, theta + step * direction) - _smooth(problem, theta - step * direction)) / (2 * step)
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
    start = problem.start()
    kept = start.copy()
    start += 1.0
    _require(np.array_equal(problem.start(), kept), "start() must be a new array every time, of the same bits")
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
        above = _smooth(problem, there) - _smooth(problem, here) - problem.gradient(here) @ step
        square = float(step @ step) / 2
        _require(smoothness is None or above <= smoothness * square + slack, f"L = {smoothness} is too small")
        _require(mu >= 0, f"mu must be at least 0, got {mu}")
        if problem.convex or mu > 0:
            _require(above >= mu * square - slack, f"mu = {mu} is too large" if mu else "f is not convex: `convex` must say so")
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


def _coordinates(problem: Problem, models) -> None:
    """L_i against differences of gradients along the axes, forty of them at most."""
    bounds, step = problem.coordinate_smoothness, 1e-4
    if bounds is None:
        return
    _require(np.shape(bounds) == (problem.size,), f"coordinate_smoothness must have shape ({problem.size},)")
    for theta in [problem.start(), *models[:1]]:
        for i in np.unique(np.linspace(0, problem.size - 1, 40).astype(int)):
            axis = np.zeros(problem.size)
            axis[i] = step
            bend = (problem.gradient(theta + axis)[i] - problem.gradient(theta - axis)[i]) / (2 * step)
            _require(bend <= bounds[i] * (1 + 1e-5) + 1e-8, f"L_{i} = {bounds[i]} is too small: f curves by {bend:.6g} there")


def _samples(problem: Problem, models) -> None:
    weights, sizes = np.asarray(problem.weights), [problem.samples_of(m) for m in range(problem.workers)]
    _require(weights.shape == (problem.workers,) and np.all(weights >= 0) and abs(weights.sum() - 1) <= 1e-12,
             f"weights must be {problem.workers} non-negative numbers that sum to 1, got {weights}")
    if not any(sizes):
        try:
            problem.sampled(models[0], 0, np.zeros(1, dtype=np.int64))
        except InputError:
            return
        raise AssertionError("sampled() must raise InputError where samples_of() is 0")
    _require(_close(weights, np.array(sizes) / sum(sizes), 1e-12), "weights must be n_m/n")
    for worker in (int(np.argmax(sizes)), int(np.argmin(np.where(sizes, sizes, np.inf)))):
        _minibatch(problem, models, worker, np.arange(sizes[worker]))


def _minibatch(problem: Problem, models, worker: int, rows: np.ndarray) -> None:
    theta, there = models[:2]
    full, before, asked = problem.gradients(theta, [worker])[0], theta.copy(), rows.copy()
    whole = problem.sampled(theta, worker, rows)
    _require(whole.shape == (problem.size,), f"sampled() must have shape ({problem.size},), got {whole.shape}")
    _require(_close(whole, full, 1e-9), f"sampled() of all rows of worker {worker} must be its gradient")
    single = np.mean([problem.sampled(theta, worker, rows[i:i + 1]) for i in rows], axis=0)
    _require(_close(single, full, 1e-9), f"sampled() of worker {worker} must be unbiased: one row at a time, its mean is off")
    doubled = problem.sampled(theta, worker, np.repeat(rows[:1], 3))
    _require(_close(doubled, problem.sampled(theta, worker, rows[:1]), 1e-9), "sampled() must take the mean over repeated rows")
    problem.value(there)
    _require(np.array_equal(problem.sampled(theta, worker, rows), whole), "sampled() must have the same bits every time")
    _require(np.array_equal(theta, before) and np.array_equal(rows, asked), "sampled() may change neither model nor rows")


def _proximal(problem: Problem, models) -> None:
    for alpha in (0.1, 2.0):
        for theta, other in zip(models, models[1:]):
            kept = theta.copy()
            point = problem.prox(theta, alpha)
            _require(point.shape == theta.shape and np.array_equal(theta, kept) and not np.shares_memory(point, theta),
                     "prox() must return a new array, and leave the model as it is")
            if not problem.composite:
                _require(np.array_equal(point, theta) and problem.nonsmooth(theta) == 0,
                         "prox() must be the identity, and nonsmooth() 0, where `composite` is not True")

            def height(u, theta=theta, alpha=alpha):
                return problem.nonsmooth(u) + float((u - theta) @ (u - theta)) / (2 * alpha)

            turns = (other, -other, -point, theta - point)
            lowest = min(height(point + size * turn) for size in (1e-4, 0.1, 1.0) for turn in turns)
            _require(height(point) <= lowest + 1e-12 * abs(lowest),
                     "prox() must minimise nonsmooth(u) + ||u - theta||^2/(2 alpha)")


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

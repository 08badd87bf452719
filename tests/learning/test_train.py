"""`train` against a reference of twenty lines of NumPy, written from the published algorithm and none of the package's code."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from wirelesssim.errors import InputError
from wirelesssim.learning.algorithm import Algorithm
from wirelesssim.learning.codec import Auto, Dense
from wirelesssim.learning.guard import Diverged, Guard
from wirelesssim.learning.objectives import Quadratic, Samples, Softmax
from wirelesssim.learning.rounds import contexts
from wirelesssim.learning.train import train
from wirelesssim.model import build
from wirelesssim.rng import Streams

METHODS = {"gd": (0.0, 1.0, True), "gd_sec": (5.0, 0.1, True), "gd_soec": (1.0, 1.0, False)}  # xi/L, beta, corrected


def reference(gradients, workers, size, rounds, alpha, xi, beta, corrected):
    """theta^K, h, h_m, e_m and the entries sent in each round; `gradients(theta)` is (M, d)."""
    theta = previous = np.zeros(size)
    h, h_m, e_m, counts = np.zeros(size), np.zeros((workers, size)), np.zeros((workers, size)), []
    for _ in range(rounds):
        delta = gradients(theta) - h_m + e_m
        sent = np.where(np.abs(delta) <= xi / workers * np.abs(theta - previous), 0.0, delta)
        h_m = h_m + beta * sent
        e_m = delta - sent if corrected else e_m
        counts.append(np.count_nonzero(sent))
        previous, theta = theta, theta - alpha * (h + sent.sum(axis=0))
        h = h + beta * sent.sum(axis=0)
    return theta, h, h_m, e_m, counts


def quadratic_case(seed, workers):
    problem = Quadratic(dimension=30, condition=50.0).problem(None, workers, Streams(seed))
    return problem, lambda theta: np.einsum("mij,j->mi", problem.matrices, theta) - problem.vectors


def softmax_case(_seed, workers):
    """Digits with unequal shards; gradients from the definition, X_m^T (P - Y)/n + (l2/M) theta."""
    features, labels = load_digits(return_X_y=True)
    features, labels = features[:400] / 16, labels[:400]
    shards = np.split(np.random.default_rng(0).permutation(400), np.cumsum(np.arange(1, workers) * 25))
    problem = Softmax(l2=1e-3).problem(Samples(features, labels, shards, None, None, np.arange(10)), workers, Streams(0))

    def gradients(theta):
        powers = np.exp(features @ theta.reshape(64, 10))
        residual = powers / powers.sum(axis=1, keepdims=True) - np.eye(10)[labels]
        return np.array([(features[shard].T @ residual[shard] / 400).ravel() + 1e-3 / workers * theta for shard in shards])

    return problem, gradients


def close(a, b, tolerance=1e-12):
    return np.abs(a - b).max() <= tolerance * np.abs(b).max()


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("case, seed, workers", [(quadratic_case, 1, 1), (quadratic_case, 2, 3), (quadratic_case, 3, 8),
                                                 (softmax_case, 0, 5)])
def test_train_is_the_reference(name, case, seed, workers):
    problem, gradients = case(seed, workers)
    smoothness, (xi, beta, corrected) = problem.smoothness, METHODS[name]
    made = train(problem, build(Algorithm, {"type": name, "step_size": "0.5/L"} | (
        {} if name == "gd" else {"xi": f"{xi} L", "beta": beta})), 100)
    theta, h, h_m, e_m, counts = reference(gradients, workers, problem.size, 100, 0.5 / smoothness, xi * smoothness, beta,
                                           corrected)
    assert close(made.theta, theta)
    if name == "gd":
        assert made.entries.tolist() == [0] + [workers * problem.size] * 100
        return
    scale = np.abs(gradients(np.zeros(problem.size))).max()  # h and e are made of gradients, and vanish later
    for ours, theirs in ((made.server.h, h), (np.array([state.h for state in made.workers]), h_m)):
        assert np.abs(ours - theirs).max() <= 1e-12 * scale
    assert not corrected or np.abs(np.array([state.error for state in made.workers]) - e_m).max() <= 1e-12 * scale
    assert made.entries.tolist() == [0, *counts]
    # it is a test of sparsification: much is withheld, not everything
    assert 0.02 < made.entries[1:].sum() / (100 * workers * problem.size) < 0.98


def test_softmax_constants_are_those_of_the_reference():
    problem, _ = softmax_case(0, 5)
    features = load_digits().data[:400] / 16
    assert problem.smoothness == pytest.approx(np.linalg.eigvalsh(features.T @ features)[-1] / 800 + 1e-3, rel=1e-9)


def test_the_trajectory_and_its_columns():
    problem = Quadratic(dimension=10, condition=5.0).problem(None, 2, Streams(1))
    found = problem.optimum().value
    made = train(problem, build(Algorithm, "gd"), 6, codec=Dense(value_bits=32), optimum=found)
    assert made.objective.shape == made.error.shape == made.accuracy.shape == made.entries.shape == made.coded_bits.shape == (7,)
    assert made.objective[0] == 0.0 and made.objective[-1] == problem.value(made.theta)  # f(0) = 0
    assert np.array_equal(made.error, made.objective - found) and np.all(np.diff(made.error) < 0)
    assert np.isnan(made.accuracy).all()
    frame = 8 * (10 * 4 + 3)  # ten values of 4 bytes; tag, first and length of a byte each
    assert made.coded_bits.tolist() == [2 * frame * k for k in range(7)]
    assert np.isnan(train(problem, build(Algorithm, "gd"), 1).error).all()


def test_the_wire_format_is_the_codecs():
    problem = Quadratic(dimension=10).problem(None, 2, Streams(1))
    exact = train(problem, build(Algorithm, "gd"), 5)
    rounded = train(problem, build(Algorithm, "gd"), 5, codec=Auto(value_bits=16))
    assert 1e-5 < np.abs(rounded.theta - exact.theta).max() / np.abs(exact.theta).max() < 5 * 2.0**-11
    # by hand, one round from theta = 0: theta = alpha SUM_m float16(b_m)
    once = train(problem, build(Algorithm, "gd"), 1, codec=Auto(value_bits=16))
    assert np.array_equal(once.theta, 0.5 * problem.vectors.astype(np.float16).astype(float).sum(axis=0))


@pytest.mark.parametrize("name", METHODS)
def test_divergence_says_when_and_why(name):
    """alpha L = 3: the steepest coordinate grows by |1 - 3| = 2 a round, f - f* by 4: 1e6 is passed at round 10 of GD if
    that coordinate is all of the error at the start, and later by log4 of what it is not."""
    problem = Quadratic(dimension=10, condition=10.0).problem(None, 3, Streams(1))
    away = problem.theta_star @ np.linalg.eigh(problem.matrix)[1]
    share = away[-1] ** 2 / float(problem.theta_star @ problem.matrix @ problem.theta_star)
    with pytest.raises(Diverged, match="alpha\\*L = 3") as caught:
        train(problem, build(Algorithm, {"type": name, "step_size": "3/L"}), 200, optimum=problem.optimum().value)
    if name == "gd":
        assert abs(caught.value.round - np.log(1e6 / share) / np.log(4)) <= 1
    else:
        assert "xi = " in str(caught.value) and "proved limit 0 L" in str(caught.value)
    assert caught.value.round <= 100 and str(caught.value).startswith(f"diverged in round {caught.value.round}: ")


def test_the_guard():
    problem = Quadratic(dimension=4, condition=2.0).problem(None, 2, Streams(1))
    best = problem.optimum().value
    slope, step = sum(np.linalg.norm(row) for row in problem.gradients(np.zeros(4), [0, 1])), np.zeros(4)
    guard = Guard(problem, best)
    assert guard.check(1, 0.0, -best * 0.9e6, step, 0.1) is None
    assert "f - f*" in guard.check(1, 0.0, -best * 1.1e6, step, 0.1)
    assert "not finite" in guard.check(1, 0.0, float("nan"), step, 0.1)
    step[0] = 0.1 * slope
    assert guard.check(8, 0.0, 1.0, step, 0.1) is None
    step[0] = 0.1 * slope * 0.9e6
    assert guard.check(9, 0.0, 1.0, step, 0.1) is None
    step[0] = 0.1 * slope * 1.1e6
    assert "applied gradient" in guard.check(9, 0.0, 1.0, step, 0.1)
    step[0] = np.inf
    assert "not finite" in guard.check(9, 0.0, 1.0, step, 0.1)
    unknown = Guard(problem, None)  # f(0) = 0: nothing to compare with, but it must stay finite
    assert unknown.check(1, 1e300, None, np.zeros(4), 0.1) is None
    assert "f is not finite" in unknown.check(1, np.inf, None, np.zeros(4), 0.1)


def test_the_guard_does_not_take_a_small_first_step_for_the_scale():
    """Under loss the first round may apply next to nothing; the next, whole one is 1e9 times that and no divergence."""
    problem = Quadratic(dimension=4).problem(None, 2, Streams(1))
    guard = Guard(problem, problem.optimum().value)
    assert guard.check(1, 0.0, 1.0, np.full(4, 1e-10), 0.5) is None
    assert guard.check(2, 0.0, 1.0, np.full(4, 0.1), 0.5) is None


def test_the_guard_measures_steps_by_the_largest_alpha():
    """A step of an earlier alpha under one of 1e-9 of it, or of 0, is none that grew; 1e6 times the start is, whatever alpha."""
    problem = Quadratic(dimension=4, condition=2.0).problem(None, 2, Streams(1))
    slope = sum(np.linalg.norm(row) for row in problem.gradients(np.zeros(4), [0, 1]))
    guard, step = Guard(problem, problem.optimum().value), np.eye(4)[0] * 0.1 * slope
    for alpha in (0.1, 1e-10, 0.0):
        assert guard.check(1, 0.0, 1.0, step, alpha) is None
    assert "applied gradient" in guard.check(2, 0.0, 1.0, 1.1e6 * step, 0.0)
    assert Guard(problem, None).check(1, 0.0, None, np.zeros(4), 0.0) is None


def test_the_guard_learns_the_measure_of_a_step_that_is_no_gradient():
    """A first step of 1e9 SUM ||g_m||, such as a vector of signs where gradients are small, is that method's measure."""
    problem = Quadratic(dimension=4, condition=2.0).problem(None, 2, Streams(1))
    slope = sum(np.linalg.norm(row) for row in problem.gradients(np.zeros(4), [0, 1]))
    guard, step = Guard(problem, problem.optimum().value), np.eye(4)[0] * 0.1 * slope * 1e9
    assert guard.check(1, 0.0, 1.0, np.zeros(4), 0.1) is None  # nothing arrived
    assert guard.check(2, 0.0, 1.0, step, 0.1) is None and guard.check(3, 0.0, 1.0, 0.9e6 * step, 0.1) is None
    assert "applied gradient" in guard.check(4, 0.0, 1.0, 1.1e6 * step, 0.1)


def test_a_relative_parameter_needs_l():
    problem = Quadratic(dimension=3).problem(None, 2, Streams(1))
    problem.smoothness = None
    for field, fields in (("step_size", {}), ("xi", {"step_size": 0.1})):
        with pytest.raises(InputError, match=f"algorithm.{field} .*needs the smoothness constant"):
            train(problem, build(Algorithm, {"type": "gd_sec"} | fields), 1)
    assert train(problem, build(Algorithm, {"type": "gd_sec", "step_size": 0.1, "xi": 1}), 3).theta.shape == (3,)


def test_what_is_equal_for_all_workers_is_computed_once():
    problem = Quadratic(dimension=3).problem(None, 2, Streams(1))
    context, calls = contexts(build(Algorithm, "gd_sec"), problem)(1), []
    here, there = np.ones(3), np.ones(3)
    for inputs in ((here,), (here,), (there,), (here, there)):
        context.once("count", inputs, lambda: calls.append(1))
    context.once("another", (here,), lambda: calls.append(1))
    assert len(calls) == 4


def test_a_random_stream_is_a_function_of_round_and_worker():
    problem = Quadratic(dimension=3).problem(None, 2, Streams(1))
    at = contexts(build(Algorithm, "gd"), problem, streams=Streams(4))
    drawn = {(k, m): at(k).random(m).random() for k in (1, 2) for m in (0, 1)}
    assert len(set(drawn.values())) == 4 and at(2).random(1).random() == drawn[2, 1]

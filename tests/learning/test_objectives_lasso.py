"""The lasso: its penalty, its proximal step, and a minimum that the duality gap proves."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import ElasticNet

from wirelesssim.errors import InputError
from wirelesssim.learning.objectives import Lasso, Linear, Objective, Samples, active_set
from wirelesssim.model import build
from wirelesssim.rng import Streams


def make(objective, features, labels, workers=3):
    shards = np.array_split(np.arange(features.shape[0]), workers)
    return objective.problem(Samples(features, labels, shards), workers, Streams(1))


def random_problem(n, d, seed=0, density=None, **fields):
    random = np.random.default_rng(seed)
    features = random.standard_normal((n, d))
    if density:
        features = sparse.random(n, d, density, random_state=random, format="csr")
    truth = random.standard_normal(d) * (random.random(d) < 0.2)
    return make(Lasso(**fields), features, features @ truth + 0.3 * random.standard_normal(n))


def dual(problem, theta):
    """The dual function at the scaled residual, written from its definition: y.v - n||v||^2/2 - h*(X^T v)."""
    features, y, n = problem.design.features, problem.targets, problem.design.samples
    v = (y - features @ theta) / n
    pulled = features.T @ v
    if not problem.l2:
        v = v * min(1.0, problem.l1 / np.abs(pulled).max())
        return y @ v - n * (v @ v) / 2
    return y @ v - n * (v @ v) / 2 - np.sum(np.maximum(np.abs(pulled) - problem.l1, 0) ** 2) / (2 * problem.l2)


def test_one_coordinate_by_hand():
    # x = (1, 2), y = (1, 3): f(t) = [(t - 1)^2 + (2t - 3)^2]/4 + t/2, f' = (5t - 7)/2 + 1/2 = 0 at t = 6/5
    # f(6/5) = [(1/5)^2 + (3/5)^2]/4 + 3/5 = 1/10 + 3/5; l1_max = |1 + 6|/2
    problem = make(Lasso(l1=0.5), np.array([[1.0], [2.0]]), np.array([1.0, 3.0]), 2)
    found = problem.optimum()
    assert found.theta == pytest.approx([1.2], rel=1e-14) and found.value == pytest.approx(0.7, rel=1e-14)
    assert problem.l1_max == 3.5
    assert make(Lasso(), np.array([[1.0], [2.0]]), np.array([1.0, 3.0]), 2).l1 == pytest.approx(0.35, rel=1e-15)


def test_orthogonal_features_shrink_each_coordinate():
    # X = sqrt(n) I (n = d): f = SUM (theta_j - y_j/sqrt n)^2/2 + l1 |theta_j|, so theta_j = S(y_j/sqrt n, l1)
    y = np.array([4.0, -1.0, 0.2, 6.0])
    found = make(Lasso(l1=0.4), 2.0 * np.eye(4), y, 2).optimum()
    assert found.theta == pytest.approx([1.6, -0.1, 0.0, 2.6], abs=1e-14)
    found = make(Lasso(l1=0.4, l2=1.0), 2.0 * np.eye(4), y, 2).optimum()  # and divided by 1 + l2
    assert found.theta == pytest.approx([0.8, -0.05, 0.0, 1.3], abs=1e-14)


def test_the_proximal_step_by_hand():
    problem = make(Lasso(l1=2.0), np.eye(3), np.ones(3))
    theta = np.array([3.0, -0.5, -1.0])
    assert np.array_equal(problem.prox(theta, 0.25), [2.5, 0.0, -0.5])  # threshold 0.5
    assert np.array_equal(theta, [3.0, -0.5, -1.0])
    assert problem.value(theta) == problem.nonsmooth(theta) + make(Linear(), np.eye(3), np.ones(3)).value(theta)
    assert problem.nonsmooth(theta) == 9.0 and problem.composite


@pytest.mark.parametrize("n, d, density", [(60, 12, None), (20, 50, None), (40, 300, 0.05)])
@pytest.mark.parametrize("fields", [{}, {"l1_relative": 1e-3}, {"l1_relative": 0.02, "l2": 0.05}], ids=str)
def test_the_minimum_against_coordinate_descent(n, d, density, fields):
    problem = random_problem(n, d, density=density, **fields)
    found = problem.optimum()
    height = problem.value(problem.start())
    assert 0 <= found.certificate <= 1e-12 * height
    whole = problem.l1 + problem.l2
    other = ElasticNet(alpha=whole, l1_ratio=problem.l1 / whole, fit_intercept=False, tol=1e-12, max_iter=200_000)
    other.fit(problem.design.features, problem.targets)
    assert found.value == pytest.approx(problem.value(other.coef_), rel=1e-9)
    assert found.value <= problem.value(other.coef_) + 1e-12 * height


@pytest.mark.parametrize("fields", [{}, {"l2": 0.1}], ids=str)
def test_the_gap_is_primal_less_dual_and_bounds_the_distance_from_the_minimum(fields):
    problem = random_problem(50, 20, **fields)
    found, random = problem.optimum(), np.random.default_rng(1)
    for scale in (0.0, 1e-6, 1e-3, 0.1, 3.0):
        theta = found.theta + scale * random.standard_normal(20)
        gap = problem.gap(theta)
        assert gap == pytest.approx(problem.value(theta) - dual(problem, theta), abs=1e-13 * problem.value(theta))
        assert 0 <= problem.value(theta) - found.value <= gap + 1e-15
        assert scale == 0.0 or gap > 0.0


def test_two_penalties_for_one_are_refused():
    with pytest.raises(InputError, match="l1_relative must not be given beside l1, got 0.2 and l1 = 0.5; leave one of them out"):
        build(Objective, {"type": "lasso", "l1": 0.5, "l1_relative": "20 %"})


def test_from_l1_max_on_the_minimum_is_zero_and_below_it_is_not():
    problem = random_problem(30, 10)
    for factor, zero in ((1.0 + 1e-9, True), (3.0, True), (0.99, False)):
        found = make(Lasso(l1=factor * problem.l1_max), problem.design.features, problem.targets).optimum()
        assert (not found.theta.any()) is zero
    nothing = make(Lasso(), np.zeros((4, 2)), np.ones(4)).optimum()  # l1_max = 0
    assert nothing.value == 0.5 and not nothing.theta.any()


def test_equal_and_empty_columns():
    random = np.random.default_rng(2)
    half = random.standard_normal((30, 5))
    labels = half @ np.array([2.0, -1.0, 0.0, 0.5, 3.0])
    twice = make(Lasso(l1=0.1), np.column_stack([half, half, np.zeros(30)]), labels).optimum()
    once = make(Lasso(l1=0.1), half, labels).optimum()  # |a| + |b| >= |a + b|: a second copy of a column changes nothing
    assert twice.value == pytest.approx(once.value, rel=1e-12) and twice.certificate <= 1e-12 * (labels @ labels) / 60


def test_proximal_gradient_descent_reaches_the_minimum():
    problem = random_problem(60, 12)
    theta, step = problem.start(), 1 / problem.smoothness
    for _ in range(3000):
        theta = problem.prox(theta - step * problem.gradients(theta, range(3)).sum(axis=0), step)
    assert problem.value(theta) == pytest.approx(problem.optimum().value, rel=1e-12)
    assert np.array_equal(theta != 0, problem.optimum().theta != 0)  # and finds its support
    linear = make(Linear(), problem.design.features, problem.targets)
    assert problem.smoothness == linear.smoothness and problem.strong_convexity == linear.strong_convexity


def test_a_search_that_is_cut_short_reports_nothing(monkeypatch):
    monkeypatch.setattr(active_set, "_TURNS", 1)
    monkeypatch.setattr(active_set, "_STEPS", 1)
    monkeypatch.setattr(active_set, "_PATH", 0.01)
    assert random_problem(60, 40, l1_relative=1e-3).optimum() is None


def test_the_digest_knows_the_penalty():
    digests = {random_problem(20, 5, **fields).digest for fields in ({}, {"l1": 0.1}, {"l1": 0.2}, {"l1": 0.1, "l2": 0.1})}
    assert len(digests) == 4
    same = random_problem(20, 5, l1_relative=0.3)
    assert random_problem(20, 5, l1=same.l1).digest == same.digest  # relative or not, it is the same problem

"""f* without a regulariser: proved where a minimum is attained, and unknown where none is."""

import numpy as np
import pytest
from scipy import optimize

from wirelesssim.learning.objectives import Logistic, Samples, Softmax, newton, unregularised
from wirelesssim.rng import Streams


def make(objective, features, labels, classes):
    shards = np.array_split(np.arange(len(labels)), 2)
    return objective.problem(Samples(features, labels, shards, classes=np.arange(classes)), 2, Streams(1))


def noisy(objective, n, d, seed=0):
    random, classes = np.random.default_rng(seed), 2 if isinstance(objective, Logistic) else 3
    features = random.standard_normal((n, d))
    labels = np.argmax(features @ random.standard_normal((d, classes)) + random.gumbel(size=(n, classes)), axis=1)
    return make(objective, features, labels, classes)


@pytest.mark.parametrize("objective", [Logistic(), Softmax()], ids=repr)
def test_against_an_independent_minimiser(objective):
    problem = noisy(objective, 150, 4)
    found = problem.optimum()
    other = optimize.minimize(problem.value, problem.start(), jac=problem.gradient, method="BFGS", options={"gtol": 1e-9})
    assert found.certificate <= 1e-12 and found.method == "Newton, self-concordance"
    assert found.value == pytest.approx(other.fun, abs=1e-12) and found.value <= other.fun + 1e-14


@pytest.mark.parametrize("objective", [Logistic(), Softmax()], ids=repr)
def test_the_bound_holds_wherever_it_is_finite(objective):
    problem = noisy(objective, 150, 4)
    found, random, finite = problem.optimum(), np.random.default_rng(1), 0
    bound, _solve = unregularised._search(problem, unregularised._basis(problem))
    for scale in np.geomspace(1e-6, 10, 60):
        theta = found.theta + scale * random.standard_normal(problem.size)
        proved = bound(theta, problem.gradient(theta))
        above = problem.value(theta) - found.value
        assert above <= proved * (1 + 1e-9) + 1e-15
        finite += np.isfinite(proved)
        if scale < 1e-4:  # near the minimum it is ||g||^2/(2 m), at most the condition number too large
            assert proved <= above * np.linalg.cond(unregularised._basis(problem).T @ problem.hessian(theta)
                                                    @ unregularised._basis(problem)) * 1.1 + 1e-15
    assert 10 < finite < 60  # it is finite near, and far away it says nothing


def test_the_bound_by_hand_where_the_curvature_alone_would_be_wrong():
    # x = 1, 7 of 10 positive, theta = 0: g = -1/5, m = 1/4, rho = 1, so x = 4/5 and the bound is (1/25)/(2/4)/(1/5) = 2/5;
    # f - f* = log 2 - 0.6108643 = 0.0823, above g^2/(2 m) = 0.08: the curvature at theta is not that on the way to the minimum
    problem = make(Logistic(), np.ones((10, 1)), np.array([1] * 7 + [0] * 3), 2)
    bound, _solve = unregularised._search(problem, np.eye(1))
    assert bound(np.zeros(1), problem.gradient(np.zeros(1))) == pytest.approx(0.4, rel=1e-12)
    assert 0.0822 < problem.value(np.zeros(1)) - problem.optimum().value < 0.0823


def test_a_constant_feature_gives_the_entropy_of_the_labels():
    # p = 3/10: f* = -(0.3 log 0.3 + 0.7 log 0.7), at theta = log(0.3/0.7)
    labels = np.array([1] * 3 + [0] * 7)
    found = make(Logistic(), np.ones((10, 1)), labels, 2).optimum()
    entropy = -(0.3 * np.log(0.3) + 0.7 * np.log(0.7))
    assert found.value == pytest.approx(entropy, rel=1e-14) and found.theta == pytest.approx([np.log(3 / 7)], rel=1e-6)
    assert make(Softmax(), np.ones((10, 1)), labels, 2).optimum().value == pytest.approx(entropy, rel=1e-14)
    nothing = make(Logistic(), np.zeros((10, 2)), labels, 2).optimum()  # no features: f is log 2 everywhere
    assert nothing.value == pytest.approx(np.log(2)) and nothing.certificate == 0.0


@pytest.mark.parametrize("objective", [Logistic(), Softmax()], ids=repr)
def test_dependent_and_empty_columns_change_nothing(objective):
    problem = noisy(objective, 150, 3)
    features, labels = problem.design.features, problem.targets
    labels = (labels > 0).astype(int) if isinstance(objective, Logistic) else labels
    wide = np.column_stack([features, features @ np.random.default_rng(2).standard_normal((3, 2)), np.zeros(150)])
    found = make(objective, wide, labels, problem.loss.columns + isinstance(objective, Logistic)).optimum()
    assert found.certificate <= 1e-12 and found.value == pytest.approx(problem.optimum().value, abs=2e-12)


def overlap(features, signs) -> bool:
    """Whether every w has a sample with y x.w < 0 or all y x.w = 0: by linear programming, max SUM t, t <= y x.w, 0 <= t <= 1."""
    n, d = features.shape
    answer = optimize.linprog(np.r_[np.zeros(d), -np.ones(n)], A_ub=np.hstack([-signs[:, None] * features, np.eye(n)]),
                              b_ub=np.zeros(n), bounds=[(-1e6, 1e6)] * d + [(0, 1)] * n)
    return answer.status == 0 and -answer.fun < 1e-7


def test_there_is_a_number_exactly_where_the_classes_overlap():
    random, seen = np.random.default_rng(3), set()
    for _ in range(60):
        n, d = random.integers(4, 14), random.integers(1, 4)
        features = random.integers(-3, 4, (n, d)).astype(float)  # small integers: ties and touching classes occur
        labels = random.integers(0, 2, n)
        attained = overlap(features, 2.0 * labels - 1)
        assert (make(Logistic(), features, labels, 2).optimum() is not None) == attained
        assert (make(Softmax(), features, labels, 2).optimum() is not None) == attained
        seen.add(attained)
    assert seen == {True, False}


def test_classes_that_touch_have_no_minimum():
    # x >= 0 for all of class 1 and x <= 0 for class 0, two samples at 0: f falls to log(2)/2 and never gets there
    features = np.array([[1.0], [-1.0], [0.0], [0.0]])
    assert make(Logistic(), features, np.array([1, 0, 1, 0]), 2).optimum() is None
    assert make(Logistic(), features, np.array([0, 1, 1, 0]), 2).optimum() is None  # the other way round
    assert make(Logistic(), np.vstack([features, [[-1.0]]]), np.array([1, 0, 1, 0, 1]), 2).optimum() is not None


@pytest.mark.parametrize("objective", [Logistic(), Softmax()], ids=repr)
def test_a_minimum_at_infinity_is_not_proved_by_rounding(objective):
    # two samples without features and opposite classes, the others separable: f falls to 2 log(2)/n along a ray; there the
    # residuals reach eps, where the bound in exact arithmetic, x >= 1 all along, is lost in the rounding of 1 - p
    for values in ([1.0], [1.0, 2.0], [3.0, 0.7, 1.1], [1e-5], [1e5, 1e4]):
        features = np.array([[0.0], [0.0], *([value] for value in values)])
        assert make(objective, features, np.array([0, 1] + [1] * len(values)), 2).optimum() is None
        assert make(objective, -features, np.array([0, 1] + [1] * len(values)), 2).optimum() is None


def test_too_many_unknowns_are_left_unknown(monkeypatch):
    monkeypatch.setattr(newton, "DENSE", 3)
    assert noisy(Logistic(), 150, 4).optimum() is None


@pytest.mark.parametrize("objective", [Logistic(), Softmax()], ids=repr)
def test_the_third_derivative_is_bounded_by_the_second(objective):
    # D^3 phi[s, s, s] by differences of D^2 phi[s, s] along s; phi of two or three scores
    problem = make(objective, np.eye(3) if isinstance(objective, Softmax) else np.ones((3, 1)), np.array([0, 1, 1]),
                   3 if isinstance(objective, Softmax) else 2)
    columns, random, largest = problem.loss.columns, np.random.default_rng(4), 0.0
    for _ in range(3000):
        scores, turn = 4 * random.standard_normal((1, columns)), random.standard_normal((1, columns))
        target = problem.targets[:1]

        def second(step, scores=scores, turn=turn, target=target):
            residual = problem.loss.evaluate(scores + step * turn, target)[1]
            return float(np.sum(turn * problem.loss.bend(problem.loss.slopes(residual, target, None), turn)))

        third = (second(1e-5) - second(-1e-5)) / 2e-5
        ratio = abs(third) / (np.linalg.norm(turn) * second(0.0))
        assert ratio <= problem.loss.self_concordance * (1 + 1e-6)
        largest = max(largest, ratio)
    assert largest > 0.9 * problem.loss.self_concordance  # and the constant is hardly too large

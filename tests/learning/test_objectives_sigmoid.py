"""Least squares through a sigmoid: exact curvature bounds, no convexity, and a minimum only where it can be proved."""

import numpy as np
import pytest
from scipy import optimize

from wirelesssim.learning.contracts.objective import check_objective
from wirelesssim.learning.objectives import NonlinearLeastSquares, Samples
from wirelesssim.learning.objectives.nonlinear_least_squares import SigmoidError
from wirelesssim.rng import Streams


def make(features, labels, l2=0.0, workers=1):
    shards = np.array_split(np.arange(len(labels)), workers)
    samples = Samples(features, labels, shards, features, labels, np.array([-1, 1]))
    return NonlinearLeastSquares(l2=l2).problem(samples, workers, Streams(1))


def random_problem(l2, n=40, d=5):
    random = np.random.default_rng(0)
    return make(random.standard_normal((n, d)), np.sign(random.standard_normal(n)).astype(int), l2, 4)


def test_one_sample_by_hand():
    # x = 2, y = 1 (label 1, the larger), theta = 0: s = 1/2, f = (1/2)^2/2, f' = x (s - y) s (1 - s) = -2/8
    # two samples, the other y = 0 at x = 0: f = (1/8 + 1/8)/2, f' = -(1/4)/2
    problem = make(np.array([[2.0], [0.0]]), np.array([1, -1]))
    assert problem.value(np.zeros(1)) == 0.125
    assert problem.gradient(np.zeros(1)) == pytest.approx([-0.125], rel=1e-15)
    assert problem.accuracy(np.ones(1)) == 1.0  # a score of 0 is the smaller class
    assert problem.value(np.array([1e4])) == pytest.approx(0.0625, rel=1e-12)  # the first fits, the second stays at 1/8
    with np.errstate(all="raise"):
        assert problem.value(np.array([-1e4])) == pytest.approx(0.3125, rel=1e-12)


def test_the_curvature_bounds_are_the_extremes():
    z = np.linspace(-12, 12, 400_001)
    loss = SigmoidError()
    for target in (0.0, 1.0):
        _, residual = loss.evaluate(z[:, None].copy(), np.full(len(z), target))
        bend = np.gradient(residual[:, 0], z)  # central differences: an error of 6e-5^2 times a third derivative below 1
        assert bend.max() == pytest.approx(loss.curvature, abs=1e-8)
        assert bend.min() == pytest.approx(loss.curvature_floor, abs=1e-8)
    assert loss.curvature == pytest.approx(0.07702929, abs=1e-8)  # p at s = (15 - sqrt 33)/24, by hand


def test_l_is_attained_and_so_is_the_negative_end():
    problem = make(np.array([[3.0]]), np.array([-1]))  # y = 0
    for sign, wanted in ((-1, problem.smoothness), (1, SigmoidError.curvature_floor * 9)):
        s = (15 + sign * np.sqrt(33)) / 24
        theta = np.array([np.log(s / (1 - s)) / 3])
        assert problem.hessian(theta)[0, 0] == pytest.approx(wanted, rel=1e-12)
    assert problem.smoothness == pytest.approx(SigmoidError.curvature * 9) == problem.coordinate_smoothness[0]


def test_it_is_not_convex_and_its_minimum_unknown_unless_the_penalty_makes_it_so():
    free = random_problem(0.0)
    assert not free.convex and free.strong_convexity == 0.0 and free.optimum() is None
    check_objective(free)
    curved = random_problem(0.2)
    assert curved.convex and 0 < curved.strong_convexity < 0.2
    found = curved.optimum()
    assert found.certificate <= 1e-12
    other = optimize.minimize(curved.value, np.ones(5), jac=curved.gradient, method="L-BFGS-B",
                              options={"gtol": 1e-12, "ftol": 1e-16})
    assert found.value == pytest.approx(other.fun, abs=1e-13)
    random = np.random.default_rng(1)
    for scale in (1e-3, 0.1, 3.0):
        theta = found.theta + scale * random.standard_normal(5)
        slope = curved.gradient(theta)
        assert 0 < curved.value(theta) - found.value <= slope @ slope / (2 * curved.strong_convexity)

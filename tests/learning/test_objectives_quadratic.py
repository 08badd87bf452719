"""The quadratic family: its spectrum, its minimum, what heterogeneity means; and that the contract catches what is wrong."""

import numpy as np
import pytest

from wirelesssim.errors import InputError
from wirelesssim.learning.contracts.objective import check_objective
from wirelesssim.learning.objectives import Objective, Optimum, Quadratic, Shape
from wirelesssim.model import build
from wirelesssim.rng import Streams


def problem(workers=4, seed=1, **fields):
    return Quadratic(**fields).problem(None, workers, Streams(seed))


@pytest.mark.parametrize("dimension", [1, 2, 20])
@pytest.mark.parametrize("workers", [1, 3, 30])
@pytest.mark.parametrize("heterogeneity", [0, 0.4, 1])
def test_contract(dimension, workers, heterogeneity):
    check_objective(problem(workers, dimension=dimension, heterogeneity=heterogeneity))


def test_the_stated_spectrum():
    made = problem(5, dimension=7, condition=1000)
    expected = 10.0 ** np.linspace(-3, 0, 7)  # log-spaced in [1/condition, 1]
    assert np.linalg.eigvalsh(made.matrices.sum(axis=0)) == pytest.approx(expected, rel=1e-11)
    assert (made.smoothness, made.strong_convexity) == (1.0, pytest.approx(1e-3))
    assert problem(2, dimension=1, condition=50).strong_convexity == 1.0
    assert np.all(np.linalg.eigvalsh(made.matrices)[:, 0] > 0)  # every A_m is positive definite
    assert made.worker_smoothness == pytest.approx(np.linalg.eigvalsh(made.matrices)[:, -1])


def test_the_minimum_is_where_it_is_stated():
    made = problem(6, dimension=30)
    found = made.optimum()
    total, pull = made.matrices.sum(axis=0), made.vectors.sum(axis=0)
    solved = np.linalg.solve(total, pull)
    assert found.theta == pytest.approx(solved, abs=1e-11)
    assert found.value == pytest.approx(-0.5 * pull @ solved, rel=1e-12)
    assert found.certificate < 1e-25
    theta = np.random.default_rng(2).standard_normal(30)
    above = 0.5 * (theta - solved) @ total @ (theta - solved)  # f(theta) - f* of a quadratic
    assert made.value(theta) - found.value == pytest.approx(above, rel=1e-12)


def test_without_heterogeneity_all_workers_are_the_same_and_a_single_worker_holds_f():
    same, theta = problem(4, heterogeneity=0), np.random.default_rng(3).standard_normal(50)
    assert same.gradients(theta, range(4)) == pytest.approx(np.tile(same.gradient(theta) / 4, (4, 1)), abs=1e-14)
    assert same.worker_smoothness == pytest.approx(np.full(4, 0.25))
    alone = problem(1)
    assert alone.gradients(theta, [0])[0] == pytest.approx(alone.gradient(theta), abs=1e-13)


def test_heterogeneity_parts_the_workers_in_proportion():
    theta, parts = np.random.default_rng(4).standard_normal(50), {}
    for share in (0.25, 0.5, 1.0):
        gradients = problem(4, heterogeneity=share).gradients(theta, range(4))
        parts[share] = gradients - gradients.mean(axis=0)  # s [(A^1/2 (R_m - I/M) A^1/2) theta - noise]: linear in s
    assert parts[0.5] == pytest.approx(parts[1.0] / 2, abs=1e-13)
    assert parts[0.25] == pytest.approx(parts[1.0] / 4, abs=1e-13)
    assert np.linalg.norm(parts[1.0], axis=1).min() > 0.1


def test_the_problem_is_a_function_of_the_seed_and_f_is_not_of_the_number_of_workers():
    theta = np.ones(50)
    assert np.array_equal(problem(4).gradients(theta, range(4)), problem(4).gradients(theta, range(4)))
    assert problem(4).value(theta) == problem(9).value(theta) and problem(4).digest == problem(9).digest
    assert problem(4).value(theta) != problem(4, seed=2).value(theta)


def test_theta_star_is_standard_normal():
    # mean of 50 x 40 standard normals: |mean| < 4.42/sqrt(2000) but for 1e-5; mean square of 2000: 1 +- 4.42 sqrt(2/2000)
    stars = np.concatenate([problem(1, seed=seed).theta_star for seed in range(40)])
    assert abs(stars.mean()) < 4.42 / np.sqrt(2000)
    assert abs(np.mean(stars**2) - 1) < 4.42 * np.sqrt(2 / 2000)


def test_basis_is_haar_in_its_first_moment():
    # Q_11 of a Haar matrix is symmetric about 0: without the sign correction LAPACK's Q_11 has one sign. Binomial(60, 1/2)
    # lies in 13..47 but for 1e-5
    from wirelesssim.learning.objectives.quadratic import _frame
    positive = sum(_frame(np.random.default_rng(seed), 4, 4)[0, 0] > 0 for seed in range(60))
    assert 13 <= positive <= 47


def test_memory_is_at_least_the_matrices_and_fields_are_checked():
    assert Quadratic(dimension=100).memory(Shape(workers=10)) >= 8 * 10 * 100 * 100
    assert Quadratic.needs_data is False
    for wrong in ({"condition": 0.5}, {"dimension": 0}, {"heterogeneity": 2}):
        with pytest.raises(InputError):
            build(Objective, {"type": "quadratic", **wrong})


def broken(**replaced):
    made = problem(3, dimension=4)
    kind = type("Broken", (type(made),), replaced)
    made.__class__ = kind
    return made


KIND = type(problem(1, dimension=1))


@pytest.mark.parametrize("replaced, words", [
    ({"gradient": lambda self, theta: 1.001 * KIND.gradient(self, theta)}, "slope of the value"),
    ({"gradients": lambda self, theta, workers: 1.001 * KIND.gradients(self, theta, workers)}, "must sum to the gradient"),
    ({"smoothness": 0.3}, "L = 0.3 is too small"),
    ({"strong_convexity": 0.9}, "mu = 0.9 is too large"),
    ({"worker_smoothness": np.full(3, 1e-3)}, "L_m is too small"),
    ({"gradient": lambda self, theta: theta.__imul__(1.0 + 1e-12) @ self.matrix - self.vector}, "may change the model"),
    ({"gradients": lambda self, theta, workers: KIND.gradients(self, theta, workers)[:, :2]}, "must have shape"),
    ({"value": lambda self, theta: np.float32(1)}, "must be a float"),
    ({"_minimise": lambda self: Optimum(KIND.value(self, np.ones(4)), np.ones(4), 0.0, "")}, "must not lie above"),
])
def test_the_contract_catches(replaced, words):
    with pytest.raises(AssertionError, match=words):
        check_objective(broken(**replaced))


def test_the_contract_catches_a_kept_array_and_a_stale_cache():
    def kept(self, theta):
        self.__dict__.setdefault("_kept", np.empty(4))[:] = KIND.gradient(self, theta)
        return self.__dict__["_kept"]

    class Stale:
        def __call__(self, theta, *_):
            if getattr(self, "last", None) is not theta:
                self.last, self.height = theta, KIND.value(made, theta)
            return self.height

    made = problem(3, dimension=4)
    made.value = Stale()
    with pytest.raises(AssertionError, match="changed by its owner"):
        check_objective(made)
    made = broken(gradient=kept)
    first = made.gradient(np.ones(4))
    made.gradient(np.zeros(4))
    assert not np.array_equal(first, KIND.gradient(made, np.ones(4)))  # the fault is there
    with pytest.raises(AssertionError, match="belong to the caller"):
        check_objective(made)

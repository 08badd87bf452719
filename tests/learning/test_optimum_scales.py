"""f* does not depend on the units of a feature: without a regulariser it is the same number for all of them, or unknown."""

import numpy as np
import pytest
from scipy import sparse
from threadpoolctl import threadpool_limits

from wirelesssim.learning.objectives import Linear, Logistic, Samples, Softmax, least_squares, smaller_side, spectrum
from wirelesssim.rng import Streams

EXPONENTS = [0, 10, 26, 34, 40, 47, 50, 60, 120]  # eps is 2^-52
WAYS = [(least_squares, np.asarray), (least_squares, sparse.csr_matrix), (smaller_side, np.asarray),
        (smaller_side, sparse.csr_matrix)]


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    with threadpool_limits(1):
        yield


def make(objective, features, labels, classes=None):
    shards = np.array_split(np.arange(features.shape[0]), 2)
    return objective.problem(Samples(features, labels, shards, classes=classes), 2, Streams(1))


def regression(n, d, seed=0):
    """Features, and targets that each of them tells something of."""
    random = np.random.default_rng(seed)
    features = random.standard_normal((n, d))
    return features, features @ np.ones(d) + 0.1 * random.standard_normal(n)


@pytest.mark.parametrize("way, stored", WAYS)
@pytest.mark.parametrize("n, d, copies", [(60, 2, 0), (40, 4, 0), (40, 4, 2), (4, 9, 0), (12, 9, 6)])
def test_least_squares_in_any_units(way, stored, n, d, copies):
    features, targets = regression(n, d)
    features = np.column_stack([features, features[:, :copies]])  # rank deficient, exactly
    base = make(Linear(), features, targets).optimum().value
    found = []
    for exponent in EXPONENTS:
        for scaled in ([0], [0, 1], [d - 1], range(1, features.shape[1])):
            scale = np.ones(features.shape[1])
            scale[list(scaled)] = 2.0**exponent  # exact: the function of theta/scale is the same
            optimum = way.minimise(make(Linear(), stored(features * scale), targets))
            found.append(optimum is not None)
            assert optimum is None or optimum.value == pytest.approx(base, abs=1e-9)
    assert found[0] and any(found[4:8])  # equal units, and a factor 1024, are no difficulty


@pytest.mark.parametrize("objective", [Logistic(), Softmax()], ids=repr)
def test_classes_in_any_units(objective):
    features, targets = regression(80, 3)
    labels = (targets + np.random.default_rng(1).logistic(size=80) > 0).astype(int)
    base = make(objective, features, labels, np.arange(2)).optimum().value
    found = []
    for exponent in EXPONENTS:
        optimum = make(objective, features * [2.0**exponent, 1, 1], labels, np.arange(2)).optimum()
        found.append(optimum is not None)
        assert optimum is None or optimum.value == pytest.approx(base, abs=1e-12)
    assert all(found[:2])


@pytest.mark.parametrize("way, stored", WAYS)
@pytest.mark.parametrize("large", [1e6, 1e14, 1e18, 1e30])
@pytest.mark.parametrize("empty", [0, 1])
def test_a_small_sample_is_no_rounding(way, stored, large, empty):
    # theta = (s, -s) + (t, t) meets x_1 = (a, a) with t and x_2 = (1, -1) with s: f* is 0, however small x_2 is beside x_1
    features = np.pad([[large, large], [1.0, -1.0]], ((0, 0), (0, empty)))
    optimum = way.minimise(make(Linear(), stored(features), np.array([1.0, 2.0])))
    assert optimum is None or optimum.value <= 1e-12
    assert optimum is not None or large > 1e6 or way is smaller_side


@pytest.mark.parametrize("exponent", EXPONENTS)
@pytest.mark.parametrize("turned", [False, True])
def test_the_smaller_side_proves_no_more_than_it_sees(exponent, turned):
    # with l2 > 0 the direction of a small column has the curvature l2 + O(1), not that of the large one
    features, targets = regression(30, 3)
    features = features * [2.0**exponent, 1, 1]
    features, targets = (features.T, targets[:3]) if turned else (features, targets)
    problem = make(Linear(l2=1e-3), features, targets)
    optimum, exact = smaller_side.minimise(problem), least_squares.minimise(problem)
    assert optimum is None or optimum.value - exact.value <= optimum.certificate + 1e-14
    assert optimum is not None or exponent > 10


@pytest.mark.parametrize("kept, lost", [(2e-7, 1e-8), (4e-7, 1e-7), (1e-6, 1e-9), (1e-7, 1e-12)])
def test_the_squared_matrix_admits_what_it_cannot_see(kept, lost):
    # three singular values of about 1, `kept` and `lost`: the last is far above eps, and below its root
    random = np.random.default_rng(2)
    z, u, w = np.linalg.qr(random.standard_normal((20, 3)))[0].T
    features = np.column_stack([z, z + kept * u, z + lost * w])
    assert np.linalg.matrix_rank(features) == spectrum.rank(features) == 3
    found = spectrum.row_space(features)
    assert found is None or len(found[0]) == 3


def test_balanced_has_no_small_row_or_column_and_the_same_zeros():
    random = np.random.default_rng(3)
    features = random.standard_normal((30, 8)) * 2.0 ** random.integers(-200, 200, 8) * 2.0 ** random.integers(-200, 200, (30, 1))
    features[:, 3] = features[5] = 0.0
    for stored in (np.asarray, sparse.csr_matrix):
        made = spectrum.balanced(stored(features))
        made = made.toarray() if sparse.issparse(made) else made
        assert np.array_equal(made == 0, features == 0)
        columns = np.delete(abs(made).max(axis=0), 3)
        assert columns.min() >= 0.5 and columns.max() < 1
        assert np.linalg.cond(np.delete(np.delete(made, 5, 0), 3, 1)) < 1e4
        mantissas = np.frexp(made)[0]  # powers of two: not a bit of a mantissa changes
        assert np.array_equal(mantissas, np.frexp(features)[0])

"""Minibatches: the mean over all subsets is the worker's gradient; weights; what has no samples says so."""

from itertools import combinations, product

import numpy as np
import pytest
from scipy import sparse

from wirelesssim.errors import InputError
from wirelesssim.learning.objectives import Lasso, Linear, Logistic, NonlinearLeastSquares, Quadratic, Samples, Softmax
from wirelesssim.rng import Streams

SHARDS = [np.array([7, 2, 5, 0, 3]), np.array([1, 6]), np.array([4])]
KINDS = [Softmax(l2=0.1), Logistic(l2=0.1), Linear(l2=0.1), Lasso(l1=0.1), NonlinearLeastSquares(l2=0.1)]


def make(objective, stored=np.asarray):
    random = np.random.default_rng(0)
    features, labels = random.standard_normal((8, 3)), np.array([0, 1, 1, 0, 1, 0, 0, 1])
    return objective.problem(Samples(stored(features), labels, SHARDS, classes=np.arange(2)), 3, Streams(1))


@pytest.mark.parametrize("objective", KINDS, ids=repr)
@pytest.mark.parametrize("stored", [np.asarray, sparse.csr_matrix], ids=["dense", "sparse"])
def test_the_mean_over_all_batches_is_the_gradient(objective, stored):
    problem = make(objective, stored)
    theta = np.random.default_rng(1).standard_normal(problem.size)
    full = problem.gradients(theta, range(3))
    for worker, size in enumerate((5, 2, 1)):
        assert problem.samples_of(worker) == size
        for batch in range(1, size + 1):  # without replacement
            mean = np.mean([problem.sampled(theta, worker, np.array(rows)) for rows in combinations(range(size), batch)], axis=0)
            assert mean == pytest.approx(full[worker], abs=1e-14)
        mean = np.mean([problem.sampled(theta, worker, np.array(rows)) for rows in product(range(size), repeat=2)], axis=0)
        assert mean == pytest.approx(full[worker], abs=1e-14)  # and with
    assert problem.weights == pytest.approx([5 / 8, 2 / 8, 1 / 8], rel=1e-15)


def test_a_row_is_a_place_in_the_shard():
    # worker 0 holds samples 7, 2, 5, 0, 3 in this order: its row 2 is sample 5, and n_m/n = 5/8
    problem = make(Linear(l2=0.3))
    features = np.random.default_rng(0).standard_normal((8, 3))
    theta = np.array([1.0, -2.0, 0.5])
    wanted = 5 / 8 * (features[5] @ theta - 0) * features[5] + 0.1 * theta  # label 0, and l2/M
    assert problem.sampled(theta, 0, np.array([2])) == pytest.approx(wanted, rel=1e-14)


def test_a_worker_without_samples_among_others():
    samples = Samples(np.eye(3), np.arange(3.0), [np.arange(3), np.array([], dtype=int)])
    problem = Linear().problem(samples, 2, Streams(1))
    assert problem.samples_of(1) == 0 and np.array_equal(problem.weights, [1.0, 0.0])
    with pytest.raises(InputError, match="at least one sample, got none of the 0 of worker 1"):
        problem.sampled(np.zeros(3), 1, np.array([], dtype=int))


def test_a_quadratic_has_no_samples():
    problem = Quadratic(dimension=4).problem(None, 5, Streams(1))
    assert problem.samples_of(0) == 0 and np.array_equal(problem.weights, np.full(5, 0.2))
    with pytest.raises(InputError, match="a minibatch needs samples, and .* has none; leave `batch` out"):
        problem.sampled(np.zeros(4), 0, np.array([0]))


def test_the_bounds_along_the_axes_by_hand():
    # X = [[1, 2], [3, 0]], n = 2: SUM x_j^2/n = (5, 2); the loss's share is 1, 1/4, 1/4 (softmax: each class), l2 = 1
    samples = Samples(np.array([[1.0, 2.0], [3.0, 0.0]]), np.array([0, 1]), [np.arange(2)], classes=np.arange(2))
    for objective, wanted in ((Linear(l2=1), [6, 3]), (Lasso(l1=1, l2=1), [6, 3]), (Logistic(l2=1), [2.25, 1.5]),
                              (Softmax(l2=1), [2.25, 2.25, 1.5, 1.5])):
        assert objective.problem(samples, 1, Streams(1)).coordinate_smoothness == pytest.approx(wanted, rel=1e-15)
    # a quadratic's Hessian is constant: the diagonal of A
    quadratic = Quadratic(dimension=4).problem(None, 2, Streams(1))
    assert quadratic.coordinate_smoothness == pytest.approx(np.diag(quadratic.matrix), rel=1e-15)

"""Sparse features of tens of thousands of columns: minima from the smaller side, in memory that does not see n d or d^2."""

import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from wirelesssim.learning.objectives import Lasso, Linear, Logistic, NonlinearLeastSquares, Samples, smaller_side
from wirelesssim.rng import Streams

COLUMNS = 47_236  # of rcv1


def make(objective, features, labels, workers=5):
    classes = np.array([-1, 1])
    samples = Samples(features, labels, np.array_split(np.arange(features.shape[0]), workers), features, labels, classes)
    return objective.problem(samples, workers, Streams(1))


def text_like(samples, columns=COLUMNS, entries=50):
    """Rows of unit length with some `entries` of `columns`, columns that are never used among them, and labels with noise."""
    random = np.random.default_rng(0)
    columns_of = np.minimum((columns * random.random((samples, entries)) ** 3).astype(int), columns - 1)
    values = np.abs(random.standard_normal((samples, entries)))
    rows = np.repeat(np.arange(samples), entries)
    features = sparse.csr_matrix((values.ravel(), (rows, columns_of.ravel())), shape=(samples, columns))
    features = sparse.diags(1 / np.sqrt(features.multiply(features).sum(axis=1).A1)) @ features
    truth = random.standard_normal(columns)
    return sparse.csr_matrix(features), np.where(features @ truth + 0.3 * random.standard_normal(samples) > 0, 1, -1)


OBJECTIVES = [Linear(), Linear(l2=1e-3), Lasso(), Logistic(l2=1e-4), NonlinearLeastSquares(l2=1e-3)]


def whole_interface(problem):
    """Asks a problem for everything that grows with d."""
    theta = np.linspace(-1, 1, problem.size)
    problem.gradients(theta, range(problem.workers))
    problem.sampled(theta, 1, np.arange(20))
    problem.prox(theta, 0.1)
    assert problem.coordinate_smoothness.shape == (problem.size,)
    assert problem.coordinate_smoothness.max() <= problem.smoothness * (1 + 1e-12)
    assert problem.worker_smoothness.shape == (problem.workers,) and problem.accuracy(theta) <= 1
    return problem.optimum()


@pytest.mark.parametrize("objective", OBJECTIVES, ids=repr)
def test_memory_stays_small(objective):
    features, labels = text_like(200)
    tracemalloc.start()
    try:
        found = whole_interface(make(objective, features, labels))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 30e6  # a dense copy of the features takes 8 n d = 76 MB, a matrix (d, d) 18 GB
    if not isinstance(objective, NonlinearLeastSquares):
        assert found.certificate <= 1e-12


@pytest.mark.parametrize("objective", OBJECTIVES, ids=repr)
def test_rcv1(objective):
    folder = os.environ.get("WIRELESSSIM_TEST_DATA")
    if not folder or not (Path(folder) / "rcv1_small.xz").exists():
        pytest.skip("WIRELESSSIM_TEST_DATA does not name a folder with rcv1_small.xz")
    import lzma

    from sklearn.datasets import load_svmlight_file

    with lzma.open(Path(folder) / "rcv1_small.xz") as file:
        features, labels = load_svmlight_file(file)
    tracemalloc.start()
    try:
        found = whole_interface(make(objective, features, labels.astype(int)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100e6  # a dense copy takes 377 MB; X X^T and its eigenvectors 8 MB each
    if not isinstance(objective, NonlinearLeastSquares):
        assert found.certificate <= 1e-12


@pytest.mark.parametrize("l2", [0.0, 1e-5, 0.1])
@pytest.mark.parametrize("n, d", [(40, 12), (12, 40), (15, 15)])
@pytest.mark.parametrize("rank", [None, 6])
def test_the_smaller_side_against_the_singular_values(n, d, rank, l2):
    random = np.random.default_rng(1)
    features = random.standard_normal((n, d)) if rank is None else (
        random.standard_normal((n, rank)) @ random.standard_normal((rank, d)))
    labels = random.choice([-1, 1], n)
    problem = make(Linear(l2=l2), sparse.csr_matrix(features), labels)
    found = smaller_side.minimise(problem)
    left, values, right = np.linalg.svd(features, full_matrices=False)
    kept = values > 1e-10 * values[0]
    best = right[kept].T @ (values[kept] / (values[kept] ** 2 + n * l2) * (left[:, kept].T @ labels))  # the least norm
    assert found.theta == pytest.approx(best, abs=1e-8 * np.linalg.norm(best) + 1e-10)
    assert found.value == pytest.approx(problem.value(best), abs=1e-14) and found.certificate <= 1e-20
    theta = found.theta + right[kept].T @ random.standard_normal(int(kept.sum()))  # the bound, inside the row space
    slope = problem.gradient(theta)
    mu = values[kept][-1] ** 2 / n + l2
    assert 0 < problem.value(theta) - found.value <= slope @ slope / (2 * mu) * (1 + 1e-9)


@pytest.mark.parametrize("n, d", [(30, 8), (8, 30)])
def test_the_certificate_of_the_smaller_side_by_its_definition(n, d, monkeypatch):
    monkeypatch.setattr(smaller_side, "_PASSES", 1)  # stops at theta = 0
    monkeypatch.setattr(smaller_side, "TOLERANCE", np.inf)
    random = np.random.default_rng(3)
    problem = make(Linear(l2=0.01), sparse.csr_matrix(random.standard_normal((n, d))), random.choice([-1, 1], n), 2)
    stopped, slope = smaller_side.minimise(problem), problem.gradient(problem.start())
    mu = np.linalg.svd(problem.design.features.toarray(), compute_uv=False)[-1] ** 2 / n + 0.01
    assert not stopped.theta.any() and stopped.certificate == pytest.approx(slope @ slope / (2 * mu), rel=1e-10)
    assert stopped.value - problem.optimum().value <= stopped.certificate


@pytest.mark.parametrize("turned", [False, True])
def test_a_rank_that_rounding_hides_is_unknown(turned):
    random = np.random.default_rng(2)
    column = random.standard_normal((20, 4))
    features = np.column_stack([column, column[:, :1] + 1e-9 * random.standard_normal((20, 1))])  # squared: 1e-18
    features = features.T if turned else features
    labels = random.choice([-1, 1], features.shape[0])
    assert smaller_side.minimise(make(Linear(), sparse.csr_matrix(features), labels, 2)) is None
    exact = np.column_stack([column, column[:, :1]])
    exact = exact.T if turned else exact
    assert smaller_side.minimise(make(Linear(), sparse.csr_matrix(exact), labels, 2)).certificate <= 1e-12
    assert smaller_side.minimise(make(Linear(), sparse.csr_matrix((6, 3)), np.ones(6, dtype=int), 2)).value == 0.5

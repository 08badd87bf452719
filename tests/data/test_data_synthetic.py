"""The sets that are made: their laws."""

import numpy as np
import pytest
import scipy.sparse as sp

from wirelesssim.data import Data, LagSynthetic, SparseLogistic
from wirelesssim.errors import InputError
from wirelesssim.model import build, plain
from wirelesssim.rng import Streams


def test_lag_smoothness_is_the_closed_form():
    # X_m = s q q^T + I, |q| = 1: eigenvalues s + 1 once and 1 else, so those of X_m^T X_m are (s + 1)^2 and 1
    source = build(Data, "lag_synthetic")
    split = source.split(Streams(4))
    shards = source.shards(split, 9, Streams(4)("partition"))
    assert [len(shard) for shard in shards] == [50] * 9 and split.train_features.shape == (450, 50) and not len(split.test_labels)
    for number, shard in enumerate(shards):
        own = split.train_features[shard]
        values = np.linalg.eigvalsh(own.T @ own)
        assert values[-1] == pytest.approx((1.3**number + 1) ** 2, rel=1e-12)
        assert np.allclose(values[:-1], 1, rtol=0, atol=1e-10)


def test_lag_columns_are_orthonormal_and_labels_follow_the_model():
    whole = LagSynthetic(noise=0).load()
    parts = whole.features.reshape(9, 50, 50) - np.eye(50)  # s_m q_m q_m^T
    for one in range(9):
        assert np.allclose(parts[one], parts[one].T) and np.linalg.matrix_rank(parts[one], tol=1e-9) == 1
        for other in range(one):
            assert np.allclose(parts[one] @ parts[other], 0, atol=1e-12)
    theta, residual, rank, _ = np.linalg.lstsq(whole.features, whole.labels, rcond=None)
    assert rank == 50 and residual[0] < 1e-18  # without noise all workers share one minimiser
    noisy = LagSynthetic().load()
    assert np.array_equal(noisy.features, whole.features)
    # the noise has variance 1: chi-square with 400 degrees, sd 28.3, 5 sd fail once in 1e6
    assert abs(np.linalg.lstsq(noisy.features, noisy.labels, rcond=None)[1][0] - 400) < 5 * 28.3
    assert noisy.task == "regression" and noisy.groups.tolist() == np.repeat(np.arange(1, 10), 50).tolist()


def test_lag_with_other_sizes_and_other_partitions():
    source = LagSynthetic(parts=3, size=5, growth=2, seed=7)
    assert source.load().features.shape == (15, 5)
    split = source.split(Streams(1))
    assert [len(shard) for shard in source.shards(split, 2, Streams(1)("partition"))] in ([10, 5], [5, 10])
    with pytest.raises(InputError, match="workers must be <= 3, the distinct values of the set's groups"):
        source.shards(split, 4, Streams(1)("partition"))
    with pytest.raises(InputError, match=r"parts must be <= size \(50\)"):
        build(Data, {"type": "lag_synthetic", "parts": 51})
    iid = build(Data, {"type": "lag_synthetic", "partition": "iid", "train": 300, "test": None})
    assert len(iid.split(Streams(1)).test_labels) == 150


def test_sparse_logistic_follows_its_law():
    whole = SparseLogistic().load()
    assert sp.isspmatrix_csr(whole.features) and whole.features.shape == (1000, 1000) and whole.classes.tolist() == [-1, 1]
    # entries: binomial(10^6, 0.05), sd 218; 5 sd fail once in 1e6
    assert abs(whole.features.nnz - 50_000) < 5 * 218
    # their mean and mean square: sd 1/sqrt(50000) = 0.0045 and sqrt(2/50000) = 0.0063
    assert abs(whole.features.data.mean()) < 5 * 0.0045 and abs(np.mean(whole.features.data**2) - 1) < 5 * 0.0063
    assert whole.features.has_sorted_indices and not np.any(np.diff(whole.features.indices)[np.diff(
        np.repeat(np.arange(1000), np.diff(whole.features.indptr))) == 0] <= 0)  # no index twice in a row
    # either label has probability 1/2 by symmetry; given the scores the sum is less spread than binomial: sd <= 15.8
    assert abs(np.count_nonzero(whole.labels == 1) - 500) < 5 * 15.8


def test_sparse_logistic_margin_is_the_signal():
    def flipped(margin):
        """The fraction of labels against the sign of the score that made them."""
        source = SparseLogistic(rows=20_000, features=50, density=1, active=50, margin=margin)
        whole = source.load()
        assert whole.features.nnz == 20_000 * 50
        # the direction of theta* is what a least-squares fit finds, to within sqrt(50/20000)
        found = np.linalg.lstsq(whole.features.toarray(), whole.labels.astype(float), rcond=None)[0]
        return np.mean(np.sign(whole.features @ found) != whole.labels)

    # E[1/(1 + exp(margin |Z|))], Z standard normal
    grid = (np.arange(4000) + 0.5) / 4000 * 8
    for margin in (1.0, 4.0):
        expected = np.sum(2 * np.exp(-grid**2 / 2) / np.sqrt(2 * np.pi) / (1 + np.exp(margin * grid))) * (8 / 4000)
        # binomial sd at most 0.0035, and the direction that is found is off by some 0.03 rad / pi = 0.01
        assert abs(flipped(margin) - expected) < 5 * 0.0035 + 0.01
    assert flipped(4.0) < flipped(1.0)


def test_a_seed_of_their_own():
    for leaf in (LagSynthetic, SparseLogistic):
        assert leaf().load().digest == leaf(train=20).load().digest != leaf(seed=2).load().digest
        assert build(Data, plain(leaf(seed=3))) == leaf(seed=3)
    one, other = (LagSynthetic().split(Streams(seed)).train_labels for seed in (1, 2))
    assert not np.array_equal(one, other) and np.array_equal(np.sort(one), np.sort(other))


@pytest.mark.parametrize("fields, words", [
    ({"active": 2000}, "active must be <= features"), ({"density": 0}, "density must be > 0"),
    ({"density": 2}, "density must be <= 1"),
    ({"rows": 0}, "rows must be >= 1"), ({"margin": -1}, "margin must be > 0"), ({"rows": 1}, "rows gave labels of one class")])
def test_what_is_refused(fields, words):
    with pytest.raises(InputError, match=words):
        build(Data, {"type": "sparse_logistic", **fields}).load()

"""Training and test parts: sizes, randomness, scaling."""

import numpy as np
import pytest
import scipy.sparse as sp

from wirelesssim.data import Data
from wirelesssim.data.dataset import content_digest
from wirelesssim.errors import InputError
from wirelesssim.model import build
from wirelesssim.rng import Streams


def split(replication=0, seed=1, **fields):
    return build(Data, {"type": "iris", "normalize": "none", **fields}).split(Streams(seed, replication, "learning"))


# iris has 150 samples
@pytest.mark.parametrize("train, test, sizes", [
    (None, None, (120, 30)), (100, None, (100, 50)), (None, 10, (140, 10)), (100, 20, (100, 20)), (150, None, (150, 0)),
    (20, 0, (20, 0)), (150, 0, (150, 0)), (None, 149, (1, 149))])
def test_sizes(train, test, sizes):
    made = split(train=train, test=test)
    assert (len(made.train_labels), len(made.test_labels)) == sizes
    assert made.train_features.shape == (sizes[0], 4) and made.test_features.shape == (sizes[1], 4)


@pytest.mark.parametrize("fields, key, words", [
    ({"train": 151}, "train", "must be <= 150, the samples of iris, got 151"),
    ({"train": 100, "test": 51}, "test", "must be <= 50, what train = 100 leaves of the 150 samples of iris, got 51"),
    ({"test": 150}, "test", "must be < 150"), ({"train": 0}, "train", "must be >= 1"), ({"test": -1}, "test", "must be >= 0"),
    ({"train": "10 kg"}, "train", "unknown unit"), ({"normalize": "yes"}, "normalize", "got 'yes'")])
def test_what_is_refused(fields, key, words):
    with pytest.raises(InputError) as caught:
        split(**fields)
    assert caught.value.problems[0].path == (key,) and words in str(caught.value)


def test_the_parts_are_disjoint_samples_of_the_set_with_their_labels():
    whole = build(Data, {"type": "diabetes", "normalize": "none"}).load()
    made = build(Data, {"type": "diabetes", "normalize": "none", "train": 300, "test": 100}).split(Streams(3))
    place = {row.tobytes(): index for index, row in enumerate(whole.features)}  # no two patients are alike
    assert len(place) == 442
    ours = [place[row.tobytes()] for row in made.train_features]
    theirs = [place[row.tobytes()] for row in made.test_features]
    assert len({*ours, *theirs}) == 400
    assert np.array_equal(whole.labels[ours], made.train_labels) and np.array_equal(whole.labels[theirs], made.test_labels)
    assert ours != sorted(ours)


def test_the_same_streams_give_the_same_split_and_another_replication_another():
    one = split()
    assert np.array_equal(one.train_features, split().train_features)
    assert not np.array_equal(one.train_features, split(replication=1).train_features)
    assert not np.array_equal(one.train_features, split(seed=2).train_features)
    assert np.array_equal(split(train=40).train_features, split(train=90).train_features[:40])
    assert one.digest == split(replication=1).digest


def test_every_sample_is_as_likely_to_train():
    # iris is sorted by label; of 120 training samples 40 a class are expected, hypergeometric with variance
    # 120 (1/3)(2/3)(30/149) = 5.37. Mean of 200 replications: standard error 0.164; |z| < 4.4 fails once in 1e5.
    counts = [np.count_nonzero(split(replication=r).train_labels == 0) for r in range(200)]
    assert abs(np.mean(counts) - 40) < 4.4 * np.sqrt(5.37 / 200)
    assert 0.6 < np.var(counts) / 5.37 < 1.5  # chi-square with 199 degrees: sd 0.1


def test_tables_are_standardised_by_the_training_part():
    made = build(Data, {"type": "wine", "train": 100}).split(Streams(5))
    raw = build(Data, {"type": "wine", "train": 100, "normalize": "none"}).split(Streams(5))
    assert np.allclose(made.train_features.mean(axis=0), 0, atol=1e-12) and np.allclose(made.train_features.std(axis=0), 1)
    mean, deviation = raw.train_features.mean(axis=0), raw.train_features.std(axis=0)
    assert np.allclose(made.test_features, (raw.test_features - mean) / deviation)
    assert not np.allclose(made.test_features.mean(axis=0), 0, atol=1e-3)


def test_columns_that_are_constant_in_training_become_0(tmp_path):
    features = np.arange(20.0).reshape(10, 2)
    features[:, 1] = 7
    np.savez(tmp_path / "x.npz", X=features, y=np.arange(10) % 2)
    made = build(Data, {"path": str(tmp_path / "x.npz"), "normalize": "standard", "train": 7}).split(Streams(1))
    assert not made.train_features[:, 1].any() and not made.test_features[:, 1].any()
    assert np.isclose(made.train_features[:, 0].std(), 1)
    features[:, 1] = 0
    features[3, 1] = 5  # constant in training only, where sample 3 is tested
    np.savez(tmp_path / "z.npz", X=features, y=np.arange(10) % 2)
    raw = build(Data, {"path": str(tmp_path / "z.npz"), "train": 5})
    seed = next(seed for seed in range(50) if 5 in raw.split(Streams(seed)).test_features[:, 1])
    scaled = build(Data, {"path": raw.path, "train": 5, "normalize": "standard"}).split(Streams(seed))
    assert not scaled.test_features[:, 1].any()


def test_sparse_features_are_not_standardised(tmp_path):
    path = tmp_path / "x.libsvm"
    path.write_text("1 3:1\n0 5:1\n1 1:2\n0 9:1\n")
    with pytest.raises(InputError, match="normalize must be 'auto' or 'none' for x.libsvm: 'standard' would make its sparse"):
        build(Data, {"path": str(path), "normalize": "standard"}).split(Streams(1))
    made = build(Data, {"path": str(path), "test": 1}).split(Streams(1))
    assert sp.issparse(made.train_features) and sp.issparse(made.test_features)


def test_the_digest_sees_every_number_every_label_and_the_shape():
    features, labels = np.arange(6.0).reshape(2, 3), np.array([0, 1])
    first = content_digest(features, labels)
    assert first == content_digest(np.asfortranarray(features), labels.astype(np.int32)) and len(first) == 64
    changed = features.copy()
    changed[1, 2] = np.nextafter(changed[1, 2], 9)
    others = [content_digest(changed, labels), content_digest(features, labels[::-1]),
              content_digest(features.reshape(3, 2), labels), content_digest(features, labels.astype(float)),
              content_digest(sp.csr_matrix(features), labels), content_digest(sp.csr_matrix(changed), labels)]
    assert len({first, *others}) == 7
    wide = sp.csr_matrix(features)
    wide.indices, wide.indptr = wide.indices.astype(np.int64), wide.indptr.astype(np.int64)
    assert content_digest(wide, labels) == content_digest(sp.csr_matrix(features), labels)

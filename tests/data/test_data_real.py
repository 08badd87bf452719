"""The real sets beside the project: their known shapes and counts."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from wirelesssim.data import Data
from wirelesssim.model import build
from wirelesssim.rng import Streams

FOLDER = os.environ.get("WIRELESSSIM_TEST_DATA")
pytestmark = pytest.mark.skipif(not FOLDER, reason="WIRELESSSIM_TEST_DATA names no folder of real sets")

# samples, features, samples of each class, sparse, stored entries where the manifest says them
SETS = {
    "w2a.xz": (3470, 300, {-1: 3363, 1: 107}, True, None),
    "w2a.t.xz": (46279, 300, {-1: 46279 - 1372, 1: 1372}, True, None),
    "colon-cancer.xz": (62, 2000, {-1: 40, 1: 22}, False, None),
    "dna.scale.xz": (2000, 180, {1: 464, 2: 485, 3: 1051}, True, None),
    "dna.scale.t.xz": (1186, 180, {1: 303, 2: 280, 3: 603}, True, None),
    "agaricus.train.xz": (6513, 126, {0: 6513 - 3140, 1: 3140}, True, None),
    "agaricus.test.xz": (1611, 126, {0: 1611 - 776, 1: 776}, True, None),
    "rcv1_small.xz": (1000, 47117, {-1: 541, 1: 459}, True, 77739),
    "rcv1_small_test.xz": (500, 47042, {-1: 255, 1: 245}, True, 39448),
}


def load(name, **fields):
    return build(Data, {"path": str(Path(FOLDER) / name), **fields}).load()


@pytest.mark.parametrize("name", SETS)
def test_shape_and_counts(name):
    samples, dimension, counts, sparse, entries = SETS[name]
    fields = {"features": 126} if "agaricus" in name else {}  # the largest index of a part may be smaller
    whole = load(name, **fields)
    assert whole.features.shape == (samples, dimension)
    assert dict(zip(*(array.tolist() for array in np.unique(whole.labels, return_counts=True)))) == counts
    assert sp.issparse(whole.features) == sparse and (entries is None or whole.features.nnz == entries)


# Order-free hash of the content: SHA-256 of the sorted rows 'label index:value …', computed elsewhere from other copies
@pytest.mark.parametrize("name, known", [
    ("w2a.xz", "53457d403f71970de6c149423eeca21dc57996f6a004d024d620da666ecf132a"),
    ("colon-cancer.xz", "85606b0005e4b76d92dd59db96274c3997263b6590134880cfb6c24718cfafc9"),
    ("dna.scale.xz", "4261d93dc90fccc31d2afb51352f1b358b7bbce8d7edaa595eb3659496971a68")])
def test_content(name, known):
    whole = load(name)
    features = sp.csr_matrix(whole.features)
    rows = sorted("%d" % label + "".join(" %d:%.6g" % (index + 1, value) for index, value in zip(row.indices, row.data))
                  for label, row in zip(whole.labels, features))
    assert hashlib.sha256("\n".join(rows).encode()).hexdigest() == known


def test_mnist_as_published():
    fields = {"labels": str(Path(FOLDER) / "mnist-t10k-labels-idx1-ubyte.gz")}
    test = load("mnist-t10k-images-idx3-ubyte.gz", **fields)
    # counts of the test digits, LeCun's MNIST page
    assert np.bincount(test.labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert test.features.shape == (10000, 784) and test.features.max() == 1.0
    assert np.allclose(np.unique(test.features) * 255, np.rint(np.unique(test.features) * 255), atol=1e-12)


@pytest.mark.slow  # 376 MB of features
def test_mnist_training_part_and_the_packaged_images_in_it():
    whole = load("mnist-train-images-idx3-ubyte.gz", labels=str(Path(FOLDER) / "mnist-train-labels-idx1-ubyte.gz"))
    assert np.bincount(whole.labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    known = {row.tobytes(): label for row, label in zip(whole.features, whole.labels)}
    packaged = build(Data, "mnist").load()
    assert all(known.get(row.tobytes()) == label for row, label in zip(packaged.features, packaged.labels))


def test_a_sparse_split_stays_sparse():
    made = build(Data, {"path": str(Path(FOLDER) / "rcv1_small.xz"), "train": 700}).split(Streams(1))
    assert sp.isspmatrix_csr(made.train_features) and made.test_features.shape == (300, 47117)
    assert np.allclose(sp.linalg.norm(made.train_features, axis=1), 1, atol=1e-5)  # unit norm, as the manifest says

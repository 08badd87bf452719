"""The real sets beside the project: their known shapes and counts."""

import dataclasses
import os
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from wirelesssim.data import Data, fetch
from wirelesssim.data.cache import read_entry
from wirelesssim.data.facts import PUBLISHED
from wirelesssim.data.published import row_hash
from wirelesssim.errors import InputError
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
HASHES = {
    "w2a.xz": "53457d403f71970de6c149423eeca21dc57996f6a004d024d620da666ecf132a",
    "w2a.t.xz": "24f5ffa7ab64e15a36183e3eefca030533bed646c18a407a8cb74da50da84dec",
    "colon-cancer.xz": "85606b0005e4b76d92dd59db96274c3997263b6590134880cfb6c24718cfafc9",
    "dna.scale.xz": "4261d93dc90fccc31d2afb51352f1b358b7bbce8d7edaa595eb3659496971a68"}


@pytest.mark.parametrize("name", HASHES)
def test_content(name):
    whole = load(name)
    assert row_hash(whole.features, whole.labels) == HASHES[name]


def test_w8a_is_w2a_and_its_test_part():
    parts = [load("w2a.xz"), load("w2a.t.xz")]
    both = sp.vstack([part.features for part in parts]), np.concatenate([part.labels for part in parts])
    assert row_hash(*both) == "f90c92fab90d5d014cb0e5c2b35b4f74aadf75142a90ff7b9a00635c0b5f1fcd"


@pytest.mark.parametrize("name, test", [("w2a", 46279), ("colon-cancer", 0), ("dna", 1186)])
def test_a_set_by_name_from_files_that_were_brought(cache, name, test):
    fetch(name, [FOLDER])
    whole = build(Data, name).load()
    given = load({"dna": "dna.scale"}.get(name, name) + ".xz")
    own = len(whole.labels) - test
    assert whole.given_test == test and np.array_equal(whole.labels[:own], given.labels)
    assert (abs(whole.features[:own] - given.features)).max() == 0
    assert sp.issparse(whole.features) == sp.issparse(given.features)


def test_another_set_under_that_name_is_refused(cache, tmp_path):
    (tmp_path / "w2a.xz").write_bytes((Path(FOLDER) / "w2a.t.xz").read_bytes())
    monkey = pytest.MonkeyPatch()
    monkey.setitem(PUBLISHED, "w2a", dataclasses.replace(PUBLISHED["w2a"], mirrors=()))
    try:
        with pytest.raises(InputError, match="w2a: holds 46279 samples of 300 features where 3470 of 300 are due"):
            fetch("w2a", [str(tmp_path)])
    finally:
        monkey.undo()


@pytest.mark.slow  # 439 MB of features
def test_mnist_full_from_files_that_were_brought(cache, tmp_path):
    for path in Path(FOLDER).glob("mnist-*"):
        (tmp_path / path.name.removeprefix("mnist-")).symlink_to(path)
    fetch("mnist_full", [str(tmp_path)])
    table, given = read_entry("mnist_full")
    assert table.features.shape == (70000, 784) and given == 10000
    assert np.bincount(table.labels[60000:].astype(int)).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


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
    source = build(Data, {"path": str(Path(FOLDER) / "rcv1_small.xz"), "train": 700, "partition": "shards"})
    made = source.split(Streams(1))
    assert sum(map(len, source.shards(made, 10, Streams(1)("partition")))) == 700
    assert sp.isspmatrix_csr(made.train_features) and made.test_features.shape == (300, 47117)
    assert np.allclose(sp.linalg.norm(made.train_features, axis=1), 1, atol=1e-5)  # unit norm, as the manifest says

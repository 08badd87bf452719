"""Files of the user's own: every format there and back."""

import bz2
import gzip
import lzma
import os

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from data_cases import idx
from sklearn.datasets import dump_svmlight_file

from wirelesssim.data import Data
from wirelesssim.errors import InputError
from wirelesssim.model import build, plain
from wirelesssim.rng import Streams

PACKERS = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
RNG = np.random.default_rng(7)
X = RNG.standard_normal((12, 5)) * 10.0 ** RNG.integers(-9, 9, (12, 5))
Y = np.array([0, 2, 1] * 4)


def load(path, **fields):
    return build(Data, {"path": str(path), **fields}).load()


def agrees(whole, features=X, labels=Y):
    assert whole.features.dtype == np.float64 and not sp.issparse(whole.features)
    assert np.array_equal(whole.features, features)
    assert np.array_equal(whole.labels, labels) and whole.classes.tolist() == sorted(set(labels.tolist()))


@pytest.mark.parametrize("pack", PACKERS)
@pytest.mark.parametrize("suffix", [".libsvm", ".svm", ".txt", ".t", "", ".scale"])
def test_libsvm(tmp_path, suffix, pack):
    path = tmp_path / f"x{suffix}"
    dump_svmlight_file(X, Y, str(path), zero_based=False)
    packed = tmp_path / f"x{suffix}{pack}"
    packed.write_bytes(PACKERS[pack](path.read_bytes()))
    whole = load(packed)
    assert np.allclose(whole.features, X, rtol=1e-15, atol=0) and np.array_equal(whole.labels, Y)
    assert whole.name == f"x{suffix}{pack}" and whole.labels.dtype == np.int64


def test_libsvm_stays_sparse_up_to_a_density_of_one_half(tmp_path):
    path = tmp_path / "x.svm"
    path.write_text("# a comment\n+1 2:0.5 4:2 # another\n-1\n\n+1 1:1 3:0\n")  # 3 entries of 12; an explicit zero
    whole = load(path)
    assert sp.isspmatrix_csr(whole.features) and whole.features.shape == (3, 4) and whole.features.nnz == 3
    assert whole.features.toarray().tolist() == [[0, 0.5, 0, 2], [0, 0, 0, 0], [1, 0, 0, 0]]
    assert whole.labels.tolist() == [1, -1, 1] and whole.classes.tolist() == [-1, 1]
    assert load(path, features=9).features.shape == (3, 9)
    path.write_text("1 1:1\n0 2:1\n")  # half
    assert sp.issparse(load(path).features)
    path.write_text("1 1:1 2:1\n0 2:1\n")
    assert not sp.issparse(load(path).features)


@pytest.mark.parametrize("pack", PACKERS)
def test_csv(tmp_path, pack):
    frame = pd.DataFrame(X, columns=list("abcde")).assign(label=Y)
    path = tmp_path / f"x.csv{pack}"
    path.write_bytes(PACKERS[pack](frame.to_csv(index=False).encode()))
    agrees(load(path))
    path.write_bytes(PACKERS[pack](frame.to_csv(index=False, header=False, sep=";").encode()))
    agrees(load(path))


def test_csv_label_by_name_by_number_and_as_text(tmp_path):
    path = tmp_path / "x.csv"
    words = np.array(["cat", "dog", "ape"])[Y]
    pd.DataFrame(X, columns=list("abcde")).assign(label=words)[["label", *"abcde"]].to_csv(path, index=False)
    agrees(load(path, label="label"), labels=words)
    agrees(load(path, label=1), labels=words)
    pd.DataFrame(X).assign(label=words).to_csv(path, index=False, header=False)  # words, but no header
    agrees(load(path), labels=words)
    path.write_text("1,2,3\n1,5,6\n4,8,9\n4,1,1\n")  # a header of numbers, because the label is named
    assert load(path, label="1").labels.tolist() == [1, 4, 4]
    assert len(load(path, label=1).labels) == 4
    path.write_text("\ufeffa b,y\r\ntrue,1\r\nFALSE,0\r\n")
    assert load(path).features.tolist() == [[1], [0]]


@pytest.mark.parametrize("first", ["NA", "na", "N/A", "#N/A", "<NA>", "NULL", "None", "?", "0x10", "0b1", "-nan", "1e3", ""])
def test_a_first_line_of_data_is_no_header(tmp_path, first):
    path = tmp_path / "x.csv"
    path.write_text(f"{first},2,0\n3,4,1\n5,6,0\n7,8,1\n")
    if first == "1e3":
        assert len(load(path).labels) == 4
        return
    with pytest.raises(InputError, match="row 1, column 1, (is not a number|holds)"):  # refused, and not lost in silence
        load(path)
    path.write_text(f"{first},K,y\n3,4,1\n5,6,0\n7,8,1\n")  # NA and K are also sodium and potassium: K is a name
    if first and first != "-nan":
        assert load(path).features.tolist() == [[3, 4], [5, 6], [7, 8]]


def test_npz(tmp_path):
    path = tmp_path / "x.npz"
    np.savez_compressed(path, X=X, y=Y)
    agrees(load(path))
    np.savez(path, X=np.arange(24, dtype=np.uint8).reshape(4, 2, 3), y=np.array([[0], [1], [1], [0]]))
    agrees(load(path), np.arange(24.0).reshape(4, 6), np.array([0, 1, 1, 0]))
    np.savez(path, X=X, y=np.array(["a", "b", "c"])[Y])
    agrees(load(path), labels=np.array(["a", "b", "c"])[Y])


def test_parquet(tmp_path):
    path = tmp_path / "x.parquet"
    frame = pd.DataFrame(X, columns=list("abcde")).assign(label=pd.Categorical(Y))
    frame.to_parquet(path)
    agrees(load(path))
    frame[["label", *"abcde"]].to_parquet(path)
    agrees(load(path, label="label"))
    path.rename(tmp_path / "unnamed")
    agrees(load(tmp_path / "unnamed", label="label"))  # known by its first bytes


@pytest.mark.parametrize("pack", PACKERS)
def test_idx_bytes_are_pixels(tmp_path, pack):
    images = np.arange(4 * 2 * 3, dtype=np.uint8).reshape(4, 2, 3) * 11
    path, labels = tmp_path / f"i-idx3-ubyte{pack}", tmp_path / f"l-idx1-ubyte{pack}"
    path.write_bytes(PACKERS[pack](idx(images)))
    labels.write_bytes(PACKERS[pack](idx(np.array([3, 1, 1, 3], np.uint8))))
    agrees(load(path, labels=str(labels)), images.reshape(4, 6) / 255, np.array([3, 1, 1, 3]))
    agrees(load(path, labels=str(labels), normalize="none"), images.reshape(4, 6).astype(float), np.array([3, 1, 1, 3]))


@pytest.mark.parametrize("dtype", ["i1", "i2", "i4", "f4", "f8"])
def test_idx_numbers_are_left_alone(tmp_path, dtype):
    numbers = np.array([[-1, 2], [3, 100]], dtype=dtype)
    (tmp_path / "x.idx").write_bytes(idx(numbers))
    (tmp_path / "y.idx").write_bytes(idx(np.array([0, 1], np.int32)))
    agrees(load(tmp_path / "x.idx", labels=str(tmp_path / "y.idx")), numbers.astype(float), np.array([0, 1]))


def test_the_same_samples_have_the_same_digest_in_every_format(tmp_path):
    dense = X[:, :]
    np.savez(tmp_path / "x.npz", X=dense, y=Y)
    pd.DataFrame(dense, columns=list("abcde")).assign(label=Y).to_parquet(tmp_path / "x.parquet")
    (tmp_path / "x.idx").write_bytes(idx(dense))
    (tmp_path / "y.idx").write_bytes(idx(Y.astype(np.uint8)))
    digests = {load(tmp_path / "x.npz").digest, load(tmp_path / "x.parquet").digest,
               load(tmp_path / "x.idx", labels=str(tmp_path / "y.idx")).digest}
    assert len(digests) == 1


def test_task(tmp_path):
    def task(labels, **fields):
        np.savez(tmp_path / "x.npz", X=np.ones((len(labels), 1)), y=np.array(labels))
        return load(tmp_path / "x.npz", **fields).task

    assert task([0, 1]) == task([-1.0, 1.0, 1.0]) == task(["a", "b"]) == task([1, 2, 3] * 2) == "classification"
    assert task([0.5, 1]) == task([1, 2, 3]) == task([1, 2, 3, 4, 5]) == task(list(range(101)) * 2) == "regression"
    assert task(list(range(100)) * 2) == "classification"
    assert task([0, 1], task="regression") == "regression"
    assert task(list(range(300)), task="classification") == "classification"
    assert task([3, 3, 3], task="regression") == "regression"


def test_a_changed_file_is_read_again(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("1,0\n2,1\n")
    first = load(path)
    assert load(path) is first
    path.write_text("5,0\n2,1\n")
    os.utime(path, ns=(1, 1))
    assert load(path).features[0, 0] == 5 and load(path).digest != first.digest


def test_a_path_object_and_the_plain_form(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("1,0\n2,1\n")
    made = build(Data, {"path": path, "label": 2, "partition": "sorted"})
    assert made.path == str(path) and build(Data, plain(made)) == made
    assert made.split(Streams(1)).train_features.shape == (2, 1)  # a fifth of two samples rounds to none


def test_each_wrong_field_is_named():
    for field, value in {"path": 3, "label": 0, "labels": 3, "features": 0, "task": "x"}.items():
        with pytest.raises(InputError) as caught:
            build(Data, {"path": "x.csv", field: value})
        assert [problem.path for problem in caught.value.problems] == [(field,)]

"""Every kind of bad file is one line that names the file, what is wrong and where, and the way out."""

import bz2
import gzip
import lzma
import os

import numpy as np
import pytest
from data_cases import idx, npz, parquet

from wirelesssim.data import Data
from wirelesssim.errors import InputError
from wirelesssim.model import build

GOOD = b"1 1:1 3:2\n0 2:1\n" * 50
IMAGES, LABELS = idx(np.zeros((3, 2, 2), np.uint8)), idx(np.array([0, 1, 1], np.uint8))
HALF = np.array([[0.5, 1], [2, 3]])


def complaint(path, **fields):
    """The one problem of loading `path`, checked for its form."""
    with pytest.raises(InputError) as caught:
        build(Data, {"path": str(path), **fields}).load()
    assert caught.value.__cause__ is None and caught.value.__suppress_context__
    (problem,) = caught.value.problems
    assert "\n" not in problem.message and (problem.path != ("path",) or problem.message.startswith(f"{path}: "))
    return problem


TEXT = {  # LIBSVM text -> what is said of it
    "0:1": "line 1 is not LIBSVM text: the label '0:1' is not a number",
    "1 0:1": "line 1 is not LIBSVM text: index 0 must be from 1",
    "1 1:1\n\n0 3:1 2:1": "line 3 is not LIBSVM text: index 2 follows 3, and indices must increase",
    "1 2:1 2:1": "index 2 follows 2",
    "1 1:1\ncat 1:1": "line 2 is not LIBSVM text: the label 'cat' is not a number",
    "1 a:1": "'a:1' is not index:value", "1 5": "'5' is not index:value", "1 1:": "'1:' is not index:value",
    "1 1:x": "'1:x' is not index:value", "1 -1:3": "'-1:3' is not index:value", "1 1.5:3": "'1.5:3' is not index:value",
    "1 99999999999:1": "index 99999999999 must be from 1 to 2147483647",
    "1,2 1:1": "the label '1,2' is not a number",
    "a,b,c\n1,2,3": "the label 'a,b,c' is not a number; a line is 'label index:value …', or give LIBSVM text, CSV, NPZ",
    "1 1:1\n0 1:3 2:nan": "sample 2, column 2, is not a number (NaN, or missing); fill or drop",
    "1 1:1\n0 1:-inf 7:1": "sample 2, column 1, is infinite",
    "1 1:1\n0 900:1e999": "sample 2, column 900, is infinite",
    "1 1:1\nnan 1:1": "sample 2 has the label not a number",
    "": "has no samples; the file is empty", "# only\n\n": "has no samples", "1\n0\n": "has no features",
    "1 1:1\n1 2:1\n": "has one class only, 1; there is nothing to learn",
    "\0\1binary": "is not text, so neither LIBSVM nor CSV",
    "\xff\xfe 1:1": "is not a number",
}


@pytest.mark.parametrize("text", TEXT)
def test_libsvm(tmp_path, text):
    path = tmp_path / "x.libsvm"
    path.write_bytes(text.encode("latin-1"))
    assert TEXT[text] in complaint(path).message


CSV = {
    "a,b,y\n1,2,0\n3,red,1\n": "row 2, column 2 (b), holds 'red', not a number; turn categories into numbers",
    "1,2,0\n3,red,1\n": "row 2, column 2, holds 'red', not a number",
    "a,b,y\n1,2,0\n3,,1\n": "row 2, column 2 (b), is not a number (NaN, or missing)",
    "a,b,y\n1,2,0\nnan,7,1\n": "row 2, column 1 (a), is not a number",
    "a,b,y\n1,-inf,0\n3,4,1\n": "row 1, column 2 (b), is infinite",
    "a,b,y\n1,2,0\n3,4,\n": "row 2 has no label",
    "a,b,y\n1,2,0\n3,4\n": "row 2 has no label",
    "a,b,y\n1,2,0,9\n3,4,1,9\n": "is not CSV (", "1,2,0\n1,2,3,4\n": "is not CSV (",
    "a,b,y\n": "has no samples", "a,b,y": "has no samples", "": "has no samples", " \n\n": "has no samples",
    "1\n2\n": "has no features",
    "a,y\n1,5\n2,5\n": "has one class only, 5", "a,y\n1,x\n2,x\n": "has one class only, x",
    "a,y\n1,0\n\xff,1\n": "is not UTF-8 text (byte 9)",
    "1,\0,0\n": "is not text",
    '1,"2,0\n1,2,0\n': "is not CSV (", f"{'9' * 200_000},1\n": "is not CSV (field larger than",
    "a,b,y\r1,2,0\r3,red,1\r": "row 2, column 2 (b), holds 'red'",
}


@pytest.mark.parametrize("text", CSV)
def test_csv(tmp_path, text):
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode("latin-1"))
    assert CSV[text] in complaint(path).message


ARRAYS = {  # NPZ
    "nan": (npz(X=np.array([[1, 2], [3, np.nan]]), y=[0, 1]), "row 2, column 2, is not a number"),
    "inf": (npz(X=np.array([[1, -np.inf], [3, 4]]), y=[0, 1]), "row 1, column 2, is infinite"),
    "no y": (npz(X=HALF), "lacks the array y, has X; write it with numpy.savez(path, X=X, y=y)"),
    "other names": (npz(data=HALF, target=[0, 1]), "lacks the array X and y, has data, target"),
    "pickle": (npz(X=np.array([[1, "a"]], dtype=object), y=[0]), "is not a readable NPZ file (Object arrays cannot be loaded"),
    "pickle of y": (npz(X=HALF, y=np.array(["a", "b"], dtype=object)), "is not a readable NPZ file"),
    "lengths": (npz(X=HALF, y=[0, 1, 1]), "has 2 samples and 3 labels"),
    "flat": (npz(X=np.ones(3), y=[0, 1, 1]), "X must be an (n, d) array of real numbers, got shape (3,)"),
    "complex": (npz(X=HALF * 1j, y=[0, 1]), "X must be an (n, d) array of real numbers"),
    "one-hot": (npz(X=HALF, y=np.eye(2)), "y must be an (n,) array of numbers or text, got shape (2, 2)"),
    "scalar y": (npz(X=HALF, y=1), "y must be an (n,) array"),
    "empty": (npz(X=np.empty((0, 3)), y=[]), "has no samples"),
    "no columns": (npz(X=np.empty((3, 0)), y=[0, 1, 1]), "has no features"),
    "one class": (npz(X=HALF, y=[2, 2]), "has one class only, 2"),
    "nan label": (npz(X=HALF, y=[0.5, np.nan]), "row 2 has the label not a number"),
    "truncated": (npz(X=HALF, y=[0, 1])[:-40], "is not a readable NPZ file"),
    "damaged": (npz(X=HALF, y=[0, 1]).replace(HALF.tobytes(), bytes(32)), "is not a readable NPZ file (Bad CRC-32"),
    "text": (b"1,2,3\n", "is not an NPZ file"), "one array": (b"\x93NUMPY\x01", "is not an NPZ file"),
}


@pytest.mark.parametrize("case", ARRAYS)
def test_npz(tmp_path, case):
    data, words = ARRAYS[case]
    path = tmp_path / "x.npz"
    path.write_bytes(data)
    assert words in complaint(path).message


PARQUET = {
    "text": (parquet(a=["x", "2"], y=[0, 1]), "row 1, column 1 (a), holds 'x', not a number"),
    "time": (parquet(a=np.array(["2020-01-01", "2021-01-01"], "M8[ns]"), y=[0, 1]), "row 1, column 1 (a), holds '2020"),
    "missing": (parquet(a=[1.0, None], y=[0, 1]), "row 2, column 1 (a), is not a number"),
    "label": (parquet(a=[1.0, 2.0], y=["a", None]), "row 2 has no label"),
    "lists": (parquet(a=[[1, 2], [3, 4]], y=[0, 1]), "row 1, column 1 (a), holds '[1"),
    "empty": (parquet(a=np.empty(0), y=np.empty(0)), "has no samples"), "no columns": (parquet(), "has no columns"),
    "truncated": (parquet(a=[1.0, 2.0], y=[0, 1])[:-30], "is not a readable Parquet file"),
    "other": (b"PAR1 or not", "is not a readable Parquet file"), "csv": (b"1,2\n", "is not a readable Parquet file"),
}


@pytest.mark.parametrize("case", PARQUET)
def test_parquet(tmp_path, case):
    data, words = PARQUET[case]
    path = tmp_path / "x.parquet"
    path.write_bytes(data)
    assert words in complaint(path).message


IDX = {  # images, labels -> key, words
    "short": (IMAGES[:-1], LABELS, "path", "has 27 bytes where its header of shape 3x2x2 asks for 28; fetch it again"),
    "long": (IMAGES + b"x", LABELS, "path", "has 29 bytes where"),
    "header": (IMAGES[:9], LABELS, "path", "truncated in its header"),
    "type": (b"\0\0\x07\x01\0\0\0\0", LABELS, "path", "is not an idx file"),
    "four bytes": (b"\0\0\x08", LABELS, "path", "is not an idx file"),
    "swapped": (LABELS, IMAGES, "labels", "must have one label a sample, got an array of 3 dimensions"),
    "labels twice": (LABELS, LABELS, "path", "holds one number a sample"),
    "fewer": (IMAGES, idx(np.array([0, 1], np.uint8)), "path", "has 3 samples and 2 labels"),
    "no idx": (IMAGES, b"hello", "labels", "is not an idx file"),
    "empty": (idx(np.empty((0, 2, 2), np.uint8)), LABELS, "path", "has no samples"),
    "huge": (b"\0\0\x08\x03" + b"\xff" * 12, LABELS, "path", "asks for 79228162458924105385300197391"),
}


@pytest.mark.parametrize("case", IDX)
def test_idx(tmp_path, case):
    images, labels, key, words = IDX[case]
    (tmp_path / "x.idx").write_bytes(images)
    (tmp_path / "y.idx").write_bytes(labels)
    problem = complaint(tmp_path / "x.idx", labels=str(tmp_path / "y.idx"))
    assert problem.path == (key,) and words in problem.message


def test_idx_labels_are_required_and_must_exist(tmp_path):
    (tmp_path / "x.idx").write_bytes(IMAGES)
    assert complaint(tmp_path / "x.idx").path == ("labels",)
    problem = complaint(tmp_path / "x.idx", labels=str(tmp_path / "none"))
    assert problem.path == ("labels",) and f"{tmp_path / 'none'}: there is no such file" in problem.message


@pytest.mark.parametrize("suffix, pack", [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)])
def test_damaged_archives(tmp_path, suffix, pack):
    path = tmp_path / f"x{suffix}"
    whole = pack(GOOD)
    for damaged in (whole[:-4], whole[: len(whole) // 2], whole[:12], whole[:-6] + b"abcdef"):
        path.write_bytes(damaged)
        assert "is a damaged or truncated" in complaint(path).message
    path.write_bytes(GOOD)
    assert f"is not what its suffix {suffix} says" in complaint(path).message
    path.write_bytes(b"")
    assert "the file is empty" in complaint(path).message
    path.write_bytes(pack(b""))
    assert "the file is empty" in complaint(path).message


def test_no_file_a_folder_and_a_name_that_is_none(tmp_path):
    assert "there is no such file; a relative path starts at the scenario's folder" in complaint(tmp_path / "none.csv").message
    assert "is a folder" in complaint(tmp_path).message
    assert "cannot be read" in complaint("x\0y").message
    assert "cannot be read" in complaint("x" * 5000).message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_that_may_not_be_read(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"1,0\n")
    path.chmod(0)
    assert "cannot be read (Permission denied)" in complaint(path).message


def test_fields_that_belong_to_another_format(tmp_path):
    (tmp_path / "x.svm").write_bytes(GOOD)
    (tmp_path / "x.csv").write_bytes(b"a,y\n1,0\n2,1\n")
    for name, field, value, words in [
            ("x.svm", "label", "y", "is for csv and parquet"), ("x.svm", "labels", "z", "is for idx"),
            ("x.csv", "features", 3, "is for libsvm"),
            ("x.svm", "features", 2, "must be >= 3, the largest index in the file, got 2"),
            ("x.csv", "label", "z", "must be the name of a column, got 'z'; known: a, y"),
            ("x.csv", "label", 3, "must be the name of a column or its number, from 1 to 2, got 3")]:
        problem = complaint(tmp_path / name, **{field: value})
        assert problem.path == (field,) and words in problem.message


def test_labels_that_do_not_fit_the_task(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"1,a\n2,b\n")
    problem = complaint(path, task="regression")
    assert problem.path == ("task",) and "must be 'classification' for text labels like 'a'" in problem.message
    path.write_bytes(b"1,1\n2,0.5\n")
    problem = complaint(path, task="classification")
    assert problem.path == ("task",) and "not whole numbers, like 0.5" in problem.message


def test_a_failure_is_not_remembered(tmp_path):
    path = tmp_path / "x.csv"
    complaint(path)
    path.write_bytes(b"1,0\n2,1\n")
    assert len(build(Data, {"path": str(path)}).load().labels) == 2

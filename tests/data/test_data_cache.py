"""A cache entry that is not what was fetched is refused in one line, with the way out."""

import json
from hashlib import sha256

import numpy as np
import pytest
import scipy.sparse as sp

from wirelesssim.data import Data
from wirelesssim.data.cache import cache_folder, read_entry, write_entry
from wirelesssim.data.table import Table
from wirelesssim.errors import InputError
from wirelesssim.model import build

NAME = "mushrooms"
DENSE = Table(np.arange(12, dtype=np.uint8).reshape(6, 2), np.array([0, 1] * 3))
SPARSE = Table(sp.csr_matrix(np.eye(4) * 2.5), np.array([1, -1, 1, -1]))


def refused(words="fetch mushrooms --force"):
    with pytest.raises(InputError, match=words) as caught:
        read_entry(NAME)
    assert "\n" not in str(caught.value) and caught.value.problems[0].path == ("type",)
    assert "`wirelesssim data fetch mushrooms --force` fetches it again" in str(caught.value)


def parts_of(cache):
    (samples,) = cache.glob("*.npz")
    return samples, cache / f"{NAME}.json"


def reseal(cache, data):
    """Put `data` in place of the samples, with a digest that fits: what a person with a purpose could do."""
    samples, entry = parts_of(cache)
    samples.write_bytes(data)
    entry.write_text(json.dumps(json.loads(entry.read_text()) | {"sha256": sha256(data).hexdigest()}))


@pytest.mark.parametrize("table", [DENSE, SPARSE], ids=["dense", "sparse"])
def test_there_and_back(cache, table):
    write_entry(NAME, [table, table], ["here"])
    found, given = read_entry(NAME)
    assert given == len(table.labels) and np.array_equal(found.labels, np.tile(table.labels, 2))
    assert sp.issparse(found.features) == sp.issparse(table.features) and found.features.dtype == float
    dense = found.features.toarray() if sp.issparse(found.features) else found.features
    once = table.features.toarray() if sp.issparse(table.features) else table.features
    assert np.array_equal(dense, np.vstack([once, once]))
    assert sorted(path.suffix for path in cache.iterdir()) == [".json", ".npz"]


def test_one_part_and_another_set_in_its_place(cache):
    write_entry(NAME, [DENSE], ["here"])
    assert read_entry(NAME)[1] == 0
    write_entry(NAME, [SPARSE], ["there"])
    assert sp.issparse(read_entry(NAME)[0].features) and len(list(cache.glob("*.npz"))) == 1  # the old one is gone


def test_the_folder_is_named_by_the_environment(cache, monkeypatch, tmp_path):
    assert cache_folder() == cache
    monkeypatch.delenv("WIRELESSSIM_DATA")
    monkeypatch.setenv("WIRELESSSIM_CACHE", str(tmp_path / "all"))
    assert cache_folder() == tmp_path / "all" / "data"
    monkeypatch.delenv("WIRELESSSIM_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder().name == "data" and cache_folder().parent.name == "wirelesssim"


def test_edited_cut_and_missing(cache):
    write_entry(NAME, [DENSE], ["here"])
    samples, entry = parts_of(cache)
    whole, said = samples.read_bytes(), entry.read_text()
    for data in (whole[:-1], whole[: len(whole) // 2], b"", whole + b"x", whole.replace(bytes([7]), bytes([8]), 1)):
        samples.write_bytes(data)
        refused("holds other bytes than were fetched")
    samples.unlink()
    refused("is damaged or incomplete")
    samples.write_bytes(whole)
    changes = ((f'"{NAME}"', '"w2a"'), ('"version": 1', '"version": 2'), ('"test_samples": 0', '"test_samples": 6'),
               *(('"test_samples": 0', f'"test_samples": {given}')
                 for given in ("null", "Infinity", "-Infinity", "NaN", "1e400", "0.5", "-1", '"0"', "[0]", "1" * 5000)))
    deep = "[" * 100_000, said.rstrip("}\n") + ', "more": ' + "[" * 100_000 + "]" * 100_000 + "}"
    for text in (said[:-20], "", "[]", "3", "{}", "\ud800", *deep, *(said.replace(old, new) for old, new in changes)):
        assert text != said
        entry.write_bytes(text.encode("utf-8", "surrogatepass"))
        refused()
    entry.write_text(said)
    assert len(read_entry(NAME)[0].labels) == 6


def test_an_entry_points_into_its_own_folder_only(cache, tmp_path):
    write_entry(NAME, [DENSE], ["here"])
    samples, entry = parts_of(cache)
    elsewhere = tmp_path / "elsewhere.npz"
    samples.rename(elsewhere)
    entry.write_text(json.dumps(json.loads(entry.read_text()) | {"file": "../elsewhere.npz"}))
    refused("is damaged or incomplete")


@pytest.mark.parametrize("table", [DENSE, SPARSE], ids=["dense", "sparse"])
def test_fuzzed_samples_are_read_or_refused(cache, table):
    """Cut every 29 bytes, and with one byte changed at 150 places, under a digest that fits: no other exception."""
    write_entry(NAME, [table], ["here"])
    whole = parts_of(cache)[0].read_bytes()
    random = np.random.default_rng(11)
    cut = [whole[:at] for at in range(0, len(whole), 29)]
    bent = [whole[:at] + bytes([int(random.integers(256))]) + whole[at + 1:] for at in random.integers(0, len(whole), 150)]
    outcomes = set()
    for data in cut + bent:
        reseal(cache, data)
        try:
            read_entry(NAME)
            outcomes.add("read")
        except InputError as error:
            assert "--force" in str(error)
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}


@pytest.mark.parametrize("change", [
    {"X_indices": np.array([0, 1, 2, 9])}, {"X_indptr": np.array([0, 2, 1, 3, 4])}, {"X_indptr": np.array([0, 1, 2, 3])},
    {"X_shape": np.array([4])}, {"X_shape": np.array([-4, 4])}, {"X_data": np.array(["a"] * 4)}, {"X_data": np.ones(3)},
    {"X_indices": np.array([0.5, 1, 2, 3])}, {"X_indices": np.array([0, -1, 2, 3])},
    {"y": np.array([1, 0])}, {"y": np.array([1, 0] * 3)}])
def test_arrays_that_are_no_sparse_matrix(cache, tmp_path, change):
    csr = SPARSE.features
    arrays = {"X_data": csr.data, "X_indices": csr.indices, "X_indptr": csr.indptr, "X_shape": np.array(csr.shape),
              "y": SPARSE.labels}
    np.savez(tmp_path / "good.npz", **arrays)
    assert sp.issparse(build(Data, {"path": str(tmp_path / "good.npz")}).load().features)
    np.savez(tmp_path / "x.npz", **arrays | change)
    with pytest.raises(InputError) as caught:
        build(Data, {"path": str(tmp_path / "x.npz")}).load()
    assert "\n" not in str(caught.value)


def test_a_changed_entry_is_read_afresh(cache):
    write_entry(NAME, [DENSE], ["here"])
    one = build(Data, NAME).load()
    assert build(Data, NAME).load() is one
    write_entry(NAME, [SPARSE], ["there"])
    assert sp.issparse(build(Data, NAME).load().features)
    parts_of(cache)[1].unlink()
    with pytest.raises(InputError, match="is not here"):
        build(Data, NAME).load()

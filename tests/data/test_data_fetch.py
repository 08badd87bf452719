"""Fetching, against a server on the loopback that serves a set well or badly."""

import dataclasses
import socket
import time

import numpy as np
import pytest
import scipy.sparse as sp
from fetch_cases import DIMENSION, NAME

from wirelesssim.data import Data, fetch
from wirelesssim.data.facts import PUBLISHED
from wirelesssim.errors import InputError
from wirelesssim.model import build

# what a folder of the server does -> what is said of it
BAD = {
    "gone": "answers 404 Not Found",
    "wrong": "holds other samples: their order-free SHA-256 is",
    "truncated": "the file came truncated",
    "cut": "is a damaged or truncated bzip2 file",
    "page": "is not LIBSVM text",
    "slow": "no answer, or less than 16 kB, within 0.4 s",
    "drip": "no answer, or less than 16 kB, within 0.4 s",
}


def mirrors(monkeypatch, server, *folders):
    """The known mirrors of the small set."""
    addresses = tuple(f"{server.root}/{folder}/" for folder in folders)
    monkeypatch.setitem(PUBLISHED, NAME, dataclasses.replace(PUBLISHED[NAME], mirrors=addresses))


def files(cache):
    return sorted(path.name for path in cache.rglob("*")) if cache.exists() else []


def test_a_good_mirror(server, cache, monkeypatch):
    mirrors(monkeypatch, server, "good")
    said = []
    entry = fetch(NAME, tell=said.append)
    assert said == [] and server.asked == ["/good/small.bz2", "/good/small.t"]
    assert [name.partition("-")[0] for name in files(cache)] == [NAME, f"{NAME}.json"] and entry == cache / f"{NAME}.json"
    whole = build(Data, NAME).load()
    assert sp.issparse(whole.features) and whole.features.shape == (150, DIMENSION) and whole.given_test == 30
    assert whole.labels.dtype == np.int64 and whole.classes.tolist() == [0, 1]


def test_a_good_mirror_that_says_no_lengths(server, cache):
    fetch(NAME, [f"{server.root}/unlengthed"])
    assert build(Data, NAME).load().features.shape == (150, DIMENSION)


@pytest.mark.parametrize("folder", BAD)
def test_a_bad_mirror_is_named_and_the_next_one_is_tried(server, cache, monkeypatch, folder):
    mirrors(monkeypatch, server, folder, "good")
    said = []
    fetch(NAME, timeout=0.4, tell=said.append)
    assert [line.partition(": ")[0] for line in said] == [f"{server.root}/{folder}/{name}" for name in ("small.bz2", "small.t")]
    assert BAD[folder] in said[0] and all(line.endswith("; trying the next mirror") for line in said)
    assert build(Data, NAME).load().given_test == 30


@pytest.mark.parametrize("folder", BAD)
def test_nothing_is_kept_of_a_set_that_no_mirror_has(server, cache, monkeypatch, folder):
    mirrors(monkeypatch, server, folder)
    began = time.monotonic()
    with pytest.raises(InputError) as caught:
        fetch(NAME, timeout=0.4)
    assert time.monotonic() - began < 5
    (problem,) = caught.value.problems
    assert "\n" not in str(problem) and BAD[folder] in str(problem) and f"{server.root}/{folder}/small.bz2" in str(problem)
    assert "--mirror URL" in str(problem) and "--mirror FOLDER" in str(problem)
    assert files(cache) == []
    with pytest.raises(InputError, match="is not here, and a run downloads nothing"):
        build(Data, NAME).load()


def test_a_set_is_whole_or_not_there_at_all(server, cache, monkeypatch):
    monkeypatch.setattr(type(server), "half", lambda self, to, data: self.good(to, data if to.path.endswith("bz2") else None),
                        raising=False)
    mirrors(monkeypatch, server, "half")
    with pytest.raises(InputError, match="small.t: answers 404"):
        fetch(NAME)
    assert server.asked == ["/half/small.bz2", "/half/small.t"] and files(cache) == []


def test_a_failed_fetch_leaves_what_was_there(server, cache, monkeypatch):
    mirrors(monkeypatch, server, "good")
    fetch(NAME)
    before = {path: path.read_bytes() for path in cache.iterdir()}
    mirrors(monkeypatch, server, "wrong")
    with pytest.raises(InputError):
        fetch(NAME)
    assert {path: path.read_bytes() for path in cache.iterdir()} == before
    mirrors(monkeypatch, server, "good")
    fetch(NAME)  # the same content has the same name: one file
    assert {path: path.read_bytes() for path in cache.iterdir()} == before


def test_a_mirror_of_the_users_is_tried_first(server, cache, monkeypatch):
    mirrors(monkeypatch, server, "gone")
    fetch(NAME, [f"{server.root}/good"])  # with or without a slash at its end
    assert server.asked == ["/good/small.bz2", "/good/small.t"]
    entry = (cache / f"{NAME}.json").read_text()
    assert f"{server.root}/good/small.bz2" in entry


def test_a_local_folder_is_a_mirror_with_files_packed_or_not(server, cache, tmp_path, monkeypatch):
    folder = tmp_path / "brought"
    folder.mkdir()
    (folder / "small").write_bytes((tmp_path / "part1").read_bytes())  # small.bz2, unpacked
    (folder / "small.t").write_bytes((tmp_path / "part2").read_bytes())
    for given in (str(folder), folder.as_uri()):
        fetch(NAME, [given])
        assert build(Data, NAME).load().features.shape == (150, DIMENSION)
    assert server.asked == []
    (folder / "small").unlink()
    with pytest.raises(InputError, match="brought/small.bz2: is not in this folder"):
        fetch(NAME, [str(folder)])


@pytest.mark.parametrize("given", ["nowhere", "ftp://a.org/b", "http://", "a9a:", ""])
def test_what_is_no_mirror(server, cache, given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="--mirror must be the address of a folder"):
        fetch(NAME, [given])
    assert not cache.exists()


def test_no_network(server, cache, monkeypatch):
    with socket.socket() as free:  # a port where nobody listens
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setitem(PUBLISHED, NAME, dataclasses.replace(PUBLISHED[NAME], mirrors=(
        f"http://127.0.0.1:{port}/", "http://no-such-host.invalid/")))
    with pytest.raises(InputError) as caught:
        fetch(NAME, timeout=5)
    assert str(caught.value).count("cannot be reached (no network, or no such host)") == 2 and files(cache) == []


def test_an_unknown_name_and_a_cache_that_cannot_be_written(server, cache, tmp_path, monkeypatch):
    with pytest.raises(InputError, match="data fetch: unknown set 'musrooms'; did you mean 'mushrooms'"):
        fetch("musrooms")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WIRELESSSIM_DATA", str(tmp_path / "file"))
    with pytest.raises(InputError, match="file cannot be written .* WIRELESSSIM_DATA"):
        fetch(NAME, [f"{server.root}/good"])


def test_progress_is_shown_file_by_file(server, cache):
    seen = []

    class Bar:
        def __init__(self, file):
            self.file = file

        def show(self, done, total):
            seen.append((self.file, done, total))

        def close(self):
            seen.append((self.file, "closed"))

    fetch(NAME, [f"{server.root}/good"], bar=Bar)
    assert [entry[0] for entry in seen if entry[-1] == "closed"] == ["small.bz2", "small.t"]
    shown = [entry for entry in seen if entry[-1] != "closed"]
    assert shown and all(0 <= done <= total for _file, done, total in shown if total)


def test_a_run_downloads_nothing(server, cache, monkeypatch):
    mirrors(monkeypatch, server, "good")
    with pytest.raises(InputError) as caught:
        build(Data, NAME).load()
    said = str(caught.value)
    for way in (f"`wirelesssim data fetch {NAME}`", "--mirror FOLDER", "data: {path: ./"):
        assert way in said
    assert server.asked == [] and caught.value.problems[0].path == ("type",)

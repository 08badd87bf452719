"""Fetching, against a server on the loopback that serves a set well or badly."""

import dataclasses
import socket
import time
import tracemalloc

import numpy as np
import pytest
import scipy.sparse as sp
from fetch_cases import DIMENSION, NAME

from wirelesssim.data import Data, fetch
from wirelesssim.data.download import download
from wirelesssim.data.facts import PUBLISHED
from wirelesssim.data.parse import parse
from wirelesssim.errors import InputError
from wirelesssim.model import build

# what a folder of the server does -> what is said of it
BAD = {
    "gone": "answers 404 Not Found",
    "wrong": "holds other samples: their order-free SHA-256 is",
    "truncated": "the file came truncated",
    "cut": "is a damaged or truncated bzip2 file",
    "page": "is not LIBSVM text",
    "slow": "no answer, or less than 16 kB, within 1 s",
    "drip": "no answer, or less than 16 kB, within 1 s",
    "bomb": "holds more than the 1",
    "flood": "sends more than the 1",
    "flood_announced": "sends more than the 1",
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


def patience(folder):
    """Seconds: few for a server that never answers, many for one that does, however busy the machine is."""
    return 1 if folder in ("slow", "drip") else 20


@pytest.mark.parametrize("folder", BAD)
def test_a_bad_mirror_is_named_and_the_next_one_is_tried(server, cache, monkeypatch, folder):
    mirrors(monkeypatch, server, folder, "good")
    said = []
    fetch(NAME, timeout=patience(folder), tell=said.append)
    assert [line.partition(": ")[0] for line in said] == [f"{server.root}/{folder}/{name}" for name in ("small.bz2", "small.t")]
    assert BAD[folder] in said[0] and all(line.endswith("; trying the next mirror") for line in said)
    assert build(Data, NAME).load().given_test == 30


@pytest.mark.parametrize("folder", BAD)
def test_nothing_is_kept_of_a_set_that_no_mirror_has(server, cache, monkeypatch, folder):
    mirrors(monkeypatch, server, folder)
    began = time.monotonic()
    with pytest.raises(InputError) as caught:
        fetch(NAME, timeout=patience(folder))
    assert time.monotonic() - began < 2 * patience(folder) + 5
    (problem,) = caught.value.problems
    assert "\n" not in str(problem) and BAD[folder] in str(problem) and f"{server.root}/{folder}/small.bz2" in str(problem)
    assert "--mirror URL" in str(problem) and "--mirror FOLDER" in str(problem)
    assert files(cache) == []
    with pytest.raises(InputError, match="is not here, and a run downloads nothing"):
        build(Data, NAME).load()


@pytest.mark.parametrize("folder", ["bomb", "flood", "flood_announced"])
def test_no_mirror_fills_the_memory_or_the_disk(server, cache, monkeypatch, folder):
    # some 960 numbers in 120 samples: 16 MiB and 32 bytes each, where 64 MB are sent or 128 MB unpacked
    most = PUBLISHED[NAME].most_bytes(PUBLISHED[NAME].train)
    assert 2**24 < most < 2**24 + 32 * 120 * (DIMENSION + 1)
    mirrors(monkeypatch, server, folder)
    written = []
    monkeypatch.setattr("wirelesssim.data.fetching.download", lambda address, target, *rest: (
        written.append(target), download(address, target, *rest)))
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=f"more than the {most} bytes that this set can need"):
            fetch(NAME)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(written) == 1 and files(cache) == []
    assert folder != "bomb" or peak < 64e6  # the server of this test holds a flood in the same memory


def test_a_mirror_whose_file_does_not_fit_is_passed_over(server, cache, monkeypatch):
    mirrors(monkeypatch, server, "bad", "good")

    def hungry(facts, part, paths):
        if not tried:
            tried.append(paths)
            raise MemoryError
        return parse(facts, part, paths)

    tried, said = [], []
    monkeypatch.setattr(type(server), "bad", type(server).good, raising=False)
    monkeypatch.setattr("wirelesssim.data.fetching.parse", hungry)
    fetch(NAME, tell=said.append)
    assert len(tried) == 1 and "does not fit into this machine's memory" in said[0] and len(said) == 1
    assert build(Data, NAME).load().given_test == 30


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
    with pytest.raises(InputError, match=r"brought/: lacks small.bz2 \(packed or not as they may be\)"):
        fetch(NAME, [str(folder)])


def test_all_files_that_a_folder_lacks_are_named_at_once(server, cache, tmp_path, monkeypatch):
    mirrors(monkeypatch, server)
    (tmp_path / "brought").mkdir()
    said = []
    with pytest.raises(InputError) as error:
        fetch(NAME, [str(tmp_path / "brought")], tell=said.append)
    assert str(error.value).count("lacks small.bz2, small.t (packed") == 1 and said == []  # it is the last place
    (tmp_path / "brought" / "small.bz2").write_bytes((tmp_path / "part1").read_bytes())
    with pytest.raises(InputError, match="lacks small.t "):
        fetch(NAME, [str(tmp_path / "brought")])


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

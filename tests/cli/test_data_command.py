"""`wirelesssim data list` and `wirelesssim data fetch`: status, streams, and what is left on the disk."""

import dataclasses
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))
from fetch_cases import NAME, Server, small_set  # noqa: E402  (beside the tests of the package that it is for)

from wirelesssim.cli import data as commands  # noqa: E402
from wirelesssim.data.facts import PUBLISHED  # noqa: E402

SCENARIO = f"""\
name: small
workers: 3
stop: {{rounds: 2}}
data: {{type: {NAME}, train: 60, test: 20, partition: {{type: shards, per_worker: 2}}}}
objective: {{type: logistic, l2: 1e-3}}
algorithm: {{type: gd_sec, step_size: 0.5/L, xi: 5 L}}
channel: {{type: fixed, rate: 1 Mbit/s}}
"""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("WIRELESSSIM_DATA", str(tmp_path.parent / f"{tmp_path.name}-cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return Path(tmp_path.parent / f"{tmp_path.name}-cache")


@pytest.fixture
def server(tmp_path_factory, cache, monkeypatch):
    facts, files = small_set(tmp_path_factory.mktemp("files"), ())
    made = Server(files)
    monkeypatch.setitem(PUBLISHED, NAME, dataclasses.replace(facts, mirrors=(f"{made.root}/gone/",)))
    yield made
    made.close()


def test_list(command, cache):
    status, out, err = command("data", "list")
    assert (status, err) == (0, "")
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line.strip() and not line.startswith(" ")}
    assert rows["w2a"][1:6] == ["fetch", "3,470", "46,279", "300", "classification"]
    assert rows["digits"][1:5] == ["package", "1,797", "64", "classification"]
    assert rows["lag_synthetic"][1:5] == ["made", "450", "50", "regression"]
    assert str(cache) in out.splitlines()[-1]
    assert not cache.exists()


def test_list_as_json(command, server, cache):
    command("data", "fetch", NAME, "--mirror", f"{server.root}/good", "--quiet")
    status, out, err = command("data", "list", "--json")
    found = json.loads(out)
    rows = {row["name"]: row for row in found["sets"]}
    assert status == 0 and err == "" and found["cache"] == str(cache)
    assert set(rows["w2a"]) == {"name", "n", "test", "d", "task", "here", "fetch", "source", "licence", "citation"}
    assert rows["w2a"]["here"] is None and rows["w2a"]["fetch"] and "Platt" in rows["w2a"]["citation"]
    assert rows[NAME]["here"] == str(cache / f"{NAME}.json") and rows["iris"]["here"] == "package" and not rows["iris"]["fetch"]


def test_fetch_then_run(command, server, cache):
    (command.folder / "s.yaml").write_text(SCENARIO)
    command.refuses("run", "s.yaml", says=f"s.yaml:4: data.type '{NAME}' is not here, and a run downloads nothing; "
                                          f"`wirelesssim data fetch {NAME}` gets it ...")
    assert server.asked == []
    status, out, err = command("data", "fetch", NAME, "--mirror", f"{server.root}/good")
    assert (status, out) == (0, "") and err == f"{NAME} is in the cache ({cache / f'{NAME}.json'}); data: {{type: {NAME}}}\n"
    assert command("run", "s.yaml", "--quiet")[0] == 0
    spread, = json.loads((command.folder / "results/small/manifest.json").read_text())["heterogeneity"].values()
    assert sum(spread["samples"]) == 60 == sum(map(sum, spread["label_counts"])) and len(spread["label_counts"]) == 3
    assert command("data", "fetch", NAME)[2].startswith(f"{NAME} is here already")
    assert server.asked == ["/good/small.bz2", "/good/small.t"]
    assert command("data", "fetch", NAME, "--force", "--mirror", f"{server.root}/good", "--quiet") == (0, "", "")
    assert len(server.asked) == 4


def test_the_next_mirror_is_named(command, server, cache):
    status, out, err = command("data", "fetch", NAME, "--mirror", f"{server.root}/slow", "--mirror", f"{server.root}/good",
                               "--timeout", "300 ms")
    lines = err.splitlines()
    assert (status, out) == (0, "") and len(lines) == 3
    assert lines[0] == f"{server.root}/slow/small.bz2: no answer, or less than 16 kB, within 0.3 s; trying the next mirror"


@pytest.mark.parametrize("folder, words, timeout", [
    ("gone", "answers 404", 30), ("wrong", "holds other samples", 30), ("truncated", "truncated", 30), ("slow", "within 1 s", 1)])
def test_a_mirror_without_the_set(command, server, cache, folder, words, timeout):
    status, out, err = command("data", "fetch", NAME, "--mirror", f"{server.root}/{folder}", "--timeout", timeout, "--quiet")
    assert (status, out) == (2, "") and len(err.splitlines()) == 1
    assert err.startswith(f"error: data fetch {NAME}: no mirror has it, and nothing was kept. {server.root}/{folder}/small.bz2: ")
    assert words in err and f"{server.root}/gone/small.bz2: answers 404" in err
    assert not list(cache.iterdir())


def test_a_damaged_entry_is_refused_by_a_run_and_fetched_again(command, server, cache):
    mirror = ("--mirror", f"{server.root}/good")
    command("data", "fetch", NAME, *mirror)
    samples, = cache.glob("*.npz")
    whole = samples.read_bytes()
    samples.write_bytes(whole[:-100])
    (command.folder / "s.yaml").write_text(SCENARIO)
    command.refuses("run", "s.yaml", says=f"s.yaml:4: data.type '{NAME}' in the cache (...) holds other bytes than were ..."
                                          f"`wirelesssim data fetch {NAME} --force` fetches it again")
    assert command("data", "fetch", NAME, *mirror)[0] == 0  # without --force: what is damaged is not here
    assert samples.read_bytes() == whole


def test_what_is_refused(command, server, cache):
    command.refuses("data", says="data needs a command: list, or fetch NAME")
    command.refuses("data", "fetch", "a9b", says="data fetch: unknown set 'a9b'; did you mean 'a9a'? known: a9a, ...")
    command.refuses("data", "fetch", says="Missing argument '...'.")
    command.refuses("data", "get", says="No such command 'get'...")
    for wrong, words in (("0", "must be > 0 s, got 0.0"), ("-1", "must be > 0 s, got -1.0"), ("2 kg", "...unknown unit 'kg'..."),
                         ("nan", "must be finite, got nan"), ("2 days", "...unknown unit 'days'...")):
        command.refuses("data", "fetch", NAME, "--timeout", wrong, says=f"Invalid value for '--timeout': {words}")
    command.refuses("data", "fetch", NAME, "--mirror", "nowhere",
                    says="--mirror must be the address of a folder (http, https) or a local folder, got 'nowhere'")
    command.refuses("data", "fetch", NAME, "--timeout", "1", "--timeout", "2",
                    says="--timeout is given 2 times and takes one ...")
    assert not cache.exists() and server.asked == []


def test_what_needs_no_fetching(command, cache):
    assert command("data", "fetch", "mnist") == (0, "", "mnist is here already and needs no fetching; "
                                                        "all 70,000 digits are mnist_full\n")
    assert command("data", "fetch", "lag_synthetic")[::2] == (0, "lag_synthetic is here already and needs no fetching\n")


def test_an_interruption_keeps_nothing(command, server, cache, monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("wirelesssim.data.fetching.parse", interrupted)
    assert command("data", "fetch", NAME, "--mirror", f"{server.root}/good") == (130, "", "interrupted: nothing was kept\n")
    assert not list(cache.iterdir())


def test_the_bar(capsys):
    """It is drawn on standard error and taken away."""
    bar = commands._Bar("w2a")
    bar.show(10, 0)
    bar.show(20, 40)
    bar.close()
    assert capsys.readouterr().out == ""

"""Whole commands: what they write, what they print, and where."""

import contextlib
import itertools
import json
import os
import pty
import re
import subprocess
import sys

import pandas as pd
import pytest
import yaml
from cli_cases import DIGITS, QUADRATIC

from wirelesssim import load, load_results
from wirelesssim.cli import guarded
from wirelesssim.cli.app import PLANNED, app
from wirelesssim.cli.estimate import _duration
from wirelesssim.cli.listing import _keys
from wirelesssim.model import families

DECAY = """from wirelesssim.learning.decay import Decay
from wirelesssim.model import model
from wirelesssim.units import Count


@model
class Late(Decay, name="late"):
    \"\"\"Constant at first.\"\"\"

    after: Count = 7

    def factor(self, round):
        return 1.0 if round < self.after else 0.5
"""
FIGURES = {".png": b"\x89PNG", ".pdf": b"%PDF", ".svg": b"<?xml"}


@pytest.fixture
def call(monkeypatch, capsys, tmp_path):
    """`call(*arguments)` -> status, standard output, standard error; in a working folder of its own."""
    monkeypatch.chdir(tmp_path)

    def one(*arguments):
        monkeypatch.setattr(sys, "argv", ["wirelesssim", *map(str, arguments)])
        capsys.readouterr()
        status = guarded(app)
        said = capsys.readouterr()
        return status, said.out, said.err

    return one


def _write(path, content):
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Results of two sweeps: digits over two keys, a quadratic over one."""
    from wirelesssim.experiment.execution import execute

    folder = tmp_path_factory.mktemp("swept")
    two = DIGITS | {"matrix": {"channel.loss": ["0 %", "10 %"], "channel.latency": ["1 ms", "10 ms"]}, "replications": 2}
    execute(load(two), True, folder / "two")
    execute(load(QUADRATIC), True, folder / "one")
    execute(load(DIGITS), False, folder / "none")
    return folder


def test_run_writes_tables_and_a_figure_and_says_so(call, tmp_path):
    file = _write(tmp_path / "a.yaml", DIGITS)
    status, out, err = call("run", file)
    assert status == 0
    folder = tmp_path / "results" / "digits"
    tables = {f"{name}.{kind}" for name in ("rounds", "transmissions", "workers") for kind in ("csv", "parquet")}
    assert {path.name for path in folder.iterdir()} == tables | {
        "scenario.yaml", "manifest.json", "points", "accuracy.png", "accuracy.pdf"}
    assert "GD-SEC" in out and "figure  results/digits/accuracy.png" in out and "tables  results/digits/" in out
    assert "the matrix (channel.loss) is left out by `run`; `wirelesssim sweep" in err
    assert "GD: done" in err and "channel.loss" not in load_results(folder).rounds
    status, out, err = call("run", file)
    assert status == 0 and "2 of 2 points were finished before; --force runs them again" in err


def test_json_prints_one_object_and_nothing_else(call, tmp_path):
    file = _write(tmp_path / "a.yaml", DIGITS)
    for command in (("run",), ("sweep", "-j", "1")):
        status, out, err = call(command[0], file, *command[1:], "--out", tmp_path / "r", "--json")
        said = json.loads(out)
        assert status == 0 and said["name"] == "digits" and said["ran"] + said["skipped"] == (2 if command[0] == "run" else 4)
        assert [row["variant"] for row in said["summary"]][:2] == ["GD", "GD-SEC"] and said["diverged"] == []
        assert set(said["summary"][0]["uplink_bits"]) == {"payload", "coded", "on_air", "retransmitted"}
        assert "done" not in err


def test_quiet_says_nothing(call, tmp_path):
    assert call("run", _write(tmp_path / "a.yaml", QUADRATIC), "--quiet") == (0, "", "")


def test_options_change_what_is_run(call, tmp_path):
    file = _write(tmp_path / "a.yaml", QUADRATIC)
    call("run", file, "--out", "r", "--set", "workers=2", "--set", "channel.loss=0 %", "--seed", "9", "--replications", "2",
         "--json")
    results = load_results(tmp_path / "r")
    assert results.workers["worker"].max() == 1 and results.rounds["replication"].max() == 1
    assert (results.transmissions["packets_lost"] == 0).all() and results.manifest["seed"] == {"learning": 9, "radio": 9}


def test_sweep_takes_its_matrix_from_the_command_line_too(call, tmp_path):
    file = _write(tmp_path / "a.yaml", QUADRATIC | {"matrix": {}})
    status, _, err = call("sweep", file)
    assert status == 2 and "matrix is required by `sweep`" in err
    status, out, _ = call("sweep", file, "--matrix", "channel.latency=1 ms,10 ms", "--matrix", "algorithm.xi=1 L,5 L",
                          "--out", "r", "-j", "1")
    assert status == 0
    rounds = load_results(tmp_path / "r").rounds
    assert list(rounds.columns[:4]) == ["variant", "replication", "channel.latency", "algorithm.xi"]
    assert set(rounds["channel.latency"]) == {"1 ms", "10 ms"} and set(rounds["algorithm.xi"]) == {"1 L", "5 L"}


def test_a_diverged_run_is_status_3_and_its_tables_are_kept(call, tmp_path):
    wild = QUADRATIC | {"variants": {"wild": {"algorithm": {"type": "gd", "step_size": 1e5}}, "GD-SEC": {}}}
    status, out, err = call("run", _write(tmp_path / "a.yaml", wild), "--out", "r")
    assert status == 3 and "diverged: wild in round" in err
    assert list(load_results(tmp_path / "r").rounds["variant"].unique()) == ["wild", "GD-SEC"]
    assert call("run", tmp_path / "a.yaml", "--out", "r", "--json")[0] == 3  # also when it is read back


RUNNING = list(itertools.product(["simulated_time", "round", "bits"], ["accuracy", "error", "objective"]))
SWEPT = [("channel.loss", "time_to_target", "60%"), ("channel.loss", "bits_to_target", "60%"),
         ("channel.latency", "accuracy", "0.3s"),
         ("channel.latency", "error", "0.3s"), ("channel.loss", "objective", "0.3s"),
         ("channel.loss,channel.latency", "time_to_target", "60%"), ("channel.latency,channel.loss", "bits_to_target", "60%"),
         ("channel.loss,channel.latency", "accuracy", "0.3s")]


@pytest.mark.parametrize(("x", "y"), RUNNING)
def test_plot_along_a_run(call, swept, tmp_path, x, y):
    status, out, err = call("plot", swept / "none", "--x", x, "--y", y, "-o", tmp_path / "f.svg")
    assert (status, out, err) == (0, f"figure  {tmp_path / 'f.svg'}\n", "")
    assert (tmp_path / "f.svg").read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize(("x", "y", "at"), SWEPT)
def test_plot_against_what_is_swept(call, swept, tmp_path, x, y, at):
    option = ("--target", at) if y.endswith("_to_target") else ("--at", at)
    status, out, err = call("plot", swept / "two", "--x", x, "--y", y, *option, "-o", tmp_path / "f.png")
    assert (status, err) == (0, "") and (tmp_path / "f.png").stat().st_size > 5000


@pytest.mark.parametrize("suffix", FIGURES)
def test_plot_in_the_style_of_a_journal_several_folders_and_every_kind_of_file(call, swept, tmp_path, suffix):
    path = tmp_path / f"f{suffix}"
    assert call("plot", swept / "none", swept / "two", "--style", "ieee", "-o", path)[0] == 0
    assert path.read_bytes().startswith(FIGURES[suffix])


def test_plot_chooses_name_measure_and_target_itself(call, swept, tmp_path):
    status, out, _ = call("plot", swept / "one")
    assert status == 0 and (swept / "one" / "error-simulated_time.png").exists()
    assert call("plot", swept / "one", "--x", "channel.loss", "--y", "time_to_target", "--style", "ieee")[0] == 0
    assert (swept / "one" / "time_to_target-channel.loss.pdf").exists()


@pytest.mark.parametrize(("arguments", "words"), [
    (("--x", "energy"), "planned"), (("--y", "energy_to_target"), "planned"),
    (("--x", "channel.loss", "--y", "accuracy"), "--at"),
    (("--x", "chanel.loss"), "did you mean 'channel.loss'"),
    (("--y", "time_to_target", "--target", "60%"), "needs a swept parameter"),
    (("--style", "acm"), "unknown style"), (("-o", "f.doc"), "kind of figure file"),
    (("--x", "channel.loss", "--target", "7"), "target"),
])
def test_plot_refuses_by_name(call, swept, arguments, words):
    status, out, err = call("plot", swept / "two", *arguments)
    assert status == 2 and out == "" and words in err and len(err.splitlines()) == 1


@pytest.mark.parametrize("data", [pytest.param("mnist", marks=pytest.mark.slow), "digits", "diabetes", "breast_cancer"])
def test_new_writes_a_file_that_checks_and_runs(call, tmp_path, data):
    status, _, err = call("new", "mine.yaml", "--data", data)
    assert status == 0 and "wrote mine.yaml" in err
    assert call("check", "mine.yaml")[0] == 0
    status, out, _ = call("run", "mine.yaml", "--set", "stop.rounds=3", "--json")
    assert status == 0 and json.loads(out)["name"] == "mine" and (tmp_path / "results" / "mine" / "rounds.csv").exists()
    assert call("new", "mine.yaml")[0] == 2


def test_new_on_a_file_of_ones_own(call, tmp_path):
    (tmp_path / "sub").mkdir()
    pd.DataFrame({"a": [0.1, 0.9] * 20, "b": range(40), "kind": ["x", "y"] * 20}).to_csv(tmp_path / "mine.csv", index=False)
    assert call("new", "sub/mine.yaml", "--data", "mine.csv")[0] == 0
    text = (tmp_path / "sub" / "mine.yaml").read_text()
    assert 'path: ../mine.csv' in text and "logistic" in text and str(tmp_path) not in text
    assert call("run", "sub/mine.yaml", "--set", "stop.rounds=3", "--quiet", "--out", "r")[0] == 0
    assert call("new", "other.yaml", "--data", "nowhere.csv")[0] == 2 and not (tmp_path / "other.yaml").exists()


def test_the_scenario_in_the_results_runs_to_the_same_points_wherever_it_lies(call, tmp_path):
    """Data files and plug-ins are named relative to the scenario, in variants too; the copy in the results must find them."""
    pd.DataFrame({"a": [0.1, 0.9] * 20, "kind": [0, 1] * 20}).to_csv(tmp_path / "one.csv", index=False)
    pd.DataFrame({"a": [0.9, 0.1] * 20, "kind": [0, 1] * 20}).to_csv(tmp_path / "two.csv", index=False)
    (tmp_path / "mine.py").write_text("")
    content = QUADRATIC | {"use": ["mine.py"], "data": {"path": "one.csv"}, "objective": {"type": "logistic", "l2": 0.1},
                           "variants": {"one": {}, "two": {"data": {"path": "two.csv"}}}}
    assert call("run", _write(tmp_path / "a.yaml", content), "--out", "r/deep", "--quiet") == (0, "", "")
    said = json.loads(call("run", "r/deep/scenario.yaml", "--out", "r/deep", "--json")[1])
    assert (said["ran"], said["skipped"]) == (0, 2)


def test_check_says_what_is_good_and_expand_shows_every_default(call, tmp_path):
    file = _write(tmp_path / "a.yaml", QUADRATIC)
    status, out, err = call("check", file)
    assert status == 0 and out == "" and "2 variant(s), 4 point(s)" in err
    status, out, _ = call("check", file, "--expand")
    shown = yaml.safe_load(out)
    assert set(shown["variants"]) == {"GD", "GD-SEC"} and shown["variants"]["GD"]["transport"]["retries"] == 7
    assert shown["variants"]["GD-SEC"]["algorithm"]["type"] == "gd_sec"
    rates = ["1 Mbit/s", "2 Mbit/s", "3 Mbit/s"]
    lists = _write(tmp_path / "b.yaml", QUADRATIC | {"channel": {"type": "fixed", "rate": rates}})
    assert yaml.safe_load(call("check", lists, "--expand")[1])["variants"]["GD"]["channel"]["rate"] == rates


def test_list_shows_every_kind_and_its_models(call):
    status, out, _ = call("list")
    assert status == 0 and "gd_sec" in out and "tdma" in out
    kinds = json.loads(call("list", "--json")[1])
    assert {"gd", "gd_sec", "gd_soec"} <= set(kinds["algorithms"])
    for kind, models in kinds.items():
        status, out, _ = call("list", kind)
        assert status == 0 and all(name in out for name in models)
        assert all(words for words in models.values()), f"a model of {kind} does not say what it is"
    assert call("list", "algoritms")[0] == 2


def test_list_shows_the_defaults_of_a_model_that_has_a_required_key(call):
    assert call("list", "objectives")[0] == 0  # every model is defined by now
    assert _keys(families()["objective"].known["torch"]) == (
        "module, arguments: {}, input: null, l2: 0.0, precision: float32, device: cpu")
    assert _keys(families()["data"].known["file"]) == (
        "train: null, test: null, partition: iid, normalize: auto, path, label: null, group: null, labels: null, features: null, "
        "task: auto")


def test_list_shows_the_models_of_a_plug_in(call, tmp_path):
    (tmp_path / "mine.py").write_text(DECAY)
    assert "late" not in call("list", "step decays")[1]
    status, out, _ = call("list", "step decays", "--use", "mine.py")
    assert status == 0 and re.search(r"late +Constant at first\. +after: 7", out)
    assert "late" in json.loads(call("list", "--json", "--use", "mine.py")[1])["step decays"]
    assert call("list", "--use", "none.py")[0] == 2


def test_a_run_that_ends_above_its_start_is_warned_of(call, tmp_path):
    """A step of 3/L: f - f* along the steepest axis grows by 2^2 a round, to 10^3 in five; the guard waits for 10^6."""
    fast = {"algorithm": {"type": "gd", "step_size": "3/L"}}
    file = _write(tmp_path / "a.yaml", QUADRATIC | {
        "stop": {"rounds": 5}, "channel": QUADRATIC["channel"] | {"loss": 0}, "variants": QUADRATIC["variants"] | {"fast": fast}})
    status, out, err = call("run", file)
    assert status == 0 and err.count("warning:") == 1 and "diverged" not in out
    assert re.search(r"warning: fast ended above its own start: objective [\d.]+, from [\d.]+; try a smaller algorithm.step_size", err)
    assert "warning" not in call("run", file, "--quiet")[2]
    many = call("sweep", file, "--replications", "2", "--matrix", "seed=1,2,3,4,5,6", "-j", "1", "--json")[2]
    assert many.count("in 2 of 2 replications") == 5 and "warning: and 7 more rows ended above" in many


def test_estimate_counts_points(call, tmp_path, monkeypatch):
    monkeypatch.setattr("wirelesssim.experiment.estimate._start", lambda: 0.5)  # measured by the test below
    file = _write(tmp_path / "a.yaml", QUADRATIC | {"replications": 3})
    found = json.loads(call("estimate", file, "--json", "-j", "1")[1])
    assert (found["points"], found["variants"], found["matrix_points"], found["replications"]) == (12, 2, 2, 3)
    assert 0 < found["run_minutes"] < found["minutes"] < 5 and 3e8 < found["memory_bytes"] < 1e9
    status, out, _ = call("estimate", file)
    assert status == 0 and "points   12" in out and "memory   about 0.3" in out
    assert re.search(r"time     about [\d.]+ s on \d+ process\(es\); without the matrix [\d.]+ s on one", out)


def test_help_and_version(call):
    status, out, _ = call("--help")
    assert status == 0
    for command in ("run", "sweep", "plot", "new", "check", "estimate", "list", "schema"):
        assert command in out and call(command, "--help")[0] == 0
    assert call("--version")[1].startswith("wirelesssim ")


def test_estimate_counts_the_start_and_speaks_in_seconds(call, tmp_path):
    """The rounds take milliseconds: what a user waits for is the start, the tables and the figure."""
    file = _write(tmp_path / "a.yaml", QUADRATIC)
    one, two = (json.loads(call("estimate", file, "--json", "-j", jobs)[1]) for jobs in (1, 2))
    assert one["start_seconds"] > 0.2 and 60 * one["run_minutes"] > 1 + one["start_seconds"]
    assert 60 * two["minutes"] > 1 + 2 * two["start_seconds"]  # of the command, and of its processes


@pytest.mark.parametrize(("minutes", "text"), [
    (0.0123, "0.74 s"), (0.1, "6 s"), (1.99, "119 s"), (2, "2 min"), (37.4, "37 min"), (180, "3 h"), (6000, "100 h")])
def test_durations(minutes, text):
    assert _duration(minutes) == text


@pytest.mark.parametrize("name", PLANNED)
def test_planned_commands_are_refused_by_name(call, name):
    for more in ((), ("x", "y"), ("--json",), ("--help",)):
        assert call(name, *more) == (
            2, "", f"error: {name} is planned and not in this version; "
                   "known: run, sweep, plot, new, check, estimate, list, schema, verify-models, data\n")
    commands, planned = call("--help")[1].split("Commands:")[1].split("Planned, and not in this version:")
    assert name in "".join(planned.split())
    assert name not in [line.split()[0] for line in commands.splitlines() if line.strip()]


def test_an_option_that_is_given_twice_is_refused(call, swept, tmp_path):
    for option, command in (("--x", ("plot", swept / "two")), ("--seed", ("run", "a.yaml")), ("--out", ("sweep", "a.yaml")),
                            ("--data", ("new", "b.yaml"))):
        status, out, err = call(*command, option, "1", option, "2")
        assert (status, out) == (2, "") and err.startswith(f"error: {option} is given 2 times and takes one value: ")
        assert len(err.splitlines()) == 1
    assert "KEY1,KEY2" in call("plot", "r", "--x", "a", "--x", "b")[2] and not list(tmp_path.iterdir())


def test_list_tells_keys_from_information(call):
    out = call("list", "data")[1]
    header, *lines = out.splitlines()
    assert header.index("keys in a scenario") < header.index("for information (no keys)")
    keys = "".join(line[header.index("keys in"):header.index("for information")] for line in lines)
    assert not {"samples", "dimension", "source", "licence", "standardised"} & set(re.findall(r"\w+", keys))
    assert "partition" in keys and "samples: 5000" in out
    assert "for information" not in call("list", "channels")[1]


ODD = {"123.yaml": "123", "true.yaml": "true", "null": "null", "a: b.yaml": "a- b", "#x.yaml": "#x", "a\nb.yaml": "a-b",
       "...yaml": "scenario", " .yaml": "scenario", "1e3.yaml": "1e3", "it's \"x\".yaml": "it's \"x\"", "é😀.yaml": "é😀",
       "{a}.yaml": "{a}", "[b].yaml": "[b]", "a\\b.yaml": "a-b"}


@pytest.mark.parametrize("name", ODD)
def test_new_writes_a_file_that_loads_whatever_its_name(call, tmp_path, name):
    assert call("new", name, "--data", "iris")[0] == 0
    assert load(tmp_path / name).name == ODD[name]


@pytest.mark.parametrize("name", ["d: #'\"😀{x}.csv", "e\x7f\x85\nf.csv", "true.csv", f"{'long ' * 40}.csv"])
def test_new_on_a_data_file_of_any_name(call, tmp_path, name):
    pd.DataFrame({"a": [0.1, 0.9] * 20, "kind": ["x", "y"] * 20}).to_csv(tmp_path / name, index=False)
    assert call("new", "mine.yaml", "--data", name)[0] == 0 and call("check", "mine.yaml")[0] == 0


def test_new_writes_nothing_that_would_not_load(call, tmp_path, monkeypatch):
    monkeypatch.setattr("wirelesssim.cli.new._TEMPLATE", "{name}\nworkers: -1\n{data}\n")
    status, out, err = call("new", "mine.yaml", "--data", "iris")
    assert status == 2 and err.startswith("error: mine.yaml would not load: ") and not (tmp_path / "mine.yaml").exists()


def test_the_summary_on_a_terminal_has_every_column(tmp_path):
    """A pseudo-terminal 80 columns wide, in which the table is stacked and not cut."""
    _write(tmp_path / "a.yaml", QUADRATIC)
    master, slave = pty.openpty()
    environment = {**os.environ, "COLUMNS": "80", "TERM": "xterm", "NO_COLOR": "1"}
    with subprocess.Popen([sys.executable, "-c", "from wirelesssim.cli import main; main()", "sweep", "a.yaml", "-j", "1"],
                          cwd=tmp_path, stdout=slave, stderr=subprocess.DEVNULL, env=environment):
        os.close(slave)
        said = b""
        with contextlib.suppress(OSError):  # which is how a pseudo-terminal ends
            while piece := os.read(master, 65536):
                said += piece
    os.close(master)
    lines = re.sub(r"\x1b\[[\d;]*m", "", said.decode()).replace("\r", "").split("uplink bits")[0].splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 80
    headers = [line for line in lines if line.startswith("variant")]
    assert len(headers) == 2
    words = " ".join(lines)
    for word in ("loss", "rounds", "0.1", "payload", "coded", "on air", "sent again", "saved", "lost", "again"):
        assert word in words, word
    assert sum(line.startswith("GD-SEC ") for line in lines) == 2 * 2 and "…" not in words


@pytest.mark.slow
def test_estimate_is_within_a_factor_of_three(call):
    """Quickstart: minutes estimated against minutes taken, in this process; measured 43 s for 37 s, 39 s for 28 s."""
    import time
    from pathlib import Path

    file = Path(__file__).resolve().parents[2] / "scenarios" / "quickstart.yaml"
    found = json.loads(call("estimate", file, "--json", "-j", "1")[1])
    began = time.perf_counter()
    assert call("run", file, "--out", "r", "--quiet")[0] == 0
    taken = (time.perf_counter() - began) / 60
    assert taken / 3 < found["run_minutes"] < 3 * taken

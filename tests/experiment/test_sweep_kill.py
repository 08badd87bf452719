"""A sweep that is killed at any instant and started again ends with the bytes of one that never was; Ctrl-C is one line."""

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml
from experiment_cases import QUADRATIC, WIRELESSSIM, environment, swept, tables_of

SWEEP = QUADRATIC | {"name": "killed", "stop": {"rounds": 80}, "replications": 2,
                     "matrix": {"channel.loss": ["0 %", "10 %", "20 %"]}}
POINTS = 12
LIMIT = 60  # seconds for what takes five on an idle machine


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """The tables of the sweep that nobody disturbed."""
    folder = tmp_path_factory.mktemp("reference")
    swept(folder, SWEEP)
    return tables_of(folder)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "killed.yaml"
    path.write_text(yaml.safe_dump(SWEEP, sort_keys=False))
    return path


def _start(file, folder, *options, command="sweep", **streams):
    return subprocess.Popen([*WIRELESSSIM, command, str(file), "--out", str(folder), "--quiet", *options], env=environment(),
                            text=True, start_new_session=True, preexec_fn=_hear_interrupts, **streams)


def _hear_interrupts():
    """Whoever runs the tests in the background ignores SIGINT, and what it starts would, too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _finished(folder):
    return {path.name for path in (Path(folder) / "points").glob("[!.]*")}


def _when(folder, count, process):
    """Wait until `count` points are finished, or the process has ended."""
    until = time.monotonic() + LIMIT
    while len(_finished(folder)) < count and process.poll() is None and time.monotonic() < until:
        time.sleep(0.002)


def _all_gone(group):
    """Wait until no process of the group is left; end those that stay."""
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    os.killpg(group, signal.SIGKILL)
    pytest.fail("workers outlived their parent")


def _is_whole(folder):
    """Every point folder without a temporary name can be read; returns their number."""
    for point in _finished(folder):
        assert json.loads((folder / "points" / point / "manifest.json").read_text())["digest"] == point
        assert len(list((folder / "points" / point).iterdir())) == 8
    return len(_finished(folder))


def _goes_on(folder, kept, reference):
    """Started again, it runs the rest only, ends with the same bytes, and leaves no temporary name behind."""
    outcome = swept(folder, SWEEP)
    assert (outcome.ran, outcome.skipped) == (POINTS - kept, kept)
    assert tables_of(folder) == reference
    assert not [path for path in folder.rglob(".*")]


@pytest.mark.parametrize("jobs", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_sigkill_at_random_instants_changes_no_byte(tmp_path, file, reference, jobs):
    folder, chance = tmp_path / "r", random.Random(int(jobs))
    process = _start(file, folder, "-j", jobs)
    _when(folder, chance.randint(1, 6), process)
    time.sleep(chance.uniform(0, 0.1))
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    _all_gone(process.pid)
    kept = _is_whole(folder)
    assert 1 <= kept < POINTS, "the kill came too late to show anything"
    _goes_on(folder, kept, reference)


def test_workers_that_outlive_their_killed_parent_spoil_nothing(tmp_path, file, reference):
    folder = tmp_path / "r"
    process = _start(file, folder, "-j", "2")
    _when(folder, 2, process)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    _all_gone(process.pid)
    _goes_on(folder, _is_whole(folder), reference)


@pytest.mark.parametrize(("command", "jobs"), [("run", "1"), ("sweep", "2")])
def test_ctrl_c_is_one_line_and_keeps_what_is_finished(tmp_path, file, command, jobs):
    folder = tmp_path / "r"
    process = _start(file, folder, "--set", "stop.rounds=2000", "-j", jobs, command=command, stdout=subprocess.PIPE,
                     stderr=subprocess.PIPE)
    _when(folder, 1, process)
    os.killpg(process.pid, signal.SIGINT)  # what a terminal does: all of the group hear it
    out, err = process.communicate(timeout=LIMIT)
    _all_gone(process.pid)
    assert process.returncode == 130 and out == ""
    assert "Traceback" not in err
    lines = [line for line in err.splitlines() if line.strip()]
    assert len(lines) == 1 and "interrupted" in lines[0] and "same command goes on" in lines[0]
    assert 1 <= _is_whole(folder) < POINTS


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_sigkill_at_any_instant(tmp_path, file, reference, seed):
    """As above, with the instant drawn over the whole life of the process, imports and the last tables included."""
    folder, chance, kept = tmp_path / "r", random.Random(seed), 0
    for _ in range(4):
        process = _start(file, folder, "-j", str(1 + seed % 2))
        time.sleep(chance.uniform(0.5, 8))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        _all_gone(process.pid)
        kept = _is_whole(folder)
    _goes_on(folder, kept, reference)

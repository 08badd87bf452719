"""What is timed by `estimate`, what it says of it, and that no simulation is held beside the next."""

import gc
import json
import sys

import pytest
from experiment_cases import scenario, swept

from wirelesssim.cli import guarded
from wirelesssim.cli.app import app
from wirelesssim.cli.estimate import _memory, _timed
from wirelesssim.experiment import estimate as module, execution
from wirelesssim.simulation import Simulation


@pytest.fixture
def alive(monkeypatch):
    """How many simulations are held when each is begun; only what the program itself collects is collected."""
    counts = []
    gc.collect()
    for place in (module, execution):
        def counting(*arguments, simulate=place.simulate, **named):
            counts.append(sum(type(one) is Simulation for one in gc.get_objects()))
            return simulate(*arguments, **named)

        monkeypatch.setattr(place, "simulate", counting)
    gc.disable()
    yield counts
    gc.enable()


@pytest.fixture(autouse=True)
def started(monkeypatch):
    """The start of a process is timed by a process: once, in tests/cli, is enough."""
    monkeypatch.setattr(module, "_start", lambda: 0.5)


def test_each_variant_is_let_go_before_the_next_is_timed(alive):
    found = module.estimate(scenario(), jobs=1)
    assert alive == [0, 0]
    assert {name: timed["rounds"] for name, timed in found["timed"].items()} == {"GD": 5, "GD-SEC": 5}


def test_a_run_lets_go_of_a_large_point_before_the_next(alive, tmp_path, monkeypatch):
    swept(tmp_path / "small")
    assert alive[0] == 0 and max(alive) > 0  # small ones wait for the interpreter's own collection
    alive.clear()
    monkeypatch.setattr(execution, "_LARGE", 0)
    gc.collect()
    swept(tmp_path / "large")
    assert alive == [0] * 4


def test_two_rounds_are_enough_where_they_take_long(monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE", 0.0)
    found = module.estimate(scenario(), jobs=1)
    assert [timed["rounds"] for timed in found["timed"].values()] == [1, 1]
    assert all(timed["seconds_a_round"] > 0 for timed in found["timed"].values())


def test_a_run_of_one_round_is_timed(monkeypatch):
    found = module.estimate(scenario(stop={"rounds": 1}), jobs=1)
    assert found["minutes"] > 0 and all(timed["seconds_a_round"] > 0 for timed in found["timed"].values())


def test_what_was_timed_is_said(tmp_path, monkeypatch, capsys):
    file = tmp_path / "a.yaml"
    file.write_text(scenario().yaml())
    monkeypatch.setattr(sys, "argv", ["wirelesssim", "estimate", str(file)])
    assert guarded(app) == 0
    *_, memory, timed = capsys.readouterr().out.splitlines()
    assert "GB that were free at the start" in memory and timed.startswith("timed    GD: rounds 2 to 6, ") and "GD-SEC: " in timed
    monkeypatch.setattr(sys, "argv", ["wirelesssim", "estimate", str(file), "--json"])
    assert guarded(app) == 0 and set(json.loads(capsys.readouterr().out)["timed"]) == {"GD", "GD-SEC"}


def test_words_of_memory_and_time():
    found = {"memory_bytes": 9e9, "available_bytes": 20e9, "jobs": 4, "points": 2}
    assert _memory(found) == "9 GB a process, 45% of the 20 GB that were free at the start"
    assert _memory(found | {"points": 3}).endswith("at the start: give -j 2")
    assert _timed("SGD", {"rounds": 1, "seconds_a_round": 14.2}) == "SGD: round 2, 14 s"
    assert _timed("GD", {"rounds": 5, "seconds_a_round": 0.0123}) == "GD: rounds 2 to 6, 12 ms each"

"""A run that diverges stops with the round and the cause, keeps its tables, and is status 3, also when it is asked for again."""

import json
import sys

import numpy as np
import pandas as pd
import pytest

from learning_cases import errors, run
from wirelesssim.cli import main
from wirelesssim.learning.algorithm import Algorithm

SCENARIO = """name: fast
workers: 3
stop: {rounds: 200}
objective: {type: quadratic, dimension: 10, condition: 10}
algorithm: {type: gd, step_size: 3/L}
channel: {type: fixed, rate: 1 Mbit/s}
variants:
  too-fast: {}
  good: {algorithm: {type: gd, step_size: 0.5/L}}
"""


def command(monkeypatch, capsys, *arguments):
    """Exit status, standard output and standard error of one command."""
    monkeypatch.setattr(sys, "argv", ["wirelesssim", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


def test_status_3_with_tables_and_again_without_running(tmp_path, monkeypatch, capsys):
    (tmp_path / "fast.yaml").write_text(SCENARIO)
    arguments = ["run", tmp_path / "fast.yaml", "--out", tmp_path / "out", "--json"]
    for ran, skipped in ((2, 0), (0, 2)):
        status, out, said = command(monkeypatch, capsys, *arguments)
        assert status == 3 and "Traceback" not in said
        made = json.loads(out)
        assert (made["ran"], made["skipped"]) == (ran, skipped)
        [point] = made["diverged"]
        assert point["variant"] == "too-fast" and "alpha*L = 3" in point["reason"]
        line, = [line for line in said.splitlines() if line.startswith("diverged: too-fast in round")]
        rounds = pd.read_csv(tmp_path / "out" / "rounds.csv")
        fast, good = (rounds[rounds["variant"] == name] for name in ("too-fast", "good"))
        assert fast["round"].iloc[-1] == point["round"] < 40 and len(good) == 201
        assert fast["error"].iloc[-1] > 1e6 * fast["error"].iloc[0] >= fast["error"].iloc[-2] > 0
        assert f"in round {point['round']}: f - f* = " in line


@pytest.mark.parametrize("algorithm", [{"type": "gd_sec", "step_size": "3/L"}, {"type": "gd_soec", "step_size": "3/L"},
                                       {"type": "gd_sec", "step_size": "1/L", "xi": "100 L", "beta": 1}], ids=str)
@pytest.mark.parametrize("loss", ["0 %", "20 %"])
def test_each_method_is_stopped(algorithm, loss):
    made = run(stop={"rounds": 3000}, algorithm=algorithm, transport={"type": "unreliable", "mtu": "100 B"},
               channel={"type": "fixed", "rate": "1 Mbit/s", "loss": loss})
    found = made.recorder.divergence
    assert found is not None and found.round == made.recorder.rounds[-1].round < 3000
    assert all(word in found.reason for word in ("alpha*L = ", "alpha*beta*xi = ", "proved limit"))


SPREAD = [{"type": "smoothness", "power": -1}, {"type": "list", "values": [1, 0, 4, 2, 3]}]


@pytest.mark.parametrize("coordinates", SPREAD, ids=str)
def test_the_reason_gives_the_largest_xi_where_coordinates_differ(coordinates):
    """xi = max xi_i = 100 L, alpha = 0.5/L, beta = 1: alpha*beta*xi = 50 and the proved limit sqrt(1/2)/(2 * 1/2) = 0.7071 L."""
    made = run(stop={"rounds": 3000}, objective={"type": "quadratic", "dimension": 5},
               algorithm={"type": "gd_sec", "xi": "100 L", "beta": 1, "coordinates": coordinates})
    found = made.recorder.divergence
    assert found is not None and "alpha*L = 0.5, alpha*beta*xi = 50, xi = 100 L (proved limit 0.7071 L)" in found.reason


# one worker a round at alpha/M, and steps whose length does not follow the gradient: stable, or bounded, where the rest is not
FAR = {"cyc_iag": "1e3/L", "nounif_iag": "1e3/L", "ef_signsgd": "1e3/L", "signsgd": "1e3/L"}
KNOWN = sorted(name for name, leaf in Algorithm.known.items() if leaf.__module__.startswith("wirelesssim."))


@pytest.mark.parametrize("name", KNOWN)
def test_every_method_is_stopped_with_a_way_out(name):
    step = FAR.get(name, "3/L")
    algorithm = {"type": name, "step_size": step} | ({"batch": None} if Algorithm.known[name].batch else {})
    made = run(stop={"rounds": 1500}, algorithm=algorithm, objective={"type": "quadratic", "dimension": 20, "condition": 10})
    found = made.recorder.divergence
    assert found is not None and found.round == made.recorder.rounds[-1].round < 1500
    assert f"alpha*L = {float(step.removesuffix('/L')):g}" in found.reason and "; try " in found.reason


def test_the_guard_watches_after_the_minimum_was_reached():
    """alpha = 1/L, alpha beta xi = 0.6: f - f* falls below 1e-10 of its start, and some hundred rounds later the run explodes.
    Two problems, of which one will do: so late, the last digits of another machine may matter."""
    late = 0
    for seed in (1, 2):
        made = run(seed=seed, stop={"rounds": 3000}, algorithm={"type": "gd_sec", "step_size": "1/L", "xi": "2 L", "beta": 0.3},
                   objective={"type": "quadratic", "dimension": 20, "condition": 10})
        found = made.recorder.divergence
        if found is not None and errors(made).min() < 1e-10:
            late += found.round > 200 and "alpha*L = 1, alpha*beta*xi = 0.6, xi = 2 L (proved limit 0 L)" in found.reason
    assert late


def test_what_is_not_finite_is_stopped_without_a_warning(recwarn):
    """alpha L = 1e200: theta overflows in the second round; nothing else is said."""
    made = run(algorithm={"type": "gd", "step_size": "1e200/L"})
    assert made.recorder.divergence.round <= 2
    assert not [warning for warning in recwarn if issubclass(warning.category, RuntimeWarning)]


def test_a_small_first_arrival_is_no_measure_of_divergence():
    """99 % loss: the first rounds apply next to nothing. With `zero` it goes on, slowly, and no guard stops it."""
    made = run(stop={"rounds": 300}, algorithm="gd", server={"missing": "zero"}, workers=2,
               channel={"type": "fixed", "rate": "1 Mbit/s", "loss": "99 %"}, transport={"type": "unreliable", "mtu": "60 B"})
    errors = np.array([row.error for row in made.recorder.rounds])
    assert made.recorder.divergence is None and len(errors) == 301


def test_gradients_that_are_kept_too_long_diverge():
    """99 % loss and `keep_last`: gradients a hundred rounds old are a delay that alpha = 0.5/L does not bear: real, and said."""
    made = run(stop={"rounds": 1000}, algorithm="gd", channel={"type": "fixed", "rate": "1 Mbit/s", "loss": "99 %"},
               transport={"type": "unreliable", "mtu": "60 B"}, workers=2)
    assert made.recorder.divergence is not None and "alpha*L = 0.5" in made.recorder.divergence.reason


def test_what_diverged_is_named_with_its_point(tmp_path, monkeypatch, capsys):
    (tmp_path / "fast.yaml").write_text(SCENARIO)
    status, out, said = command(monkeypatch, capsys, "sweep", tmp_path / "fast.yaml", "--out", tmp_path / "out", "-j", "1",
                                "--matrix", "channel.loss=0 %,5 %", "--replications", "2")
    lines = [line for line in said.splitlines() if line.startswith("diverged:")]
    assert status == 3 and [line.split(" in round")[0] for line in lines] == [
        f"diverged: too-fast, channel.loss={loss}{replication}" for loss in ("0 %", "5 %") for replication in ("", ", replication 1")]
    assert out.count(" diverged ") == 2  # and its rows are marked, whose replications all did

"""Every registered algorithm satisfies the family's contract; the contract catches faults; a user's own file passes it."""

import sys

import numpy as np
import pandas as pd
import pytest

import wirelesssim
from plugin_cases import FAULTS, LAZY, spoilt
from wirelesssim.cli import main
from wirelesssim.learning.algorithm import Algorithm
from wirelesssim.learning.contracts.algorithm import check_algorithm
from wirelesssim.learning.gd_sec import GradientDescentSEC
from wirelesssim.model import build
from wirelesssim.scenario.plugins import load_plugin

EXAMPLES = [
    {"type": "gd"}, {"type": "gd", "step_size": 0.1}, {"type": "gd_sec"}, {"type": "gd_sec", "xi": 0},
    {"type": "gd_sec", "beta": 1, "xi": "2 L"},
    {"type": "gd_soec"}, {"type": "gd_soec", "beta": 0.1, "xi": "5 L", "step_size": "0.3/L"},
]


def test_every_leaf_has_an_example_here():
    ours = {name for name, leaf in Algorithm.known.items() if leaf.__module__.startswith("wirelesssim.")}
    assert ours == {example["type"] for example in EXAMPLES}


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_algorithm(example):
    check_algorithm(build(Algorithm, example))


@pytest.fixture
def plugin(tmp_path):
    """Loads plug-in texts; the models that they define are forgotten afterwards."""
    known = dict(Algorithm.known)

    def load(text):
        path = tmp_path / "mine.py"
        path.write_text(text)
        [leaf] = load_plugin(path)
        return leaf()

    yield load
    Algorithm.known.clear()
    Algorithm.known.update(known)
    for name in [name for name in sys.modules if name.startswith("wirelesssim_plugin_mine_")]:
        del sys.modules[name]


def test_a_users_algorithm_passes(plugin):
    check_algorithm(plugin(LAZY))


@pytest.mark.parametrize("fault", FAULTS)
def test_the_contract_catches(fault, plugin):
    with pytest.raises((AssertionError, TypeError, IndexError, ValueError), match=FAULTS[fault][2]):
        check_algorithm(plugin(spoilt(fault)))


OWN_CLAUSES = ["forgets to settle", "moves theta in place", "sends unrounded values", "sends unsorted indices",
               "is not invertible"]


@pytest.mark.parametrize("fault", OWN_CLAUSES)
def test_what_breaks_a_clause_is_an_assertion_with_a_sentence(fault, plugin):
    with pytest.raises(AssertionError) as caught:
        check_algorithm(plugin(spoilt(fault)))
    assert len(str(caught.value).splitlines()[0].split()) >= 4


@pytest.mark.parametrize("part", ["h", "error"])
def test_a_built_in_whose_settling_forgets_a_part_is_caught_where_the_contract_can_see_it(part, monkeypatch):
    """h has a mirror at the server. What is put back into e has none: only its inverse is seen here; law 2 is its own test."""
    kept = GradientDescentSEC.settle

    def forgetful(self, state, sent, received, steps_late=0):
        before = getattr(state, part).copy()
        state = kept(self, state, sent, received, steps_late)
        getattr(state, part)[:] = before if part == "h" else getattr(state, part) + (sent.entries != received.entries)
        return state

    monkeypatch.setattr(GradientDescentSEC, "settle", forgetful)
    with pytest.raises(AssertionError, match="check `settle`" if part == "h" else "invertible"):
        check_algorithm(GradientDescentSEC())


def command(monkeypatch, capsys, *arguments):
    """Exit status, standard output and standard error of one command."""
    monkeypatch.setattr(sys, "argv", ["wirelesssim", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


SCENARIO = """name: mine
use: [mine.py]
workers: 3
stop: {rounds: 60}
objective: {type: quadratic, dimension: 20, condition: 10}
algorithm: {type: lazy, trigger: 0.3}
channel: {type: fixed, rate: 1 Mbit/s, loss: 10 %}
transport: {type: unreliable, mtu: 100 B}
"""


def test_a_users_file_is_checked_and_runs(plugin, tmp_path, monkeypatch, capsys):
    path = tmp_path / "mine.py"
    path.write_text(LAZY)
    status, _, said = command(monkeypatch, capsys, "check", "--use", path)
    assert status == 0 and "algorithm 'lazy': keeps its contract" in said
    (tmp_path / "mine.yaml").write_text(SCENARIO)
    status, *_ = command(monkeypatch, capsys, "run", tmp_path / "mine.yaml", "--out", tmp_path / "out", "--quiet")
    rounds = pd.read_csv(tmp_path / "out" / "rounds.csv")
    assert status == 0 and len(rounds) == 61
    assert rounds["error"].iloc[-1] < 1e-2 * rounds["error"].iloc[0]
    assert 0 < rounds["workers_silent"].sum() < 180  # it is lazy, and 10 % loss did not make it wrong


def test_a_users_faulty_file_is_refused(plugin, tmp_path, monkeypatch, capsys):
    path = tmp_path / "mine.py"
    for fault in ("forgets to settle", "sends beyond the model"):
        path.write_text(spoilt(fault))
        status, out, said = command(monkeypatch, capsys, "check", "--use", path)
        assert (status, out) == (2, "") and "Traceback" not in said
        lines = said.strip().splitlines()
        assert len(lines) == 1 and "algorithm 'lazy'" in lines[0]
        assert ("does not keep its contract" in lines[0]) == (fault == "forgets to settle")


@pytest.mark.parametrize("old, new, words", [
    ('    step_size: StepSize = "0.5/L"\n', "", "step_size is a field that every algorithm states"),
    ("@model\nclass", "class", "lacks @model"), ("    def model(self", "    def theta(self", "lacks model"),
    ("import numpy as np\n", "import numpy as\n", "SyntaxError"),
])
def test_a_file_that_is_no_algorithm_is_refused(old, new, words, plugin, tmp_path, monkeypatch, capsys):
    path = tmp_path / "mine.py"
    path.write_text(LAZY.replace(old, new))
    status, _, said = command(monkeypatch, capsys, "check", "--use", path)
    assert status == 2 and words in said and len(said.strip().splitlines()) == 1


def test_it_is_found_from_python_too(plugin, tmp_path):
    (tmp_path / "mine.py").write_text(LAZY)
    (tmp_path / "mine.yaml").write_text(SCENARIO.replace("rounds: 60", "rounds: 5"))
    results = wirelesssim.run(wirelesssim.load(tmp_path / "mine.yaml"))
    assert len(results.rounds) == 6 and np.isfinite(results.rounds["objective"]).all()

"""Every registered algorithm satisfies the family's contract; the contract catches faults; a user's own file passes it."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import wirelesssim
from plugin_cases import CAREFUL, FAULTS, LAZY, spoilt
from wirelesssim.cli import main
from wirelesssim.learning.algorithm import Algorithm
from wirelesssim.learning.contracts.algorithm import _problem, check_algorithm
from wirelesssim.learning.contracts.trial import Chance, Trial
from wirelesssim.learning.values import ValueFormat
from wirelesssim.model import build
from wirelesssim.scenario.plugins import load_plugin

OURS = sorted(name for name, leaf in Algorithm.known.items() if leaf.__module__.startswith("wirelesssim."))
EXAMPLES = [
    {"type": "gd", "step_size": 0.1}, {"type": "gd", "batch": 10, "decay": "inverse"}, {"type": "gd_sec", "xi": 0},
    {"type": "gd_sec", "beta": 1, "xi": "2 L"}, {"type": "gd_sec", "participation": {"type": "random", "fraction": 0.5}},
    {"type": "gd_sec", "batch": 20, "decay": {"type": "geometric", "every": 5}},
    {"type": "gd_soec", "beta": 0.1, "xi": "5 L", "step_size": "0.3/L"},
]


def test_no_method_that_is_there_is_announced():
    assert not set(OURS) & set(Algorithm.later)


@pytest.mark.parametrize("example", [*({"type": name} for name in OURS), *EXAMPLES], ids=str)
def test_algorithm(example):
    check_algorithm(build(Algorithm, example))


class Single:
    """A problem of which a worker sees binary32 alone, as of a network: theta^0 and every gradient."""

    def __init__(self, problem):
        self._problem = problem

    def __getattr__(self, name):
        return getattr(self._problem, name)

    def start(self):
        return self._problem.start().astype(np.float32)

    def gradients(self, theta, workers):
        return self._problem.gradients(theta, workers).astype(np.float32)

    def sampled(self, theta, worker, rows):
        return self._problem.sampled(theta, worker, rows).astype(np.float32)


@pytest.mark.parametrize("bits", [32, 8])
@pytest.mark.parametrize("name", OURS)
def test_a_model_of_binary32_stays_one(name, bits):
    """Models, updates and what both ends hold keep the type of theta: at d = 5e7 a copy in binary64 is 400 MB."""
    method, problem = build(Algorithm, name), Single(_problem())
    trial = Trial(method, problem, ValueFormat(bits), Chance(loss=0.3))
    for _ in range(6):
        trial.round()
    vectors = [trial.theta, *(sent.values for sent, _ in trial._updates if not sent.silent), method.aggregate(trial.server),
               *(method.mirror(state) for state in trial.workers)]
    assert {vector.dtype for vector in vectors if vector is not None} == {np.dtype(np.float32)}


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


@pytest.mark.parametrize("text", [LAZY, CAREFUL], ids=["lazy", "careful"])
def test_a_users_algorithm_passes(plugin, text):
    check_algorithm(plugin(text))


README = Path(__file__).parents[2] / "README.md"


def test_the_example_of_the_readme_passes(plugin):
    """The first Python block below "Add your own" that defines a model."""
    blocks = README.read_text().split("## Add your own")[1].split("```python")[1:]
    check_algorithm(plugin(next(block.split("```")[0] for block in blocks if "@model" in block)))


PYTHONS_OWN = {"does not take steps_late", "sends beyond the model", "sends values that do not match"}  # its words, not ours


@pytest.mark.parametrize("fault", FAULTS)
def test_the_contract_catches(fault, plugin):
    """What breaks a clause is an assertion with a sentence."""
    with pytest.raises(Exception, match=FAULTS[fault][3]) as caught:
        check_algorithm(plugin(spoilt(fault)))
    assert caught.type is AssertionError or fault in PYTHONS_OWN
    assert len(str(caught.value).splitlines()[0].split()) >= 4


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
    ('    step_size: StepSize = "0.5/L"\n', '    step_size: float = 0.5\n', "step_size is a field that every algorithm states"),
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

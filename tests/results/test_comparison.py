"""The scripts of results/published/comparison: their loop is the simulator's, their arithmetic is right by hand."""

import ast
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wirelesssim import load
from wirelesssim.learning.algorithm import Algorithm
from wirelesssim.learning.grid import Grid
from wirelesssim.learning.update import Update
from wirelesssim.model import build
from wirelesssim.rng import Streams
from wirelesssim.simulation import simulate
from wirelesssim.simulation.prepare import prepare

FOLDER = Path(__file__).resolve().parents[2] / "results" / "published" / "comparison"
sys.path.insert(0, str(FOLDER))

import methods  # noqa: E402  (after the path is set)
import tables  # noqa: E402
import tuning  # noqa: E402
from meter import GapTariff, Goal, Outlook, WireTariff, gap_bits, measure  # noqa: E402

ROUNDS = 12


def settings_of(section):
    """A short scenario on a perfect channel, with the default transport, in packets that a dense update does not fit into."""
    scenario = load({"name": "x", "workers": 4, "stop": {"rounds": ROUNDS}, "data": {"type": "digits", "train": 200, "test": 50},
                     "objective": {"type": "softmax", "l2": 0.1}, "algorithm": section, "downlink": {"type": "multicast"},
                     "channel": {"type": "fixed", "rate": "1 Mbit/s"}})
    return next(iter(scenario.settings.values()))


LIKE = ["gd", "gd_sec", "cgd", "nounif_iag", "qgd", "rand_j", "ef21", "diana_rand", "signsgd", "laq", "fedavg"]


@pytest.mark.parametrize("name", LIKE)
def test_the_loop_counts_what_the_simulator_counts(name):
    method = methods.METHODS[name]
    settings = settings_of(method.section(np.array([axis.first for axis in method.axes])))
    rounds = simulate(settings).rounds
    row, asked = rounds[-1], sum(each.workers_heard + each.workers_silent for each in rounds)
    made = prepare(settings, 0)
    count = measure(made.problem, made.optimum, settings.algorithm, Goal("error", 1e-300),
                    WireTariff(settings.codec, settings.transport), Streams(settings.seed.learning, 0, "learning"), asked)
    assert count.rounds == row.round == ROUNDS
    assert (count.payload, count.coded, count.on_air) == (row.uplink_payload_bits, row.uplink_coded_bits, row.uplink_on_air_bits)
    assert count.downlink == row.downlink_on_air_bits and count.error == row.error


def test_gap_bits_by_hand():
    # from -1: gaps 1, 2, 5, 8 of the indices 0, 2, 7, 15 cost 1 + 3 + 5 + 7 bits
    assert gap_bits(np.array([0, 2, 7, 15])) == 16
    dense, sparse = Update(4, None, np.ones(4)), Update(16, np.array([0, 2, 7, 15]), np.ones(4))
    assert GapTariff().message(dense) == (128, 128, 128) and GapTariff().message(sparse) == (128, 144, 144)
    # 3 steps: 1 + 2 bits a level and 32 for the scale; a unit grid of signs: one bit each
    assert GapTariff().message(Update(4, None, np.ones(4), Grid(1.0, 3))) == (44, 44, 44)
    assert GapTariff().message(Update(4, None, np.ones(4), Grid(1.0, 1, odd=True, unit=True))) == (4, 4, 4)


def test_a_run_that_falls_too_slowly_is_hopeless():
    # allowance 600, goal 1e-6; looks after 100, 200 and 400. From 1 to 1e-2 in 100 steps: 4 decades more take 200: in time
    fast, slow, flat = (Outlook(Goal("error", 1e-6), 600) for _ in range(3))
    assert [fast.hopeless(100, 1.0), fast.hopeless(150, 0.5), fast.hopeless(200, 1e-2)] == [False] * 3
    # from 1 to 10^-0.5 in 100 steps: 5.5 decades more take 1100, 1300 in all: more than twice 600
    assert [slow.hopeless(100, 1.0), slow.hopeless(200, 10**-0.5)] == [False, True]
    # from 1 to 10^-0.6: 5.4 decades more take 900, 1100 in all
    assert [flat.hopeless(100, 1.0), flat.hopeless(200, 10**-0.6), flat.hopeless(400, 10**-0.6)] == [False, False, True]
    assert not Outlook(Goal("accuracy", 0.85), 600).hopeless(500, 1.0)


@pytest.mark.parametrize("name", methods.METHODS)
def test_every_point_of_a_method_is_an_algorithm(name):
    method = methods.METHODS[name]
    points = methods.first_points(method, 16, seed=1)
    near = methods.near_point(points[3], 0.5, np.random.default_rng(2))
    for point in [*points, near, np.zeros(len(method.axes)), np.full(len(method.axes), 1 - 1e-9)]:
        assert (point >= 0).all() and (point <= 1).all()
        section = method.section(point)
        assert build(Algorithm, section).type_name == section["type"]
    started = method.section(points[0])
    assert started["step_size"] in ("1.0/L", 0.001) and "decay" not in started


def test_savings_and_ranks_by_hand():
    runs = [("gd", 1, 100, "reached"), ("gd", 2, 200, "reached"), ("a", 1, 20, "reached"), ("a", 2, 80, "reached"),
            ("b", 1, 10, "reached"), ("b", 2, 5, "rounds")]
    same = {"case": "c", "stage": "report", "section": "{}", "rounds": 1, "messages": 1}
    rows = pd.DataFrame([same | {"method": method, "index": draw, "end": end} | dict.fromkeys(tables.BITS, bits)
                         for method, draw, bits, end in runs])
    report = tables.savings(rows)
    # 1 - 20/100 and 1 - 80/200; b was censored on draw 2, whose 5 bits are not what it took
    assert report["saving_coded"].to_list() == pytest.approx([0, 0, 80, 60, 90, np.nan], nan_ok=True)
    table = tables.standings(report).set_index("method")
    assert table["rank"].to_dict() == pytest.approx({"a": 1.0, "gd": 2.0, "b": np.nan}, nan_ok=True)
    assert table.loc["a", "saving_coded_median"] == pytest.approx(70) and table.loc["b", "reached"] == 1


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_the_scripts_keep_the_rules_of_the_house(path):
    tree, lines = ast.parse(path.read_text()), path.read_text().splitlines()
    assert ast.get_docstring(tree) and len(lines) <= 350 and max(map(len, lines)) <= 130
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno <= 70
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


def test_the_points_to_be_checked_are_those_that_were_best_so_far():
    """Of 8, 5, 9 and 3 coded bits the last best is 3, then 5, then 8; the point that did not reach is none of them."""
    runs = [("rounds", 0, 0.5), ("reached", 8, 0.0), ("reached", 5, 0.0), ("reached", 9, 0.0), ("bits", 4, 0.1), ("reached", 3, 0.0)]
    rows = [{"case": "lag_linear", "end": end, "coded": coded, "error": error, "accuracy": np.nan, "section": f'{{"n": {place}}}'}
            for place, (end, coded, error) in enumerate(runs)]
    assert [section["n"] for section in tuning.bests(rows)] == [5, 2, 1]
    nearest = [row | {"end": "rounds", "error": error} for row, error in zip(rows, (0.5, 0.1, 0.3))]
    assert [section["n"] for section in tuning.bests(nearest)] == [1]

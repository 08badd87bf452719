"""What runs and what does not run again; how tables come together."""

import json
import threading
from pathlib import Path

import pandas as pd
import pytest
import yaml
from experiment_cases import DIGITS, QUADRATIC, scenario, swept, tables_of

from wirelesssim import InputError, load
from wirelesssim.experiment.execution import check, execute
from wirelesssim.experiment.tables import csv_bytes, parquet_bytes, relabel, tabulate
from wirelesssim.experiment.watch import Watch
from wirelesssim.records import Recorder
from wirelesssim.simulation import Progress, preflight

NEW_VARIANT = QUADRATIC["variants"] | {"GD-SOEC": {"algorithm": {"type": "gd_soec", "step_size": "0.5/L", "xi": "1 L"}}}


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A finished sweep of 2 variants x 2 losses."""
    folder = tmp_path_factory.mktemp("before")
    assert swept(folder).ran == 4
    return folder


@pytest.fixture
def finished(before, tmp_path):
    """A copy of it, to be gone on with."""
    import shutil

    return Path(shutil.copytree(before, tmp_path / "r"))


@pytest.mark.parametrize(("changes", "ran", "skipped"), [
    ({}, 0, 4),
    ({"name": "other", "description": "other words"}, 0, 4),
    ({"targets": {"error": [1e-2]}}, 0, 4),
    ({"variants": dict(reversed(QUADRATIC["variants"].items()))}, 0, 4),
    ({"variants": {"renamed": QUADRATIC["variants"]["GD"], "GD-SEC": {}}}, 0, 4),
    ({"variants": {"GD": QUADRATIC["variants"]["GD"]}}, 0, 2),
    ({"variants": NEW_VARIANT}, 2, 4),
    ({"matrix": {"channel.loss": ["20 %", "5 %", "0 %"]}}, 2, 4),
    ({"matrix": {"channel.loss": ["0 %", "0.2"]}}, 0, 4),  # the same loss, written otherwise
    ({"replications": 2}, 4, 4),
    ({"seed": 6}, 4, 0),
    ({"seed": {"learning": 5, "radio": 6}}, 4, 0),
    ({"stop": {"rounds": 26}}, 4, 0),
    ({"fidelity": "packet"}, 4, 0),
], ids=str)
def test_only_what_changes_a_number_is_run_again(finished, changes, ran, skipped):
    outcome = swept(finished, **changes)
    assert (outcome.ran, outcome.skipped) == (ran, skipped)


def test_what_was_kept_is_what_would_be_computed(finished, tmp_path):
    changes = {"variants": dict(reversed(NEW_VARIANT.items())), "replications": 2,
               "matrix": {"channel.loss": ["20 %", "5 %", "0 %"]}}
    swept(finished, **changes)
    swept(tmp_path / "fresh", **changes)
    assert tables_of(finished) == tables_of(tmp_path / "fresh")


def test_force_runs_again_and_ends_with_the_same_bytes(finished):
    earlier = tables_of(finished)
    stamps = {path: path.stat().st_mtime_ns for path in finished.glob("points/*/manifest.json")}
    assert swept(finished, force=True).ran == 4
    assert tables_of(finished) == earlier
    assert all(path.stat().st_mtime_ns > stamp for path, stamp in stamps.items())


def test_results_of_another_version_are_not_taken(finished, monkeypatch):
    monkeypatch.setattr("wirelesssim.scenario.points.RESULTS_VERSION", 999)
    assert swept(finished).ran == 4


def test_a_run_uses_what_a_sweep_finished(finished):
    outcome = swept(finished, sweep=False)  # the loss of the scenario itself, 20 %, stands in the matrix
    assert (outcome.ran, outcome.skipped) == (0, 2)
    assert "channel.loss" not in outcome.results.rounds


def test_variants_that_are_the_same_run_once_and_stand_in_the_table_twice(tmp_path):
    outcome = swept(tmp_path, sweep=False, variants={"b": {}, "a": {}})
    assert outcome.ran == 1 and list(outcome.results.rounds["variant"].unique()) == ["b", "a"]
    halves = [rows.drop(columns="variant").reset_index(drop=True) for _, rows in outcome.results.rounds.groupby("variant")]
    pd.testing.assert_frame_equal(*halves)


def test_a_matrix_key_that_one_variant_lacks_runs_it_once(tmp_path):
    outcome = swept(tmp_path, matrix={"algorithm.xi": ["1 L", "2 L"]})
    assert outcome.ran == 3  # GD once, GD-SEC at two thresholds
    assert outcome.results.rounds.groupby(["variant", "algorithm.xi"]).ngroups == 4


def _data_file(folder, shift=0.0):
    rows = [f"{label},{0.1 * index + shift},{0.2 * label}" for index, label in enumerate([0, 1] * 10)]
    path = folder / "samples.csv"
    path.write_text("\n".join(["label,a,b", *rows]) + "\n")
    return {"path": str(path), "label": "label"}


def test_the_content_of_data_counts_and_not_its_place(tmp_path):
    base = DIGITS | {"objective": {"type": "logistic", "l2": 1e-2}}
    (tmp_path / "one").mkdir(), (tmp_path / "two").mkdir()
    changes = {"base": base, "matrix": None}
    assert swept(tmp_path / "r", data=_data_file(tmp_path / "one"), **changes).ran == 2
    assert swept(tmp_path / "r", data=_data_file(tmp_path / "two"), **changes).ran == 0
    assert swept(tmp_path / "r", data=_data_file(tmp_path / "one", shift=0.5), **changes).ran == 2  # edited, in one process
    kept, fresh = (swept(tmp_path / name, data=_data_file(tmp_path / "one", shift=0.5), **changes) for name in ("r", "fresh"))
    assert (kept.ran, fresh.ran) == (0, 2)
    pd.testing.assert_frame_equal(fresh.results.rounds, kept.results.rounds)


PLUGIN = """
from typing import Annotated
import numpy as np
from wirelesssim.model import model
from wirelesssim.learning.objectives import Objective
from wirelesssim.learning.objectives.quadratic import Quadratic


@model
class Scaled(Objective, name="scaled"):
    needs_data = False
    dimension: int = 8

    def problem(self, samples, workers, streams):
        return Quadratic(dimension=self.dimension, condition={condition}).problem(samples, workers, streams)

    def size(self, shape):
        return self.dimension

    def memory(self, shape):
        return 0
"""


def test_the_content_of_a_plug_in_counts_and_an_edited_one_is_a_new_problem(tmp_path):
    path = tmp_path / "mine.py"
    ends = []
    for condition, ran in ((5.0, 2), (5.0, 0), (50.0, 2)):
        path.write_text(PLUGIN.format(condition=condition))
        outcome = swept(tmp_path / "r", matrix=None, use=[str(path)], objective={"type": "scaled"})
        assert outcome.ran == ran
        ends.append(outcome.results.rounds["error"].iloc[-1])
    assert ends[0] == ends[1] and ends[2] > 10 * ends[0]  # after 25 rounds at 0.5/L the worse condition is far behind


def test_data_that_change_while_points_run_are_noticed(tmp_path, monkeypatch):
    from wirelesssim.experiment import execution

    real = execution.simulate

    def edit(*given):
        _data_file(tmp_path, shift=1.0)
        return real(*given)

    monkeypatch.setattr(execution, "simulate", edit)
    with pytest.raises(InputError, match="GD: the data changed while the points were run"):
        swept(tmp_path / "r", DIGITS, matrix=None, objective={"type": "logistic"}, data=_data_file(tmp_path))


def test_a_point_that_cannot_be_is_refused_before_any_is_run(tmp_path):
    with pytest.raises(InputError, match="workers must be <= 300"):
        swept(tmp_path / "r", DIGITS, matrix={"workers": [2, 301]})
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("base, changes", [
    (QUADRATIC, {}), (DIGITS, {"data": {"type": "digits", "train": 300, "test": 0}}),
    (DIGITS, {"data": {"type": "digits", "train": 300}, "matrix": {"data.test": [0]}})])
def test_targets_of_an_accuracy_that_no_point_has_are_refused_before_any_is_run(tmp_path, base, changes):
    targets = {"accuracy": ["90 %", "60 %"], "error": [1e-3]}
    with pytest.raises(InputError) as caught:
        swept(tmp_path / "r", base, **{"targets": targets} | changes)
    assert str(caught.value).endswith("targets.accuracy must not be given, got 60 %, 90 %: without classes and test samples no "
                                      "accuracy is known; use error")
    assert len(str(caught.value).splitlines()) == 1 and not (tmp_path / "r").exists()


def test_targets_of_an_accuracy_that_some_point_has_are_kept():
    whole = scenario(DIGITS, matrix={"data.test": [0, 100]})
    check(whole, whole.points())


def test_memory_is_counted_for_all_processes(monkeypatch):
    whole = scenario(matrix=None)
    points = whole.points()
    needed = preflight.__globals__["memory_needed"](points[0].settings)
    monkeypatch.setitem(preflight.__globals__, "available_memory", lambda: int(1.5 * needed))
    check(whole, points, 1)
    with pytest.raises(InputError, match="in each of 2 processes.*use -j 1"):
        check(whole, points, 8)


def test_a_diverged_point_is_kept_and_named(tmp_path):
    wild = {"wild": {"algorithm": {"type": "gd", "step_size": 1e6}}}
    outcome = swept(tmp_path, matrix=None, variants=wild)
    (found,) = outcome.results.diverged
    assert found["variant"] == "wild" and found["round"] >= 1 and found["reason"]
    assert found["round"] == outcome.results.rounds["round"].max()
    assert swept(tmp_path, matrix=None, variants=wild).results.diverged == [found]


def test_each_point_reports_how_it_ended(tmp_path):
    told = []
    execute(scenario(replications=2), False, tmp_path, finished=lambda *said: told.append(said))
    execute(scenario(replications=2), False, tmp_path, finished=lambda *said: told.append(said))
    names = ["GD", "GD, replication 1", "GD-SEC", "GD-SEC, replication 1"]
    assert told == [(name, "done") for name in names] + [(name, "finished before") for name in names]


def test_progress_of_other_processes_is_heard_once_and_leaves_no_folder(tmp_path):
    heard, enough = [], threading.Event()

    def hear(label, progress):
        heard.append((label, progress))
        enough.set()

    with Watch(hear, tmp_path) as watching:
        Watch.reporter(watching.folder, "GD")(Progress(3, 10, 0.5, 0.25))
        assert enough.wait(20)
        watching._stop.wait(0.8)  # three more looks
    assert heard == [("GD", Progress(3, 10, 0.5, 0.25))] and not list(tmp_path.iterdir())


def test_tables_without_rows_keep_the_types_of_their_columns():
    """A run that simulated time cuts in its first round has sent nothing: the columns must not turn into text."""
    labels = {"variant": "A", "replication": 0, "k": 0.5}
    empty = tabulate(Recorder(), labels)["transmissions"]
    assert len(empty) == 0 and [str(empty[name].dtype) for name in labels] == ["object", "int64", "float64"]
    outcome = execute(scenario(stop={"simulated_time": "20 ms"}, downlink={"type": "ideal"}, compute={"time": "1 ms"},
                               matrix={"compute.time": ["1 ms", "1 s"]}), True)
    sent = outcome.results.transmissions
    assert set(sent["compute.time"]) == {"1 ms"} and sent["replication"].dtype == "int64"


def test_labels_that_need_quotes_are_quoted_and_read_back(tmp_path):
    labels = {"variant": 'a, "b"', "replication": 0, "x, y": "[1, 2]"}
    table = relabel(pd.DataFrame({"round": [0, 1], "value": [0.1, None]}), labels)
    path = tmp_path / "t.csv"
    path.write_bytes(csv_bytes(table))
    read = pd.read_csv(path)
    assert list(read.columns) == list(table.columns) and read["value"].isna().tolist() == [False, True]
    assert read[[*labels, "round"]].to_numpy().tolist() == [[*labels.values(), 0], [*labels.values(), 1]]
    assert parquet_bytes(table) == parquet_bytes(table.copy())


def test_a_point_folder_is_a_scenario_that_runs_to_the_same_tables(finished, tmp_path):
    folder = sorted((finished / "points").iterdir())[0]
    outcome = execute(load(folder / "scenario.yaml"), False, tmp_path / "again")
    digest = outcome.results.manifest["points"][0]["digest"]
    assert digest == folder.name
    again, first = (pd.read_parquet(place / "rounds.parquet") for place in (tmp_path / "again" / "points" / digest, folder))
    pd.testing.assert_frame_equal(again.iloc[:, 2:], first.iloc[:, 3:])  # without the labels


def test_the_manifest_says_what_made_the_tables(finished):
    manifest = json.loads((finished / "manifest.json").read_text())
    assert manifest["name"] == "tiny" and manifest["seed"] == {"learning": 5, "radio": 5} and manifest["command"] == "test"
    assert {"wirelesssim", "numpy", "python"} <= set(manifest["versions"]) and manifest["wall_time_s"] >= 0
    labels = [{key: point[key] for key in ("variant", "replication", "channel.loss")} for point in manifest["points"]]
    assert labels == [{"variant": variant, "replication": 0, "channel.loss": loss}
                      for variant in ("GD", "GD-SEC") for loss in ("0 %", "20 %")]
    assert {point["digest"] for point in manifest["points"]} == {path.name for path in (finished / "points").iterdir()}
    point = json.loads(next(finished.glob("points/*/manifest.json")).read_text())
    assert {"digest", "seed", "results_version", "data", "plugins", "heterogeneity", "optimum", "diverged", "command",
            "wall_time_s", "versions"} <= set(point)


def test_the_manifest_holds_the_heterogeneity_of_the_partition(tmp_path):
    data = {"type": "digits", "train": 300, "partition": {"type": "sorted"}}
    manifest = swept(tmp_path, DIGITS, matrix=None, data=data).results.manifest
    spread = manifest["heterogeneity"][manifest["points"][0]["digest"]]
    assert spread["samples"] == [100, 100, 100] and sum(map(sum, spread["label_counts"])) == 300
    assert spread["total_variation"] > 0.5  # three workers with a third of the classes each: 2/3 but for shared classes


def test_the_manifest_holds_the_radio_at_the_start(tmp_path):
    """Free space at 100 m, 3.5 GHz: 20 log10(4 pi 100 f / c) = 83.33 dB, the same for both; a fixed channel has none."""
    radio = {"type": "radio", "path_loss": "free_space", "fading": "rayleigh"}
    made = swept(tmp_path, matrix=None, workers=2, channel=radio, geometry=[[100, 0], [0, 100]], downlink={"type": "ideal"},
                 stop={"rounds": 2})
    digest = made.results.manifest["points"][0]["digest"]
    rows = json.loads((tmp_path / "points" / digest / "manifest.json").read_text())["radio"]
    assert [(row["x_m"], row["y_m"], row["path_loss_db"]) for row in rows] == [(100.0, 0.0, 83.329), (0.0, 100.0, 83.329)]
    assert made.results.manifest["radio"][digest] == rows
    assert set(swept(tmp_path / "fixed", matrix=None).results.manifest["radio"].values()) == {None}


def test_a_swept_seed_stands_beside_its_points(tmp_path):
    manifest = swept(tmp_path, matrix={"seed.radio": [1, 2]}).results.manifest
    assert [point["seed"]["radio"] for point in manifest["points"]] == [1, 2, 1, 2]
    assert {point["seed"]["learning"] for point in manifest["points"]} == {5}


def test_the_scenario_in_the_results_loads_to_the_same_points(finished, tmp_path):
    first, again = scenario(), load(finished / "scenario.yaml")
    assert [point.labels for point in again.points()] == [point.labels for point in first.points()]
    assert [point.digest(None) for point in again.points()] == [point.digest(None) for point in first.points()]
    assert (again.name, again.targets, again.matrix) == (first.name, first.targets, first.matrix)
    assert yaml.safe_load((finished / "scenario.yaml").read_text())["name"] == "tiny"

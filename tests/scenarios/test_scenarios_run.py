"""Every file in scenarios/ checks, fits the schema, says what one should see, and runs, shortened, from the command line."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

from wirelesssim import load, load_results
from wirelesssim.cli import guarded
from wirelesssim.cli.app import app
from wirelesssim.scenario.schema import scenario_schema

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
FILES = sorted(FOLDER.rglob("*.yaml"))
SHORT = ("--set", "stop.rounds=3", "--set", "replications=1")
SMALLER = {"deep-200mb": ("--set", "objective.hidden=[40, 40]"),  # 5e7 parameters would need 10 GB and minutes
           "loss-and-settling": ("--matrix", "channel.loss=1 %,50 %"), "heterogeneity": ("--matrix", "data.partition.alpha=0.1,100")}


@pytest.fixture(params=FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def file(request):
    """Each scenario file in turn."""
    return request.param


def test_the_library_is_there():
    assert {"quickstart", "bursty-loss", "open-loop", "rayleigh-cell", "access", "heterogeneous", "message-overhead",
            "loss-sweep", "deep-200mb", "mlp-digits", "lenet-mnist"} <= {file.stem for file in FILES}


def test_a_scenario_runs_shortened(file, tmp_path, monkeypatch, capsys):
    command = "sweep" if yaml.safe_load(file.read_text()).get("matrix") and file.stem != "quickstart" else "run"
    data = ("--set", "data.train=500", "--set", "data.test=200") if "data:" in file.read_text() else ()
    if yaml.safe_load(file.read_text()).get("objective", {}).get("type") == "torch":
        pytest.importorskip("torch", reason="the extra `torch` is not installed")
    options = [*SHORT, *SMALLER.get(file.stem, ()), *data, "-j", "1", "--out", str(tmp_path), "--json"]
    monkeypatch.setattr(sys, "argv", ["wirelesssim", command, str(file), *options])
    assert guarded(app) == 0
    said = json.loads(capsys.readouterr().out)
    scenario = load(file)
    learns = any(settings.objective.learns for settings in scenario.settings.values())
    assert said["name"] == file.stem == scenario.name and said["figures"] and not said["diverged"]
    rounds = load_results(tmp_path).rounds
    assert list(rounds["variant"].unique()) == list(scenario.variants) and rounds["round"].max() == 3
    if not learns:
        assert all(row["messages"] == row["delivered"] + row["in_flight"] and row["delivered"] > 0 for row in said["summary"])
        return
    # three steps of 1/(2L) or 1/L from the start go down, whatever the channel does
    ends = rounds[rounds["round"] == 3].set_index("variant")["objective"]
    assert (ends < rounds[rounds["round"] == 0]["objective"].max()).all()


def test_a_scenario_says_what_one_should_see(file):
    head = [line for line in file.read_text().splitlines() if line.startswith("#")]
    assert any(f"wirelesssim {way} scenarios/{file.relative_to(FOLDER)}" in line for line in head for way in ("run", "sweep"))
    assert any(character.isdigit() for line in head for character in line) or file.stem == "quickstart"
    scenario = load(file)
    assert scenario.head.description
    assert scenario.targets or not any(settings.objective.learns for settings in scenario.settings.values())


def test_a_scenario_is_the_same_after_a_round_trip(file, tmp_path):
    scenario = load(file)
    (tmp_path / "again.yaml").write_text(scenario.yaml())
    again = load(tmp_path / "again.yaml")
    assert [point.digest("d") for point in again.points()] == [point.digest("d") for point in scenario.points()]
    assert [point.labels for point in again.points()] == [point.labels for point in scenario.points()]


@cache
def _schema():
    return scenario_schema()


def test_a_scenario_fits_the_schema(file):
    """With jsonschema where it is installed; otherwise keys by keys, and types by name, with what the schema lists."""
    content, schema = yaml.safe_load(file.read_text()), json.loads(json.dumps(_schema()))
    try:
        import jsonschema
    except ImportError:
        assert set(content) <= set(schema["properties"])
        for section, value in content.items():
            if isinstance(value, dict) and "type" in value:
                assert _fits(value, schema["properties"][section], schema), section
        return
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(content)


def _fits(value, schema, whole):
    """Whether some alternative of `schema` has the `type` of `value` and all its keys."""
    if "$ref" in schema:
        return _fits(value, whole["$defs"][schema["$ref"].rsplit("/", 1)[-1]], whole)
    if "anyOf" in schema:
        return any(_fits(value, alternative, whole) for alternative in schema["anyOf"])
    named = schema.get("properties", {}).get("type", {})
    known = value["type"] == named.get("const") or value["type"] in named.get("enum", ())
    return known and set(value) <= set(schema["properties"])


def test_the_schema_refuses_what_load_refuses():
    whole = _schema()
    section = whole["properties"]["channel"]
    assert _fits({"type": "fixed", "rate": "1 Mbit/s"}, section, whole)
    assert not _fits({"type": "fixed", "speed": "1 Mbit/s"}, section, whole)
    assert not _fits({"type": "fxed"}, section, whole)


def test_the_command_itself_runs_a_scenario(tmp_path):
    """As a user does it: a process of its own, in another folder."""
    command = [sys.executable, "-c", "from wirelesssim.cli import main; main()", "run"]
    ended = subprocess.run([*command, str(FOLDER / "open-loop.yaml"), *SHORT], cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "results" / "open-loop" / "error.png").exists() and "Traceback" not in ended.stderr
    assert "open loop (none)" in ended.stdout

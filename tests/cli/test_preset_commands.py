"""Presets at the command line: `list presets`, `new --preset`, `check --expand`."""

import json

import pytest
import yaml

from wirelesssim.scenario import load, presets

SMALL = """\
name: small
stop: {rounds: 2}
objective: {type: quadratic, dimension: 5}
algorithm: {type: gd}
network: {preset: lte-like}
variants:
  A: {}
  B: {network: null, channel: {type: fixed, rate: 1 Mbit/s}}
"""
NAMES = presets.preset_names()


def test_list_says_in_one_line_what_each_is_and_what_is_planned(command):
    status, out, err = command("list", "presets")
    assert status == 0 and all(f"{name} " in out and presets.preset(name).description in out for name in NAMES)
    assert len(out.splitlines()) == 1 + len(NAMES)
    planned = presets.planned_names()
    assert (f"planned: {', '.join(planned)}" in err if planned else "planned" not in err) and "planned" not in out
    found = json.loads(command("list", "presets", "--json")[1])
    assert found == {"presets": {name: presets.preset(name).description for name in NAMES}}
    assert json.loads(command("list", "--json")[1])["presets"] == found["presets"]
    whole = command("list")[1]
    assert all(name in whole[whole.index("\npresets"):] for name in NAMES)  # the last of the table, folded


@pytest.mark.parametrize("name", NAMES)
def test_new_writes_a_scenario_that_uses_it(command, name):
    status, _, err = command("new", "mine.yaml", "--preset", name, "--data", "iris")
    assert status == 0 and "wrote mine.yaml" in err
    text = (command.folder / "mine.yaml").read_text()
    assert yaml.safe_load(text)["network"] == {"preset": name} and presets.preset(name).description in text
    assert f"description: GD-SEC against gradient descent over the technology {name}\n" in text
    assert not {"channel", "access", "downlink", "transport"} & set(yaml.safe_load(text))
    assert command("check", "mine.yaml")[0] == 0
    made = next(iter(load(command.folder / "mine.yaml").settings.values()))
    assert {key: made.plain()[key]["type"] for key in ("channel", "access", "downlink", "transport")} == {
        key: presets.preset(name).sections[key]["type"] for key in ("channel", "access", "downlink", "transport")}


@pytest.mark.parametrize("options", [(), ("--preset", "wifi-11a")])
def test_new_writes_messages_without_a_learner(command, options):
    status, _, err = command("new", "mine.yaml", "--messages", "2 kB", *options)
    assert status == 0 and "wrote mine.yaml" in err and command("check", "mine.yaml")[0] == 0
    status, out, _ = command("sweep", "mine.yaml", "--set", "stop.rounds=2", "--out", "r", "--json", "-j", "1")
    assert status == 0 and [row["messages"] for row in json.loads(out)["summary"]] == [4, 10, 20]


def test_new_refuses_what_is_not_there(command):
    command.refuses("new", "x.yaml", "--preset", "nr-fr1-20",
                    says="--preset: unknown preset 'nr-fr1-20'; did you mean 'nr-fr1-20mhz'? known: ...")
    for name in presets.planned_names()[:1]:
        command.refuses("new", "x.yaml", "--preset", name, says=f"--preset: '{name}' is planned and not in this version; ...")


def test_expand_prints_what_it_became_and_the_name_as_a_comment(command):
    (command.folder / "s.yaml").write_text(SMALL)
    status, out, _ = command("check", "s.yaml", "--expand")
    assert status == 0 and out.splitlines()[0] == "# A: network {preset: lte-like}, expanded" and "# B" not in out
    printed = yaml.safe_load(out)["variants"]
    assert "network" not in printed["A"] and printed["A"]["channel"]["carrier"] == "2 GHz"
    assert printed["B"]["channel"]["type"] == "fixed"


def test_what_was_run_is_kept_without_the_name(command):
    (command.folder / "s.yaml").write_text(SMALL.split("variants")[0])
    assert command("run", "s.yaml", "--quiet")[0] == 0
    kept = yaml.safe_load((command.folder / "results/small/scenario.yaml").read_text())
    assert "network" not in kept and kept["access"]["attempts"] == 5

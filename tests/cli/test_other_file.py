"""Two scenario files of one name share results/NAME: whose tables are replaced is said; one's own file runs again in silence."""

import json

import pytest
from bad_input_cases import GOOD

from wirelesssim.cli import running


@pytest.fixture(autouse=True)
def no_figures(monkeypatch):
    """They take most of the time."""
    monkeypatch.setattr(running, "_figures", lambda results, folder: [])


def test_another_file_of_the_same_name_is_told_of_and_its_points_stay(command):
    (command.folder / "one.yaml").write_text(GOOD)
    (command.folder / "two.yaml").write_text(GOOD.replace("workers: 3", "workers: 2"))
    assert command("run", "one.yaml")[0] == 0
    status, _, err = command("run", "two.yaml")
    assert status == 0 and err.count("warning: the tables in results/small are those of one.yaml, and two.yaml replaces") == 1
    assert len(list((command.folder / "results/small/points").iterdir())) == 4
    status, _, err = command("run", "one.yaml")
    assert status == 0 and "those of two.yaml, and one.yaml replaces them" in err and "2 of 2 points were finished before" in err


def test_ones_own_file_is_edited_and_run_again_without_a_word(command):
    file = command.folder / "one.yaml"
    for text, argv in ((GOOD, ["one.yaml"]), (GOOD.replace("workers: 3", "workers: 2"), [str(file), "--set", "stop.rounds=3"]),
                       (GOOD.replace("loss: 1 %", "loss: 2 %"), ["./one.yaml", "--json"])):
        file.write_text(text)
        status, _, err = command("run", *argv)
        assert status == 0 and "warning: the tables" not in err


def test_quiet_says_nothing_and_another_folder_has_no_need_to(command):
    for name in ("one", "two"):
        (command.folder / f"{name}.yaml").write_text(GOOD)
        err = command("run", f"{name}.yaml", "--quiet")[2] + command("run", f"{name}.yaml", "--out", f"r-{name}")[2]
        assert "warning: the tables" not in err


def test_a_project_that_is_moved_keeps_its_folders(command):
    """The file stands in the manifest relative to the folder: no path of a machine."""
    (command.folder / "one.yaml").write_text(GOOD)
    command("run", "one.yaml")
    manifest = command.folder / "results/small/manifest.json"
    assert json.loads(manifest.read_text())["scenario_file"] == "../../one.yaml"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"scenario_file": 7}))  # damaged: nothing is known
    assert "warning: the tables" not in command("run", "one.yaml")[2]

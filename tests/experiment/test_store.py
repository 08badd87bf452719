"""Results on disk: whole or not at all, and nothing of a killed process stays."""

import json
import os
import subprocess
import sys

import pandas as pd
import pytest
from experiment_cases import swept

from wirelesssim import InputError
from wirelesssim.experiment import store as store_module
from wirelesssim.experiment.store import Store
from wirelesssim.experiment.whole import clean, temporary_beside, write_whole

TABLES = {name: pd.DataFrame({"variant": ["A"], "round": [0]}) for name in ("rounds", "transmissions", "workers")}


def _dead_process():
    """The id of a process that has ended, and been waited for."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def _left_by(process, path):
    """A temporary name for `path`, as another process would have chosen it."""
    name = temporary_beside(path).name.replace(f"-{os.getpid()}-", f"-{process}-")
    return path.with_name(name)


def test_a_point_is_there_whole_after_it_was_saved(tmp_path):
    store = Store(tmp_path / "r")
    store.prepare()
    assert not store.finished("d")
    store.save_point("d", "name: x\n", {"digest": "d"}, TABLES)
    assert store.finished("d")
    manifest, tables = store.load_point("d")
    assert manifest == {"digest": "d"} and all(tables[name].equals(TABLES[name]) for name in TABLES)
    assert [path.name for path in store.points.iterdir()] == ["d"]


@pytest.mark.parametrize("instant", range(9))
def test_a_point_that_is_cut_at_any_file_is_absent_and_leaves_nothing(tmp_path, monkeypatch, instant):
    """scenario.yaml, 3 x 2 tables, manifest.json and the rename: nine steps, each of which may be the last."""
    store, steps = Store(tmp_path), iter(range(9))
    store.prepare()

    def cut(real):
        def step(*given, **named):
            if next(steps) == instant:
                raise KeyboardInterrupt
            return real(*given, **named)
        return step

    monkeypatch.setattr(store_module.Path, "write_bytes", cut(store_module.Path.write_bytes))
    monkeypatch.setattr(store_module.os, "replace", cut(os.replace))
    with pytest.raises(KeyboardInterrupt):
        store.save_point("d", "", {}, TABLES)
    assert not store.finished("d") and not list(store.points.iterdir())


def test_whoever_comes_second_leaves_the_first_unless_forced(tmp_path):
    store = Store(tmp_path)
    for who, force in (("first", False), ("second", False)):
        store.save_point("d", "", {"who": who}, TABLES, force)
    assert store.load_point("d")[0] == {"who": "first"}
    store.save_point("d", "", {"who": "third"}, TABLES, force=True)
    assert store.load_point("d")[0] == {"who": "third"}
    assert [path.name for path in store.points.iterdir()] == ["d"]


@pytest.mark.parametrize("lacking", ["manifest.json", "rounds.parquet", "workers.parquet"])
def test_a_folder_that_lacks_a_file_is_not_finished_and_is_replaced(tmp_path, lacking):
    store = Store(tmp_path)
    store.save_point("d", "", {"who": "first"}, TABLES)
    (store.points / "d" / lacking).unlink()
    assert not store.finished("d")
    store.save_point("d", "", {"who": "second"}, TABLES)
    assert store.finished("d") and store.load_point("d")[0] == {"who": "second"}


def test_a_damaged_table_is_named(tmp_path):
    store = Store(tmp_path)
    store.save_point("d", "", {}, TABLES)
    (store.points / "d" / "rounds.parquet").write_bytes(b"half")
    with pytest.raises(InputError, match=r"rounds\.parquet cannot be read.*remove"):
        store.load_point("d")


def test_leftovers_of_dead_processes_go_and_all_else_stays(tmp_path):
    store = Store(tmp_path)
    store.prepare()
    dead = [_left_by(_dead_process(), place) for place in (store.points / "d", tmp_path / "rounds.csv")]
    alive = _left_by(os.getppid(), store.points / "d")
    others = [store.points / "d", store.points / ".hidden", store.points / "x.partial"]
    for folder in (dead[0], alive, *others):
        folder.mkdir()
        (folder / "rounds.csv").write_text("half")
    dead[1].write_text("half")
    store.prepare()
    assert not any(path.exists() for path in dead)
    assert alive.exists() and all(path.exists() for path in others)


def test_another_machines_leftovers_stay_for_a_day(tmp_path):
    there = tmp_path / ".d.elsewhere-1-0123456789ab.partial"
    there.mkdir()
    clean(tmp_path)
    assert there.exists()
    os.utime(there, (0, 0))
    clean(tmp_path)
    assert not there.exists()


def test_a_file_is_replaced_whole(tmp_path, monkeypatch):
    write_whole(tmp_path / "a", b"old")
    monkeypatch.setattr("wirelesssim.experiment.whole.os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OSError):
        write_whole(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


def test_a_full_disk_is_the_users_to_mend(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module.Path, "write_bytes", full)
    with pytest.raises(InputError, match="cannot be written: No space left on device; points that are finished are kept"):
        swept(tmp_path / "r", sweep=False)
    assert not list((tmp_path / "r" / "points").iterdir())


def test_a_results_path_that_cannot_be_a_folder_is_refused_before_anything_is_run(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "under"):
        with pytest.raises(InputError, match="cannot be a folder.*--out"):
            swept(folder)


def test_a_point_folder_holds_what_scenario_md_says(tmp_path):
    outcome = swept(tmp_path, sweep=False)
    folders = list((tmp_path / "points").iterdir())
    assert len(folders) == outcome.ran == 2
    for folder in folders:
        assert {path.name for path in folder.iterdir()} == {"scenario.yaml", "manifest.json"} | {
            f"{name}.{kind}" for name in TABLES for kind in ("csv", "parquet")}
        assert json.loads((folder / "manifest.json").read_text())["digest"] == folder.name

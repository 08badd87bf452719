"""What a notebook calls."""

import pandas as pd
import pytest
from experiment_cases import DIGITS, QUADRATIC, tables_of

import wirelesssim
from wirelesssim import Results, load, load_results


@pytest.fixture(scope="module")
def ran():
    return wirelesssim.run(load(DIGITS))


def test_the_package_shows_its_names_and_no_more():
    assert set(wirelesssim.__all__) == {"InputError", "Results", "Scenario", "load", "load_results", "run", "sweep"}
    assert set(wirelesssim.__all__) <= set(dir(wirelesssim))
    for name in wirelesssim.__all__:
        assert getattr(wirelesssim, name).__doc__
    with pytest.raises(AttributeError, match="has no attribute 'simulate'"):
        wirelesssim.simulate


def test_run_of_a_mapping_leaves_the_matrix_out_and_writes_nothing(ran, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    results = wirelesssim.run(load(QUADRATIC))
    assert isinstance(results, Results) and results.folder is None and not list(tmp_path.iterdir())
    assert list(results.rounds["variant"].unique()) == ["GD", "GD-SEC"] and "channel.loss" not in results.rounds
    assert ran.rounds["accuracy"].iloc[-1] > 0.6


def test_sweep_in_memory_is_sweep_on_disk(tmp_path):
    inside = wirelesssim.sweep(load(QUADRATIC), jobs=1)
    written = wirelesssim.sweep(load(QUADRATIC), out=tmp_path / "r", jobs=1)
    for name in ("rounds", "transmissions", "workers"):
        pd.testing.assert_frame_equal(getattr(inside, name), getattr(load_results(tmp_path / "r"), name), check_dtype=False)
        pd.testing.assert_frame_equal(getattr(inside, name), getattr(written, name), check_dtype=False)
    assert written.folder == tmp_path / "r" and tables_of(tmp_path / "r")


def test_a_summary_a_figure_and_a_table_for_a_notebook(ran):
    table = ran.summary()
    assert list(table["variant"]) == ["GD", "GD-SEC"] and table["saving_bits"].iloc[0] == 0
    assert "<table" in ran._repr_html_() and "GD-SEC" in ran._repr_html_()
    figure = ran.plot(x="simulated_time", y="accuracy")
    assert figure.axes[0].get_xlabel() == "Simulated time (s)" and len(figure.axes[0].lines) == 2
    assert ran.plot().axes[0].get_ylabel() == "Test accuracy (%)"
    assert figure._repr_png_().startswith(b"\x89PNG")
    assert wirelesssim.run(load(QUADRATIC)).plot().axes[0].get_ylabel().startswith("Objective error")


def test_a_run_goes_on_from_its_folder(tmp_path):
    scenario = load(QUADRATIC)
    wirelesssim.run(scenario, out=tmp_path)
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.glob("points/*/manifest.json")}
    wirelesssim.run(scenario, out=tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("points/*/manifest.json")} == stamps
    wirelesssim.run(scenario, out=tmp_path, force=True)
    assert all(path.stat().st_mtime_ns > stamp for path, stamp in stamps.items())


def test_mistakes_in_a_mapping_are_input_errors():
    with pytest.raises(wirelesssim.InputError, match="channel.rate"):
        load(QUADRATIC | {"channel": {"type": "fixed", "rate": "-1 Mbit/s"}})
    with pytest.raises(ValueError):  # which InputError is
        load({"name": "x"})

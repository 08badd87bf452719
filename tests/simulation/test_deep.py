"""Whole runs of neural networks: the simulator against the ideal loop, float32 to the end, and what is refused at load."""

import json
import sys

import numpy as np
import pandas
import pytest
from learning_cases import settings_of

from wirelesssim import load, run
from wirelesssim.cli import guarded
from wirelesssim.cli.app import app
from wirelesssim.errors import InputError
from wirelesssim.learning.train import train
from wirelesssim.rng import Streams
from wirelesssim.simulation import Simulation, preflight, prepare

NETWORK = {"data": {"type": "digits", "train": 200, "test": 100},
           "objective": {"type": "mlp", "hidden": [20, 10], "precision": "float32"},
           "codec": {"type": "auto", "value_bits": 32}, "stop": {"rounds": 6}}
METHODS = [{"type": "gd", "step_size": 0.3}, {"type": "sgd", "step_size": 0.3, "batch": 8},
           {"type": "gd_sec", "step_size": 0.3, "xi": 20}, {"type": "gd_soec", "step_size": 0.3, "xi": 3},
           {"type": "sgd_sec", "step_size": 0.3, "batch": 8, "xi": 20}]
MODULE = """
from torch import nn

class Net(nn.Sequential):
    def __init__(self, classes):
        super().__init__(nn.Linear(64, 8), nn.Tanh(), nn.Linear(8, classes))
"""


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method["type"])
def test_a_perfect_channel_is_the_ideal_loop_bit_for_bit(method):
    settings = settings_of(algorithm=method, **NETWORK)
    simulation = Simulation(settings)
    simulation.run()
    ideal = train(prepare(settings, 0).problem, settings.algorithm, 6, values=settings.codec.values,
                  streams=Streams(settings.seed.learning, 0, "learning"))
    assert [row.objective for row in simulation.recorder.rounds] == list(ideal.objective)
    model = settings.algorithm.model(simulation.server.state)
    assert model.dtype == np.float32 and np.array_equal(model, ideal.theta)


@pytest.mark.parametrize("method", METHODS[1:], ids=lambda method: method["type"])
def test_lost_packets_leave_float32_alone_and_the_ends_agreed(method):
    """Small packets, a fifth of them lost, no retry: what is lost is settled, as far as float32 holds it."""
    simulation = Simulation(settings_of(
        algorithm=method, **NETWORK | {"stop": {"rounds": 30}}, channel={"type": "fixed", "rate": "1 Mbit/s", "loss": "20 %"},
        transport={"type": "unreliable", "mtu": "200 B", "header": "28 B", "ack": {"loss": 0}}))
    rounds = simulation.run().rounds
    assert rounds[-1].objective < 0.8 * rounds[0].objective
    algorithm = simulation.settings.algorithm
    assert algorithm.model(simulation.server.state).dtype == np.float32
    for worker in simulation.workers if method["type"] != "sgd" else ():
        assert worker.state.h.dtype == np.float32
    aggregate = algorithm.aggregate(simulation.server.state)
    if aggregate is not None:
        mirrors = [algorithm.mirror(worker.state) for worker in simulation.workers]
        # 30 rounds of roundings of 6e-8 of what is added to either side
        assert np.abs(aggregate - sum(mirrors)).max() <= 1e-5 * max(np.abs(mirror).max() for mirror in mirrors)


def test_a_whole_model_takes_packets_of_its_size():
    simulation = Simulation(settings_of(algorithm=METHODS[0], **NETWORK))
    row = simulation.run().transmissions[0]
    # 64-20-10-10: 1300 + 210 + 110 = 1620 values of 32 bits; 6480 B in packets of 1472 B less a frame's few bytes: five
    assert row.payload_bits == 1620 * 32 and row.packets == 5


@pytest.mark.parametrize("method, said", [
    ({"type": "gd"}, "algorithm.step_size must be a number with the objective mlp, whose smoothness constant L is not known, "
                     "got 0.5/L; say step_size: 0.1, for example"),
    ({"type": "gd_sec", "step_size": 0.1},
     "algorithm.xi must be a number with the objective mlp, whose smoothness constant L is not known, got 5 L; say xi: 10"),
    ({"type": "lag_ps", "step_size": 0.1}, "algorithm.type must not be 'lag_ps' with the objective mlp"),
    ({"type": "ef21", "step_size": 0.1, "compressor": {"type": "threshold", "xi": "1 L"}},
     "algorithm.compressor.xi must be a number")])
def test_what_is_relative_to_L_is_refused_at_load(method, said):
    with pytest.raises(InputError) as error:
        settings_of(algorithm=method, **NETWORK)
    assert said in str(error.value)


def test_the_stop_at_an_error_is_refused():
    settings = settings_of(algorithm=METHODS[0], **NETWORK | {"stop": {"target": {"error": 1e-3}}})
    with pytest.raises(InputError, match="stop.target.error must not be given"):
        Simulation(settings)


def test_numbers_as_labels_are_refused_before_anything_runs():
    with pytest.raises(InputError, match="objective.type must be linear or lasso where labels are numbers"):
        preflight(settings_of(algorithm=METHODS[0], **NETWORK | {"data": {"type": "diabetes"}}))


# -- a user's own module, as files ------------------------------------------------------------------------------------------


def scenario(folder, module="my_net.py:Net", text=MODULE):
    """A scenario file in `folder` with its module beside it."""
    (folder / "my_net.py").write_text(text)
    file = folder / "mine.yaml"
    file.write_text(json.dumps({
        "workers": 4, "use": ["my_net.py"], "stop": {"rounds": 3}, "data": {"type": "digits", "train": 200, "test": 100},
        "objective": {"type": "torch", "module": module}, "algorithm": {"type": "gd", "step_size": 0.3},
        "channel": {"type": "fixed", "rate": "10 Mbit/s"},
        "variants": {"GD": {}, "SEC": {"algorithm": {"type": "gd_sec", "step_size": 0.3, "xi": 10}}}}))
    return file


def command(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["wirelesssim", *map(str, words)])
    return guarded(app)


def test_a_module_beside_the_scenario_runs_the_same_in_any_number_of_processes(tmp_path, monkeypatch):
    pytest.importorskip("torch", reason="the extra `torch` is not installed")
    file = scenario(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")  # paths start at the scenario's folder, not here
    loaded = load(file)
    here, apart = (run(loaded, jobs=jobs).rounds for jobs in (1, 2))
    pandas.testing.assert_frame_equal(here, apart, check_exact=True)
    assert here["objective"].iloc[3] < here["objective"].iloc[0] and here["accuracy"].notna().all()


def test_the_digest_follows_the_content_of_the_module_and_not_its_place(tmp_path):
    pytest.importorskip("torch", reason="the extra `torch` is not installed")
    digests = []
    for place, text in (("one", MODULE), ("two", MODULE), ("three", MODULE + "# edited\n")):
        (tmp_path / place).mkdir()
        digests.append(load(scenario(tmp_path / place, text=text)).points()[0].digest("d"))
    assert digests[0] == digests[1] != digests[2]


def test_a_module_that_is_edited_is_another_problem(tmp_path):
    pytest.importorskip("torch", reason="the extra `torch` is not installed")
    [first, _] = load(scenario(tmp_path)).settings.values()
    narrow = prepare(first, 0).problem
    [second, _] = load(scenario(tmp_path, text=MODULE.replace("8", "5"))).settings.values()
    assert first == second and prepare(second, 0).problem.size < narrow.size


def test_check_says_what_a_plug_in_of_networks_is_for(tmp_path, monkeypatch, capsys):
    pytest.importorskip("torch", reason="the extra `torch` is not installed")
    scenario(tmp_path)
    assert command(monkeypatch, "check", "--use", tmp_path / "my_net.py") == 0
    assert "network 'Net': used by objective: {type: torch, module: my_net.py:Net}" in capsys.readouterr().err


def test_check_says_where_a_module_is_wrong(tmp_path, monkeypatch, capsys):
    pytest.importorskip("torch", reason="the extra `torch` is not installed")
    bad = MODULE.replace("nn.Tanh()", "nn.BatchNorm1d(8)")
    assert command(monkeypatch, "check", scenario(tmp_path, text=bad)) == 2
    assert "objective.module must not have BatchNorm1d (1)" in capsys.readouterr().err
    assert command(monkeypatch, "check", scenario(tmp_path, module="other.py:Net")) == 2
    assert "objective.module must name a file that is listed under `use:`" in capsys.readouterr().err

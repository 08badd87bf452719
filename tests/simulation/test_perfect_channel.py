"""A channel that loses nothing is the ideal loop, bit for bit: whatever the access, the transport, the rate, the delays."""

import numpy as np
import pytest
from sklearn.datasets import load_iris

from learning_cases import run, settings_of
from wirelesssim.errors import InputError
from wirelesssim.learning.algorithms.gd import GradientDescent
from wirelesssim.learning.algorithm import Algorithm
from wirelesssim.learning.contracts.states import same
from wirelesssim.learning.train import train
from wirelesssim.rng import Streams
from wirelesssim.simulation import Simulation, prepare

ALGORITHMS = [{"type": "gd"}, {"type": "gd_sec", "xi": "5 L", "beta": 0.1}, {"type": "gd_soec"}]
TRANSPORTS = [{"type": "unreliable"}, {"type": "arq"}, {"type": "arq", "scheme": "stop_and_wait"}]
SMALL = {"type": "quadratic", "dimension": 30}


KNOWN = sorted(name for name, leaf in Algorithm.known.items() if leaf.__module__.startswith("wirelesssim."))
ACCUMULATING = [name for name in KNOWN if Algorithm.known[name].accumulates]
DIGITS = {"objective": {"type": "softmax", "l2": 0.01}, "workers": 6,
          "data": {"type": "digits", "train": 120, "test": 30, "partition": {"type": "dirichlet", "alpha": 1}}}


def same_as_train(rounds, **sections):
    """Run both; assert equality of all that both know; the simulation."""
    settings = settings_of(stop={"rounds": rounds}, **sections)
    prepared = prepare(settings, 0)
    ideal = train(prepared.problem, settings.algorithm, rounds, codec=settings.codec, optimum=prepared.optimum,
                  streams=Streams(settings.seed.learning, 0, "learning"))
    simulation = Simulation(settings)
    rows = simulation.run().rounds
    assert np.array_equal(settings.algorithm.model(simulation.server.state), ideal.theta)
    assert [row.objective for row in rows] == ideal.objective.tolist()
    assert np.array_equal([np.nan if row.error is None else row.error for row in rows], ideal.error, equal_nan=True)
    assert np.array_equal([np.nan if row.accuracy is None else row.accuracy for row in rows], ideal.accuracy, equal_nan=True)
    assert [row.entries_sent for row in rows] == ideal.entries.tolist()
    assert all(row.workers_heard + row.workers_silent + row.workers_unscheduled == settings.workers for row in rows[1:])
    assert same(simulation.server.state, ideal.server)
    for worker, state in zip(simulation.workers, ideal.workers, strict=True):
        assert same(worker.state, state)
    return simulation


@pytest.mark.parametrize("bits", [64, 32, 16])
@pytest.mark.parametrize("transport", TRANSPORTS, ids=lambda t: "-".join(t.values()))
@pytest.mark.parametrize("access", ["dedicated", "tdma", "fdma"])
@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda a: a["type"])
def test_quadratic(algorithm, access, transport, bits):
    same_as_train(12, objective=SMALL, algorithm=algorithm, access=access, transport=transport | {"mtu": "100 B"},
                  codec={"type": "auto", "value_bits": bits})


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda a: a["type"])
@pytest.mark.parametrize("sections", [
    {"channel": {"type": "fixed", "rate": "1e15 bit/s"}},
    # messages of a round arrive in an order that differs from that of the workers, and from round to round
    {"channel": {"type": "fixed", "rate": ["9 kbit/s", "1 Mbit/s", "20 kbit/s", "3 Mbit/s"], "jitter": "50 ms",
                 "latency": ["9 ms", "1 ms", "5 ms", "0 s"]},
     "compute": {"type": "fixed", "time": ["30 ms", "0 s", "10 ms", "1 ms"]}},
    {"downlink": {"type": "multicast", "rate": "1 Mbit/s"}, "access": "tdma"},
    {"downlink": {"type": "unicast"}, "access": "fdma"},
    {"feedback": "none"}, {"fidelity": "packet"},
    {"codec": {"type": "dense", "value_bits": 64}}, {"codec": {"type": "bitmap", "value_bits": 32}},
    {"codec": {"type": "golomb_rice", "value_bits": 32}}, {"transport": {"type": "arq", "silence": "free"}},
    # an acknowledgement that is lost changes nothing once the packet is known to be there
    {"transport": {"type": "arq", "ack": {"loss": "50 %"}, "retries": 60}},
], ids=str)
def test_whatever_lies_between(algorithm, sections):
    same_as_train(25, objective=SMALL, algorithm=algorithm, **sections)


DATA = [("softmax", "iris", "iid"), ("softmax", "iris", {"type": "dirichlet", "alpha": 0.3}), ("softmax", "digits", "sorted"),
        ("logistic", "breast_cancer", {"type": "dirichlet", "alpha": 0.5}), ("linear", "diabetes", "contiguous")]


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda a: a["type"])
@pytest.mark.parametrize("objective, data, partition", DATA, ids=str)
def test_on_data(algorithm, objective, data, partition):
    same_as_train(12, workers=7, objective={"type": objective, "l2": 0.01}, algorithm=algorithm, access="tdma",
                  data={"type": data, "train": 101, "test": 40, "partition": partition}, codec={"type": "auto", "value_bits": 32})


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda a: a["type"])
def test_on_sparse_data(algorithm, tmp_path):
    """Iris in a LIBSVM file, each length as one of 50 columns of sixths of a centimetre: 2 % are there, and it stays CSR."""
    features, labels = load_iris(return_X_y=True)
    lines = [f"{label} " + " ".join(f"{50 * i + int(6 * value) + 1}:1" for i, value in enumerate(row))
             for row, label in zip(features, labels)]
    (tmp_path / "iris.libsvm").write_text("\n".join(lines))
    simulation = same_as_train(12, workers=6, objective={"type": "softmax", "l2": 0.01}, algorithm=algorithm,
                               data={"path": str(tmp_path / "iris.libsvm"), "train": 100, "test": 50})
    assert type(simulation.problem.design).__name__ == "Sparse"


def test_the_order_in_which_workers_are_selected_is_no_order(monkeypatch):
    """A method may name the asked in any order: both loops go by index, and batch the same gradients."""
    monkeypatch.setattr(GradientDescent, "select", lambda self, state, context: [2, 1, 0, 3])
    same_as_train(40, objective=SMALL, algorithm="gd")


def test_loss_is_seen():
    """The comparison can fail: 2 % loss changes theta."""
    with pytest.raises(AssertionError):
        same_as_train(25, objective=SMALL, channel={"type": "fixed", "rate": "1 Mbit/s", "loss": "2 %"},
                      transport={"type": "unreliable", "mtu": "100 B"})


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda a: a["type"])
def test_arq_without_a_limit_is_a_perfect_channel_too(algorithm):
    """30 % loss, sent again until it is there (P(lost 61 times) = 1e-32): the same bits, at other times."""
    same_as_train(25, objective=SMALL, algorithm=algorithm, channel={"type": "fixed", "rate": "1 Mbit/s", "loss": "30 %"},
                  transport={"type": "arq", "mtu": "100 B", "retries": 60})


def test_a_run_is_a_function_of_its_seed():
    sections = {"channel": {"type": "fixed", "rate": "1 Mbit/s", "loss": "20 %"},
                "transport": {"type": "unreliable", "mtu": "100 B"}}
    first, again = (run(**sections).recorder for _ in range(2))
    assert first.rounds == again.rounds and first.transmissions == again.transmissions
    other = run(**sections, seed={"learning": 1, "radio": 2}).recorder.rounds
    assert other[0] == first.rounds[0] and other[-1].objective != first.rounds[-1].objective


@pytest.mark.parametrize("sections", [
    {"access": "dedicated"}, {"access": "tdma", "codec": {"type": "auto", "value_bits": 16}},
    {"access": "tdma", "codec": {"type": "auto", "value_bits": 8}, "downlink": {"type": "multicast", "rate": "1 Mbit/s"}},
    {"access": "tdma", "transport": {"type": "unreliable", "mtu": "100 B"},
     "compute": {"type": "fixed", "time": ["9 ms", "0 s"] * 3}},
], ids=["dedicated", "fp16", "8-bit", "packets"])
@pytest.mark.parametrize("name", KNOWN)
def test_every_method(name, sections):
    same_as_train(8, algorithm=name, **DIGITS, **sections)


HALF = {"type": "round_robin", "fraction": 0.5}
OPTIONS = [{"batch": 5}, {"decay": {"type": "inverse", "after": 3}}, {"participation": HALF},
           {"participation": {"type": "random", "fraction": 0.4}}]


@pytest.mark.parametrize("fields", OPTIONS, ids=lambda fields: next(iter(fields)))
@pytest.mark.parametrize("name", KNOWN)
def test_every_method_with_every_option(name, fields):
    """Minibatches, decay and partial participation: the order in which workers draw and step is no part of the result."""
    if "participation" in fields and Algorithm.known[name].selects:
        with pytest.raises(InputError, match="algorithm.participation must be full"):
            settings_of(algorithm={"type": name} | fields, **DIGITS)
        return
    simulation = same_as_train(8, algorithm={"type": name} | fields, access="tdma", **DIGITS)
    if "participation" in fields:
        asked = 3 if fields["participation"] is HALF else 2
        assert all(row.workers_unscheduled == 6 - asked for row in simulation.recorder.rounds[1:])


@pytest.mark.parametrize("way", [HALF, {"type": "random", "fraction": 0.4}], ids=lambda way: way["type"])
@pytest.mark.parametrize("name", KNOWN)
def test_accumulating(name, way):
    algorithm = {"type": name, "participation": way | {"absent": "accumulate"}}
    if name not in ACCUMULATING:
        with pytest.raises(InputError, match="algorithm.participation"):
            settings_of(algorithm=algorithm, **DIGITS)
        return
    simulation = same_as_train(8, algorithm=algorithm, access="tdma", **DIGITS)
    sent = [row for row in simulation.recorder.transmissions if row.direction == "uplink"]
    assert len(sent) == 8 * (3 if way is HALF else 2)  # who accumulates sends no marker

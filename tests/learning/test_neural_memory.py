"""The float32 path at size: no pass makes what a model of 5e7 has no room for."""

import tracemalloc

import numpy as np
import pytest
from neural_cases import made, random_samples

from wirelesssim.learning.algorithm import Algorithm, Outcome
from wirelesssim.learning.codec import Codec
from wirelesssim.learning.gradients import Gradients
from wirelesssim.learning.objectives import Objective, Shape
from wirelesssim.learning.rounds import contexts
from wirelesssim.model import build
from wirelesssim.rng import Streams
from wirelesssim.scenario import load
from wirelesssim.simulation import memory_needed

WIDE = {"type": "mlp", "hidden": [1000, 1000], "precision": "float32"}  # d = 1,013,010: 4 MB


@pytest.fixture(scope="module")
def problem():
    return made(WIDE, random_samples(features=10, classes=10, samples=40, workers=2))


def peak(act):
    """Bytes that were allocated at most during `act`, above what was there."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def stepped(problem, method, rounds=2):
    """States, updates and context after some rounds of `method` without loss."""
    algorithm = build(Algorithm, method)
    context_at = contexts(algorithm, problem, values=build(Codec, "auto").values, streams=Streams(1))
    theta = problem.start()
    server, states = algorithm.init_server(theta), [algorithm.init_worker(theta) for _ in range(2)]
    for round in range(1, rounds + 1):
        context, gradients, outcomes = context_at(round), Gradients(problem), {}
        for worker in range(2):
            update, states[worker] = algorithm.worker_step(states[worker], algorithm.model(server),
                                                           gradients.of(worker, algorithm, context), context)
            outcomes[worker] = Outcome.delivered(update)
        server = algorithm.server_step(server, outcomes, context)
    return algorithm, server, states, outcomes, context_at(rounds + 1), gradients


def test_a_gradient_takes_its_own_size_and_little_more(problem):
    theta, vector = problem.start(), 4 * problem.size
    assert peak(lambda: problem.gradients(theta, [0])) < 1.4 * vector
    assert peak(lambda: problem.sampled(theta, 0, np.arange(5))) < 1.4 * vector
    assert peak(lambda: problem.value(theta)) < 0.3 * vector


@pytest.mark.parametrize("method", [{"type": "sgd_sec", "batch": 5, "xi": 100, "step_size": 0.01},
                                    {"type": "gd", "step_size": 0.01}], ids=lambda method: method["type"])
def test_a_round_stays_in_float32(problem, method):
    algorithm, server, states, outcomes, context, gradients = stepped(problem, method)
    theta, vector = algorithm.model(server), 4 * problem.size
    for outcome in outcomes.values():
        assert outcome.update.values.dtype == np.float32
        assert outcome.update.indices is None or outcome.update.indices.dtype == np.int32
    assert theta.dtype == np.float32

    def step():
        algorithm.worker_step(states[0], theta, gradients.of(0, algorithm, context), context)

    step()  # compiled
    # gradient and threshold, the places of what is sent, and the update with a copy of its indices as NumPy takes them
    assert peak(step) < 6.5 * vector
    assert peak(lambda: algorithm.server_step(server, outcomes, context)) < 4.5 * vector


def test_packets_of_a_narrow_update_need_little(problem):
    codec = build(Codec, "auto")
    _, _, _, outcomes, _, _ = stepped(problem, {"type": "sgd_sec", "batch": 5, "xi": 100, "step_size": 0.01})
    update = outcomes[0].update
    codec.packets(update, 8 * 1472)  # compiled
    assert peak(lambda: codec.packets(update, 8 * 1472)) < 0.2 * (update.values.nbytes + update.indices.nbytes) + 100_000


def deep(variant, **objective):
    """The settings of ten workers with d = 5e7, as in scenarios/deep-200mb.yaml."""
    whole = {"name": "deep", "workers": 10, "data": {"type": "mnist", "train": 1000, "test": 500},
             "objective": WIDE | {"hidden": [6685, 6685]} | objective, "channel": {"type": "fixed", "rate": "100 Mbit/s"},
             "algorithm": {"type": variant, "step_size": 0.02, "batch": 50}}
    whole["algorithm"] |= {"xi": 1000} if variant == "sgd_sec" else {}
    [settings] = load(whole).settings.values()
    return settings


@pytest.mark.parametrize("variant, seen", [("sgd", 4.82e9), ("sgd_sec", 9.23e9)])
def test_the_estimate_is_within_a_third_of_what_was_seen(variant, seen):
    """Peak resident bytes of three rounds of scenarios/deep-200mb.yaml, as getrusage said."""
    assert seen / 1.3 <= memory_needed(deep(variant)) <= 1.3 * seen


def test_float64_is_estimated_at_twice_the_numbers():
    narrow, wide = memory_needed(deep("sgd")), memory_needed(deep("sgd", precision="float64"))
    assert 1.8 < wide / narrow < 2.0


def test_an_objective_counts_its_features_and_outputs():
    shape = Shape(10, 1000, 784, 10)
    narrow = build(Objective, {"type": "mlp", "hidden": [128], "precision": "float32"}).memory(shape)
    # features twice, outputs of 138 units three times over 1000 samples, two gradients of 101,770; 4 bytes each
    assert narrow == 4 * (2 * 784_000 + 3 * 138_000 + 2 * 101_770)

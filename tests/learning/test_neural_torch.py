"""Modules of PyTorch: against the perceptron by hand, against differences, built-in sizes, determinism."""

import sys

import numpy as np
import pytest
from neural_cases import MLP, central, made, random_samples, real_samples

from wirelesssim.errors import InputError
from wirelesssim.learning.algorithm import Algorithm
from wirelesssim.learning.contracts.objective import check_objective
from wirelesssim.learning.objectives import Objective, Shape
from wirelesssim.learning.train import train
from wirelesssim.model import build, plain

torch = pytest.importorskip("torch", reason="the extra `torch` is not installed")

DOUBLE = {"type": "torch", "precision": "float64"}


def mlp(activation, hidden=(7, 5), **more):
    return DOUBLE | {"module": "mlp", "arguments": {"hidden": list(hidden), "activation": activation}} | more


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_same_network_by_hand_and_by_torch(activation):
    ours, theirs = made(MLP | {"activation": activation, "l2": 0.2}), made(mlp(activation, l2=0.2))
    for seed in range(3):
        theta = np.random.default_rng(seed).standard_normal(ours.size)
        assert theirs.value(theta) == pytest.approx(ours.value(theta), rel=1e-13)
        assert np.abs(theirs.gradient(theta) - ours.gradient(theta)).max() <= 1e-10
        assert theirs.gradients(theta, [2, 0]) == pytest.approx(ours.gradients(theta, [2, 0]), abs=1e-10)
        rows = np.arange(ours.samples_of(1))[:2]
        assert theirs.sampled(theta, 1, rows) == pytest.approx(ours.sampled(theta, 1, rows), abs=1e-10)
        assert theirs.accuracy(theta) == ours.accuracy(theta)


def test_the_contract_of_objectives_holds():
    check_objective(made(mlp("tanh", hidden=[4], l2=0.05)))


@pytest.mark.parametrize("module, features, arguments", [
    ("lenet5", 16 * 16, {}), ("resnet", 3 * 8 * 8, {"depth": 8, "width": 4})])
def test_images_have_the_slope_of_the_value(module, features, arguments):
    problem = made(DOUBLE | {"module": module, "arguments": arguments}, random_samples(features=features, samples=12))
    theta, random = problem.start(), np.random.default_rng(0)
    directions = random.standard_normal((4, problem.size)) / np.sqrt(problem.size)
    slopes = problem.gradient(theta) @ directions.T
    # of relu's kinks a step of 1e-7 meets few; 1e-16/1e-7 of rounding
    assert np.abs(central(problem, theta, directions, step=1e-7) - slopes).max() <= 1e-5 * np.abs(slopes).max()
    assert problem.gradients(theta, range(4)).sum(axis=0) == pytest.approx(problem.gradient(theta), abs=1e-14)


@pytest.mark.parametrize("module, features, arguments, size", [
    # 6 (25 + 1), 16 (6 25 + 1), 120 (400 + 1), 84 (120 + 1), 10 (84 + 1): LeCun et al. with all maps connected
    ("lenet5", 784, {}, 156 + 2416 + 48_120 + 10_164 + 850),
    # convolutions 27 16, 6 2304, 4608 + 5 9216, 18432 + 5 36864; norms 2 (16 + 96 + 192 + 384); 65 10: the paper's 0.27 M
    ("resnet", 3072, {}, 432 + 13_824 + 50_688 + 202_752 + 1_376 + 650),
    ("mlp", 784, {}, 101_770)])
def test_the_number_of_parameters(module, features, arguments, size):
    assert build(Objective, {"type": "torch", "module": module}).size(Shape(10, 100, features, 10)) == size


def test_the_start_follows_the_seed_and_leaves_pytorchs_generator_alone():
    before = torch.random.get_rng_state()
    first, again, other = made(mlp("relu")), made(mlp("relu")), made(mlp("relu"), seed=2)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert np.array_equal(first.start(), again.start()) and not np.array_equal(first.start(), other.start())
    start = first.start()
    start += 1
    assert np.array_equal(first.start(), again.start())


def test_threads_and_modes_are_given_back():
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        problem = made(mlp("relu"))
        problem.gradient(problem.start())
        assert torch.get_num_threads() == 2 and not torch.are_deterministic_algorithms_enabled()
    finally:
        torch.set_num_threads(threads)


def test_a_model_that_is_closed_for_writing_is_read():
    problem = made(mlp("relu"))
    theta = problem.start()
    open_value, gradient = problem.value(theta), problem.gradient(theta)
    theta.flags.writeable = False
    assert problem.value(theta) == open_value and np.array_equal(problem.gradient(theta), gradient)


def test_float32_unless_said():
    problem = made({"type": "torch", "module": "mlp"})
    theta = problem.start()
    assert theta.dtype == problem.gradient(theta).dtype == problem.sampled(theta, 0, np.array([0])).dtype == np.float32
    assert build(Objective, {"type": "torch", "module": "mlp"}).width == 4


def test_the_shape_of_an_image_is_found_or_asked_for():
    lenet = build(Objective, {"type": "torch", "module": "lenet5"})
    assert lenet._input(784) == (1, 28, 28) and lenet._input(3 * 32 * 32) == (3, 32, 32)
    with pytest.raises(InputError, match=r"input must be \[channels, height, width\] for lenet5, got null; 30 features"):
        lenet._input(30)
    with pytest.raises(InputError, match=r"input must multiply to 784, the features of a sample, got \[3, 28, 28\] = 2352"):
        build(Objective, {"type": "torch", "module": "lenet5", "input": [3, 28, 28]})._input(784)


def test_fields_read_back():
    given = {"type": "torch", "module": "resnet", "arguments": {"depth": 8}, "input": [1, 8, 8]}
    objective = build(Objective, given)
    assert build(Objective, plain(objective)) == objective and plain(objective)["input"] == [1, 8, 8]


@pytest.mark.parametrize("given, said", [
    ({"module": "lenet"}, "module is an unknown module 'lenet'; did you mean 'lenet5'?"),
    ({"module": "net.py:Net"}, "module must name a file that is listed under `use:`"),
    ({"module": "resnet", "arguments": {"depth": 9}}, "arguments.depth must be 6 n + 2"),
    ({"module": "resnet", "arguments": {"deep": 9}}, "arguments do not fit resnet"),
    ({"module": "mlp", "arguments": {"activation": "sine"}}, "arguments.activation must be 'relu' or 'tanh'"),
    ({"module": "mlp", "device": "tpu"}, "device must be 'cpu' or 'cuda'")])
def test_what_does_not_fit_is_refused(given, said):
    with pytest.raises(InputError) as error:
        build(Objective, {"type": "torch"} | given).size(Shape(4, 50, 64, 3))
    assert said in str(error.value)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device here")
def test_a_gpu_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="device must be 'cpu' here, got 'cuda': PyTorch sees no CUDA device"):
        build(Objective, {"type": "torch", "module": "mlp", "device": "cuda"}).suits(np.arange(3))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_a_gpu_agrees_with_the_processor():
    samples = random_samples(features=256, samples=40)
    here, there = (made(DOUBLE | {"module": "lenet5", "device": device}, samples) for device in ("cpu", "cuda"))
    theta = here.start()
    assert np.array_equal(theta, there.start())
    assert there.value(theta) == pytest.approx(here.value(theta), rel=1e-12)
    assert there.gradient(theta) == pytest.approx(here.gradient(theta), abs=1e-12)
    assert np.array_equal(there.gradient(theta), there.gradient(theta))


def test_without_torch_the_way_out_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(InputError, match=r"type 'torch' needs the package torch, .*pip install 'wirelesssim\[torch\]'"):
        build(Objective, {"type": "torch", "module": "mlp"}).suits(np.arange(3))


def test_training_reads_digits():
    problem = made({"type": "torch", "module": "mlp", "arguments": {"hidden": [32]}}, real_samples("digits", 1000, 400, 5))
    ended = train(problem, build(Algorithm, {"type": "gd", "step_size": 0.5}), 100)
    assert ended.theta.dtype == np.float32 and ended.accuracy[-1] >= 0.9


@pytest.mark.slow
def test_a_residual_network_reads_digits():
    objective = {"type": "torch", "module": "resnet", "arguments": {"depth": 8, "width": 8}}
    problem = made(objective, real_samples("digits", 1000, 400, 5))
    ended = train(problem, build(Algorithm, {"type": "sgd", "batch": 20, "step_size": 0.2}), 60)
    assert ended.accuracy[-1] >= 0.9

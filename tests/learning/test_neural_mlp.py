"""The perceptron in NumPy: gradients, layout, start, minibatches, precision."""

import dataclasses

import numpy as np
import pytest
from neural_cases import MLP, central, made, random_samples, real_samples
from scipy import sparse, stats

from wirelesssim.errors import InputError
from wirelesssim.learning.algorithm import Algorithm
from wirelesssim.learning.contracts.objective import check_objective
from wirelesssim.learning.neural.perceptron import Perceptron, parameters
from wirelesssim.learning.objectives import Objective, Shape
from wirelesssim.learning.objectives.softmax import cross_entropy
from wirelesssim.learning.train import train
from wirelesssim.model import build, plain
from wirelesssim.rng import Streams


@pytest.mark.parametrize("hidden", [[], [5], [7, 5], [4, 3, 4]])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_gradient_is_the_slope_of_the_value(hidden, activation):
    problem = made({"type": "mlp", "hidden": hidden, "activation": activation, "l2": 0.1})
    random = np.random.default_rng(3)
    theta = problem.start() + 0.1 * random.standard_normal(problem.size)  # biases of 0 put dead units of relu on its kink
    directions = random.standard_normal((12, problem.size))
    slopes = problem.gradient(theta) @ directions.T
    # central differences: step^2 times third derivatives, here of order 1e2, and 1e-16/1e-5 of rounding
    assert np.abs(central(problem, theta, directions) - slopes).max() <= 1e-7 * np.abs(slopes).max()


def test_the_contract_of_objectives_holds():
    check_objective(made(MLP | {"l2": 0.05}))


def test_one_layer_by_hand():
    # inputs x = (1, 2), C = 2, W = [[1, 0], [0, 1]] (out, in), b = (0, ln 2): z = (1, 2 + ln 2), p_0 = e/(e + 2 e^2) = 1/(1 + 2e)
    network = Perceptron((2, 2), "relu", "he", "float64", Streams(1))
    theta, x, p = np.array([1.0, 0, 0, 1, 0, np.log(2)]), np.array([[1.0, 2.0]]), 1 / (1 + 2 * np.e)
    assert network.scores(theta, x) == pytest.approx(np.array([[1, 2 + np.log(2)]]))
    # y = 0: D = (p - 1, 1 - p); grad W = D x^T row by row, grad b = D; times the share 3
    slope = 3 * np.array([p - 1, 2 * (p - 1), 1 - p, 2 * (1 - p), p - 1, 1 - p])
    assert network.pull(theta, x, np.array([0]), 3.0) == pytest.approx(slope)
    losses, _ = cross_entropy(network.scores(theta, x), np.array([0]))
    assert losses == pytest.approx([-np.log(p)])


def test_no_hidden_layer_is_softmax_with_a_bias():
    """A column of ones in place of the bias: the same function, in another order of theta."""
    samples = random_samples()
    ones = np.column_stack([samples.features, np.ones(50)])
    ours = made({"type": "mlp", "hidden": []}, samples)
    theirs = made({"type": "softmax"}, dataclasses.replace(samples, features=ones, test_features=None))
    theta = np.random.default_rng(0).standard_normal(ours.size)
    weights, bias = ours.network.layers(theta)[0]
    same = np.vstack([weights.T, bias]).reshape(-1)  # (d + 1, C) row by row
    assert ours.value(theta) == pytest.approx(theirs.value(same), rel=1e-13)
    gradient = theirs.gradient(same).reshape(7, 3)
    assert ours.gradient(theta) == pytest.approx(np.concatenate([gradient[:6].T.reshape(-1), gradient[6]]), rel=1e-10)


def test_the_number_of_parameters():
    # 784-128-10: 784 * 128 + 128 + 128 * 10 + 10 = 101770; the network of scenarios/deep-200mb.yaml:
    # 785 * 6685 + 6686 * 6685 + 6686 * 10 = 5247725 + 44695910 + 66860
    assert parameters((784, 128, 10)) == 101_770 and parameters((784, 6685, 6685, 10)) == 50_010_495
    assert build(Objective, {"type": "mlp"}).size(Shape(10, 4000, 784, 10)) == 101_770


def test_workers_sum_to_the_whole_whoever_is_asked():
    problem = made(MLP | {"l2": 0.3})
    theta = problem.start()
    rows = problem.gradients(theta, range(4))
    assert rows.sum(axis=0) == pytest.approx(problem.gradient(theta), abs=1e-15)
    for worker in range(4):
        assert np.array_equal(problem.gradients(theta, [worker])[0], rows[worker])  # bit for bit: nobody is batched


def test_minibatches_average_to_the_gradient():
    """All subsets of two samples of a shard, exactly."""
    problem = made(MLP | {"l2": 0.3}, random_samples(samples=14))
    theta = problem.start()
    for worker in range(4):
        count = problem.samples_of(worker)
        pairs = [(i, j) for i in range(count) for j in range(i)] or [(0,)]
        mean = np.mean([problem.sampled(theta, worker, np.array(pair)) for pair in pairs], axis=0)
        assert mean == pytest.approx(problem.gradients(theta, [worker])[0], abs=1e-15)


def test_chunks_change_nothing_but_rounding():
    problem, chunked = made(MLP), made(MLP)
    chunked.network.rows = 7
    theta = problem.start()
    assert chunked.value(theta) == pytest.approx(problem.value(theta), rel=1e-14)
    assert chunked.gradient(theta) == pytest.approx(problem.gradient(theta), abs=1e-15)
    assert chunked.accuracy(theta) == problem.accuracy(theta)


def test_sparse_features_stay_sparse_and_agree():
    samples = random_samples()
    features = np.where(samples.features > 0.5, samples.features, 0)
    dense = made(MLP, dataclasses.replace(samples, features=features))
    thin = made(MLP, dataclasses.replace(samples, features=sparse.csr_matrix(features)))
    theta = dense.start()
    assert sparse.issparse(thin.features)
    assert thin.gradient(theta) == pytest.approx(dense.gradient(theta), abs=1e-15)
    assert thin.sampled(theta, 1, np.array([0, 1])) == pytest.approx(dense.sampled(theta, 1, np.array([0, 1])), abs=1e-15)


@pytest.mark.parametrize("activation, init, variances", [
    ("relu", "auto", (2 / 400, 2 / 300)), ("tanh", "auto", (2 / 700, 2 / 310)), ("tanh", "he", (2 / 400, 2 / 300)),
    ("relu", "glorot", (2 / 700, 2 / 310))])
def test_the_start_is_he_or_glorot(activation, init, variances):
    """SUM w^2/variance is chi-squared with as many degrees as weights; false alarm 1e-6 a layer, at a fixed seed."""
    samples = random_samples(features=400, classes=10, samples=20)
    problem = made({"type": "mlp", "hidden": [300], "activation": activation, "init": init}, samples)
    for (weights, bias), variance in zip(problem.network.layers(problem.start()), variances):
        found = stats.chi2.cdf(np.sum(weights**2) / variance, weights.size)
        assert 5e-7 < found < 1 - 5e-7
        assert abs(weights.mean()) < 4.9 * np.sqrt(variance / weights.size) and not bias.any()  # 1e-6, two-sided


def test_the_start_follows_the_seed_alone():
    first, again, other = made(MLP), made(MLP, random_samples(seed=5)), made(MLP, seed=2)
    assert np.array_equal(first.start(), again.start()) and not np.array_equal(first.start(), other.start())
    assert np.array_equal(first.start().astype(np.float32), made(MLP | {"precision": "float32"}).start())


def test_float32_stays_float32_and_agrees_with_float64():
    samples = random_samples()
    wide, narrow = made(MLP | {"l2": 0.1}, samples), made(MLP | {"l2": 0.1, "precision": "float32"}, samples)
    theta = narrow.start()
    answers = (narrow.gradient(theta), narrow.gradients(theta, range(4)), narrow.sampled(theta, 0, np.array([0])), theta)
    assert {answer.dtype for answer in answers} == {np.dtype("float32")}
    # a few hundred operations of relative error 6e-8 each
    assert narrow.gradient(theta) == pytest.approx(wide.gradient(theta.astype(float)), abs=1e-6)
    assert narrow.value(theta) == pytest.approx(wide.value(theta.astype(float)), rel=1e-6)


def test_what_is_not_known_is_not_said():
    problem = made(MLP)
    assert problem.smoothness is problem.worker_smoothness is problem.coordinate_smoothness is problem.optimum() is None
    assert problem.strong_convexity == 0 and not problem.convex and not problem.batched
    with pytest.raises(InputError, match="algorithm.step_size 0.5/L needs the smoothness constant L"):
        train(problem, build(Algorithm, {"type": "gd"}), 1)


def test_the_digest_is_of_the_samples_and_the_network():
    samples = random_samples()
    whole = made(MLP, samples).digest
    shuffled = dataclasses.replace(samples, shards=samples.shards[::-1])
    moved = dataclasses.replace(samples, features=samples.features + 1e-9)
    assert made(MLP, shuffled).digest == whole
    assert len({whole, made(MLP, moved).digest, made(MLP | {"l2": 1}, samples).digest,
                made(MLP | {"activation": "relu"}, samples).digest}) == 4


@pytest.mark.parametrize("given, said", [
    ({"hidden": [0]}, "hidden must be a list of sizes like [128, 64], each of which must be >= 1, got 0"),
    ({"hidden": "wide"}, "hidden must be a list of sizes"), ({"activation": "sine"}, "activation must be 'relu' or 'tanh'"),
    ({"precision": "float16"}, "precision must be 'float64' or 'float32'"), ({"l2": -1}, "l2 must be >= 0")])
def test_bad_fields_are_refused(given, said):
    with pytest.raises(InputError) as error:
        build(Objective, {"type": "mlp"} | given)
    assert said in str(error.value)


def test_fields_read_back():
    objective = build(Objective, {"type": "mlp", "hidden": 32, "precision": "float32"})
    assert objective.hidden == (32,) and objective.width == 4
    assert plain(objective)["hidden"] == [32] and build(Objective, plain(objective)) == objective


@pytest.mark.parametrize("classes, said", [(None, "regression set"), (np.array([1]), "fewer than two classes")])
def test_labels_that_are_not_classes_are_refused(classes, said):
    with pytest.raises(InputError, match=said):
        build(Objective, {"type": "mlp"}).suits(classes)


def test_a_partition_that_is_none_is_refused():
    with pytest.raises(InputError, match="exactly one worker"):
        made(MLP, dataclasses.replace(random_samples(), shards=[np.arange(50), np.arange(3)]))


def test_training_reads_digits():
    """90 % of the digits in 60 rounds of full gradients; L of such an f is not known, 0.5 was the largest step that went down."""
    problem = made({"type": "mlp", "hidden": [32]}, real_samples("digits", 1000, 400, 5))
    assert problem.accuracy(problem.start()) < 0.3
    ended = train(problem, build(Algorithm, {"type": "gd", "step_size": 0.5}), 60)
    assert ended.accuracy[-1] >= 0.9 and ended.objective[-1] < 0.5 * ended.objective[0]


@pytest.mark.parametrize("method", [{"type": "sgd_sec", "batch": 20, "xi": 20}, {"type": "gd_sec", "xi": 20}])
def test_sparsified_training_keeps_float32_and_reads_digits(method):
    problem = made({"type": "mlp", "hidden": [32], "precision": "float32"}, real_samples("digits", 1000, 400, 5))
    ended = train(problem, build(Algorithm, method | {"step_size": 0.5}), 100)
    assert ended.theta.dtype == ended.server.h.dtype == np.float32
    assert {worker.h.dtype for worker in ended.workers} == {worker.error.dtype for worker in ended.workers} == {ended.theta.dtype}
    assert ended.accuracy[-1] >= 0.9 and ended.entries[2:].mean() < 0.5 * 5 * problem.size
    # law 7 as far as float32 holds it: 100 roundings of 6e-8 of what is added
    apart = np.abs(ended.server.h - sum(worker.h for worker in ended.workers)).max()
    assert apart <= 1e-5 * max(np.abs(worker.h).max() for worker in ended.workers)

"""Every codec and every objective satisfies its family's contract; and each contract catches what is wrong."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from wirelesssim.data import Data
from wirelesssim.errors import InputError
from wirelesssim.experiment.contracts import check_model
from wirelesssim.learning.codec import Auto, Bitmap, Codec, Dense, EliasGamma, FixedWidth, GolombRice, RunLength
from wirelesssim.learning.contracts.codec import check_codec
from wirelesssim.learning.contracts.objective import check_objective
from wirelesssim.learning.grid import Grid
from wirelesssim.learning.objectives import Objective, Samples
from wirelesssim.learning.update import Update
from wirelesssim.model import build, model
from wirelesssim.rng import Streams

CODECS = [Dense, Bitmap, GolombRice, FixedWidth, EliasGamma, RunLength, Auto]
OBJECTIVES = ["softmax", "logistic", "linear", "lasso", "nonlinear_least_squares", "quadratic", "mlp"]
ELSEWHERE = {"torch", "messages"}  # needs the extra of that name and a file; asks nothing, so that no law of f applies


def test_every_leaf_has_an_example_here():
    for family, examples in ((Codec, {codec.type_name for codec in CODECS}), (Objective, {*OBJECTIVES, *ELSEWHERE})):
        assert {name for name, leaf in family.known.items() if leaf.__module__.startswith("wirelesssim.")} == examples


@pytest.mark.parametrize("bits, levels", [(64, "fixed"), (32, "fixed"), (16, "fixed"), (8, "fixed"), (4, "elias_gamma"),
                                          (2, "fixed")])
@pytest.mark.parametrize("codec", CODECS)
def test_codec(codec, bits, levels):
    check_codec(codec(value_bits=bits, levels=levels))


class Spoilt:
    """A codec whose answers a test can spoil."""

    def __init__(self, **answers):
        self._codec, self._answers = GolombRice(value_bits=32), answers

    def __getattr__(self, name):
        answer = self._answers.get(name)
        return getattr(self._codec, name) if answer is None else lambda *given: answer(self._codec, *given)


def _shorter(packets, **columns):
    whole = {"edges": packets.edges, "coded_bits": packets.coded_bits, "payload_bits": packets.payload_bits}
    return type(packets)(**(whole | columns))


@pytest.mark.parametrize("sentence, answers", [
    ("size says", {"size": lambda codec, update: codec.size(update) + (8 if update.entries else 0)}),
    ("a silent update takes no bits", {"size": lambda codec, update: max(8, codec.size(update))}),
    ("size says", {"encode": lambda codec, update: codec.encode(update) + b"\0"}),
    ("decode\\(encode\\(update\\)\\) must be the update", {
        "decode": lambda codec, *given: replace(got := codec.decode(*given), values=got.values * (1 + 1e-6))}),
    ("decode\\(encode\\(update\\)\\) must be the update", {
        "decode": lambda codec, data, size, *given: Update.empty(size)}),
    ("decode\\(encode\\(update\\)\\) must be the update", {
        "decode": lambda codec, *given: replace(got := codec.decode(*given), grid=got.grid and Grid(got.grid.scale, 8))}),
    ("decode\\(encode\\(update\\)\\) must be the update", {
        "decode": lambda codec, data, size, positions, kind: codec.decode(data, size, positions)}),
    ("packet 0: .* bits said", {"packets": lambda codec, update, limit: _shorter(
        made := codec.packets(update, limit), coded_bits=made.coded_bits - 8 * (made.coded_bits > made.payload_bits + 8))}),
    ("every entry once", {"packets": lambda codec, update, limit: _shorter(
        made := codec.packets(update, limit), edges=np.minimum(made.edges, update.entries - 1))}),
    ("no packet may be larger", {"packets": lambda codec, update, limit: codec.packets(update, 10**9)}),
    ("payload bits are part", {"packets": lambda codec, update, limit: _shorter(
        made := codec.packets(update, limit), payload_bits=made.coded_bits + 1)}),
    ("must decode alone", {"encode_packet": lambda codec, update, packets, i: codec.encode_packet(update, packets, 0) if (
        packets.coded_bits[i] == packets.coded_bits[0]) else codec.encode_packet(update, packets, i)}),
])
def test_the_codec_contract_catches(sentence, answers):
    with pytest.raises(AssertionError, match=sentence):
        check_codec(Spoilt(**answers))


def samples(objective, workers, name, partition, sparsely=False):
    """Real data, dealt out; made sparse where asked for."""
    data = build(Data, {"type": name, "train": 90, "test": 20, "partition": partition})
    split = data.split(Streams(1))
    shards = data.partition.assign(split.train_labels, workers, Streams(1)("partition"))
    features = sparse.csr_matrix(split.train_features) if sparsely else split.train_features
    return Samples(features, split.train_labels, shards, split.test_features, split.test_labels, split.classes)


@pytest.mark.parametrize("partition", ["iid", "sorted", {"type": "dirichlet", "alpha": 0.3}], ids=str)
@pytest.mark.parametrize("name, data", [("softmax", "iris"), ("softmax", "digits"), ("logistic", "breast_cancer"),
                                        ("linear", "diabetes"), ("lasso", "diabetes"), ("lasso", "digits"),
                                        ("nonlinear_least_squares", "breast_cancer")])
@pytest.mark.parametrize("sparsely", [False, True])
def test_objective_on_data(name, data, partition, sparsely):
    if data == "diabetes" and partition != "iid" and partition != "sorted":
        partition = "contiguous"  # real-valued labels have no classes to divide
    objective = build(Objective, {"type": name, "l2": 0.01})
    check_objective(objective.problem(samples(objective, 7, data, partition, sparsely), 7, Streams(1)))


def test_mlp():  # tanh: differences of the value meet no kink
    objective = build(Objective, {"type": "mlp", "hidden": [5], "activation": "tanh", "l2": 0.01})
    check_objective(objective.problem(samples(objective, 7, "iris", "iid"), 7, Streams(1)))


@pytest.mark.parametrize("heterogeneity", [0, 1])
def test_quadratic(heterogeneity):
    made = build(Objective, {"type": "quadratic", "dimension": 9, "heterogeneity": heterogeneity})
    check_objective(made.problem(None, 4, Streams(1)))


def logistic(**replaced):
    """A problem on data, some of whose answers are replaced."""
    objective = build(Objective, {"type": "logistic", "l2": 0.01})
    problem = objective.problem(samples(objective, 3, "breast_cancer", "iid"), 3, Streams(1))
    kind = type(problem)
    problem.__class__ = type("Spoilt", (kind,), {
        name: (lambda self, *given, answer=answer: answer(kind, self, *given)) if callable(answer) else answer
        for name, answer in replaced.items()})
    return problem


@pytest.mark.parametrize("sentence, replaced", [
    ("slope of the value", {"value": lambda kind, self, theta: 2 * kind.value(self, theta)}),
    ("slope of the value", {"gradient": lambda kind, self, theta: kind.gradient(self, theta) + 0.01 * theta}),
    ("must sum to the gradient", {"gradients": lambda kind, self, theta, asked: kind.gradients(self, theta, asked) + 1e-3}),
    ("must sum to the gradient", {"gradients": lambda kind, self, theta, asked: kind.gradients(self, theta, asked) * (
        np.arange(1, len(asked) + 1)[:, None])}),
    ("start\\(\\) must be zeros", {"start": lambda kind, self: np.ones(self.size)}),
    ("start\\(\\) must be a new array", {"convex": False, "strong_convexity": 0.0,
                                         "start": lambda kind, self: self.targets[:30]}),
    ("accuracy\\(\\) must be", {"accuracy": lambda kind, self, theta: 87.0}),
    ("L = 0.01 is too small", {"smoothness": 0.01}),
    ("mu = 1.0 is too large", {"strong_convexity": 1.0}),
    ("L_0 = 0.0001 is too small", {"coordinate_smoothness": np.full(30, 1e-4)}),
    ("weights must be", {"weights": np.ones(3)}),
    ("weights must be n_m/n", {"weights": np.array([0.2, 0.3, 0.5])}),
    ("of all rows .* must be its gradient", {"sampled": lambda kind, self, theta, worker, rows: 1.01 * kind.sampled(
        self, theta, worker, rows)}),
    ("unbiased", {"sampled": lambda kind, self, theta, worker, rows: kind.sampled(self, theta, worker, rows) * (
        1 + 0.01 * (len(rows) == 1 and rows[0] == 2))}),
    ("repeated rows", {"sampled": lambda kind, self, theta, worker, rows: kind.sampled(self, theta, worker, np.unique(rows)) * (
        len(rows) / len(np.unique(rows)))}),
    ("prox\\(\\) must be the identity", {"prox": lambda kind, self, theta, alpha: 0.9 * theta}),
    ("prox\\(\\) must return a new array", {"prox": lambda kind, self, theta, alpha: theta}),
    ("prox\\(\\) must minimise", {"composite": True, "prox": lambda kind, self, theta, alpha: 0.9 * theta}),
    ("a float", {"value": lambda kind, self, theta: None}),
])
def test_the_objective_contract_catches(sentence, replaced):
    with pytest.raises(AssertionError, match=sentence):
        check_objective(logistic(**replaced))


def test_check_model_finds_the_contract_of_each_family_and_refuses_in_one_line():
    for leaf in [*CODECS, *(Objective.known[name] for name in OBJECTIVES if name not in ("softmax", "mlp"))]:
        assert check_model(leaf) == "keeps its contract"
    codec = type("Wrong", (Bitmap,), {}, name="wrong")
    try:
        codec.size = lambda self, update: 8 + Bitmap.size(self, update)
        with pytest.raises(InputError, match="codec 'wrong' does not keep its contract: a silent update") as caught:
            check_model(model(codec))
        assert len(str(caught.value).splitlines()) == 1
    finally:
        Codec.known.pop("wrong", None)

"""`mlp`: a multilayer perceptron that needs nothing but NumPy."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ...model import model
from ...rng import Streams
from ..objectives.objective import Objective, Penalty
from ..objectives.problem import Problem, Samples, Shape
from .network import NetworkObjective, NetworkProblem
from .perceptron import Perceptron, parameters, rows_at_a_time
from .sizes import Sizes

__all__ = ["MultilayerPerceptron"]


@model
class MultilayerPerceptron(NetworkObjective, Objective, name="mlp"):
    """A multilayer perceptron with softmax cross-entropy, by hand in NumPy: no extra is needed.

    `hidden`: the widths of the hidden layers ([] is softmax regression with a bias); `activation` of their units; every layer
    has a bias. theta (d,): layer by layer W (out, in) row by row, then b (out,); classes in sorted order. The regulariser
    (l2/2) ||theta||^2 covers weights and biases alike, as everything that is sent. theta^0 is random, from the
    learning seed's stream `init`: normal weights by `he` (variance 2/in) or `glorot` (2/(in + out)); `auto`: He for relu,
    Glorot for tanh, as their papers derive them; biases 0.

    `precision`: of model, gradients and features; float32 halves the memory and, at large d, the time. L, f* and the L_m are
    not known: `step_size: 0.5/L` and `xi: 5 L` are refused; give numbers. Not convex: a target is an accuracy.
    Sparse features stay sparse. Left out: dropout, normalisation layers, convolutions (see `torch`).

    Defaults: one hidden layer of 128 units, the size that introductions to MNIST use (101,770 parameters); float64 as all
    other objectives. Source: see `perceptron.Perceptron`.
    """

    hidden: Sizes = (128,)
    activation: Literal["relu", "tanh"] = "relu"
    l2: Penalty = 0.0
    precision: Literal["float64", "float32"] = "float64"
    init: Literal["auto", "he", "glorot"] = "auto"

    def problem(self, samples: Samples, workers: int, streams: Streams) -> Problem:
        """The problem on `samples`; InputError for labels that are not at least two classes."""
        self.suits(samples.classes)
        widths = self._widths(samples.features.shape[1], len(np.unique(samples.classes)))
        init = {"relu": "he", "tanh": "glorot"}[self.activation] if self.init == "auto" else self.init
        network = Perceptron(widths, self.activation, init, self.precision, streams)
        identity = repr(("mlp", widths, self.activation, self.precision))
        return NetworkProblem(identity, network, self.l2, samples)

    def size(self, shape):
        return parameters(self._widths(shape.features, shape.classes))

    def memory(self, shape: Shape) -> int:
        """Bytes of the features (training twice while sorted, tests), three passes of outputs, and two gradients."""
        widths = self._widths(shape.features, shape.classes)
        held = shape.features * self.width if shape.entries is None else 12 * shape.entries // max(shape.samples, 1)
        outputs = 3 * min(rows_at_a_time(widths, self.width), shape.samples) * sum(widths[1:]) * self.width
        return 2 * shape.samples * held + outputs + 2 * parameters(widths) * self.width

    def _widths(self, features: int, classes: int) -> tuple[int, ...]:
        return (features, *self.hidden, classes)

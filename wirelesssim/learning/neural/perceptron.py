"""A multilayer perceptron in NumPy, forwards and backwards by hand."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from ...rng import Streams
from ..objectives.softmax import cross_entropy
from .network import Network

__all__ = ["ACTIVATIONS", "Perceptron", "deviations", "parameters", "rows_at_a_time"]

ACTIVATIONS = ("relu", "tanh")
_HELD = 1 << 26  # bytes of outputs of all layers that a pass may hold: 64 MB, so that products stay large and memory small
_BLOCK = 1 << 20  # parameters drawn at a time: a float64 block of normals beside 5e7 float32 parameters


class Perceptron(Network):
    """Layers a_0 = x, z_l = a_{l-1} W_l^T + b_l, a_l = activation(z_l); the last z, without activation, are the scores.

    `widths` = (inputs, hidden..., C). theta holds, layer by layer, W_l (out, in) row by row and then b_l (out,): the order
    of `torch.nn.Linear`'s parameters. Backwards, from D = p - onehot(y) (b, C) times the share of a sample:

        grad W_l = D^T a_{l-1},   grad b_l = SUM_i D_i,   D <- (D W_l) * activation'(z_{l-1})

    with relu'(0) = 0 and tanh' = 1 - a^2. Gradients are written straight into their place in the (d,) vector.
    Source: Rumelhart, Hinton, Williams, "Learning representations by back-propagating errors", Nature 323, 1986.
    """

    sparse = True

    def __init__(self, widths: tuple[int, ...], activation: str, init: str, dtype: str, streams: Streams):
        self.widths, self.activation, self.init, self.dtype = widths, activation, init, np.dtype(dtype)
        self.size, self.rows = parameters(widths), rows_at_a_time(widths, self.dtype.itemsize)
        self._streams = streams

    def start(self) -> np.ndarray:
        """Normal weights with the deviations of `deviations`, biases 0; from the stream `init` in float64, layer by layer."""
        theta, random = np.zeros(self.size, dtype=self.dtype), self._streams("init")
        for (weights, _bias), deviation in zip(self.layers(theta), deviations(self.widths, self.init)):
            flat = weights.reshape(-1)  # a view
            for at in range(0, len(flat), _BLOCK):
                part = flat[at:at + _BLOCK]
                part[:] = deviation * random.standard_normal(len(part))
        return theta

    def layers(self, theta: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """(W_l (out, in), b_l (out,)) of each layer, views of `theta` (d,)."""
        parts, at = [], 0
        for inputs, outputs in zip(self.widths, self.widths[1:]):
            middle, end = at + inputs * outputs, at + (inputs + 1) * outputs
            parts.append((theta[at:middle].reshape(outputs, inputs), theta[middle:end]))
            at = end
        return parts

    def scores(self, theta, features):
        return self._forward(theta, features, keep=False)[-1]

    def pull(self, theta, features, targets, share):
        outputs = self._forward(theta, features, keep=True)
        slopes = cross_entropy(outputs.pop(), targets)[1]  # (b, C)
        slopes *= share
        gradient = np.empty(self.size, dtype=self.dtype)
        for (weights, _), (slot, bias) in zip(reversed(self.layers(theta)), reversed(self.layers(gradient))):
            below = outputs.pop()  # a_{l-1}
            slopes.sum(axis=0, out=bias)
            if sparse.issparse(below):
                slot[:] = (below.T @ slopes).T
            else:
                np.matmul(slopes.T, below, out=slot)
            if outputs:
                slopes = self._through(slopes @ weights, below)
        return gradient

    def _forward(self, theta: np.ndarray, features, keep: bool) -> list:
        """[a_0, a_1, ..., scores], or only the scores unless `keep`."""
        layers, outputs = self.layers(theta), [features]
        for place, (weights, bias) in enumerate(layers):
            z = outputs[-1] @ weights.T  # (b, out)
            z += bias
            if place < len(layers) - 1:
                np.maximum(z, 0, out=z) if self.activation == "relu" else np.tanh(z, out=z)
            outputs = [*outputs, z] if keep else [z]
        return outputs

    def _through(self, slopes: np.ndarray, output: np.ndarray) -> np.ndarray:
        """`slopes` (b, out) times activation'(z), in place, from the layer's `output` a."""
        if self.activation == "relu":
            slopes *= output > 0
        else:
            slopes *= 1 - np.square(output)
        return slopes


def parameters(widths: tuple[int, ...]) -> int:
    """d = SUM over layers of (in + 1) out."""
    return sum((inputs + 1) * outputs for inputs, outputs in zip(widths, widths[1:]))


def rows_at_a_time(widths: tuple[int, ...], width: int) -> int:
    """Samples whose outputs of all layers, `width` bytes a number, take 64 MB; at least 1, at most 8192."""
    return int(np.clip(_HELD // (width * sum(widths[1:])), 1, 8192))


def deviations(widths: tuple[int, ...], init: str) -> list[float]:
    """The standard deviation of each layer's initial weights.

    `he`: sqrt(2/in) (He, Zhang, Ren, Sun, "Delving deep into rectifiers", ICCV 2015, eq. 10); `glorot`: sqrt(2/(in + out))
    (Glorot, Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010, eq. 12).
    """
    pairs = zip(widths, widths[1:])
    return [(2 / inputs if init == "he" else 2 / (inputs + outputs)) ** 0.5 for inputs, outputs in pairs]

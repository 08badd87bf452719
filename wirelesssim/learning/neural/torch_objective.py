"""`torch`: a network of PyTorch, one that comes with this package or a user's own."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from dataclasses import field
from importlib import import_module
from math import isqrt, prod
from typing import Any, Literal

import numpy as np

from ...errors import InputError, unknown
from ...errors import Problem as Mistake
from ...model import model
from ...rng import Streams
from ..objectives.objective import Objective, Penalty
from ..objectives.problem import Problem, Samples, Shape
from .module_file import own_module, plugin_of, split
from .network import NetworkObjective, NetworkProblem
from .sizes import Sizes

__all__ = ["TorchModule"]

_BUILT_IN = ("mlp", "lenet5", "resnet")
_IMAGES = ("lenet5", "resnet")  # of these the shape of a sample is guessed: a square image
_INSPECTED: dict[str, Any] = {}


@model
class TorchModule(NetworkObjective, Objective, name="torch"):
    """A PyTorch module with softmax cross-entropy; needs the extra `torch`: pip install 'wirelesssim[torch]'.

    `module`: `mlp`, `lenet5` or `resnet` (see `torch_modules`), or a user's own, `my_net.py:Net`, of a file that is listed
    under `use:`: a class, or a function that makes a module. It is called with `input` (the shape of a sample, a tuple)
    and `classes` (C), as far as its signature has parameters of these names, and with `arguments`. It must make scores
    (b, C) from samples (b, *input), draw its start from PyTorch's generator alone, and be one function of each sample by
    itself: batch normalisation and dropout (p > 0) are refused in words, group or layer normalisation are welcome.

    `input`: the shape that the d features of a sample are given, [1, 28, 28] for MNIST; (d,) unless said, and for
    lenet5 and resnet a square image of one or three channels. theta holds the parameters that ask for a gradient, in the
    order of `named_parameters`; l2 covers them all. theta^0 is the module's own, seeded by the learning seed's stream `init`.
    Gradients through `torch.func.grad`, on one thread with deterministic kernels: the same bytes on any number of processes.

    `device: cuda` computes on the first GPU, refused where there is none; its bits are those of that GPU. `precision`
    float32 unless said: what PyTorch's layers are made for. L, f* and the L_m are not known: `0.5/L` and `5 L` are refused.
    Left out: losses other than cross-entropy, statistics and randomness in the network, several GPUs. Workers are computed
    one after the other and not by vmap, which on one thread took 1.3 to 1.6 times as long for convolutions on 100 samples a
    worker (and 0.7 to 1.0 times as long on 20: gradients of milliseconds).
    """

    module: str
    arguments: dict[str, Any] = field(default_factory=dict)
    input: Sizes | None = None
    l2: Penalty = 0.0
    precision: Literal["float32", "float64"] = "float32"
    device: Literal["cpu", "cuda"] = "cpu"

    def check(self):
        if split(self.module):
            own_module(self.module)
        elif self.module not in _BUILT_IN:
            said = unknown("module", self.module, _BUILT_IN)
            raise InputError(Mistake(("module",), f"is an {said}; one of your own is FILE.py:CLASS"))

    def stamp(self):
        """The name that a user's file was loaded under, which changes with its content."""
        own = split(self.module)
        return plugin_of(own[0]).__name__ if own else None

    def suits(self, classes):
        """InputError also where torch, or the device, is not there."""
        super().suits(classes)
        torch = _torch()
        if self.device == "cuda" and not torch.cuda.is_available():
            said = "must be 'cpu' here, got 'cuda': PyTorch sees no CUDA device; leave device out"
            raise InputError(Mistake(("device",), f"{said}, or install a CUDA build of torch on a machine with a GPU"))

    def problem(self, samples: Samples, workers: int, streams: Streams) -> Problem:
        """The problem on `samples`; InputError as `suits`, and where the module does not fit."""
        self.suits(samples.classes)
        features, classes = samples.features.shape[1], len(np.unique(samples.classes))
        self._inspection(features, classes)
        from .torch_checks import made
        from .torch_network import TorchNetwork

        _deterministic_cuda(self.device)
        shape = self._input(features)
        module = made(self._make(shape, classes), int(streams("init").integers(2**63)), self.precision)
        identity = repr(("torch", self.stamp() or self.module, sorted(self.arguments.items()), shape, self.precision))
        return NetworkProblem(identity, TorchNetwork(module, shape, self.precision, self.device), self.l2, samples)

    def size(self, shape):
        return self._inspection(shape.features, shape.classes).size

    def memory(self, shape: Shape) -> int:
        """Bytes of features (twice while sorted), of three passes of outputs, of the start and two gradients, and of PyTorch."""
        from .torch_network import ROWS

        found = self._inspection(shape.features, shape.classes)
        numbers = 2 * shape.samples * shape.features + 3 * min(ROWS, shape.samples) * found.outputs + 3 * found.size
        return numbers * self.width + 200_000_000  # what `import torch` adds to a process; measured, a CPU build

    def _inspection(self, features: int, classes: int):
        """What the module was found to be; tried once for each way of making it."""
        _torch()
        from .torch_checks import inspected

        shape = self._input(features)
        key = repr((self.module, self.stamp(), sorted(self.arguments.items()), self.precision, shape, classes))
        if key not in _INSPECTED:
            _INSPECTED[key] = inspected(self._make(shape, classes), shape, classes, self.precision)
        return _INSPECTED[key]

    def _input(self, features: int) -> tuple[int, ...]:
        """The shape of a sample of `features` numbers."""
        if self.input is not None:
            if prod(self.input) != features:
                raise InputError(Mistake(("input",), f"must multiply to {features}, the features of a sample, "
                                                     f"got {list(self.input)} = {prod(self.input)}"))
            shape = self.input
        else:
            shape = _square(features) if self.module in _IMAGES else (features,)
        if self.module in _IMAGES and len(shape) != 3:
            given = "null" if self.input is None else list(shape)
            raise InputError(Mistake(("input",), f"must be [channels, height, width] for {self.module}, got {given}; {features} "
                                                 "features are no square image of one or three channels"))
        return shape

    def _make(self, shape: tuple[int, ...], classes: int) -> Callable:
        """A function without arguments that constructs the module."""
        from .torch_modules import BUILT_IN

        source = own_module(self.module) if split(self.module) else BUILT_IN[self.module]
        signature = inspect.signature(source)
        given = {name: value for name, value in (("input", shape), ("classes", classes)) if name in signature.parameters}
        try:
            signature.bind(**(given | self.arguments))
        except TypeError as error:
            said = "it is called with `input` and `classes`, where it has them, and with objective.arguments"
            raise InputError(Mistake(("arguments",), f"do not fit {self.module}{signature}: {error}; {said}")) from None
        return lambda: source(**(given | self.arguments))


def _torch():
    """The package torch; InputError where it is not installed."""
    try:
        return import_module("torch")
    except ImportError:
        raise InputError(Mistake(("type",), "'torch' needs the package torch, which is not installed; pip install "
                                            "'wirelesssim[torch]', or use the objective mlp, which needs no extra")) from None


def _deterministic_cuda(device: str) -> None:
    """cuBLAS sums in one order only with a workspace of fixed size, set before it is first used (its manual, 2.1.4)."""
    if device == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")


def _square(features: int) -> tuple[int, ...]:
    """(1, s, s) or (3, s, s) of that many numbers, or (features,)."""
    for channels in (1, 3):
        side = isqrt(features // channels)
        if channels * side * side == features:
            return (channels, side, side)
    return (features,)

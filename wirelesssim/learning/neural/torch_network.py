"""A module of PyTorch as a `Network`: its parameters are views of one vector. Imported only where `torch` is asked for."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .network import Network
from .torch_checks import one_thread, trained

__all__ = ["ROWS", "TorchNetwork"]

ROWS = 256  # samples that pass a network at a time: on one thread 1024 gained nothing for LeNet-5, and cost ResNet 1.7 times


class TorchNetwork(Network):
    """theta (d,) holds the module's parameters in the order of `named_parameters`, each row by row; frozen ones are not in it.

    Gradients by `torch.func.grad` of the summed cross-entropy over a functional call, so that the module itself never
    changes. The module runs in evaluation mode, in which it is the same function as in training (checked when it was made).
    Arrays come from and go back to NumPy; on `cuda` they travel at every call.
    """

    def __init__(self, module: nn.Module, input: tuple[int, ...], dtype: str, device: str):
        self.dtype, self.rows, self.input, self.device = np.dtype(dtype), ROWS, input, torch.device(device)
        self._start = {name: value.detach() for name, value in trained(module).items()}
        self.size = sum(value.numel() for value in self._start.values())
        self.module = module.eval().to(self.device)

    def start(self):
        return np.concatenate([value.cpu().numpy().reshape(-1) for value in self._start.values()])

    def scores(self, theta, features):
        with one_thread(), torch.no_grad():
            scores = torch.func.functional_call(self.module, self._parameters(theta), (self._samples(features),))
            return np.array(scores.cpu().numpy())  # the caller's own, whatever the module returned

    def pull(self, theta, features, targets, share):
        with one_thread():
            samples, classes = self._samples(features), torch.from_numpy(targets).to(self.device)

            def loss(parameters):
                scores = torch.func.functional_call(self.module, parameters, (samples,))
                return share * F.cross_entropy(scores, classes, reduction="sum")

            gradients = torch.func.grad(loss)(self._parameters(theta))
            return np.concatenate([gradients[name].cpu().numpy().reshape(-1) for name in self._start])

    def _parameters(self, theta: np.ndarray) -> dict[str, torch.Tensor]:
        """Views of `theta` (d,) in the shapes of the parameters."""
        flat, parts, at = _tensor(theta).to(self.device), {}, 0
        for name, value in self._start.items():
            parts[name] = flat[at:at + value.numel()].view(value.shape)
            at += value.numel()
        return parts

    def _samples(self, features: np.ndarray) -> torch.Tensor:
        return _tensor(features).reshape(len(features), *self.input).to(self.device)


def _tensor(array: np.ndarray) -> torch.Tensor:
    """`array` as a tensor that shares its memory; a copy where it is closed for writing, which PyTorch has no word for."""
    return torch.from_numpy(array if array.flags.writeable else array.copy())

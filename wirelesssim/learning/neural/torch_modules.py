"""The modules of PyTorch that come with this package: each is called with the shape of a sample and the number of classes.

Imported only where a scenario asks for `torch`. None has batch normalisation or dropout (see `torch_checks`).
"""

from __future__ import annotations

from math import prod

import torch
from torch import nn
from torch.nn import functional as F

from ...errors import InputError, Problem

__all__ = ["BUILT_IN", "LeNet5", "ResNet", "mlp"]


def mlp(input: tuple[int, ...], classes: int, hidden=(128,), activation: str = "relu") -> nn.Module:
    """The network of the objective `mlp`: for the same theta it is the same function. Initialised as `torch.nn.Linear` is."""
    if activation not in ("relu", "tanh"):
        raise InputError(Problem(("arguments", "activation"), f"must be 'relu' or 'tanh', got {activation!r}"))
    widths = [prod(input), *([hidden] if isinstance(hidden, int) else hidden)]
    layers: list[nn.Module] = [nn.Flatten()]
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU() if activation == "relu" else nn.Tanh()]
    return nn.Sequential(*layers, nn.Linear(widths[-1], classes))


class LeNet5(nn.Module):
    """LeNet-5 for (channels, height, width): convolutions of 6 and 16 maps, 5 x 5, each with 2 x 2 averaging; 120, 84, C.

    The first convolution pads by 2, so that 28 x 28 does what 32 x 32 did there (InputError for less than 12 x 12); 61,706
    parameters for one channel, ten classes.
    As customary, the second convolution sees all maps, averaging has no weights, and the last layer is linear.
    Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", Proc. IEEE 86, 1998.
    """

    def __init__(self, input: tuple[int, ...], classes: int):
        super().__init__()
        channels, height, width = input
        if min(height, width) < 12:  # 12 -> 6 -> 2 -> 1; of less nothing is left
            raise InputError(Problem(("input",), f"must be of 12 x 12 pixels or more for lenet5, got {height} x {width}, of "
                                                 "which two convolutions and averagings leave nothing; use resnet or mlp, or "
                                                 "larger images (data: {type: mnist} has 28 x 28)"))
        self.first = nn.Conv2d(channels, 6, 5, padding=2)
        self.second = nn.Conv2d(6, 16, 5)
        self.dense = nn.Linear(16 * ((height // 2 - 4) // 2) * ((width // 2 - 4) // 2), 120)
        self.features = nn.Linear(120, 84)
        self.classes = nn.Linear(84, classes)

    def forward(self, images):
        """Scores (b, C) of `images` (b, channels, height, width)."""
        maps = F.avg_pool2d(torch.tanh(self.first(images)), 2)
        maps = F.avg_pool2d(torch.tanh(self.second(maps)), 2)
        return self.classes(torch.tanh(self.features(torch.tanh(self.dense(maps.flatten(1))))))


class _Block(nn.Module):
    """x + two 3 x 3 convolutions with group normalisation; where the size halves, x is thinned and padded with zero maps."""

    def __init__(self, inputs: int, outputs: int, groups: int):
        super().__init__()
        self.stride = 1 if inputs == outputs else 2
        self.first = nn.Conv2d(inputs, outputs, 3, self.stride, padding=1, bias=False)
        self.first_norm = nn.GroupNorm(groups, outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.second_norm = nn.GroupNorm(groups, outputs)

    def forward(self, maps):
        """(b, outputs, h, w) from (b, inputs, ...)."""
        change = self.second_norm(self.second(F.relu(self.first_norm(self.first(maps)))))
        if self.stride == 2:
            maps = F.pad(maps[:, :, ::2, ::2], (0, 0, 0, 0, 0, change.shape[1] - maps.shape[1]))
        return F.relu(maps + change)


class ResNet(nn.Module):
    """The small residual network of CIFAR: depth 6 n + 2, three stages of n blocks with `width`, 2 and 4 `width` maps.

    Depth 20 and width 16 give 269,722 parameters for three channels and ten classes (0.27 M in the paper's table 6).
    Group normalisation (8 groups, or `width` if that is less) in place of batch normalisation, whose statistics tie
    samples of a batch together (Wu, He, "Group normalization", ECCV 2018). Convolutions start normal with variance
    2/fan_out (He et al. 2015). Source: He, Zhang, Ren, Sun, "Deep residual learning for image recognition", CVPR 2016, 4.2.
    """

    def __init__(self, input: tuple[int, ...], classes: int, depth: int = 20, width: int = 16):
        super().__init__()
        if depth < 8 or depth % 6 != 2:
            raise InputError(Problem(("arguments", "depth"), f"must be 6 n + 2: 8, 14, 20, 32, ..., got {depth}"))
        groups = min(8, width)
        if width % groups:
            raise InputError(Problem(("arguments", "width"), f"must be below 8 or a multiple of 8, got {width}"))
        self.first = nn.Conv2d(input[0], width, 3, padding=1, bias=False)
        self.norm = nn.GroupNorm(groups, width)
        widths = [width] * (depth // 6 + 1) + [2 * width] * (depth // 6) + [4 * width] * (depth // 6)
        self.blocks = nn.Sequential(*(_Block(a, b, groups) for a, b in zip(widths, widths[1:])))
        self.classes = nn.Linear(4 * width, classes)
        for part in self.modules():
            if isinstance(part, nn.Conv2d):
                nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, images):
        """Scores (b, C) of `images` (b, channels, height, width)."""
        maps = self.blocks(F.relu(self.norm(self.first(images))))
        return self.classes(maps.mean(dim=(2, 3)))


BUILT_IN = {"mlp": mlp, "lenet5": LeNet5, "resnet": ResNet}

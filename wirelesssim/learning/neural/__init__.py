"""Neural networks as objectives: `mlp` in NumPy and, with the extra `torch`, modules of PyTorch, a user's own among them.

`network` is what every network answers and the problem that it makes; `perceptron` the one written by hand. Importing this
package registers the objectives under their names. It does not import torch, which is loaded where a scenario asks for it.
"""

from .mlp import MultilayerPerceptron
from .torch_objective import TorchModule

__all__ = ["MultilayerPerceptron", "TorchModule"]

"""What methods share that send whole gradients, quantised at random: QGD and QSGD."""

from __future__ import annotations

from ..grid import Grid
from .missing import MemorylessMethod
from .quantise import quantised

__all__ = ["QuantisedMethod"]


class QuantisedMethod(MemorylessMethod):
    """A `MemorylessMethod` that sends Q(v) of the gradient v (d,), Q the quantiser of `quantise`: a leaf adds `levels`, s.

    The draws of a worker are a function of seed, round and worker, the same for every leaf: `qsgd` with all samples is `qgd`.
    """

    @property
    def wire_grid(self):
        return Grid(1.0, self.levels)

    def encoded(self, vector, worker, context):
        return quantised(len(vector), None, vector, self.levels, context.random("qsgd", worker))

"""How the step size falls with the rounds."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated

from ..model import Model, model
from ..units import NUMBER, Count, Quantity

__all__ = ["ConstantStep", "Decay", "GeometricDecay", "InverseDecay", "InverseRootDecay"]


class Decay(Model, family="step decay", default="constant"):
    """alpha_k = `step_size` times a factor in (0, 1] that is 1 in round 1."""

    @abstractmethod
    def factor(self, round: int) -> float:
        """alpha_k / alpha_1 in round k >= 1."""


@model
class ConstantStep(Decay, name="constant"):
    """alpha_k = alpha."""

    def factor(self, round):
        return 1.0


@model
class InverseDecay(Decay, name="inverse"):
    """alpha_k = alpha / (1 + (k - 1)/`after`): half after that many rounds; Robbins and Monro, Ann. Math. Stat. 22, 1951."""

    after: Count = 100  # rounds; of the order of a run to moderate accuracy

    def factor(self, round):
        return 1.0 / (1.0 + (round - 1) / self.after)


@model
class InverseRootDecay(Decay, name="inverse_root"):
    """alpha_k = alpha / sqrt(1 + (k - 1)/`after`); the rate of stochastic non-smooth descent (Nemirovski et al., SIAM J.
    Optim. 19, 2009)."""

    after: Count = 100  # as of `inverse`

    def factor(self, round):
        return (1.0 + (round - 1) / self.after) ** -0.5


@model
class GeometricDecay(Decay, name="geometric"):
    """alpha_k = alpha `ratio`^floor((k - 1)/`every`): the stairs that deep networks are trained with.

    Default ratio 0.1: He et al., "Deep residual learning", CVPR 2016, who divide by ten when the error plateaus.
    """

    ratio: Annotated[float, Quantity(NUMBER, gt=0, le=1)] = 0.1
    every: Count = 100

    def factor(self, round):
        return self.ratio ** ((round - 1) // self.every)

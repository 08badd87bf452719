"""Least squares with an l1 penalty: the objective whose minimum is sparse and whose penalty has no gradient at 0."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from ...errors import InputError
from ...errors import Problem as Mistake
from ...model import model
from ...rng import Streams
from ...units import FRACTION, NUMBER, Quantity
from . import active_set, glm
from .linear import SquaredError, numbers, regression
from .objective import Objective, Penalty
from .problem import Optimum, Problem, Samples, Shape

__all__ = ["Lasso", "LassoProblem", "shrink"]


def shrink(theta: np.ndarray, threshold: float) -> np.ndarray:
    """sign(theta_i) max(|theta_i| - threshold, 0), (d,): the proximal operator of threshold ||theta||_1."""
    return theta - np.clip(theta, -threshold, threshold)


class LassoProblem(glm.LinearScores):
    """The problem of `Lasso`: s is the squared error with its l2 part, r = l1 ||theta||_1."""

    composite = True

    def __init__(self, samples: Samples, targets: np.ndarray, classes, test, l2: float, l1: float | None, share: float):
        super().__init__("lasso", SquaredError(classes), l2, samples, targets, test)
        self.l1 = float(share * self.l1_max if l1 is None else l1)
        self.name = f"lasso, l1 = {self.l1!r}"  # part of the digest

    @property
    def l1_max(self) -> float:
        """||X^T y||_inf/n, the least l1 for which theta = 0 is a minimum."""
        return float(np.abs(super().gradient(self.start())).max())

    def value(self, theta: np.ndarray) -> float:
        """f(theta), with the penalty."""
        return super().value(theta) + self.nonsmooth(theta)

    def nonsmooth(self, theta: np.ndarray) -> float:
        """l1 ||theta||_1."""
        return self.l1 * float(np.abs(theta).sum())

    def prox(self, theta: np.ndarray, alpha: float) -> np.ndarray:
        """sign(theta_i) max(|theta_i| - alpha l1, 0), (d,)."""
        return shrink(theta, alpha * self.l1)

    def gap(self, theta: np.ndarray) -> float:
        """A bound on f(theta) - f*: f(theta) less the dual function at a point made from the residual r = y - X theta.

        With s = r/n scaled by t so that it is feasible, w = X^T (t r/n) and h(u) = l1 ||u||_1 + (l2/2) ||u||^2,

            f(theta) - D(t r/n) = (1 - t)^2 ||r||^2/(2n) + SUM_j [h(theta_j) + h*(w_j) - w_j theta_j] >= f(theta) - f*

        by Fenchel's inequality for each of the two parts of f, where h*(w) = max(|w| - l1, 0)^2/(2 l2), and for l2 = 0 zero
        up to |w| = l1 and infinite beyond: there t = min(1, l1/||X^T r/n||_inf), and t = 1 for l2 > 0. A sum of terms that
        are not negative: it loses no digits to cancellation as f - D would.
        """
        residual = -self._forward(theta)[2]  # r/n, (n, 1)
        pulled = self.design.pull(residual).reshape(-1)
        largest = float(np.abs(pulled).max())
        scale = 1.0 if self.l2 or largest <= self.l1 else self.l1 / largest
        w = scale * pulled
        excess = shrink(w, self.l1)
        # where w exceeds l1, its part within +-l1 meets l1 |theta| and its excess meets (l2/2) theta^2, each >= 0
        kinks = self.l1 * np.abs(theta) - (w - excess) * theta
        bends = np.square(excess - self.l2 * theta) / (2 * self.l2) if self.l2 else 0.0
        slack = (1.0 - scale) ** 2 * self.design.samples * float(np.sum(residual**2)) / 2
        return slack + float(np.sum(kinks + bends))

    def _minimise(self) -> Optimum | None:
        return active_set.minimise(self)


@model
class Lasso(Objective, name="lasso"):
    """Linear least squares with an l1 penalty, and an l2 penalty if asked for (the elastic net).

    f(theta) = (1/n) SUM_i (x_i.theta - y_i)^2/2 + (l2/2) ||theta||^2 + l1 ||theta||_1. The gradient, L = lambda_max(X^T X)/n + l2
    and mu = lambda_min(X^T X)/n + l2 are those of all but the last term, which the server meets by its proximal step,
    theta_i <- sign(theta_i) max(|theta_i| - alpha l1, 0). f* has a duality gap as its certificate. `l1` is a number, or, where
    it is not given, the share `l1_relative` of l1_max = ||X^T y||_inf/n, from which on the minimum is theta = 0. No bias. Labels,
    classes and accuracy as for `linear`.

    Defaults: l1_relative = 10 %, as in the lasso example of Boyd, Parikh, Chu, Peleato, Eckstein, "Distributed optimization and
    statistical learning via ADMM", 2011, section 11.1; l2 = 0, the lasso itself. Sources: Tibshirani, J. R. Statist. Soc. B 58,
    1996; Zou and Hastie, J. R. Statist. Soc. B 67, 2005.
    """

    l1: Annotated[float, Quantity(NUMBER, gt=0)] | None = None
    l1_relative: Annotated[float, Quantity(FRACTION, gt=0)] = 0.1
    l2: Penalty = 0.0

    def check(self):
        if self.l1 is not None and self.l1_relative != Lasso.l1_relative:
            raise InputError(Mistake(("l1_relative",), f"must not be given beside l1, got {self.l1_relative:g} and l1 = "
                                                       f"{self.l1:g}; leave one of them out"))

    def suits(self, classes):
        if classes is not None:
            numbers(classes, self.type_name)

    def problem(self, samples: Samples, workers: int, streams: Streams) -> Problem:
        """The problem on `samples`; InputError for labels that are not finite numbers."""
        targets, classes, test = regression(samples, self.type_name)
        return LassoProblem(samples, targets, classes, test, self.l2, self.l1, self.l1_relative)

    def memory(self, shape: Shape) -> int:
        """Bytes of the features, the gradients (M, d) and the scores."""
        return glm.memory(shape, 1)

"""Binary logistic regression."""

from __future__ import annotations

import numpy as np

from ...model import model
from ...rng import Streams
from . import glm
from .objective import Objective, Penalty, two_classes
from .problem import Problem, Samples, Shape

__all__ = ["Logistic", "LogisticLoss"]


class LogisticLoss(glm.Loss):
    """phi(z, y) = log(1 + exp(-y z)), y = +1 or -1; R = -y/(1 + exp(y z)); B = |R| (1 - |R|) <= 1/4, |B'| <= B."""

    curvature = 0.25
    self_concordance = 1.0  # B' = B (1 - 2 |R|) in magnitude

    def evaluate(self, scores, targets):
        margin = scores[:, 0] * targets  # (n,)
        small = np.exp(-np.abs(margin))  # in [0, 1]: neither branch overflows
        losses = np.maximum(-margin, 0.0) + np.log1p(small)
        wrong = np.where(margin > 0, small, 1.0) / (1.0 + small)  # 1/(1 + exp(margin)), (n,)
        return losses, (-targets * wrong)[:, None]

    def slopes(self, residual, targets, scores):
        wrong = np.abs(residual)
        return wrong * (1.0 - wrong)

    def predict(self, scores):
        return (scores[:, 0] > 0).astype(np.int64)


@model
class Logistic(Objective, name="logistic"):
    """Binary logistic regression with an l2 penalty.

    f(theta) = (1/n) SUM_i log(1 + exp(-y_i x_i.theta)) + (l2/2) ||theta||^2; the larger of the two classes is y = +1, the
    other -1. L = lambda_max(X^T X)/(4n) + l2, mu = l2. No bias. A score of exactly 0 counts as the smaller class.

    Default l2 = 0: the plain loss; f* is then certified as `unregularised` says, up to d = 1500, and unknown where the classes
    are separable: no minimum is attained.
    Source: Bishop, "Pattern Recognition and Machine Learning", 4.3.2.
    """

    l2: Penalty = 0.0

    def suits(self, classes):
        two_classes(self.type_name, classes)

    def problem(self, samples: Samples, workers: int, streams: Streams) -> Problem:
        """The problem on `samples`; InputError unless labels are exactly two classes."""
        self.suits(samples.classes)
        _, numbers, test = glm.class_targets(samples)
        return glm.LinearScores(self.type_name, LogisticLoss(), self.l2, samples, 2.0 * numbers - 1.0, test)

    def memory(self, shape: Shape) -> int:
        """Bytes of the features, the gradients (M, d) and the scores."""
        return glm.memory(shape, 1)

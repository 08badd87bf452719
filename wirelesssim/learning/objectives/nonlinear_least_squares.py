"""Least squares through a sigmoid: the smooth objective of the comparison set that is not convex."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from ...model import model
from ...rng import Streams
from . import glm
from .objective import Objective, Penalty, two_classes
from .problem import Problem, Samples, Shape

__all__ = ["NonlinearLeastSquares", "SigmoidError"]


class SigmoidError(glm.Loss):
    """phi(z, y) = (s - y)^2/2, s = 1/(1 + exp(-z)), y = 0 or 1; R = (s - y) s (1 - s).

    For y = 0: R = s^2 - s^3 and ds/dz = s (1 - s), so that phi'' = p(s) = 2 s^2 - 5 s^3 + 3 s^4; y = 1 is its mirror image,
    s -> 1 - s. Inside (0, 1), p' = s (4 - 15 s + 12 s^2) is zero at s = (15 -+ sqrt 33)/24, where division with remainder
    gives p(s) = (36 - 55 s)/192 = (39 +- 55 sqrt 33)/4608, and p = 0 at both ends. So phi'' lies between -0.0601 and
    0.0770, and both are attained.
    """

    curvature = (39 + 55 * np.sqrt(33)) / 4608
    curvature_floor = (39 - 55 * np.sqrt(33)) / 4608

    def evaluate(self, scores, targets):
        s = expit(scores[:, 0])
        wrong = s - targets
        return 0.5 * np.square(wrong), (wrong * s * (1.0 - s))[:, None]

    def slopes(self, residual, targets, scores):
        s = expit(scores()[:, 0])
        mirrored = np.where(targets > 0.5, 1.0 - s, s)
        return (mirrored**2 * (2.0 - 3.0 * mirrored) * (1.0 - mirrored))[:, None]  # p in factors

    def predict(self, scores):
        return (scores[:, 0] > 0).astype(np.int64)


@model
class NonlinearLeastSquares(Objective, name="nonlinear_least_squares"):
    """Squared error of a sigmoid, with an l2 penalty: smooth, bounded and not convex.

    f(theta) = (1/n) SUM_i (y_i - s(x_i.theta))^2/2 + (l2/2) ||theta||^2, s(z) = 1/(1 + exp(-z)); the larger of the two classes
    is y = 1, the other 0. With c = (39 + 55 sqrt 33)/4608 = 0.0770 and c- = (55 sqrt 33 - 39)/4608 = 0.0601, derived at
    `SigmoidError`: L = c lambda_max(X^T X)/n + l2 and mu = max(0, l2 - c- lambda_max(X^T X)/n). f* is certified where mu > 0,
    which takes a large l2, and unknown else: a stationary point proves nothing about the minimum of a function that is not
    convex. No bias. A score of exactly 0 counts as the smaller class.

    Default l2 = 0: the plain loss. Left out: a certificate by branch and bound, and labels between 0 and 1.
    Source: the nonlinear least-squares test problem of Chen, Blum, Takac, Sadler, IEEE JSTSP 2022 (verify the factor 1/2).
    """

    l2: Penalty = 0.0

    def suits(self, classes):
        two_classes(self.type_name, classes)

    def problem(self, samples: Samples, workers: int, streams: Streams) -> Problem:
        """The problem on `samples`; InputError unless labels are exactly two classes."""
        self.suits(samples.classes)
        _, numbers, test = glm.class_targets(samples)
        return glm.LinearScores(self.type_name, SigmoidError(), self.l2, samples, numbers.astype(np.float64), test)

    def memory(self, shape: Shape) -> int:
        """Bytes of the features, the gradients (M, d) and the scores."""
        return glm.memory(shape, 1)

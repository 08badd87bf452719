"""Multinomial logistic regression."""

from __future__ import annotations

import numpy as np

from ...model import model
from ...rng import Streams
from . import glm
from .objective import Objective, Penalty, several_classes
from .problem import Problem, Samples, Shape

__all__ = ["Softmax", "SoftmaxLoss", "cross_entropy"]


def cross_entropy(scores: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """log SUM_c exp(z_c) - z_y, (n,), and its slope p - onehot(y), (n, C), in place of `scores` (n, C).

    `targets` (n,) class numbers y; p the softmax of a sample's scores z.
    """
    everyone = np.arange(len(targets))
    scores -= scores.max(axis=1, keepdims=True)  # exp then cannot overflow, and one term is 1
    own = scores[everyone, targets]  # (n,)
    slopes = np.exp(scores, out=scores)
    totals = slopes.sum(axis=1)  # (n,)
    slopes /= totals[:, None]
    slopes[everyone, targets] -= 1.0
    return np.log(totals) - own, slopes


class SoftmaxLoss(glm.Loss):
    """phi(z, y) = log SUM_c exp(z_c) - z_y; R = p - onehot(y); B = diag(p) - p p^T, whose eigenvalues are at most 1/2.

    The bound: a probability vector with two entries 1/2 attains it (Böhning, "Multinomial logistic regression
    algorithm", Ann. Inst. Statist. Math. 44, 1992). Along a direction s the second and third derivatives are the variance and
    the third central moment of s_c under p, so that the latter is at most max s - min s <= sqrt(2) ||s|| times the former.
    """

    curvature = 0.5
    diagonal_curvature = 0.25  # p (1 - p)
    self_concordance = np.sqrt(2.0)
    shift_invariant = True

    def __init__(self, classes: int):
        self.columns = classes

    def evaluate(self, scores, targets):
        return cross_entropy(scores, targets)

    def slopes(self, residual, targets, scores):
        probabilities = residual.copy()
        probabilities[np.arange(len(targets)), targets] += 1.0
        return probabilities

    def bend(self, slopes, change):
        weighted = slopes * change
        return weighted - slopes * weighted.sum(axis=1, keepdims=True)

    def weight(self, slopes, a, b):
        return slopes[:, a] * ((a == b) - slopes[:, b])

    def predict(self, scores):
        return np.argmax(scores, axis=1)


@model
class Softmax(Objective, name="softmax"):
    """Softmax (multinomial logistic) regression with an l2 penalty.

    f(theta) = (1/n) SUM_i [log SUM_c exp(x_i.w_c) - x_i.w_{y_i}] + (l2/2) ||theta||^2; theta (d C,) is W (d, C) row by row,
    one column a class, classes in sorted order. L = lambda_max(X^T X)/(2n) + l2, mu = l2. No bias, no reference class: with
    l2 = 0 the minimum, if there is one, is not unique.

    Default l2 = 0: the plain loss; f* is then certified as `unregularised` says, up to d C = 1500, and unknown where the classes
    are separable: no minimum is attained. Source: Bishop, "Pattern Recognition and Machine Learning", 4.3.4.
    """

    l2: Penalty = 0.0

    def suits(self, classes):
        several_classes(self.type_name, classes)

    def problem(self, samples: Samples, workers: int, streams: Streams) -> Problem:
        """The problem on `samples`; InputError for labels that are not at least two classes."""
        self.suits(samples.classes)
        classes, numbers, test = glm.class_targets(samples)
        return glm.LinearScores(self.type_name, SoftmaxLoss(classes), self.l2, samples, numbers, test)

    def size(self, shape):
        return shape.features * shape.classes

    def memory(self, shape: Shape) -> int:
        """Bytes of the features, the gradients (M, d C) and the scores."""
        return glm.memory(shape, shape.classes)

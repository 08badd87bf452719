"""Linear (ridge) regression."""

from __future__ import annotations

import numpy as np

from ...errors import InputError
from ...model import model
from ...rng import Streams
from . import glm, least_squares, newton
from .objective import Objective, Penalty
from .problem import Optimum, Problem, Samples, Shape

__all__ = ["Linear", "SquaredError"]


class SquaredError(glm.Loss):
    """phi(z, y) = (z - y)^2/2; R = z - y; B = 1. `classes` (C,) numbers, if labels are: the nearest one is predicted."""

    curvature = 1.0
    curvature_floor = 1.0

    def __init__(self, classes: np.ndarray | None = None):
        self.classes = classes

    def evaluate(self, scores, targets):
        scores[:, 0] -= targets
        return 0.5 * np.square(scores[:, 0]), scores

    def slopes(self, residual, targets):
        return np.ones_like(residual)

    def predict(self, scores):
        if self.classes is None:
            return None
        return np.searchsorted((self.classes[1:] + self.classes[:-1]) / 2, scores[:, 0])  # a tie goes to the lower


class LeastSquares(glm.LinearScores):
    """The problem of `Linear`, whose minimum is a direct solve where the features fit into memory as a dense array."""

    def _minimise(self) -> Optimum | None:
        return least_squares.minimise(self) if least_squares.fits(self) else newton.minimise(self)


@model
class Linear(Objective, name="linear"):
    """Linear least squares with an l2 penalty (ridge regression).

    f(theta) = (1/n) SUM_i (x_i.theta - y_i)^2/2 + (l2/2) ||theta||^2. L = lambda_max(X^T X)/n + l2 and
    mu = lambda_min(X^T X)/n + l2 (l2 alone beyond d = 4000). No bias. Class labels are taken as the numbers that they are,
    and the class nearest to the score is the predicted one.

    Default l2 = 0: ordinary least squares. Source: Hoerl and Kennard, "Ridge regression", Technometrics 12, 1970.
    """

    l2: Penalty = 0.0

    def suits(self, classes):
        if classes is not None:
            _numbers(classes)

    def problem(self, samples: Samples, workers: int, streams: Streams) -> Problem:
        """The problem on `samples`; InputError for labels that are not finite numbers."""
        targets, classes, test = _numbers(samples.labels), None, None
        if samples.classes is not None:
            classes = np.unique(_numbers(samples.classes))
            test = None if samples.test_labels is None else glm.class_numbers(_numbers(samples.test_labels), classes)
        return LeastSquares("linear", SquaredError(classes), self.l2, samples, targets, test)

    def memory(self, shape: Shape) -> int:
        """Bytes of the features, the gradients (M, d) and the scores."""
        return glm.memory(shape, 1)


def _numbers(labels: np.ndarray) -> np.ndarray:
    """`labels` as float64, (n,)."""
    try:
        numbers = np.asarray(labels).astype(np.float64)
    except (TypeError, ValueError):
        raise InputError(f"labels must be numbers for objective 'linear', got {np.asarray(labels).flat[0]!r}; "
                         "use softmax or logistic") from None
    if not np.all(np.isfinite(numbers)):
        raise InputError("labels must be finite numbers for objective 'linear', got nan or infinity")
    return numbers

"""Linear (ridge) regression."""

from __future__ import annotations

import numpy as np

from ...errors import InputError
from ...model import model
from ...rng import Streams
from . import glm, least_squares, newton, smaller_side
from .objective import Objective, Penalty
from .problem import Optimum, Problem, Samples, Shape

__all__ = ["Linear", "LeastSquares", "SquaredError", "numbers", "regression"]


class SquaredError(glm.Loss):
    """phi(z, y) = (z - y)^2/2; R = z - y; B = 1. `classes` (C,) numbers, if labels are: the nearest one is predicted."""

    curvature = 1.0
    curvature_floor = 1.0

    def __init__(self, classes: np.ndarray | None = None):
        self.classes = classes

    def evaluate(self, scores, targets):
        scores[:, 0] -= targets
        return 0.5 * np.square(scores[:, 0]), scores

    def slopes(self, residual, targets, scores):
        return np.ones_like(residual)

    def predict(self, scores):
        if self.classes is None:
            return None
        return np.searchsorted((self.classes[1:] + self.classes[:-1]) / 2, scores[:, 0])  # a tie goes to the lower


class LeastSquares(glm.LinearScores):
    """The problem of `Linear`, whose minimum is a direct solve where the features or their smaller side fit into memory."""

    def _minimise(self) -> Optimum | None:
        ways = [way for way in (least_squares, smaller_side) if way.fits(self)]
        return next((found for way in [*ways, newton] if (found := way.minimise(self))), None)


@model
class Linear(Objective, name="linear"):
    """Linear least squares with an l2 penalty (ridge regression).

    f(theta) = (1/n) SUM_i (x_i.theta - y_i)^2/2 + (l2/2) ||theta||^2. L = lambda_max(X^T X)/n + l2 and
    mu = lambda_min(X^T X)/n + l2 (l2 alone beyond d = 4000). No bias. Class labels are taken as the numbers that they are,
    and the class nearest to the score is the predicted one.

    f* is certified for any l2 up to min(n, d) = 4000, also where columns depend on one another (see `least_squares` and
    `smaller_side`), and beyond it where l2 > 0. For l2 = 0 it is unknown where columns differ so much in size, some 1e13 times,
    that rounding hides one: give the features comparable units.

    Default l2 = 0: ordinary least squares. Source: Hoerl and Kennard, "Ridge regression", Technometrics 12, 1970.
    """

    l2: Penalty = 0.0

    def suits(self, classes):
        if classes is not None:
            numbers(classes, self.type_name)

    def problem(self, samples: Samples, workers: int, streams: Streams) -> Problem:
        """The problem on `samples`; InputError for labels that are not finite numbers."""
        targets, classes, test = regression(samples, self.type_name)
        return LeastSquares(self.type_name, SquaredError(classes), self.l2, samples, targets, test)

    def memory(self, shape: Shape) -> int:
        """Bytes of the features, the gradients (M, d) and the scores."""
        return glm.memory(shape, 1)


def regression(samples: Samples, name: str) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
    """Targets (n,), the classes as numbers (C,) or None, and the test samples' class numbers or None.

    For the objective of this `name`; InputError for labels that are not finite numbers.
    """
    targets, classes, test = numbers(samples.labels, name), None, None
    if samples.classes is not None:
        classes = np.unique(numbers(samples.classes, name))
        test = None if samples.test_labels is None else glm.class_numbers(numbers(samples.test_labels, name), classes)
    return targets, classes, test


def numbers(labels: np.ndarray, name: str) -> np.ndarray:
    """`labels` as float64, (n,); InputError, for the objective of this `name`, where they are not finite numbers."""
    try:
        found = np.asarray(labels).astype(np.float64)
    except (TypeError, ValueError):
        raise InputError(f"labels must be numbers for objective {name!r}, got {np.asarray(labels).flat[0]!r}; "
                         "use softmax or logistic") from None
    if not np.all(np.isfinite(found)):
        raise InputError(f"labels must be finite numbers for objective {name!r}, got nan or infinity")
    return found

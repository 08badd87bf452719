"""What is minimised: f(theta) = SUM_m f_m(theta) over M workers, its gradients, its constants and its minimum.

An `Objective` is the part that a scenario names (`softmax`, `logistic`, `linear`, `lasso`, ...); bound to samples or to a
random stream it makes a `Problem`, which answers values and gradients. Layers inside: `problem` (interfaces), `design`
(features sorted by worker), `glm` (all losses of linear scores), `spectrum` (eigenvalues), `newton`, `unregularised`,
`least_squares`, `smaller_side` and `active_set` (the minimum with its certificate), and one file for each objective.
`messages` (with `arrivals`) asks nothing: messages of a size and no mathematics, to study a network alone.

Left out: bias terms (none, by the scenario's definition), and losses that are not smooth (a penalty may be: `lasso`).
"""

from .lasso import Lasso
from .linear import Linear
from .logistic import Logistic
from .messages import Messages, Workload
from .nonlinear_least_squares import NonlinearLeastSquares
from .objective import Objective
from .problem import Optimum, Problem, Samples, Shape
from .quadratic import Quadratic
from .softmax import Softmax

__all__ = ["Objective", "Problem", "Samples", "Shape", "Optimum", "Softmax", "Logistic", "Linear", "Lasso",
           "NonlinearLeastSquares", "Quadratic", "Messages", "Workload"]

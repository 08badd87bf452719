"""top-j with memory: the largest entries of the step, the rest remembered."""

from __future__ import annotations

from ...model import model
from ..algorithm import Algorithm
from .entries import Entries
from .error_feedback import ErrorFeedbackMethod
from .selection import send_largest

__all__ = ["TopJ"]


@model
class TopJ(ErrorFeedbackMethod, Algorithm, name="top_j"):
    """top-j with memory: v = e_m + alpha g_m; send the j entries largest in magnitude; e_m <- v - sent; theta -= SUM sent.

    `j`: a count, or a fraction of d (`5 %`); ties go to the lowest index; zeros are not sent. j = d is gradient descent.
    With a constant step and unlike workers it ends at a plateau: e_m fills with alpha times a gradient that does not vanish
    at theta*, and empties in jumps; see `decay`. Loss: e_m += sent - received.

    Default j = 1 % of d, the sparsity of Aji and Heafield, "Sparse communication for distributed gradient descent", EMNLP
    2017. Step as of the whole family.

    Source: Stich, Cordonnier, Jaggi, "Sparsified SGD with memory", NeurIPS 2018, algorithm 1 at each worker.
    """

    j: Entries = "1 %"

    def compress(self, step, worker, context):
        return send_largest(step, self.j.of(step.size), context)

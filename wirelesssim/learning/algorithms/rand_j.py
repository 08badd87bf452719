"""rand-j with memory: random entries of the step, at places that both ends know, the rest remembered."""

from __future__ import annotations

from ...model import model
from ..algorithm import Algorithm
from .entries import Entries
from .error_feedback import ErrorFeedbackMethod
from .selection import send_drawn

__all__ = ["RandJ"]


@model
class RandJ(ErrorFeedbackMethod, Algorithm, name="rand_j"):
    """rand-j with memory: v = e_m + alpha g_m; send j entries drawn uniformly; e_m <- v - sent; theta -= SUM sent.

    Places are a function of seed, round and worker that the server computes too, so that they take no bits; each worker
    draws its own. Not rescaled by d/j: the memory makes up for it. `j`: a count, or a fraction of d (`5 %`); j = d
    is gradient descent. An entry waits d/j rounds on average, so the step must be smaller than that of `top_j`: alpha
    L of the order of j/d. Loss: e_m += sent - received.

    Default j = 1 % of d, so that it meets `top_j` at the same number of entries.

    Source: Stich, Cordonnier, Jaggi, "Sparsified SGD with memory", NeurIPS 2018, algorithm 1 with rand_k.
    """

    j: Entries = "1 %"

    def compress(self, step, worker, context):
        return send_drawn(step, self.j.of(step.size), worker, context)

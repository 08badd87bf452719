"""EF-signSGD: one bit a coordinate and one scale, the error remembered."""

from __future__ import annotations

import numpy as np

from ...model import model
from ..algorithm import Algorithm
from ..grid import Grid
from ..update import Update
from .error_feedback import ErrorFeedbackMethod

__all__ = ["ErrorFeedbackSignDescent"]


@model
class ErrorFeedbackSignDescent(ErrorFeedbackMethod, Algorithm, name="ef_signsgd"):
    """EF-signSGD: p = e_m + alpha g_m; send (||p||_1/d) sign(p); e_m <- p - sent; theta -= SUM sent.

    The scale is rounded up to binary32, as it is sent, before e_m is updated; sign(0) = +1, since the wire has no zero: e_m
    takes it back. d + 32 bits a message; a packet repeats the scale; the codec's `value_bits` is not used.
    ||p - sent||^2 = (1 - ||p||_1^2/(d ||p||_2^2)) ||p||_2^2 but for that rounding. Loss: e_m += sent - received.
    With a constant step it ends at a plateau; see `decay`. One scale for the whole vector, where the source's experiments
    take one a layer.

    Source: Karimireddy, Rebjock, Stich, Jaggi, "Error feedback fixes signSGD and other gradient compression schemes",
    ICML 2019, algorithm 1, which has one worker; here each worker runs it and the server adds what they send.
    """

    @property
    def wire_grid(self):
        return Grid(1.0, 1, odd=True)

    def compress(self, step, worker, context):
        grid = Grid.over(np.array([np.abs(step).mean(dtype=np.float64)]), 1, odd=True)
        return Update(step.size, None, grid.round(step), grid)

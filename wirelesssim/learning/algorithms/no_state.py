"""GD-SEC without its state variable: thresholded gradients with error correction."""

from __future__ import annotations

from typing import ClassVar

from ...model import model
from ...units import Curvature
from ..algorithm import Algorithm
from .differences import DifferenceMethod

__all__ = ["NoState"]


@model
class NoState(DifferenceMethod, Algorithm, name="no_state"):
    """GD-SEC with h = 0 for ever: what is thresholded is the gradient itself, plus what was not sent before.

    Worker: Delta = grad f_m(theta^k) + e_m; send Delta_i where |Delta_i| > (xi_i/M) |theta^k_i - theta^{k-1}_i|;
    e_m <- Delta - Dhat. Server: theta <- theta - alpha SUM_m Dhat_m; it holds nothing of a worker.

    The ablation that shows what h is for: where workers differ, their gradients do not vanish at the minimum while the
    thresholds do, so that nearly everything is sent in the end. Laws 1 to 5 of GD-SEC hold, for they hold for any h. With
    partial participation it does not reach the minimum of unlike workers: of those who do not speak the server knows nothing.

    Default xi = 5 L, that of `gd_sec`, so that a comparison is one of h alone. Loss: e += sent - received.

    Source: the ablation of Chen, Blum, Takac, Sadler (see `gd_sec`).
    """

    corrected: ClassVar[bool] = True
    accumulates: ClassVar[bool] = True
    worker_vectors: ClassVar[int] = 1
    beta: ClassVar[float] = 0.0
    xi: Curvature = "5 L"

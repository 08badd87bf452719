"""FedProx: FedAvg whose local steps are held near the round's model."""

from __future__ import annotations

from ...model import model
from ...units import Count, Curvature
from ..algorithm import Algorithm
from .local_steps import LocalStepsMethod

__all__ = ["FederatedProximal"]


@model
class FederatedProximal(LocalStepsMethod, Algorithm, name="fedprox"):
    """FedProx: FedAvg on F_m(x) + (mu/2) ||x - theta^k||^2: x <- x - alpha (grad F_m(x) + mu (x - theta^k)).

    `mu` >= 0, a curvature, absolute or relative to L; 0 is `fedavg`, of which everything else holds: weights, what is missing,
    what a round costs. The inexact minimiser of the source is `local_steps` gradient steps of size `step_size`; workers that
    stop early are left out. alpha must be below 2/(L(F_m) + mu).

    Defaults: mu = 0.1, in the middle of the values 0.001 to 1 that the source tunes over; `local_steps` as of `fedavg`.

    Source: Li, Sahu, Zaheer, Sanjabi, Talwalkar, Smith, "Federated optimization in heterogeneous networks", MLSys 2020,
    algorithm 2.
    """

    local_steps: Count = 5
    mu: Curvature = 0.1

    def direction(self, gradient, local, theta, context):
        pull = self.mu.at(context.smoothness)
        return gradient if local is theta or pull == 0.0 else gradient + pull * (local - theta)

"""FedAvg: local steps at each worker, and the weighted mean of their models."""

from __future__ import annotations

from ...model import model
from ...units import Count
from ..algorithm import Algorithm
from .local_steps import LocalStepsMethod

__all__ = ["FederatedAveraging"]


@model
class FederatedAveraging(LocalStepsMethod, Algorithm, name="fedavg"):
    """FedAvg: E local gradient steps on each worker's own mean loss, then the mean of the models, weighted by n_m/n.

    x <- x - alpha grad F_m(x), `local_steps` times from theta^k, with full gradients or, given `batch`, a fresh minibatch
    each time; theta^{k+1} = theta^k + SUM_S w_m (x_m - theta^k) / SUM_S w_m over the scheduled workers S (`participation:
    random` is the source's client sampling). `step_size` is that of the local step. What was lost: see
    `server.missing`; unscheduled workers are left out of the mean. A round costs E gradients.

    One local step with all workers is gradient descent on f. With more, and unlike workers, the fixed point is not theta*: it
    is off by the order of alpha (E - 1), whatever the number of rounds; see `decay`. Where sample counts differ, F_m carries
    its part of the regulariser divided by its weight, so that SUM w_m F_m = f.

    Default E = 5, the number of the source's local epochs in most of its tables; here steps are counted, not epochs.

    Source: McMahan, Moore, Ramage, Hampson, Aguera y Arcas, "Communication-efficient learning of deep networks from
    decentralized data", AISTATS 2017, algorithm 1; the bias: Li, Huang, Yang, Wang, Zhang, "On the convergence of FedAvg on
    non-IID data", ICLR 2020.
    """

    local_steps: Count = 5

    def direction(self, gradient, local, theta, context):
        return gradient

"""Compute: how long a worker takes for a gradient."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from ..model import Model, model
from ..perworker import WorkerTime
from ..rng import Streams

__all__ = ["Compute", "FixedCompute"]


class Compute(Model, family="compute", default="fixed", later=("profile", "straggler", "shifted_exponential")):
    """How long a worker takes for a gradient, in simulated time; never measured on the host."""

    @abstractmethod
    def times(self, workers: int, streams: Streams) -> np.ndarray:
        """Seconds a gradient, (workers,)."""


@model
class FixedCompute(Compute, name="fixed"):
    """`time` for each gradient; one number, one a worker, or drawn once a worker from a distribution."""

    time: WorkerTime = "0 s"

    def times(self, workers, streams):
        return self.time.values(workers, streams, "compute.time")

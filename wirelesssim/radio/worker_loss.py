"""A link's loss as a scenario gives it: one law for all workers, a list with one entry a worker, or drawn fractions.

`loss: 2 %` · `loss: {type: gilbert_elliott, ...}` · `loss: [1 %, {type: gilbert_elliott, ...}, ...]` ·
`loss: {type: uniform, low: 0 %, high: 5 %}`, a distribution over workers of the probability of independent losses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic_core import PydanticCustomError, core_schema

from ..errors import InputError, Problem
from ..model import build, plain
from ..perworker import Distribution, PerWorker, PerWorkerValue
from ..rng import Streams
from ..units import FRACTION, Quantity
from .loss import Iid, Loss

__all__ = ["WorkerLoss", "WorkerLossValue"]

_FRACTION = Quantity(FRACTION, ge=0, le=1)
_DRAWN = PerWorker(_FRACTION)


@dataclass(frozen=True)
class WorkerLossValue:
    """What a scenario gave for `loss`: a law, a tuple of laws, or a distribution of loss probabilities."""

    given: Loss | tuple[Loss, ...] | PerWorkerValue

    def losses(self, workers: int, streams: Streams, *name: str | int) -> list[Loss]:
        """The law of each worker's link; InputError where a list has another length than `workers`."""
        if isinstance(self.given, tuple):
            if len(self.given) != workers:
                raise InputError(Problem((), f"must have one entry a worker: {workers}, got {len(self.given)}"))
            return list(self.given)
        if isinstance(self.given, PerWorkerValue):
            return [Iid(probability=float(value)) for value in self.given.values(workers, streams, *name)]
        return [self.given] * workers

    @property
    def positive(self) -> bool:
        """Whether some worker may lose a packet."""
        if isinstance(self.given, PerWorkerValue):
            return self.given.positive
        laws = self.given if isinstance(self.given, tuple) else (self.given,)
        return any(law.mean_loss > 0 for law in laws)


class _WorkerLossField:
    """The annotation of a field that holds a `WorkerLossValue`."""

    def validate(self, value: Any) -> WorkerLossValue:
        """A `WorkerLossValue`; its entries are checked."""
        if isinstance(value, WorkerLossValue):
            return value
        try:
            return WorkerLossValue(self._given(value))
        except InputError as error:
            raise PydanticCustomError("nested", "{problems}", {"problems": error.problems}) from None

    def _given(self, value: Any):
        if isinstance(value, PerWorkerValue):
            return value
        if isinstance(value, (list, tuple, np.ndarray)):
            return tuple(self._entry(item, index) for index, item in enumerate(value))
        drawn = isinstance(value, Mapping) and value.get("type") in Distribution.known
        return _DRAWN.validate(value) if drawn or isinstance(value, Distribution) else build(Loss, value)

    @staticmethod
    def _entry(item: Any, index: int) -> Loss:
        try:
            return build(Loss, item)
        except InputError as error:
            raise error.under(index) from None

    def show(self, value: WorkerLossValue) -> Any:
        """As in a scenario file, independent losses in their short form."""
        if isinstance(value.given, tuple):
            return [self._short(law) for law in value.given]
        return _DRAWN.show(value.given) if isinstance(value.given, PerWorkerValue) else self._short(value.given)

    @staticmethod
    def _short(law: Loss) -> Any:
        return _FRACTION.show(law.probability) if isinstance(law, Iid) else plain(law)

    def __get_pydantic_core_schema__(self, source, handler):
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, schema, handler):
        one = Loss.__get_pydantic_json_schema__(schema, handler)
        law = Distribution.__get_pydantic_json_schema__(schema, handler)
        return {"anyOf": [*one["anyOf"], {"type": "array", "items": one}, *law["anyOf"][:-1]]}


WorkerLoss = Annotated[WorkerLossValue, _WorkerLossField()]

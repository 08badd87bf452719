"""A quantity that each worker may have its own value of: one number, a list with one entry a worker, or a distribution.

`rate: 20 Mbit/s` · `rate: [5 Mbit/s, 20 Mbit/s, ...]` · `rate: {type: lognormal, mean: 20 Mbit/s, sigma: 0.5}`.
Each worker draws from a stream of its own, so that an added worker leaves the others' values as they were. A law is one of the
SI value: `uniform` between 20 dBm and 23 dBm is uniform in watts; `normal_db` is the law that is stated in decibels.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic_core import PydanticCustomError, core_schema

from .errors import InputError, Problem
from .model import Model, build, model, plain
from .rng import Streams
from .units import FRACTION, LEAST_POWER, LEAST_RATIO, NUMBER, POWER, RATE, RATIO, TIME, Decibels, Quantity, from_db, to_db

__all__ = ["Distribution", "Lognormal", "NormalDb", "Uniform", "Exponential", "PerWorkerValue", "PerWorker",
           "WorkerRate", "WorkerTime", "WorkerFraction", "WorkerPower", "WorkerRatio"]


class Distribution(Model, family="distribution"):
    """The law that a worker's value is drawn from; parameters carry the unit of the value, those of `not_negative` are >= 0."""

    not_negative: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def draw(self, generator: np.random.Generator, read) -> float:
        """One value in SI; `read(parameter)` is a parameter's SI value."""

    @abstractmethod
    def parameters(self) -> dict[str, Any]:
        """The parameters that carry the value's unit, by name."""

    def check_parameters(self, read) -> None:
        """InputError, with the parameter's key, where they make no law together; `read` as in `draw`."""


@model
class Lognormal(Distribution, name="lognormal"):
    """Log-normal with arithmetic mean `mean`; `sigma` is the standard deviation of the natural logarithm.

    X = mean exp(sigma Z - sigma^2/2), Z standard normal, so that E[X] = mean. `sigma` is <= 23, the 100 dB of `normal_db`.
    """

    not_negative: ClassVar[tuple[str, ...]] = ("mean",)

    mean: Any
    sigma: Annotated[float, Quantity(NUMBER, ge=0, le=23)]

    def draw(self, generator, read):
        return read(self.mean) * math.exp(self.sigma * generator.standard_normal() - self.sigma**2 / 2)

    def parameters(self):
        return {"mean": self.mean}


@model
class NormalDb(Distribution, name="normal_db"):
    """Normal in decibels: X = median 10^(sigma Z / 10), Z standard normal, `sigma` in dB; for powers and ratios.

    Half of the workers lie above `median`; the mean of the SI value is median exp((sigma ln 10 / 10)^2 / 2), as in `lognormal`.
    """

    not_negative: ClassVar[tuple[str, ...]] = ("median",)

    median: Any
    sigma: Decibels

    def draw(self, generator, read):
        return read(self.median) * float(from_db(self.sigma * generator.standard_normal()))

    def parameters(self):
        return {"median": self.median}


@model
class Uniform(Distribution, name="uniform"):
    """Uniform on [`low`, `high`), `low` <= `high`, in SI units: powers in watts, ratios linear, neither in decibels."""

    low: Any
    high: Any

    def draw(self, generator, read):
        low, high = read(self.low), read(self.high)
        return low + (high - low) * generator.random()

    def parameters(self):
        return {"low": self.low, "high": self.high}

    def check_parameters(self, read):
        if read(self.low) > read(self.high):
            raise InputError(Problem(("high",), f"must be >= low ({self.low}), got {self.high}"))


@model
class Exponential(Distribution, name="exponential"):
    """Exponential above `minimum`: X = minimum + Y, E[Y] = mean >= 0."""

    not_negative: ClassVar[tuple[str, ...]] = ("mean",)

    mean: Any
    minimum: Any = 0

    def draw(self, generator, read):
        return read(self.minimum) + read(self.mean) * generator.standard_exponential()

    def parameters(self):
        return {"mean": self.mean, "minimum": self.minimum}


@dataclass(frozen=True)
class PerWorkerValue:
    """What a scenario gave for a per-worker quantity: a float, a tuple of them, or a `Distribution`."""

    given: float | tuple[float, ...] | Distribution
    quantity: Quantity

    def values(self, workers: int, streams: Streams, *name: str | int) -> np.ndarray:
        """SI values, (workers,); worker m draws from the stream (*name, m).

        InputError where a list has another length than `workers` or a drawn value breaks the quantity's bounds.
        """
        if isinstance(self.given, tuple):
            if len(self.given) != workers:
                raise InputError(Problem((), f"must have one entry a worker: {workers}, got {len(self.given)}"))
            return np.array(self.given, dtype=float)
        if not isinstance(self.given, Distribution):
            return np.full(workers, self.given, dtype=float)
        read = Quantity(self.quantity.dimension).validate
        drawn = np.array([self.given.draw(streams(*name, worker), read) for worker in range(workers)])
        for worker, value in enumerate(drawn):
            try:
                self.quantity.validate(float(value))
            except PydanticCustomError as error:
                said = f"{self._in_levels(value) or error.message()} drawn for worker {worker}; choose another distribution"
                raise InputError(Problem((), said)) from None
        return drawn

    def _in_levels(self, value: float) -> str:
        """What is wrong with a drawn `value`, in decibels where the quantity knows them."""
        dimension = self.quantity.dimension
        linear = next(iter(dimension.units), "")
        for level, zero in (dimension.log or {}).items():
            try:
                self.quantity.validate(f"{to_db(value / zero):.4g} {level}" if value > 0 else f"{value:.4g} {linear}")
            except PydanticCustomError as error:
                return error.message()
        return ""

    @property
    def positive(self) -> bool:
        """Whether some worker may have a value above zero."""
        return isinstance(self.given, Distribution) or bool(np.any(np.array(self.given) > 0))


@dataclass(frozen=True)
class PerWorker:
    """The annotation of a per-worker field: the quantity that each entry is."""

    quantity: Quantity

    def validate(self, value: Any) -> PerWorkerValue:
        """A `PerWorkerValue`, entries or parameters checked for dimension and bounds."""
        if isinstance(value, PerWorkerValue):
            return value
        try:
            return PerWorkerValue(self._given(value), self.quantity)
        except InputError as error:
            raise PydanticCustomError("nested", "{problems}", {"problems": error.problems}) from None

    def _given(self, value: Any):
        if isinstance(value, (list, tuple, np.ndarray)):
            return tuple(self._entry(item, index) for index, item in enumerate(value))
        if not isinstance(value, (Mapping, Distribution)):
            return self.quantity.validate(value)
        law = build(Distribution, value)
        for key, parameter in law.parameters().items():
            self._entry(parameter, key, Quantity(self.quantity.dimension, ge=0 if key in law.not_negative else None))
        law.check_parameters(Quantity(self.quantity.dimension).validate)
        return law

    def _entry(self, item: Any, place: int | str, quantity: Quantity | None = None) -> float:
        try:
            return (quantity or self.quantity).validate(item)
        except PydanticCustomError as error:
            raise InputError(Problem((place,), error.message())) from None

    def show(self, value: PerWorkerValue) -> Any:
        """As in a scenario file."""
        if isinstance(value.given, tuple):
            return [self.quantity.show(item) for item in value.given]
        return plain(value.given) if isinstance(value.given, Distribution) else self.quantity.show(value.given)

    def __get_pydantic_core_schema__(self, source, handler):
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, schema, handler):
        one = self.quantity.__get_pydantic_json_schema__(schema, handler)
        law = Distribution.__get_pydantic_json_schema__(schema, handler)
        return {"anyOf": [*one["anyOf"], {"type": "array", "items": one}, *law["anyOf"][:-1]]}


WorkerRate = Annotated[PerWorkerValue, PerWorker(Quantity(RATE, gt=0, ge=1e-3))]
WorkerTime = Annotated[PerWorkerValue, PerWorker(Quantity(TIME, ge=0))]
WorkerFraction = Annotated[PerWorkerValue, PerWorker(Quantity(FRACTION, ge=0, le=1))]
WorkerPower = Annotated[PerWorkerValue, PerWorker(Quantity(POWER, gt=0, ge=LEAST_POWER))]
WorkerRatio = Annotated[PerWorkerValue, PerWorker(Quantity(RATIO, gt=0, ge=LEAST_RATIO))]

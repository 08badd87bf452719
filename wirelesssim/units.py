"""Physical quantities as users write them, and as the code holds them: SI and linear.

A *quantity* in a scenario is a number with a unit (`20 MHz`, `23 dBm`, `5 ms`, `2 %`, `1500 B`); a bare number is
already SI: seconds, hertz, bit/s, bits, watts, metres, and for a ratio the linear ratio. A unit of another dimension
is refused. Decimal prefixes are decimal (`1 MB` = 10^6 bytes), binary ones binary (`1 MiB` = 2^20 bytes).

`Quantity(dimension, gt=0)` goes into `Annotated[float, ...]` of a model's field, and validates, shows and describes it.
`show` writes a value with the unit that reads best among those that give exactly the same float back, so that a
resolved scenario loads to the same bits.

Left out: unit algebra (no field needs it) and locale-dependent numbers.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic_core import PydanticCustomError, core_schema

from .errors import nearest, shown

__all__ = [
    "BOLTZMANN", "SPEED_OF_LIGHT", "REFERENCE_TEMPERATURE", "Dimension", "Quantity", "Relative", "to_db", "from_db",
    "TIME", "FREQUENCY", "RATE", "SIZE", "POWER", "RATIO", "DECIBELS", "FRACTION", "DISTANCE", "SPEED", "NUMBER", "COUNT",
    "Time", "PositiveTime", "Frequency", "Rate", "Size", "Power", "Ratio", "Decibels", "Fraction", "Distance", "Count", "Natural",
    "Number", "StepSize", "Curvature", "LEAST_POWER", "LEAST_RATIO",
]

BOLTZMANN = 1.380649e-23  # J/K, exact (SI brochure, 9th edition)
SPEED_OF_LIGHT = 299_792_458.0  # m/s, exact (SI brochure, 9th edition)
REFERENCE_TEMPERATURE = 290.0  # K, the noise-figure reference (IEEE Std 100, ITU-R P.372)


def to_db(ratio):
    """10 log10 of a linear power ratio."""
    import numpy as np

    return 10.0 * np.log10(ratio)


def from_db(decibels):
    """The linear power ratio of a level in dB."""
    return 10.0 ** (decibels / 10.0)


@dataclass(frozen=True, eq=False)
class Dimension:
    """A kind of quantity: its name, an example, and its units as factors to SI; those of `log` are logarithmic.

    No value of the dimension may exceed `most` in magnitude: beyond it sums of floats, and whole slots or steps, say nothing.
    """

    name: str
    example: str
    units: Mapping[str, float]
    log: Mapping[str, float] | None = None  # unit -> the linear value of 0 in it
    aliases: tuple[str, ...] = ()  # units that are read and never written
    integer: bool = False
    most: float = math.inf
    most_said: str = ""

    def knows(self, unit: str) -> bool:
        """Whether `unit` is a unit of this dimension."""
        return unit in self.units or unit in (self.log or {})

    def value(self, number: float, unit: str) -> float:
        """SI value of `number` in `unit`."""
        if self.log and unit in self.log:
            return self.log[unit] * 10.0 ** (number / 10.0)
        factor = self.units[unit]
        # 5 ms is 5/1000, the float nearest to 0.005; 5 * 1e-3 is not
        return number / round(1 / factor) if factor < 1 and round(1 / factor) * factor == 1 else number * factor


TIME = Dimension("time", "5 ms", {"s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9, "min": 60, "h": 3600},
                 aliases=("µs",), most=1e9, most_said="1e9 s (some 30 years)")
FREQUENCY = Dimension("frequency", "20 MHz", {"Hz": 1, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
                      most=3e12, most_said="3000 GHz (where radio waves end: ITU Radio Regulations, 1.5)")
RATE = Dimension("rate", "10 Mbit/s", {
    "bit/s": 1, "kbit/s": 1e3, "Mbit/s": 1e6, "Gbit/s": 1e9, "bps": 1, "kbps": 1e3, "Mbps": 1e6, "Gbps": 1e9,
    "B/s": 8, "kB/s": 8e3, "MB/s": 8e6, "GB/s": 8e9},
    aliases=("bps", "kbps", "Mbps", "Gbps", "B/s", "kB/s", "MB/s", "GB/s"))
SIZE = Dimension("size", "1500 B", {
    "bit": 1, "kbit": 1e3, "Mbit": 1e6, "Gbit": 1e9, "B": 8, "kB": 8e3, "MB": 8e6, "GB": 8e9,
    "KiB": 8 * 2**10, "MiB": 8 * 2**20, "GiB": 8 * 2**30}, integer=True)
POWER = Dimension("power", "23 dBm", {"W": 1, "mW": 1e-3, "uW": 1e-6, "µW": 1e-6, "kW": 1e3}, {"dBm": 1e-3, "dBW": 1.0},
                  aliases=("µW",), most=1e6, most_said="1000 kW (what the largest broadcasting stations send)")
_RATIOS = "300 dB (more than lies between 1000 kW and the thermal noise in 1 Hz)"
RATIO = Dimension("ratio", "5 dB", {"x": 1}, {"dB": 1.0, "dBi": 1.0}, most=1e30, most_said=_RATIOS)
DECIBELS = Dimension("level in dB", "7 dB", {"dB": 1}, most=300.0, most_said=_RATIOS)
FRACTION = Dimension("fraction", "2 %", {"%": 1e-2})
DISTANCE = Dimension("distance", "200 m", {"m": 1, "km": 1e3, "cm": 1e-2},
                     most=1e9, most_said="1e9 m (the moon is at 3.8e8 m)")
SPEED = Dimension("speed", "3 km/h", {"m/s": 1, "km/h": 1 / 3.6}, most=1e4, most_said="1e4 m/s (a low orbit takes 7.8e3 m/s)")
NUMBER = Dimension("number", "0.1", {})
COUNT = Dimension("whole number", "10", {}, integer=True)
_ALL = (TIME, FREQUENCY, RATE, SIZE, POWER, RATIO, FRACTION, DISTANCE, SPEED)

_PATTERN = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*")


def _fail(message: str) -> PydanticCustomError:
    return PydanticCustomError("quantity", "{message}", {"message": message})


def parse(value: Any, dimension: Dimension) -> float:
    """The SI value of `value`, a number or a string with a unit, in `dimension`; ValueError says the rule."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)) and not hasattr(value, "__float__"):
        raise _fail(f"must be a {dimension.name} like '{dimension.example}', got {shown(value)}")
    if dimension.integer and isinstance(value, int):
        return value  # through a float, 2^53 + 1 would be another number
    if not isinstance(value, str):
        number, unit = _float(value), ""
    else:
        match = _PATTERN.fullmatch(value)
        if not match:
            raise _fail(f"must be a {dimension.name} like '{dimension.example}', got {shown(value)}")
        number, unit = float(match[1]), match[2]
    if not math.isfinite(number):
        raise _fail(f"must be finite, got {shown(value)}")
    if unit and not dimension.knows(unit):
        raise _fail(_wrong_unit(value, unit, dimension))
    try:
        result = dimension.value(number, unit) if unit else number
    except OverflowError:
        result = math.inf
    if not math.isfinite(result):
        raise _fail(f"is beyond what a float holds, got {shown(value)}")
    if abs(result) > dimension.most:
        raise _fail(f"must be within {dimension.most_said}, got {shown(value)}")
    if dimension.integer:
        if result != round(result):
            raise _fail(f"must be a whole number{' of bits' if dimension is SIZE else ''}, got {shown(value)}")
        return int(result)
    return result


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _wrong_unit(value: Any, unit: str, dimension: Dimension) -> str:
    other = next((d.name for d in _ALL if d.knows(unit)), None)
    known = [*dimension.units, *(dimension.log or {})]
    if other and other != dimension.name:
        return f"must be a {dimension.name} like '{dimension.example}', got {shown(value)}, a {other}"
    hit = nearest(unit, known)
    hint = f"did you mean {hit!r}? " if hit else ""
    units = ", ".join(known) or "none, a bare number"
    return f"has an unknown unit {unit!r} in {value!r}; {hint}units of a {dimension.name}: {units}"


@dataclass(frozen=True)
class Quantity:
    """The annotation that makes a field a quantity: a dimension and bounds in SI.

    `Annotated[float, Quantity(FREQUENCY, gt=0)]` accepts `20 MHz` and `2e7`, refuses `-1` and `5 ms`.
    """

    dimension: Dimension
    gt: float | None = None
    ge: float | None = None
    lt: float | None = None
    le: float | None = None

    def validate(self, value: Any) -> float:
        """The SI value, within the bounds; PydanticCustomError names the rule and the value otherwise."""
        result = parse(value, self.dimension)
        broken = self._broken(result)
        if broken:
            sign, bound = broken
            raise _fail(f"must be {sign} {self._as_written(bound, value)}, got {value}{self._meant(value)}")
        return result

    def _broken(self, result: float) -> tuple[str, float] | None:
        """The first bound that `result` does not keep, with its sign."""
        bounds = ((self.gt, ">", operator.gt), (self.ge, ">=", operator.ge),
                  (self.lt, "<", operator.lt), (self.le, "<=", operator.le))
        return next(((sign, bound) for bound, sign, holds in bounds if bound is not None and not holds(result, bound)), None)

    def _as_written(self, bound: float, value: Any) -> Any:
        """`bound` in decibels where `value` is, else as `show` has it."""
        match = _PATTERN.fullmatch(value) if isinstance(value, str) else None
        level = match and match[2] in (self.dimension.log or {}) and _exactly(bound, match[2], self.dimension)
        return level or self.show(bound)

    def _meant(self, value: Any) -> str:
        """A hint for a bare number that would be right in decibels."""
        try:
            level = next(iter(self.dimension.log or {}))
            if self._broken(self.dimension.value(float(value), level)):
                return ""
        except (ValueError, TypeError, OverflowError, StopIteration):
            return ""
        unit = next(iter(self.dimension.units))
        return f"; a bare number is {'a linear ratio' if unit == 'x' else f'in {unit}'}: say '{value} {level}' if that is meant"

    def show(self, value: float) -> Any:
        """`value` as a user would write it, and so that it reads back to the same float."""
        dimension = self.dimension
        if dimension.integer and not dimension.units:
            return int(value)
        if not dimension.units:
            return value
        if value == 0 and dimension.log is None:
            return f"0 {next(iter(dimension.units))}"
        units = [unit for unit in [*dimension.units, *(dimension.log or {})] if unit not in dimension.aliases]
        candidates = [text for unit in units if (text := _exactly(value, unit, dimension))]
        return min(candidates, key=len) if candidates else value

    def __get_pydantic_core_schema__(self, source, handler):
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, schema, handler):
        kind = "integer" if self.dimension.integer else "number"
        bounds = {"exclusiveMinimum": self.gt, "minimum": self.ge, "exclusiveMaximum": self.lt,
                  "maximum": self.dimension.most if self.le is None and self.dimension.most < math.inf else self.le}
        number = {"type": kind} | {key: bound for key, bound in bounds.items() if bound is not None}
        text = {"type": "string", "description": f"a {self.dimension.name} like '{self.dimension.example}'"}
        return {"anyOf": [number, text]}


def _exactly(value: float, unit: str, dimension: Dimension) -> str | None:
    """`value` in `unit` with few digits, if that reads back exactly."""
    if dimension.log and unit in dimension.log:
        if value <= 0:
            return None
        number = 10.0 * math.log10(value / dimension.log[unit])
    else:
        number = value / dimension.units[unit]
    for digits in (6, 12, 17):
        text = f"{number:.{digits}g}"
        if "e" in text and abs(number) < 1e15 and number == int(number):
            text = str(int(number))
        try:
            if dimension.value(float(text), unit) == value:
                return f"{text} {unit}"
        except OverflowError:
            return None
    return None


Time = Annotated[float, Quantity(TIME, ge=0)]
PositiveTime = Annotated[float, Quantity(TIME, gt=0)]
Frequency = Annotated[float, Quantity(FREQUENCY, gt=0, ge=1)]
Rate = Annotated[float, Quantity(RATE, gt=0, ge=1e-3)]
Size = Annotated[int, Quantity(SIZE, ge=0, le=2**40)]
LEAST_POWER = 1e-36  # W, -330 dBm: 150 dB below the thermal noise in 1 Hz, and far from where floats end
LEAST_RATIO = 1e-30  # -300 dB, as far down as `RATIO` goes up
Power = Annotated[float, Quantity(POWER, gt=0, ge=LEAST_POWER)]
Ratio = Annotated[float, Quantity(RATIO, gt=0, ge=LEAST_RATIO)]
Decibels = Annotated[float, Quantity(DECIBELS, ge=0, le=100)]  # a spread: ten times what channels have, its tails still floats
Fraction = Annotated[float, Quantity(FRACTION, ge=0, le=1)]
Distance = Annotated[float, Quantity(DISTANCE, gt=0, ge=1e-6)]
Number = Annotated[float, Quantity(NUMBER)]
Natural = Annotated[int, Quantity(COUNT, ge=0, le=2**63 - 1)]
Count = Annotated[int, Quantity(COUNT, ge=1, le=2**63 - 1)]

_RELATIVE = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(/?)\s*L\s*")


@dataclass(frozen=True)
class Relative:
    """A number that may be stated relative to the smoothness constant L of f: `0.5/L`, `5 L`, or absolute.

    `power` is -1 for `c/L`, +1 for `c L`, 0 for an absolute number.
    """

    factor: float
    power: int = 0

    def at(self, smoothness: float | None) -> float:
        """The absolute value, given L in the units of f's Hessian; ValueError where L is needed and not known."""
        if self.power == 0:
            return self.factor
        if smoothness is None:
            raise ValueError(f"{self} needs the smoothness constant L, which this objective does not know; give a number")
        return self.factor * smoothness if self.power == 1 else self.factor / smoothness

    def __str__(self) -> str:
        number = f"{self.factor:.17g}" if float(f"{self.factor:g}") != self.factor else f"{self.factor:g}"
        return {0: number, 1: f"{number} L", -1: f"{number}/L"}[self.power]


@dataclass(frozen=True)
class _RelativeField:
    """The annotation for a field that holds a `Relative` of one fixed power of L (or an absolute number)."""

    power: int
    gt: float | None = None
    ge: float | None = None

    @property
    def example(self) -> str:
        return "0.5/L" if self.power < 0 else "5 L"

    def validate(self, value: Any) -> Relative:
        """A `Relative`, its sign checked."""
        result = value if isinstance(value, Relative) else self._parse(value)
        if result.power not in (0, self.power):
            raise _fail(f"must be a number or relative to L like '{self.example}', got {shown(value)}")
        if self.gt is not None and not result.factor > self.gt:
            raise _fail(f"must be > {self.gt:g}, got {value}")
        if self.ge is not None and not result.factor >= self.ge:
            raise _fail(f"must be >= {self.ge:g}, got {value}")
        return result

    def _parse(self, value: Any) -> Relative:
        match = _RELATIVE.fullmatch(value) if isinstance(value, str) else None
        if match:
            factor = float(match[1])
            if not math.isfinite(factor):
                raise _fail(f"must be finite, got {shown(value)}")
            return Relative(factor, -1 if match[2] else 1)
        try:
            return Relative(parse(value, NUMBER))
        except PydanticCustomError:
            raise _fail(f"must be a number or relative to L like '{self.example}', got {shown(value)}") from None

    def show(self, value: Relative) -> Any:
        """As in a scenario file."""
        return value.factor if value.power == 0 else str(value)

    def __get_pydantic_core_schema__(self, source, handler):
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, schema, handler):
        return {"anyOf": [{"type": "number"}, {"type": "string", "description": f"relative to L, like '{self.example}'"}]}


StepSize = Annotated[Relative, _RelativeField(-1, gt=0)]
Curvature = Annotated[Relative, _RelativeField(+1, ge=0)]

"""The channels of a LoRaWAN cell as a field of a scenario: a list of frequencies, each within a sub-band of EU863-870."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic_core import PydanticCustomError, core_schema

from ...errors import InputError, Problem, shown
from ...radio.lora import sub_band
from ...units import FREQUENCY, Quantity

__all__ = ["Channels"]

_ENTRY = Quantity(FREQUENCY, gt=0)
_WIDTH = 125e3  # Hz of a channel: RP002-1.0.3, 2.4.3


@dataclass(frozen=True)
class _Channels:
    """The annotation: one frequency or more, at most 16 (the least that networks of this band can tell a device of)."""

    most: int = 16

    def validate(self, value: Any) -> tuple[float, ...]:
        """Hz; PydanticCustomError names an entry that is no frequency, of no sub-band, or that overlaps with one before it."""
        if not isinstance(value, (list, tuple)) or not 1 <= len(value) <= self.most:
            message = f"must be a list of 1 to {self.most} frequencies like [868.1 MHz, 868.3 MHz], got {shown(value)}"
            raise PydanticCustomError("quantity", "{message}", {"message": message})
        found, problems = [], []
        for index, item in enumerate(value):
            try:
                found.append(_ENTRY.validate(item))
                sub_band(found[-1])
                self._apart(found)
            except PydanticCustomError as error:
                problems.append(Problem((index,), error.message()))
            except ValueError as error:
                problems.append(Problem((index,), str(error)))
        if problems:
            raise PydanticCustomError("nested", "{problems}", {"problems": InputError(problems).problems})
        return tuple(found)

    @staticmethod
    def _apart(found: list[float]) -> None:
        """ValueError where the last of `found` overlaps with another: frames on the two would meet, which here they do not."""
        for place, other in enumerate(found[:-1]):
            if abs(found[-1] - other) < _WIDTH - 1:  # Hz, for what a product of floats leaves
                raise ValueError(f"must be {_WIDTH / 1e3:g} kHz or more from every other channel, got {found[-1] / 1e6:.10g} MHz "
                                 f"beside entry {place}, {other / 1e6:.10g} MHz; leave one out, or move it")

    def show(self, value: tuple[float, ...]) -> list:
        """As in a scenario file."""
        return [_ENTRY.show(frequency) for frequency in value]

    def __get_pydantic_core_schema__(self, source, handler):
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, schema, handler):
        entry = _ENTRY.__get_pydantic_json_schema__(schema, handler)
        return {"type": "array", "items": entry, "minItems": 1, "maxItems": self.most}


Channels = Annotated[tuple, _Channels()]

"""How many entries of a vector: a count, or a fraction of its size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic_core import PydanticCustomError, core_schema

from ...errors import shown
from ...units import COUNT, FRACTION, Quantity

__all__ = ["Entries", "Share"]

_COUNT, _FRACTION = Quantity(COUNT, ge=1, le=2**63 - 1), Quantity(FRACTION, gt=0, le=1)


@dataclass(frozen=True)
class Share:
    """j entries: `count` of them, or max(1, round(`fraction` d)) of d; all d where that is more. One of the two is None."""

    count: int | None = None
    fraction: float | None = None

    def of(self, size: int) -> int:
        """j for a vector in R^size."""
        return min(size, self.count if self.fraction is None else max(1, round(self.fraction * size)))


class _ShareField:
    """The annotation of a field that holds a `Share`: `10`, `5 %`, or a bare fraction below 1, `0.05`."""

    def validate(self, value: Any) -> Share:
        """A whole number is a count (1 is one entry), a percentage or a number in (0, 1) a fraction of all."""
        if isinstance(value, Share):
            return value
        for quantity, name in ((_COUNT, "count"), (_FRACTION, "fraction")):
            try:
                return Share(**{name: quantity.validate(value)})
            except PydanticCustomError:
                continue
        raise PydanticCustomError("quantity", "{message}", {
            "message": "must be a number of entries >= 1 like 10, or a fraction of all in (0, 100 %] like '5 %', "
                       f"got {shown(value)}"})

    def show(self, value: Share) -> Any:
        """As in a scenario file; it reads back to the same share."""
        return value.count if value.fraction is None else _FRACTION.show(value.fraction)

    def __get_pydantic_core_schema__(self, source, handler):
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, schema, handler):
        return {"anyOf": [{"type": "number", "exclusiveMinimum": 0},
                          {"type": "string", "description": "a fraction of the entries like '5 %'"}]}


Entries = Annotated[Share, _ShareField()]

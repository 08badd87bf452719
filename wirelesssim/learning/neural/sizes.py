"""A list of sizes in a scenario: the widths of layers, the shape of an image."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic_core import PydanticCustomError, core_schema

from ...units import COUNT, Quantity

__all__ = ["Sizes"]


class _Sizes:
    """The annotation: whole numbers of at least 1; a bare number is a list of one."""

    entry = Quantity(COUNT, ge=1, le=10**9)

    def validate(self, value: Any) -> tuple[int, ...]:
        """A tuple of sizes; PydanticCustomError names the entry that is wrong."""
        given = value if isinstance(value, (list, tuple)) else [value]
        try:
            return tuple(self.entry.validate(item) for item in given)
        except PydanticCustomError as error:
            said = f"must be a list of sizes like [128, 64], each of which {error.message()}"
            raise PydanticCustomError("quantity", "{message}", {"message": said}) from None

    def show(self, value: tuple[int, ...]) -> list[int]:
        """As in a scenario file."""
        return list(value)

    def __get_pydantic_core_schema__(self, source, handler):
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, schema, handler):
        one = {"type": "integer", "minimum": 1}
        return {"anyOf": [{"type": "array", "items": one}, one]}


Sizes = Annotated[tuple[int, ...], _Sizes()]

"""A column by its name or its number: how a user points at it, and where it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import GetPydanticSchema
from pydantic_core import PydanticCustomError, core_schema

__all__ = ["ColumnLabel", "checked", "place_of", "refused"]


def refused(message: str) -> PydanticCustomError:
    """The error of a field's check, its message as it stands."""
    return PydanticCustomError("quantity", "{message}", {"message": message})


def _label(value: Any) -> str | int:
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "" or isinstance(value, int) and value < 1:
        raise refused(f"must be the name of a column or its number, from 1, got {value!r}")
    return value


def checked(check: Callable[[Any], Any], then: core_schema.CoreSchema) -> GetPydanticSchema:
    """The annotation of a field that `check` reads; `then` describes it in the JSON schema."""
    return GetPydanticSchema(lambda source, handler: core_schema.no_info_before_validator_function(check, then))


ColumnLabel = Annotated[str | int, checked(_label, core_schema.union_schema([
    core_schema.str_schema(), core_schema.int_schema()]))]


def place_of(label: str | int, width: int, names: Sequence[str] | None, kind: str = "column") -> int:
    """The position, from 0, of a column among `width` of them; ValueError where there is none or it is not the only one."""
    if isinstance(label, str):
        if names is None:
            raise ValueError(f"must be the number of a {kind}, from 1 to {width}, since they have no names, got {label!r}")
        if list(names).count(label) != 1:
            known = ", ".join(names[:12]) + (", …" if width > 12 else "")
            raise ValueError(f"must be the name of a {kind}, got {label!r}; known: {known}")
        return list(names).index(label)
    if not 1 <= label <= width:
        raise ValueError(f"must be the name of a {kind} or its number, from 1 to {width}, got {label}")
    return label - 1

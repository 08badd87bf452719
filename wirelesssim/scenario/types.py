"""Which type a mapping of plain data means at its place, and whose default a key has that it does not give."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ..model import class_at, type_of

__all__ = ["default_owner", "default_type", "type_meant"]


def default_type(cls: Any, data: Any, path: tuple) -> str | None:
    """The `type` of a mapping at `path` of `data`, plain data for the dataclass `cls`, if it names none; None: it must."""
    return getattr(_family_at(cls, data, path), "default_type", None)


def type_meant(cls: Any, data: Any, path: tuple, value: Mapping[str, Any]) -> str | None:
    """The type that the mapping `value` tells, by its `type` or its other keys, if it stands at `path`; None if by neither."""
    if "type" in value:
        return value["type"]
    family = _family_at(cls, data, path)
    return family.told(value) if hasattr(family, "known") else None


def default_owner(cls: Any, data: Any, path: tuple) -> str | None:
    """The type whose default the key at `path` has, as `data`, plain data for the dataclass `cls`, do not give it.

    None where they do, or there is no such default, or it is null.
    """
    for part in path[:-1]:
        cls, data = class_at(cls, (part,)), data.get(part) if isinstance(data, Mapping) else None
        if hasattr(cls, "known"):
            named = data if isinstance(data, str) else type_of(cls, data or {})
            cls = cls.known.get(named) if isinstance(named, str) else None
    given = isinstance(data, Mapping) and path[-1] in data
    field = None if given else getattr(cls, "__dataclass_fields__", {}).get(path[-1])
    unset = field is None or field.default in (None, dataclasses.MISSING)
    return None if unset else getattr(cls, "type_name", None)


def _family_at(cls: Any, data: Any, path: tuple) -> Any:
    """The family, or the dataclass, at `path` of `data`, plain data for the dataclass `cls`; None if there is none."""
    family = None
    for part in path:
        family = class_at(cls, (part,))
        data = data.get(part) if isinstance(data, Mapping) else None
        cls = family
        if hasattr(family, "known"):
            named = type_of(family, data) if isinstance(data, Mapping) else data
            cls = family.known.get(named) if isinstance(named, str) else None
    return family

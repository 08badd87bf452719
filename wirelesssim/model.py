"""A part that a scenario names with `type:`; frozen, keyword-only, checked when it is made.

```python
class PathLoss(Model, family="path loss"):          # abstract: an interface
    @abstractmethod
    def gain(self, distance, frequency): ...

@model                                              # final: a leaf, registered under its name
class LogDistance(PathLoss, name="log_distance"):
    exponent: Annotated[float, Quantity(NUMBER, gt=0)] = 3.0
```
A field annotated with a family (`path_loss: PathLoss`) takes an instance, a mapping with `type`, or the bare name.
The fields *are* the configuration: there is no second class, no registry file, no factory. A leaf without `@model`
is an error as soon as the next model is defined or looked up.

Why a pydantic dataclass and not the standard one: the latter accepts `-1` silently and ignores unknown keys.
Why dispatch at validation and not a tagged union: plug-in files add leaves after the classes that use them were built.
"""

from __future__ import annotations

import dataclasses
import inspect
import typing
from abc import ABC
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as pydantic_dataclass
from pydantic_core import PydanticCustomError, core_schema

from .errors import InputError, Problem, nearest, shown, unknown

__all__ = ["PLUGINS", "Model", "model", "build", "class_at", "families", "forget", "plain", "type_of"]

PLUGINS: dict[Path, str] = {}  # plug-in files, and the name of the module that each was last loaded as

_FAMILIES: dict[str, type[Model]] = {}
_UNDECORATED: list[type] = []
_CONFIG = ConfigDict(extra="forbid", arbitrary_types_allowed=True, validate_default=True)


class Model(ABC):
    """Base of every family and, through it, of every leaf; see the module's text."""

    family: ClassVar[str]
    type_name: ClassVar[str]
    known: ClassVar[dict[str, type[Model]]]  # leaves by name, shared by the family
    later: ClassVar[tuple[str, ...]]  # names that are planned and refused by name
    default_type: ClassVar[str | None]

    def __init_subclass__(cls, family: str | None = None, name: str | None = None, later: tuple[str, ...] = (),
                          default: str | None = None, **kwargs):
        super().__init_subclass__(**kwargs)
        if (family is None) == (name is None):
            raise TypeError(f"{cls.__name__} must say either family=... (an interface) or name=... (a leaf)")
        if family:
            cls.family, cls.known, cls.later, cls.default_type = family, {}, tuple(later), default
            _FAMILIES[family] = cls
        else:
            check_decorated()
            cls.type_name = name
            _UNDECORATED.append(cls)

    def check(self) -> None:
        """Rules that hold between fields; raises InputError. Called when an instance is made."""

    def __post_init__(self):
        self.check()

    @classmethod
    def planned(cls, name: str) -> str:
        """What to say of a name in `later`."""
        return f"{name!r} is planned and not in this version; known: {', '.join(sorted(cls.known))}"

    @classmethod
    def told(cls, value: Mapping[str, Any]) -> str | None:
        """The type that a mapping without `type` tells by its keys; None: it tells none, and means the default.

        A family in which a key is enough to know the type overrides this.
        """
        return None

    @classmethod
    def from_scalar(cls, value: Any) -> Model:
        """The leaf that a bare value stands for; a family that has such a short form overrides this."""
        if isinstance(value, str):
            raise InputError(Problem((), f"is an {unknown(cls.family, value, cls.known)}"))
        raise InputError(Problem((), f"must be a mapping with `type`, got {shown(value)}; known: {', '.join(sorted(cls.known))}"))

    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler):
        if "type_name" in cls.__dict__:
            return handler(source)
        return core_schema.no_info_plain_validator_function(lambda value: _nested(cls, value))

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        if "type_name" in cls.__dict__:
            return handler(schema)
        return {"anyOf": [leaf_schema(leaf) for _, leaf in sorted(cls.known.items())] + [{"type": ["string", "number"]}]}


def model(cls):
    """Make a leaf: a frozen, keyword-only dataclass whose fields are checked; registers it under its name."""
    if cls not in _UNDECORATED:
        raise TypeError(f"@model is for leaves of a family: class {cls.__name__}(Family, name='...')")
    _UNDECORATED.remove(cls)
    made = pydantic_dataclass(frozen=True, kw_only=True, config=_CONFIG)(cls)
    if inspect.isabstract(made):
        raise TypeError(f"{cls.__name__} lacks {', '.join(sorted(made.__abstractmethods__))}, which its family asks for")
    taken = made.known.get(made.type_name)
    if taken and (taken.__module__, taken.__qualname__) != (made.__module__, made.__qualname__):
        raise TypeError(f"{made.family} {made.type_name!r} is already {taken.__module__}.{taken.__qualname__}")
    made.known[made.type_name] = made
    _adapter.cache_clear()
    return made


def check_decorated() -> None:
    """TypeError if a leaf was defined without `@model`."""
    if _UNDECORATED:
        forgotten = _UNDECORATED.pop()  # there is one at most: each new leaf asks first
        raise TypeError(f"{forgotten.__name__} lacks @model")


def forget(module: str | None) -> None:
    """Drop the leaves that `module` defined, decorated or not."""
    for family in _FAMILIES.values():
        for name in [name for name, leaf in family.known.items() if leaf.__module__ == module]:
            del family.known[name]
    _UNDECORATED[:] = [leaf for leaf in _UNDECORATED if leaf.__module__ != module]


def families() -> dict[str, type[Model]]:
    """Every family by name."""
    return dict(_FAMILIES)


@lru_cache(maxsize=None)
def _adapter(cls: type) -> TypeAdapter:
    return TypeAdapter(cls)


def leaf_schema(leaf: type[Model]) -> dict:
    """JSON schema of one leaf, its `type` included; a nested family is written out, so no reference is left over."""
    schema = _adapter(leaf).json_schema()
    schema.pop("$defs", None)
    schema["properties"] = {"type": {"const": leaf.type_name}} | schema.get("properties", {})
    if leaf.type_name not in (leaf.default_type, leaf.told(dict.fromkeys(_keys(leaf)))):
        schema["required"] = ["type", *schema.get("required", [])]
    schema["additionalProperties"] = False
    schema["description"] = summary(leaf)
    return schema


def summary(cls: type) -> str:
    """The first sentence of a class's docstring."""
    return " ".join((inspect.getdoc(cls) or "").split("\n\n")[0].split())


def build(family: type[Model], value: Any) -> Model:
    """The leaf of `family` that `value` describes; InputError with the key inside `value`."""
    check_decorated()
    if isinstance(value, family):
        return value
    if isinstance(value, str) and (value in family.known or value in family.later):
        value = {"type": value}
    if not isinstance(value, Mapping):
        return family.from_scalar(value)
    name = type_of(family, value)
    if name is None:
        said = f"is required; known: {', '.join(sorted(family.known))}"
        raise InputError(Problem(("type",), said + "".join(_owned(family, key, value[key]) for key in value)))
    if name in family.later:
        raise InputError(Problem(("type",), family.planned(name)))
    if not isinstance(name, str) or name not in family.known:
        raise InputError(Problem(("type",), unknown(family.family, name, family.known)))
    return validate(family.known[name], {key: item for key, item in value.items() if key != "type"})


def type_of(family: type[Model], value: Any) -> Any:
    """The type of a mapping of `family`: what it says, or tells by its keys, or the default; None for anything else."""
    return value.get("type", family.told(value) or family.default_type) if isinstance(value, Mapping) else None


def validate(cls: type, fields: Mapping[str, Any]) -> Any:
    """An instance of the pydantic dataclass `cls` from plain `fields`; InputError names every key that is wrong."""
    names = [field.name for field in dataclasses.fields(cls)]
    leaf = hasattr(cls, "type_name")
    known, where = ([*names, "type"], f" of {cls.family} {cls.type_name!r}") if leaf else (names, "")
    strange = [key for key in fields if key not in names]
    problems = [Problem((str(key),), unknown("key", key, known, where) + (_owned(cls, key, fields[key]) if leaf else ""))
                for key in strange]
    try:
        made = _adapter(cls).validate_python({key: item for key, item in fields.items() if key in names})
    except ValidationError as error:
        meant = {nearest(str(key), known) for key in strange}  # misspelt is not missing, too
        raise InputError([*problems, *(problem for problem in _problems(error, cls) if not (
            problem.message.startswith(_REQUIRED) and problem.path[0] in meant))]) from None
    if problems:
        raise InputError(problems)
    return made


def _owned(family: type[Model], key: Any, value: Any) -> str:
    """Which types of `family` have the `key` that this one has not, and how to write one; empty if there is none."""
    owners = [name for name, leaf in sorted(family.known.items()) if key in [field.name for field in dataclasses.fields(leaf)]]
    if not owners:
        return ""
    if len(owners) > 4:
        return f"; {key} is a key of {', '.join(owners[:4])} and {len(owners) - 4} more types"
    example = ", for example" if len(owners) > 1 else ""
    return f"; {key} is a key of {', '.join(owners)}: write {{type: {owners[0]}, {key}: {shown(value)}}}{example}"


def _nested(family: type[Model], value: Any) -> Model:
    """`build` inside a pydantic validation: carries the inner problems outwards."""
    try:
        return build(family, value)
    except InputError as error:
        raise PydanticCustomError("nested", "{problems}", {"problems": error.problems}) from None


_REQUIRED = "is required"


def _problems(error: ValidationError, cls: type) -> list[Problem]:
    """Our one-line messages from pydantic's."""
    found = []
    for item in error.errors(include_url=False):
        path = tuple(item["loc"])
        inner = item.get("ctx", {}).get("error")
        if isinstance(inner, InputError):
            found += [problem.under(*path) for problem in inner.problems]
        elif item["type"] == "nested":
            found += [problem.under(*path) for problem in item["ctx"]["problems"]]
        else:
            found.append(Problem(path, _message(item, cls)))
    return found


def class_at(cls: Any, path: tuple) -> Any:
    """The dataclass or family that the hints of the dataclass `cls` put at `path`, or None."""
    for part in path:
        hint = _hints(cls).get(part) if dataclasses.is_dataclass(cls) else None
        cls = next((one for one in (hint, *typing.get_args(hint)) if isinstance(one, type) and (
            dataclasses.is_dataclass(one) or issubclass(one, Model))), None)
    return cls


def _keys(cls: Any) -> list[str]:
    return [field.name for field in dataclasses.fields(cls)] if dataclasses.is_dataclass(cls) else []


def _message(item: dict, cls: type) -> str:
    value, context, path = item["input"], item.get("ctx", {}), tuple(item["loc"])
    match item["type"]:
        case "quantity":
            return context["message"]
        case "missing" | "missing_argument" | "missing_keyword_only_argument":
            part = class_at(cls, path)
            return f"{_REQUIRED}; known: {', '.join(sorted(part.known))}" if hasattr(part, "known") else _REQUIRED
        case "unexpected_keyword_argument":
            return unknown("key", path[-1], _keys(class_at(cls, path[:-1])))
        case "dataclass_type":
            return f"must be a mapping of {', '.join(_keys(class_at(cls, path)))}, got {shown(value)}"
        case "list_type":
            return f"must be a list, got {shown(value)}"
        case "string_type":
            return f"must be text, got {shown(value)}{'; put it in quotes' if isinstance(value, (bool, int, float)) else ''}"
        case "literal_error":
            allowed = context["expected"]
            return f"must be {allowed}, got {shown(value)}"
        case "value_error":
            return str(context["error"])
        case _:
            text = item["msg"].removeprefix("Input should be ").removeprefix("Input should ")
            return f"must be {text}, got {shown(value)}"


def plain(value: Any) -> Any:
    """`value` as plain data for YAML or JSON: a model becomes a mapping with `type`, a quantity a string with its unit.

    `build(family, plain(m)) == m` for every model.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        hints = _hints(type(value))
        head = {"type": value.type_name} if hasattr(value, "type_name") else {}
        return head | {f.name: _plain_field(getattr(value, f.name), hints.get(f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


@lru_cache(maxsize=None)
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls, include_extras=True)


def _plain_field(value: Any, hint: Any) -> Any:
    if value is None:
        return None
    shower = _shower(hint)
    return shower.show(value) if shower else plain(value)


def _shower(hint: Any) -> Any:
    """The annotation of a field that knows how to show it, also under `| None`."""
    for part in (hint, *(typing.get_args(hint) if typing.get_origin(hint) is not typing.Annotated else ())):
        for note in getattr(part, "__metadata__", ()):
            if hasattr(note, "show"):
                return note
    return None

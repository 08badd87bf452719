"""A YAML file as plain data, with the place of every key.

The reader is safe (no tags, no code) and stricter than PyYAML: duplicate keys are refused, `no`, `on` and `off` stay
words (the YAML 1.2 core schema, 10.3), `1e6` is a number, and aliases cannot blow up.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from ..errors import InputError

__all__ = ["Origins", "parse_value", "read", "read_text", "write_text"]

Origins = dict[tuple[str | int, ...], str]  # where a key came from, as an error message names it

_LIMIT = 200_000  # nodes, so that nested aliases cannot fill the memory
_SCALARS = (
    (re.compile(r"null|Null|NULL|~|"), lambda text: None),
    (re.compile(r"true|True|TRUE"), lambda text: True),
    (re.compile(r"false|False|FALSE"), lambda text: False),
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
)


def read(path: str | Path) -> tuple[dict[str, Any], Origins]:
    """The mapping in the file `path` and where each key stands; InputError if there is none to be had."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not text in UTF-8, so not a scenario file") from None
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; `wirelesssim new {path}` writes one to start from") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    return read_text(text, str(path))


def read_text(text: str, name: str) -> tuple[dict[str, Any], Origins]:
    """As `read`, from text; `name` stands for the file in messages."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InputError(f"{name}{line}: is not YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InputError(f"{name}: is not YAML: {' '.join(str(error).split())[:200]}") from None
    if node is None:
        raise InputError(f"{name}: is empty; `wirelesssim new FILE` writes a scenario to start from")
    if not isinstance(node, yaml.MappingNode):
        raise InputError(f"{name}:{node.start_mark.line + 1}: must be a mapping of keys like `name: quickstart`, "
                         f"got a {node.id} ({text.strip().splitlines()[0][:40]!r})")
    reader = _Reader(name)
    return reader.value(node, ()), reader.origins


def parse_value(text: str, origin: str) -> Any:
    """The value in `KEY=VALUE` of the command line, by the same rules as in a file; `origin` names it in messages."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return text
    return None if node is None else _Reader(origin, lines=False).value(node, ())


def _merges(key: yaml.Node) -> bool:
    return key.value == "<<" and key.style is None


class _Reader:
    """Turns composed nodes into plain data and notes the line of every key."""

    def __init__(self, name: str, lines: bool = True):
        self.name, self.lines, self.origins, self._seen, self._above = name, lines, {}, 0, []

    def value(self, node: yaml.Node, path: tuple) -> Any:
        self._seen += 1
        if self._seen > _LIMIT or node in self._above or len(path) > 50:
            raise InputError(f"{self._at(node)}: aliases that nest without end, or far too many keys")
        self.origins.setdefault(path, self._at(node))
        if not node.tag.startswith("tag:yaml.org,2002:") or node.tag.startswith("tag:yaml.org,2002:python"):
            raise InputError(f"{self._at(node)}: the tag {node.tag!r} is not allowed; a scenario is plain data")
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        self._above.append(node)
        if isinstance(node, yaml.SequenceNode):
            result = [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        else:
            result = self._mapping(node, path)
        self._above.pop()
        return result

    def _at(self, node: yaml.Node) -> str:
        return f"{self.name}:{node.start_mark.line + 1}" if self.lines else self.name

    def _mapping(self, node: yaml.MappingNode, path: tuple) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, item in node.value:  # what `<<` merges comes first, so that own keys win
            if _merges(key_node):
                for merged in item.value if isinstance(item, yaml.SequenceNode) else [item]:
                    value = self.value(merged, path)
                    if not isinstance(value, dict):
                        raise InputError(f"{self._at(item)}: << must name a mapping")
                    result |= value
        own: dict[str, int] = {}
        for key_node, item in node.value:
            if _merges(key_node):
                continue
            if not isinstance(key_node, yaml.ScalarNode):
                raise InputError(f"{self._at(key_node)}: a key must be a word")
            key, line = key_node.value, key_node.start_mark.line + 1
            dotted = ".".join(map(str, (*path, key)))
            if key in own:
                raise InputError(f"{self._at(key_node)}: {dotted} duplicate key, first given on line {own[key]}; keep one")
            own[key] = line
            self.origins[(*path, key)] = self._at(key_node)
            result[key] = self.value(item, (*path, key))
        return result

    @staticmethod
    def _scalar(node: yaml.ScalarNode) -> Any:
        if node.style in ("'", '"', "|", ">"):
            return node.value
        for pattern, make in _SCALARS:
            if pattern.fullmatch(node.value):
                try:
                    return make(node.value)
                except ValueError:  # more digits than Python reads
                    break
        return node.value


class _Writer(yaml.SafeDumper):
    """Quotes every text that the reader would take for something else, which PyYAML's rules do not; no aliases."""

    def ignore_aliases(self, data):
        return True

    def text(self, data: str) -> yaml.ScalarNode:
        special = any(pattern.fullmatch(data) for pattern, _make in _SCALARS)
        style = "'" if special else None if data.isprintable() else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Writer.add_representer(str, _Writer.text)


def write_text(data: Any) -> str:
    """`data` as YAML that `read_text` reads back to the same; InputError for what is not plain data."""
    try:
        return yaml.dump(data, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=120)
    except (yaml.representer.RepresenterError, RecursionError) as error:
        raise InputError(f"must be plain data (mappings, lists, text, numbers), got {error.args[-1]!r}") from None

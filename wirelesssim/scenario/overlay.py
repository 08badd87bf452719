"""Overlays: variants, `--set` and matrix values laid over a scenario, each remembering where it came from."""

from __future__ import annotations

import copy
import re
from typing import Any

from ..errors import InputError
from ..model import default_type
from .settings import Settings
from .source import Origins

__all__ = ["Tree", "dotted"]

# keys whose new value makes it another thing, `path` in data alone: the old mapping goes whole
_SELECTORS = ("type", "path", "preset")
_WORD = re.compile(r"[A-Za-z_][\w-]*")


def dotted(key: str, origin: str = "") -> tuple[str, ...]:
    """`channel.loss` as a path; InputError, which begins with `origin`, for an empty part."""
    path = tuple(key.strip().split("."))
    if not all(path):
        raise InputError(f"{f'{origin}: ' if origin else ''}{key!r} is not a dotted key like channel.loss")
    return path


def _long(value: Any, path: tuple) -> Any:
    """The mapping that `tdma`, or the one number of `seed`, is short for; anything else as it is."""
    if path == ("seed",) and isinstance(value, int):
        return {"learning": value, "radio": value}
    return {"type": value} if isinstance(value, str) and _WORD.fullmatch(value) else value


class Tree:
    """Plain data with the origin of every key; overlays make a new tree and leave this one as it is."""

    def __init__(self, data: dict[str, Any], origins: Origins):
        self.data, self.origins = data, origins

    def origin(self, path: tuple) -> str:
        """Where the key at `path` came from, or the nearest mapping above it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.origins:
                return self.origins[path[:length]]
        return ""

    def get(self, path: tuple) -> Any:
        """The value at `path`, or None."""
        value: Any = self.data
        for part in path:
            if not isinstance(value, dict) or part not in value:
                return None
            value = value[part]
        return value

    def without(self, *keys: str) -> Tree:
        """The tree without some top-level keys."""
        return Tree({key: item for key, item in self.data.items() if key not in keys}, self.origins)

    def laid_over(self, path: tuple, value: Any, origins: Origins | str) -> Tree:
        """A new tree with `value` merged in at `path`; `origins` is one name for all of it, or a map by full path."""
        tree = Tree(copy.deepcopy(self.data), dict(self.origins))
        holder = tree.data
        for depth, part in enumerate(path[:-1]):
            if holder.get(part) is None:
                holder[part] = {}
                tree.origins[path[:depth + 1]] = origins if isinstance(origins, str) else origins.get(path, "")
            holder[part] = _long(holder[part], path[:depth + 1])
            if not isinstance(holder[part], dict):
                raise InputError(f"{f'{origins}: ' if isinstance(origins, str) else ''}{'.'.join(path)} has no place: "
                                 f"{'.'.join(path[:depth + 1])} is {holder[part]!r}, not a mapping")
            holder = holder[part]
        if path:
            holder[path[-1]] = tree._merge(holder.get(path[-1]), value, path, origins)
        else:
            tree.data = tree._merge(tree.data, value, (), origins)
        return tree

    def _merge(self, base: Any, over: Any, path: tuple, origins: Origins | str) -> Any:
        self.origins[path] = origins if isinstance(origins, str) else origins.get(path, self.origins.get(path, ""))
        if isinstance(over, dict):
            base = _long(base, path)
        replaces = not (isinstance(base, dict) and isinstance(over, dict)) or any(
            key in over and over[key] != self._selected(base, key, path)
            for key in _SELECTORS if key != "path" or path == ("data",))
        if replaces:
            for old in [key for key in self.origins if key[:len(path)] == path and len(key) > len(path)]:
                del self.origins[old]
            base = {}
        if not isinstance(over, dict):
            self._note(over, path, origins)
            return copy.deepcopy(over)
        return base | {key: self._merge(base.get(key), item, (*path, key), origins) for key, item in over.items()}

    def _selected(self, base: dict[str, Any], key: str, path: tuple) -> Any:
        """What `base`, which lies at `path`, selects by `key`: where it names no `type`, the default of its family."""
        if key in base or key != "type":
            return base.get(key)
        return default_type(Settings, self.data, path)

    def _note(self, value: Any, path: tuple, origins: Origins | str) -> None:
        """Origins inside a list."""
        if isinstance(origins, dict):
            self.origins |= {key: origin for key, origin in origins.items() if key[:len(path)] == path}

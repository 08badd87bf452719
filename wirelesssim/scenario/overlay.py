"""Overlays: variants, `--set` and matrix values laid over a scenario, each remembering where it came from; presets beneath."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import InputError, shown
from .presets import Preset, preset_of
from .settings import Settings
from .source import Origins
from .types import default_owner, default_type, type_meant

__all__ = ["Tree", "dotted", "flat", "has"]

Layer = tuple[tuple, Any, "Origins | str"]

# keys whose new value makes it another thing, `path` in data alone: the old mapping goes whole
_SELECTORS = ("type", "path", "preset")
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_NETWORK = "network"  # the section that names a preset


def dotted(key: str, origin: str = "") -> tuple[str, ...]:
    """`channel.loss` as a path; InputError, which begins with `origin`, for an empty part."""
    path = tuple(key.strip().split("."))
    if not all(path):
        raise InputError(f"{f'{origin}: ' if origin else ''}{key!r} is not a dotted key like channel.loss")
    return path


def _long(value: Any, path: tuple) -> Any:
    """The mapping that `tdma`, a preset's name or the one number of `seed` is short for; anything else as it is."""
    if path == ("seed",) and isinstance(value, int):
        return {"learning": value, "radio": value}
    if path == (_NETWORK,) and isinstance(value, str):
        return {"preset": value}
    return {"type": value} if isinstance(value, str) and _WORD.fullmatch(value) else value


def _less(data: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: item for key, item in data.items() if key not in keys}


class Tree:
    """Plain data with the origin of every key; overlays make a new tree and leave this one as it is.

    `layers` are what it was laid together from, (path, value, origins) each, so that a preset can be put beneath them;
    `dropped` the mappings that another type replaced, and where they came from, by path.
    """

    def __init__(self, data: dict[str, Any], origins: Origins, layers: Sequence[Layer] | None = None,
                 dropped: dict[tuple, tuple[str, dict[str, Any]]] | None = None):
        self.data, self.origins, self.dropped = data, origins, dict(dropped or {})
        self.layers = [((), data, origins)] if layers is None else list(layers)

    def origin(self, path: tuple) -> str:
        """Where the key at `path` came from, or the nearest mapping above it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.origins:
                return self.origins[path[:length]]
        return ""

    def default(self, path: tuple) -> str:
        """What to say of the key at `path` where nobody gave it: whose default it has, and what that took the place of."""
        owner = default_owner(Settings, self.data, path) if len(path) > 1 else None
        if owner is None:
            return ""
        origin, old = self.dropped.get(path[:-1], ("", {}))
        lost = f" and its {path[-1]} {shown(old[path[-1]])}" if path[-1] in old else ""
        return f"; not given, so the default of {owner}" + (
            f", which replaced the {'.'.join(map(str, path[:-1]))} of {origin}{lost}" if origin else "")

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
        layers = [(path, value if path else _less(value, keys), origins)
                  for path, value, origins in self.layers if path[:1] not in [(key,) for key in keys]]
        return Tree(_less(self.data, keys), self.origins, layers, self.dropped)

    @property
    def preset(self) -> Preset | None:
        """The preset that `network` names, if there is one; InputError for a name or a key that is not known."""
        return None if self.data.get(_NETWORK) is None else preset_of(self.data[_NETWORK])

    def expanded(self) -> Tree:
        """The tree with what `network` names in its place: beneath the first layer that has that key; InputError as `preset`."""
        chosen, tree = self.preset, Tree({}, {})
        if chosen is None:
            return self.without(_NETWORK)
        first = next(place for place, (path, value, _) in enumerate(self.layers) if _NETWORK in (path[:1] or value))
        for place, layer in enumerate(self.layers):
            if place == first:
                tree = tree.without(*chosen.sections)
                for key, section in chosen.sections.items():
                    tree = tree.laid_over((key,), section, chosen.origin)
            tree = tree._retyped(*layer[:2], chosen.origin).laid_over(*layer)
        return tree.without(_NETWORK)

    def _retyped(self, path: tuple, value: Any, beneath: str) -> Tree:
        """The tree that the layer `value` at `path` is to be laid over: where it is another `type` of a section, one without the
        keys of that section that came from the origin `beneath`, a preset, as they go with their type."""
        section = self.get(path[:-1]) if path[-1:] == ("type",) else None
        if not isinstance(section, dict) or value == self._selected(section, "type", path[:-1]):
            return self
        tree = Tree(copy.deepcopy(self.data), dict(self.origins), self.layers, self.dropped)
        tree.dropped[path[:-1]] = beneath, section
        tree._prune(tree.get(path[:-1]), path[:-1], beneath)
        return tree

    def _prune(self, section: dict[str, Any], path: tuple, beneath: str) -> None:
        """Take the keys of `section`, which lies at `path`, and of mappings in it, whose origin is `beneath`, out of it."""
        for key, item in list(section.items()):
            if isinstance(item, dict):
                self._prune(item, (*path, key), beneath)
            if self.origins.get((*path, key)) == beneath and not (isinstance(item, dict) and item):
                del section[key], self.origins[(*path, key)]

    def whole(self, path: tuple) -> str:
        """How to replace the section whole that the key at `path` stands in, where a dotted key gave it another `type`; or ''."""
        for place, (at, value, origins) in enumerate(self.layers):
            if at[-1:] == ("type",) and at[:-1] == path[:len(at) - 1] and self._changes(place):
                section = ".".join(map(str, at[:-1]))
                way = (f"--set '{section}={{type: {value}}}'" if str(origins).startswith("--set")
                       else f"{{type: {value}}} as a value of {section}, not of {section}.type,")
                return f"; {way} replaces the section whole"
        return ""

    def _changes(self, place: int) -> bool:
        """Whether the layer `place`, a `type`, is another than there was before it."""
        path, value, _ = self.layers[place]
        before = Tree({}, {})
        for layer in self.layers[:place]:
            before = before.laid_over(*layer)
        section = before.get(path[:-1])
        return isinstance(section, dict) and value != before._selected(section, "type", path[:-1])

    @property
    def replaced(self) -> list[str]:
        """The sections that a preset, first named by an overlay, put its own in place of, in the preset's order."""
        chosen = self.preset
        if chosen is None:
            return []
        said: dict[str, Any] = {}
        for path, value, _ in self.layers:
            if _NETWORK in (path[:1] or value):
                break
            said |= {path[0]: value} if path else value
        return [key for key in chosen.sections if said.get(key) is not None]

    def laid_over(self, path: tuple, value: Any, origins: Origins | str) -> Tree:
        """A new tree with `value` merged in at `path`; `origins` is one name for all of it, or a map by full path."""
        tree = Tree(copy.deepcopy(self.data), dict(self.origins), [*self.layers, (path, value, origins)], self.dropped)
        holder = tree.data
        for depth, part in enumerate(path[:-1]):
            if holder.get(part) is None:
                holder[part] = {}
                tree.origins[path[:depth + 1]] = origins if isinstance(origins, str) else origins.get(path, "")
            holder[part] = _long(holder[part], path[:depth + 1])
            if not isinstance(holder[part], dict):
                raise InputError(f"{f'{origins}: ' if isinstance(origins, str) else ''}{'.'.join(path)} has no place: "
                                 f"{'.'.join(path[:depth + 1])} is {holder[part]!r}, not a mapping")
            tree._make_room(holder, path, depth, origins)
            holder = holder[part]
        if path:
            holder[path[-1]] = tree._merge(holder.get(path[-1]), value, path, origins)
        else:
            tree.data = tree._merge(tree.data, value, (), origins)
        return tree

    def _make_room(self, holder: dict[str, Any], path: tuple, depth: int, origins: Origins | str) -> None:
        """Empty the mapping at `path[depth]` of `holder` where the key that comes next in `path` tells another type."""
        here, following = path[:depth + 1], path[depth + 1]
        told = None if following == "type" else type_meant(Settings, self.data, here, {following: None})
        if told is not None and told != self._selected(holder[path[depth]], "type", here):
            self._forget(here)
            holder[path[depth]] = {}
            self.origins[here] = origins if isinstance(origins, str) else origins.get(path, "")

    def _forget(self, path: tuple) -> None:
        """Drop the origins of what is in `path`."""
        for old in [key for key in self.origins if key[:len(path)] == path and len(key) > len(path)]:
            del self.origins[old]

    def _merge(self, base: Any, over: Any, path: tuple, origins: Origins | str) -> Any:
        before = self.origins.get(path, "")
        self.origins[path] = origins if isinstance(origins, str) else origins.get(path, self.origins.get(path, ""))
        if isinstance(over, dict):
            base = _long(base, path)
        replaces = not (isinstance(base, dict) and isinstance(over, dict)) or any(
            new != self._selected(base, key, path) for key, new in self._selects(over, path))
        if replaces:
            self._forget(path)
            if isinstance(base, dict) and base:
                self.dropped[path] = before, base
            base = {}
        if not isinstance(over, dict):
            self._note(over, path, origins)
            return copy.deepcopy(over)
        return base | {key: self._merge(base.get(key), item, (*path, key), origins) for key, item in over.items()}

    def _selects(self, over: dict[str, Any], path: tuple) -> Iterable[tuple[str, Any]]:
        """The selectors of `over`, which is to lie at `path`, and what it says of each; a type also by other keys."""
        told = type_meant(Settings, self.data, path, over)
        yield from [("type", told)] if told is not None or "type" in over else []
        yield from ((key, over[key]) for key in _SELECTORS[1:] if key in over and (key != "path" or path == ("data",)))

    def _selected(self, base: dict[str, Any], key: str, path: tuple) -> Any:
        """What `base`, which lies at `path`, selects by `key`: where it tells no `type`, the default of its family."""
        if key in base or key != "type":
            return base.get(key)
        return type_meant(Settings, self.data, path, base) or default_type(Settings, self.data, path)

    def _note(self, value: Any, path: tuple, origins: Origins | str) -> None:
        """Origins inside a list."""
        if isinstance(origins, dict):
            self.origins |= {key: origin for key, origin in origins.items() if key[:len(path)] == path}


def has(data: Any, path: tuple[str, ...], empty: bool = False) -> bool:
    """Whether plain `data` has the key at `path`; with `empty`, also where a section above it is there and has no value."""
    for part in path:
        if empty and data is None:
            return True
        if not isinstance(data, dict) or part not in data:
            return False
        data = data[part]
    return True


def flat(data: dict[str, Any], prefix: str = "") -> Iterable[str]:
    """The dotted keys of plain `data`, those of mappings and of what is in them."""
    for key, value in data.items():
        yield f"{prefix}{key}"
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")

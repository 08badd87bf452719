"""The scenario file as a whole: settings, variants, matrix, replications and targets."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from ..errors import InputError, Problem, nearest, shown, unknown
from ..model import validate
from ..units import Count
from .files import with_files
from .overlay import Tree, dotted, flat, has
from .plugins import load_plugin, plugin_digest
from .points import Point, label_of
from .settings import Accuracy, ErrorLevel, Settings
from .source import parse_value, read, read_text, write_text

__all__ = ["Scenario", "load"]

_HEAD = ("name", "description", "replications", "targets", "use", "variants", "matrix")
_CONFIG = ConfigDict(extra="forbid", arbitrary_types_allowed=True, validate_default=True)


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Targets:
    """The levels that "time to" tables report."""

    accuracy: list[Accuracy] = ()
    error: list[ErrorLevel] = ()


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Head:
    """The keys of a scenario that are not settings of a run."""

    name: str
    description: str = ""
    replications: Count = 1
    targets: Targets
    use: list[str] = ()


class Scenario:
    """A validated scenario: `settings` by variant, and the `points` that it asks for.

    Made by `load`; every mistake in it has been refused by then, except those that only data can show. `file`: where it was
    read from, None where it is no file's.
    """

    def __init__(self, tree: Tree, folder: Path, default_name: str, plugins: Iterable[str | Path] = (), file: Path | None = None):
        self.tree, self.folder, self.file = tree, folder, file
        self._raw_head(default_name)
        self.plugins = {}
        for index, entry in enumerate([*self.head.use, *plugins]):
            try:
                path = _whole_path(folder, entry)
                self.plugins[str(path)] = plugin_digest(path)
                load_plugin(path)
            except InputError as error:
                raise self._located(InputError(Problem(("use", index), str(error)))) from None
        self.variants = self._variants()
        self.matrix = self._matrix()
        self.settings = {name: self._settings(overlaid) for name, overlaid in self.variants.items()}
        self._check_matrix()

    name = property(lambda self: self.head.name, doc="The scenario's name; its results lie in results/NAME.")
    replications = property(lambda self: self.head.replications, doc="The number of independent repetitions.")

    @property
    def targets(self) -> list[tuple[str, float]]:
        """(kind, level) pairs, `accuracy` first, from the easiest to the hardest of each."""
        accuracies = [("accuracy", level) for level in sorted(self.head.targets.accuracy)]
        return accuracies + [("error", level) for level in sorted(self.head.targets.error, reverse=True)]

    def points(self, matrix: bool = True) -> list[Point]:
        """Every point, variants outermost, then matrix values, then replications; `matrix=False` leaves the matrix out."""
        combinations = list(itertools.product(*self.matrix.values())) if matrix else [()]
        keys = tuple(self.matrix) if matrix else ()
        found = []
        for name in self.variants:
            for combination in combinations:
                labels = {key: label_of(value) for key, value in zip(keys, combination)}
                settings = self._settings(self._at(name, dict(zip(keys, combination)))) if keys else self.settings[name]
                found += [Point(name, labels, replication, settings, tuple(self.plugins), self.plugins)
                          for replication in range(self.replications)]
        return found

    def resolved(self) -> dict[str, Any]:
        """Plain data that loads to this scenario again: what was given, `--set` applied, defaults filled in where possible."""
        head = {"name": self.name, "description": self.head.description, "replications": self.replications,
                "targets": {kind: levels for kind in ("accuracy", "error") if (levels := list(getattr(self.head.targets, kind)))},
                "use": list(self.plugins)}
        base, overlays = self.tree.without(*_HEAD), self.tree.data.get("variants") or {}
        try:
            changes = any("network" in (change or ()) for change in [*overlays.values(), *map(dotted, self.matrix)])
            keeps = changes and "network" in base.data  # a preset that differs between points stays a name
            sections = self._with_paths(base.data) if keeps else self._settings(base).plain()
        except InputError:  # the variants complete it
            sections = self._with_paths(base.data)
        tail = {"variants": {name: self._with_paths(overlay or {}) for name, overlay in overlays.items()},
                "matrix": {key: [self._swept_path(key, value) for value in values] for key, values in self.matrix.items()}}
        return head | sections | {key: item for key, item in tail.items() if item}

    def yaml(self) -> str:
        """`resolved` as a scenario file."""
        return write_text(self.resolved())

    # -- validation, in the order of __init__ --------------------------------------------------------------------

    def _raw_head(self, default_name: str) -> None:
        data = self.tree.data
        fields = {key: data[key] for key in _HEAD[:5] if data.get(key) is not None}
        if isinstance(fields.get("targets"), Mapping):
            fields["targets"] = {kind: levels if isinstance(levels, list) else [levels]
                                 for kind, levels in fields["targets"].items()}
        try:
            self.head = validate(Head, {"name": default_name, "targets": {}} | fields)
        except InputError as error:
            raise self._located(error) from None
        if not self.name.strip() or set(self.name) & set("/\\:") or self.name in (".", "..") or not self.name.isprintable():
            raise self._located(InputError(Problem(("name",), f"must be usable as a folder's name, got {self.name!r}")))

    def _variants(self) -> dict[str, Tree]:
        given, base = self.tree.data.get("variants"), self.tree.without(*_HEAD)
        if given is None or given == {}:
            return {_only_name(base): base}
        if not isinstance(given, dict):
            raise self._located(InputError(Problem(("variants",), f"must be a mapping of names to overlays, got {shown(given)}")))
        overlaid = {}
        for name, overlay in given.items():
            place = ("variants", name)
            overlay = {} if overlay is None else overlay
            if not isinstance(overlay, dict):
                raise self._located(InputError(Problem(place, f"must be a mapping laid over the scenario, got {shown(overlay)}")))
            fixed = [key for key in overlay if key in _HEAD]
            if fixed:
                raise self._located(InputError(Problem((*place, fixed[0]), "cannot differ between variants")))
            origins = {path[2:]: f"{origin} (variant {name!r})" if origin else f"variant {name!r}"
                       for path, origin in self.tree.origins.items() if path[:2] == place}
            overlaid[name] = base.laid_over((), overlay, origins)
        return overlaid

    def _matrix(self) -> dict[str, list]:
        given = self.tree.data.get("matrix")
        if given is None:
            return {}
        problem = None
        if not isinstance(given, dict):
            problem = Problem(("matrix",), f"must be a mapping of dotted keys to lists of values, got {shown(given)}")
        else:
            for key, values in given.items():
                if not isinstance(values, list) or not values:
                    problem = Problem(("matrix", key), f"must be a list of at least one value, got {shown(values)}")
                elif len({str(label_of(value)) for value in values}) < len(values):
                    problem = Problem(("matrix", key), f"must not hold a value twice, got {shown(values)}")
                elif dotted(key, self.tree.origin(("matrix", key)))[0] in _HEAD:
                    problem = Problem(("matrix", key), "cannot be swept; sweep a setting, such as channel.loss")
        if problem:
            raise self._located(InputError(problem))
        return given

    def _settings(self, tree: Tree) -> Settings:
        try:
            tree = tree.expanded()
            return Settings.of(self._with_paths(tree.data))
        except InputError as error:
            raise _located(error, tree) from None

    def _with_paths(self, data: dict[str, Any]) -> dict[str, Any]:
        """Relative paths of data, of a channel's files, and of a module's (`objective.module: my_net.py:Net`) start at the
        scenario's folder."""
        moved = {}
        if isinstance(data.get("channel"), dict):
            try:
                moved["channel"] = with_files(data["channel"], lambda name: str(_whole_path(self.folder, name)))
            except InputError as error:
                raise error.under("channel") from None
        for name, key in (("data", "path"), ("data", "labels"), ("objective", "module")):
            section = moved.get(name, data.get(name))
            if isinstance(section, dict) and isinstance(section.get(key), str):
                try:
                    moved[name] = section | {key: self._whole(section[key], module=key == "module")}
                except InputError as error:
                    raise error.under(name, key) from None
        return data | moved

    def _whole(self, value: str, module: bool) -> str:
        path, colon, name = value.rpartition(":") if module else (value, "", "")
        return value if module and not path.endswith(".py") else f"{_whole_path(self.folder, path)}{colon}{name}"

    def _swept_path(self, key: str, value: Any) -> Any:
        """A value of the matrix with its data paths made whole."""
        nested = value
        for part in reversed(dotted(key)):
            nested = {part: nested}
        nested = self._with_paths(nested)
        for part in dotted(key):
            nested = nested[part]
        return nested

    def located(self, error: InputError, point: Point) -> InputError:
        """What is wrong with `point`, each mistake with the place that its key came from."""
        values = {key: next(value for value in self.matrix[key] if label_of(value) == label)
                  for key, label in point.matrix.items()}
        return _located(error, self._at(point.variant, values).expanded())

    def _at(self, variant: str, combination: Mapping[str, Any]) -> Tree:
        """A variant with matrix values laid over it; a key that this variant does not have changes nothing in it."""
        tree = self.variants[variant]
        for key, value in combination.items():
            if self._has(variant, key):
                origin = self.tree.origin(("matrix", key))
                place = f"{origin} (matrix)" if origin else "matrix"
                tree = tree.laid_over(dotted(key), value, place)
        return tree

    def _has(self, variant: str, key: str) -> bool:
        """Whether a variant has the dotted `key`; `network` and what is in it, where the variant names a preset."""
        path, known = dotted(key), self.settings[variant].plain_all()
        if path[0] == "network":
            return self.variants[variant].preset is not None
        return has(known, path) or has(known, path, empty=True) and not self._strange(variant, key, self.matrix[key][0])

    def _strange(self, variant: str, key: str, value: Any) -> list[Problem]:
        """What is wrong with `key` itself in a variant, whatever the value: it is not known, or a type is missing."""
        try:
            Settings.of(self._with_paths(self.variants[variant].laid_over(dotted(key), value, "").expanded().data))
        except InputError as error:
            return [problem for problem in error.problems if problem.path != dotted(key) or "unknown key" in problem.message]
        return []

    def _check_matrix(self) -> None:
        for key, values in self.matrix.items():
            having = [name for name in self.variants if self._has(name, key)]
            if not having:
                problem = Problem(("matrix", key), f"no such key in any variant{self._hint(key, values[0])}")
                raise self._located(InputError(problem))
            for name in having:
                for value in values:
                    self._settings(self._at(name, {key: value}))

    def _hint(self, key: str, value: Any) -> str:
        """What to write for a matrix key that no variant has: another type that has it, or the key that was meant."""
        for name in self.variants if dotted(key)[0] != "network" else ():
            for problem in self._strange(name, key, value):
                if "is a key of" in problem.message:
                    return f": {problem}"
        hit = nearest(key, sorted({name for settings in self.settings.values() for name in flat(settings.plain_all())}))
        if dotted(key)[0] == "network":
            return ": no variant has a preset; write network: {preset: NAME} in the file, or --set network.preset=NAME"
        return f"; did you mean {hit!r}?" if hit else ""

    def _located(self, error: InputError) -> InputError:
        return _located(error, self.tree)


def load(path: str | Path, overrides: Sequence[str] = (), matrix: Sequence[str] = (), seed: int | None = None,
         replications: int | None = None, use: Sequence[str | Path] = ()) -> Scenario:
    """The scenario in the YAML file `path` (or in a mapping), with `KEY=VALUE` overrides and `KEY=V1,V2` matrix entries.

    Raises InputError for every mistake: one line each, with file, line (or origin), dotted key, rule and value.
    """
    file = None if isinstance(path, Mapping) else Path(path)
    if file is None:
        data, origins = read_text(_mapping_text(path), "scenario")
        tree, folder, name = Tree(data, dict.fromkeys(origins, "")), Path.cwd(), "scenario"  # its lines are nobody's
    else:
        tree, folder, name = Tree(*read(file)), file.resolve().parent, file.stem
    top = [*_HEAD, *Settings.__dataclass_fields__, "network", "energy"]
    strange = [key for key in tree.data if key not in top]
    if strange:
        raise _located(InputError([Problem((key,), unknown("key", key, top)) for key in strange]), tree)
    if seed is not None:
        tree = tree.laid_over(("seed",), seed, "--seed")
    if replications is not None:
        tree = tree.laid_over(("replications",), replications, "--replications")
    for override in overrides:
        tree = _set(tree, override, top)
    for entry in matrix:
        tree = _matrix_entry(tree, entry)
    return Scenario(tree, folder, name, use, file)


def _set(tree: Tree, override: str, top: list[str]) -> Tree:
    key, equals, text = override.partition("=")
    if not equals:
        raise InputError(f"--set {override}: must be KEY=VALUE, for example --set channel.loss=5%")
    origin = f"--set {override}"
    path = dotted(key, origin)
    if path[0] not in top:
        raise InputError(f"{origin}: {unknown('key', path[0], top)}")
    return tree.laid_over(path, parse_value(text, origin), origin)


def _matrix_entry(tree: Tree, entry: str) -> Tree:
    key, equals, text = entry.partition("=")
    origin = f"--matrix {entry}"
    value = parse_value(f"[{text}]", origin) if equals else None
    if not equals or not isinstance(value, list) or not value:
        raise InputError(f"{origin}: must be KEY=V1,V2,…, for example --matrix channel.loss=0%,1%,10%")
    dotted(key, origin)
    base = tree.data.get("matrix")
    whole = (base if isinstance(base, dict) else {}) | {key: value}
    data = tree.data | {"matrix": whole}
    return Tree(data, tree.origins | {("matrix", key): origin}, tree.layers)


def _mapping_text(data: Mapping) -> str:
    try:
        return write_text(dict(data))
    except InputError as error:
        raise InputError(f"scenario: {error}") from None


def _whole_path(folder: Path, entry: str) -> Path:
    """`entry`, relative to `folder`, as an absolute path; InputError for what no file can be called."""
    try:
        return (folder / entry).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError(f"{entry!r} cannot be a file's path: {error}") from None


def _only_name(tree: Tree) -> str:
    """The label of a scenario without variants: its algorithm."""
    algorithm = tree.data.get("algorithm")
    name = algorithm.get("type") if isinstance(algorithm, dict) else algorithm
    return name if isinstance(name, str) else "all"


def _located(error: InputError, tree: Tree) -> InputError:
    """The same problems, each as one line that begins with where the key came from."""
    lines = []
    for problem in error.problems:
        key, origin = ".".join(map(str, problem.path)), tree.origin(problem.path)
        way = tree.whole(problem.path) if "unknown key" in problem.message else ""
        lines.append(f"{f'{origin}: ' if origin else ''}{key} {problem.message}".strip() + way + tree.default(problem.path))
    return InputError([Problem((), line) for line in lines])

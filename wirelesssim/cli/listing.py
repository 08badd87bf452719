"""`wirelesssim list [KIND]`"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Optional

import typer

__all__ = ["listing"]


def listing(kind: Annotated[Optional[str], typer.Argument(help="A kind of model, such as algorithms or channels.",
                                                         show_default=False)] = None,
            use: Annotated[Optional[list[Path]], typer.Option("--use", metavar="FILE",
                                                              help="With the models of a plug-in file.")] = None,
            json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False) -> int:
    """List what a scenario may name: all kinds of models, or the models of one kind with what each is; your own with --use."""
    from rich.markup import escape
    from rich.table import Table

    from ..scenario import Settings  # noqa: F401  (its import defines every model)
    from ..errors import InputError, unknown
    from ..model import families, summary
    from ..scenario.presets import planned_names, preset_names
    from ..scenario.plugins import load_plugin
    from .said import as_json, show

    for path in use or ():
        load_plugin(path)
    if kind in ("presets", "preset"):
        _presets(json)
        return 0
    kinds = {_plural(name): family for name, family in sorted(families().items())}
    if kind is not None and kind not in kinds:
        kind = next((name for name, family in kinds.items() if kind in (family.family, name.replace(" ", "_"))), kind)
        if kind not in kinds:
            raise InputError(f"list: {unknown('kind', kind, [*kinds, 'presets'])}")
    chosen = kinds if kind is None else {kind: kinds[kind]}
    if json:
        said = {name: {leaf: summary(cls) for leaf, cls in sorted(family.known.items())} for name, family in chosen.items()}
        as_json(said | ({"presets": _described()} if kind is None else {}))
        return 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    if kind is None:
        table.add_column("kind", no_wrap=True), table.add_column("known"), table.add_column("planned", style="dim")
        for name, family in kinds.items():
            table.add_row(name, ", ".join(sorted(family.known)), ", ".join(sorted(family.later)))
        table.add_row("presets", ", ".join(preset_names()), ", ".join(planned_names()))
    else:
        informed = any(map(_information, kinds[kind].known.values()))
        last = ["for information (no keys)"] if informed else []
        for header in (kinds[kind].family, "what it is", "keys in a scenario", *last):
            table.add_column(header, no_wrap=header == kinds[kind].family)
        for leaf, cls in sorted(kinds[kind].known.items()):
            told = [_information(cls)] if informed else []
            table.add_row(*map(escape, (leaf, summary(cls), _keys(cls), *told)))
    show(table)
    return 0


def _described() -> dict[str, str]:
    """What each preset is, by name."""
    from ..scenario.presets import preset, preset_names

    return {name: preset(name).description for name in preset_names()}


def _presets(json: bool) -> None:
    """The presets of `network: {preset: NAME}`, one line each."""
    from rich.table import Table

    from ..scenario.presets import planned_names
    from .said import as_json, say, show

    if json:
        as_json({"presets": _described()})
        return
    table = Table("preset", "what it is", box=None, pad_edge=False, header_style="bold")
    for name, description in _described().items():
        table.add_row(name, description)
    show(table)
    if planned_names():
        say(f"planned: {', '.join(planned_names())}")


def _keys(cls: type) -> str:
    """The keys of a model as in a scenario, each with its default; one without must be given."""
    from ..model import plain

    try:
        defaults = plain(cls())
    except Exception:  # a key without a default, or a default that wants a file
        return ", ".join(map(_unmade, dataclasses.fields(cls)))
    return ", ".join(f"{field.name}: {_short(defaults.get(field.name))}" for field in dataclasses.fields(cls))


def _unmade(field: dataclasses.Field) -> str:
    """A key of a model that cannot be made without one: with its default as it stands in the class, or alone."""
    if field.default not in (dataclasses.MISSING, ""):
        return f"{field.name}: {_short(field.default)}"
    return field.name if field.default_factory is dataclasses.MISSING else f"{field.name}: {field.default_factory()}"


def _short(value: object) -> str:
    """A default as in a scenario; of a model, its type."""
    if isinstance(value, dict):
        return str(value.get("type", "..."))
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _information(cls: type) -> str:
    """What a data set says of itself beside its keys: its public class variables that are text or whole numbers."""
    if cls.family != "data":
        return ""
    fixed = [name for name in cls.__dataclass_fields__ if name not in {field.name for field in dataclasses.fields(cls)}]
    said = [(name, getattr(cls, name)) for name in fixed if not name.startswith("_")]
    return ", ".join(f"{name}: {value}" for name, value in said if isinstance(value, (str, int)) and not isinstance(value, bool))


def _plural(name: str) -> str:
    same = name.endswith("s") or name in ("data", "access", "geometry", "compute", "feedback", "fading", "shadowing",
                                      "mobility", "interference", "participation")
    return name if same else f"{name}s"

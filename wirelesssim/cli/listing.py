"""`wirelesssim list [KIND]`"""

from __future__ import annotations

import dataclasses
from typing import Annotated, Optional

import typer

__all__ = ["listing"]


def listing(kind: Annotated[Optional[str], typer.Argument(help="A kind of model, such as algorithms or channels.",
                                                         show_default=False)] = None,
            json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False) -> int:
    """List what a scenario may name: all kinds of models, or the models of one kind with what each is."""
    from rich.table import Table

    from ..scenario import Settings  # noqa: F401  (its import defines every model)
    from ..errors import InputError, unknown
    from ..model import families, summary
    from .said import as_json, show

    kinds = {_plural(name): family for name, family in sorted(families().items())}
    if kind is not None and kind not in kinds:
        kind = next((name for name, family in kinds.items() if kind in (family.family, name.replace(" ", "_"))), kind)
        if kind == "presets":
            raise InputError(f"list: presets are planned and not in this version; known: {', '.join(kinds)}")
        if kind not in kinds:
            raise InputError(f"list: {unknown('kind', kind, kinds)}")
    chosen = kinds if kind is None else {kind: kinds[kind]}
    if json:
        as_json({name: {leaf: summary(cls) for leaf, cls in sorted(family.known.items())} for name, family in chosen.items()})
        return 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    if kind is None:
        table.add_column("kind", no_wrap=True), table.add_column("known"), table.add_column("planned", style="dim")
        for name, family in kinds.items():
            table.add_row(name, ", ".join(sorted(family.known)), ", ".join(sorted(family.later)))
    else:
        informed = any(map(_information, kinds[kind].known.values()))
        last = ["for information (no keys)"] if informed else []
        for header in (kinds[kind].family, "what it is", "keys in a scenario", *last):
            table.add_column(header, no_wrap=header == kinds[kind].family)
        for leaf, cls in sorted(kinds[kind].known.items()):
            keys = ", ".join(field.name for field in dataclasses.fields(cls))
            table.add_row(leaf, summary(cls), keys, *([_information(cls)] if informed else []))
    show(table)
    return 0


def _information(cls: type) -> str:
    """What a model says of itself beside its keys: its public class variables that are text or whole numbers."""
    fixed = [name for name in cls.__dataclass_fields__ if name not in {field.name for field in dataclasses.fields(cls)}]
    said = [(name, getattr(cls, name)) for name in fixed if not name.startswith("_")]
    return ", ".join(f"{name}: {value}" for name, value in said if isinstance(value, (str, int)) and not isinstance(value, bool))


def _plural(name: str) -> str:
    same = name.endswith("s") or name in ("data", "access", "geometry", "compute", "feedback", "fading", "shadowing",
                                      "mobility", "interference")
    return name if same else f"{name}s"

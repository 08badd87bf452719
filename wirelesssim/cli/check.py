"""`wirelesssim check [FILE]`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from ..errors import InputError
from .options import Set

__all__ = ["check"]


def check(file: Annotated[Optional[Path], typer.Argument(help="A scenario file.", show_default=False)] = None,
          expand: Annotated[bool, typer.Option("--expand", help="Print each variant with every default filled in.")] = False,
          use: Annotated[Optional[list[Path]], typer.Option("--use", metavar="FILE",
                                                            help="Check the models of a plug-in file.")] = None,
          set: Set = None) -> int:
    """Check a scenario without running it, or a plug-in file of your own models against their family's contract."""
    from .said import say, show

    if file is None and not use:
        raise InputError("check needs a scenario FILE, or --use FILE for a plug-in file, or both")
    for path in use or ():
        _check_plugin(path)
    if file is None:
        return 0
    from ..experiment.execution import check as preflight
    from ..scenario import load

    scenario = load(file, set or (), use=[path.resolve() for path in use or ()])
    points = scenario.points()
    preflight(scenario, points)
    if expand:
        from ..scenario.source import write_text

        for name, tree in scenario.variants.items():
            if tree.preset is not None:
                show(f"# {name}: network {{preset: {tree.preset.name}}}, expanded")
        show(write_text({"name": scenario.name} | {
            "variants": {name: settings.plain() for name, settings in scenario.settings.items()}}).rstrip())
    else:
        say(f"{file}: good: {len(scenario.variants)} variant(s), {len(points)} point(s) with the matrix and replications")
    return 0


def _check_plugin(path: Path) -> None:
    """Run the contract of each model's family; InputError with the first that does not hold."""
    from ..experiment.contracts import check_model
    from ..learning.neural.module_file import networks_in
    from ..scenario.plugins import load_plugin
    from .said import say

    models, networks = load_plugin(path), networks_in(path)
    for name in networks:
        say(f"{path}: network {name!r}: used by objective: {{type: torch, module: {path.name}:{name}}}")
    if not models and not networks:
        raise InputError(f"{path}: defines no model; write `@model class Mine(Algorithm, name=\"mine\")`")
    for model in models:
        say(f"{path}: {model.family} {model.type_name!r}: {check_model(model)}")

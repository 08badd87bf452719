"""`wirelesssim check [FILE]`"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from ..errors import InputError
from ..units import RATIO, parse, to_db
from .options import Matrix, Set

__all__ = ["check"]


def check(file: Annotated[Optional[Path], typer.Argument(help="A scenario file.", show_default=False)] = None,
          expand: Annotated[bool, typer.Option("--expand", help="Print each variant with every default filled in.")] = False,
          use: Annotated[Optional[list[Path]], typer.Option("--use", metavar="FILE",
                                                            help="Check the models of a plug-in file.")] = None,
          matrix: Matrix = None, set: Set = None) -> int:
    """Check a scenario without running it, or a plug-in file of your own models against their family's contract."""
    from .replaced import replaced
    from .said import say, show

    if file is None and not use:
        raise InputError("check needs a scenario FILE, or --use FILE for a plug-in file, or both")
    if file is None and (set or matrix):
        raise InputError(f"--{'set' if set else 'matrix'} changes a scenario: check needs its FILE, too")
    for path in use or ():
        _check_plugin(path)
    if file is None:
        return 0
    from ..experiment.execution import check as preflight
    from ..scenario import load

    scenario = load(file, set or (), matrix or (), use=[path.resolve() for path in use or ()])
    points = scenario.points()
    preflight(scenario, points)
    for line in replaced(scenario):
        say(line)
    if expand:
        from ..scenario.source import write_text

        for name, tree in scenario.variants.items():
            if tree.preset is not None:
                show(f"# {name}: network {{preset: {tree.preset.name}}}, expanded")
        show(write_text({"name": scenario.name} | {
            "variants": {name: _in_decibels(settings.plain()) for name, settings in scenario.settings.items()}}).rstrip())
    else:
        say(f"{file}: good: {len(scenario.variants)} variant(s), {len(points)} point(s) with the matrix and replications")
    return 0


def _in_decibels(value: Any) -> Any:
    """Plain data with the ratios (`10 x`) in dB, where that reads back to the same number."""
    if isinstance(value, dict):
        return {key: _in_decibels(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_in_decibels(item) for item in value]
    ratio = re.fullmatch(r"(\d\S*) x", value) if isinstance(value, str) else None
    level = f"{to_db(float(ratio[1])):.12g} dB" if ratio and float(ratio[1]) > 0 else None
    return level if level and parse(level, RATIO) == parse(value, RATIO) else value


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

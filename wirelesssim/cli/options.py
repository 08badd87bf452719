"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

__all__ = ["File", "Matrix", "Set", "Seed", "Replications", "Jobs", "Out", "Force", "Quiet", "Json"]

File = Annotated[Path, typer.Argument(help="A scenario file.", show_default=False)]
Set = Annotated[Optional[list[str]], typer.Option(
    "--set", metavar="KEY=VALUE", help="Change one key, as in --set channel.loss=5%.")]
Matrix = Annotated[Optional[list[str]], typer.Option("--matrix", metavar="KEY=V1,V2,…", help=(
    "Sweep a key, beside those of the file."))]


def _whole(least: int):
    """A parser of whole numbers from `least` on."""
    def parse(text: str | int) -> int:
        if not str(text).isdecimal() or int(text) < least:
            raise typer.BadParameter(f"must be a whole number >= {least}, got {text!r}")
        return int(text)

    return parse


Seed = Annotated[Optional[int],
                 typer.Option("--seed", metavar="N", parser=_whole(0), help="Another seed, for learning and radio.")]
Replications = Annotated[Optional[int], typer.Option(
    "--replications", metavar="N", parser=_whole(1), help="Independent repetitions.")]
Jobs = Annotated[Optional[int], typer.Option(
    "-j", "--jobs", metavar="N", parser=_whole(1), help="Processes; the results do not depend on it.")]
Out = Annotated[Optional[Path], typer.Option("--out", metavar="DIR", help="The results folder; results/NAME unless given.")]
Force = Annotated[bool, typer.Option("--force", help="Run again what is finished.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no messages.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output and nothing else there.")]

"""`wirelesssim data list` and `wirelesssim data fetch NAME`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Optional

import typer

from .options import Json, Quiet

__all__ = ["fetch_set", "list_sets", "needs_a_command"]


def needs_a_command(ctx: typer.Context) -> None:
    """Sets by name: what is here, what can be fetched, and fetching it."""
    from ..errors import InputError

    if ctx.invoked_subcommand is None:
        raise InputError("data needs a command: list, or fetch NAME")


def _seconds(text: str | float) -> float:
    """A number of seconds, with or without a unit, above 0 and of at most a day."""
    from pydantic_core import PydanticCustomError

    from ..units import TIME, Quantity

    try:
        return Quantity(TIME, gt=0, le=86_400).validate(text if isinstance(text, float) else _number(text))
    except PydanticCustomError as error:
        raise typer.BadParameter(error.message()) from None


def _number(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


def list_sets(json: Json = False) -> int:
    """List the sets that a scenario may name: which are here, which can be fetched, shapes, tasks, licences, citations."""
    from rich.table import Table

    from ..data import cache_folder, catalogue
    from .said import as_json, show

    rows = catalogue()
    if json:
        as_json({"cache": str(cache_folder()), "sets": rows})
        return 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in ("set", "here", "samples", "+ test", "features", "task", "licence", "from"):
        numeric = header in ("samples", "+ test", "features")
        table.add_column(header, no_wrap=header in ("set", "here", "task") or numeric, justify="right" if numeric else "left")
    for row in rows:
        table.add_row(row["name"], _here(row), _count(row["n"]), _count(row["test"] or None), _count(row["d"]), row["task"] or "",
                      row["licence"] or "", row["citation"] or row["source"] or "")
    show(table)
    show(f"\nfetched sets lie in {cache_folder()}; `wirelesssim data fetch NAME` gets one; your own file is data: {{path: FILE}}")
    return 0


def _here(row: dict) -> str:
    place = row["here"]
    if place is None:
        return "fetch"
    return place if place in ("package", "made", "plug-in") else "cache" if place.endswith(".json") else "package"


def _count(number) -> str:
    return f"{number:,}" if isinstance(number, int) else ""


def fetch_set(
        name: Annotated[str, typer.Argument(help="A set that `data list` marks with fetch.", show_default=False)],
        mirror: Annotated[Optional[list[str]], typer.Option(
            "--mirror", metavar="URL", help="A folder to look in first: http(s)://… or a local one; may be repeated.")] = None,
        timeout: Annotated[float, typer.Option("--timeout", metavar="TIME", parser=_seconds, help=(
            "How long a mirror may stand still before the next is tried."))] = 30.0,
        force: Annotated[bool, typer.Option("--force", help="Fetch again what is here already.")] = False,
        quiet: Quiet = False) -> int:
    """Download a set once, check what is in it and keep it in the cache; a run never downloads."""
    from ..data import PUBLISHED, catalogue, fetch
    from ..errors import InputError, unknown
    from .said import say

    rows = {row["name"]: row for row in catalogue()}
    if name not in rows:
        raise InputError(f"data fetch: {unknown('set', name, PUBLISHED)}")
    if name not in PUBLISHED:
        more = "; all 70,000 digits are mnist_full" if name == "mnist" else ""
        say(f"{name} is here already and needs no fetching{more}")
        return 0
    if rows[name]["here"] and not force and _sound(name):
        say(f"{name} is here already ({rows[name]['here']}); --force fetches it again")
        return 0
    entry = fetch(name, mirror or (), timeout, None if quiet else say, None if quiet or not sys.stderr.isatty() else _Bar)
    if not quiet:
        say(f"{name} is in the cache ({Path(entry)}); data: {{type: {name}}}")
    return 0


def _sound(name: str) -> bool:
    """Whether the set that is here can be read; a damaged one is fetched again without being asked twice."""
    from ..data import Data
    from ..errors import InputError
    from ..model import build

    try:
        build(Data, name).load()
    except InputError:
        return False
    return True


class _Bar:
    """A progress bar on standard error."""

    def __init__(self, file: str):
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

        self._progress = Progress(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(),
                                  TimeRemainingColumn(), console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task(file, total=None)
        self._progress.start()

    def show(self, done: int, total: int) -> None:
        """`done` bytes of `total`, 0 where it is not known."""
        self._progress.update(self._task, completed=done, total=total or None)

    def close(self) -> None:
        """Take the bar away."""
        self._progress.stop()

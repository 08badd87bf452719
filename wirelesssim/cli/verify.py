"""`wirelesssim verify-models`"""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from .options import Json

__all__ = ["verify"]


def verify(only: Annotated[Optional[str], typer.Option(
               "--only", metavar="WORDS", help="A topic (propagation, fading, nr, ...), or words of model, reference or metric; "
                                               "* and ? as in file names.")] = None,
           slow: Annotated[bool, typer.Option("--slow", help="The long statistics too: minutes instead of seconds.")] = False,
           json: Json = False) -> int:
    """Check every model against the references that ship with this package: one table; exit status 3 if a check fails."""
    from ..validation import chosen
    from .said import as_json, say, show

    rows = _measured(chosen(only, slow), quiet=json)
    failed = [row for row in rows if not row.passed]
    if json:
        as_json({"passed": not failed, "checks": len(rows), "failed": len(failed), "rows": [
            {"topic": row.topic, "model": row.model, "reference": row.reference, "metric": row.metric,
             "deviation": row.deviation, "tolerance": row.tolerance, "passed": row.passed} for row in rows]})
    else:
        show(_table(rows))
        say(f"{len(rows) - len(failed)} of {len(rows)} checks passed")
    for row in failed:
        say(f"failed: {row.model}, {row.metric}: {row.deviation:.3g}, tolerance {row.tolerance:.3g}")
    return 3 if failed else 0


def _measured(checks, quiet: bool) -> list:
    """The rows, with a bar on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    still = quiet or not console.is_terminal
    return [check.run() for check in track(checks, "checking", console=console, transient=True, disable=still)]


def _table(rows):
    """The rows as the table that is printed, a rule between topics; a line each where no terminal folds them."""
    from rich import box
    from rich.table import Table

    from .said import terminal_width

    table, one_line = Table(box=box.SIMPLE_HEAD, pad_edge=False), terminal_width() is None
    for name in ("model", "reference", "metric"):
        longest = max(len(getattr(row, name)) for row in rows)
        table.add_column(name, overflow="fold", min_width=longest if one_line else None)
    for name in ("deviation", "tolerance", "passed"):
        table.add_column(name, justify="right", no_wrap=True)
    for row, following in zip(rows, [*rows[1:], None]):
        table.add_row(row.model, row.reference, row.metric, f"{row.deviation:.2g}", f"{row.tolerance:.2g}",
                      "yes" if row.passed else "NO", end_section=following is not None and following.topic != row.topic)
    return table

"""What the commands say, and where: messages on standard error, tables on standard output, JSON alone there."""

from __future__ import annotations

import json
import sys
from typing import Any

__all__ = ["as_json", "say", "show", "terminal_width"]

WIDE = 160  # columns of running text where there is no terminal


def say(text: str) -> None:
    """One message on standard error."""
    print(text, file=sys.stderr)


def terminal_width() -> int | None:
    """The columns of the terminal that standard output is; None where it is none."""
    from rich.console import Console

    console = Console()
    return console.width if console.is_terminal else None


def show(renderable) -> None:
    """A table on standard output, in the terminal's width; where there is none, as wide as it needs. Text as it is."""
    if isinstance(renderable, str):
        print(renderable)
        return
    from rich.console import Console
    from rich.measure import Measurement

    width = terminal_width()
    if width is None:
        endless = Console(width=1_000_000)
        width = max(WIDE, Measurement.get(endless, endless.options, renderable).minimum)
    console = Console(width=width)
    console.print(renderable, highlight=False)


def as_json(value: Any) -> None:
    """One JSON object on standard output; what is not a number is null."""
    print(json.dumps(_clean(value), indent=1, default=str))


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value.item() if hasattr(value, "item") else value

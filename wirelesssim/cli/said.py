"""What the commands say, and where: messages on standard error, tables on standard output, JSON alone there."""

from __future__ import annotations

import json
import sys
from typing import Any

__all__ = ["as_json", "say", "show"]


def say(text: str) -> None:
    """One message on standard error."""
    print(text, file=sys.stderr)


def show(renderable) -> None:
    """A table on standard output, in the terminal's width (160 columns where there is none); text as it is."""
    if isinstance(renderable, str):
        print(renderable)
        return
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
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

"""Files that a channel reads, traces of rate and of motion: where they lie is this machine's, what they hold is the input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..errors import InputError

__all__ = ["content_of", "with_files"]

_KEYS = ("path", "paths")  # the keys of a channel's parts that name files


def with_files(part: Any, change: Callable[[str], str]) -> Any:
    """Plain data with `change(name)` in place of each file's name under `path` or `paths`, at any depth."""
    if isinstance(part, list):
        return [with_files(item, change) for item in part]
    if not isinstance(part, Mapping):
        return part
    return {key: _named(item, change) if key in _KEYS else with_files(item, change) for key, item in part.items()}


def content_of(path: str) -> str:
    """SHA-256 of the bytes of the file at `path`; InputError where it cannot be read."""
    try:
        return sha256(Path(path).read_bytes()).hexdigest()
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _named(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_named(item, change) for item in value]
    return change(value) if isinstance(value, str) else value

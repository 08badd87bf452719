"""Files and folders that are written whole or not at all: under a name of their own first, then renamed.

The name says which process of which machine writes, so that what a killed one left behind can be told from what is
being written now.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import time
import uuid
from pathlib import Path

__all__ = ["clean", "remove", "temporary_beside", "write_whole"]

_NAME = re.compile(r"\..+\.(?P<host>[^.]*)-(?P<process>\d+)-[0-9a-f]{12}\.partial")
_OLD = 86400.0  # seconds after which a leftover goes whoever wrote it: no point's tables take a day to write


def temporary_beside(path: Path) -> Path:
    """A name that nobody else uses, in the folder of `path`, so that a rename to `path` is one step."""
    return path.with_name(f".{path.name}.{_host()}-{os.getpid()}-{uuid.uuid4().hex[:12]}.partial")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file: those who read it see the old one or the new one, never half."""
    temporary = temporary_beside(path)
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def clean(folder: Path) -> None:
    """Remove from `folder` what processes that are no more left half written; what lives, or may live, stays."""
    for entry in folder.glob(".*.partial"):
        match = _NAME.fullmatch(entry.name)
        if match and _abandoned(entry, match["host"], int(match["process"])):
            remove(entry)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there and can be removed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            pass


def _abandoned(entry: Path, host: str, process: int) -> bool:
    if host == _host() and os.name == "posix" and not _alive(process):
        return True
    try:
        return time.time() - entry.stat().st_mtime > _OLD
    except OSError:
        return False


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # alive, and another user's
        return True
    return True


def _host() -> str:
    return re.sub(r"[^A-Za-z0-9]", "_", platform.node())

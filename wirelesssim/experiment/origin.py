"""Which scenario file the tables in a results folder were made from, so that another file of the same name is told of.

The manifest has it as `scenario_file`, relative to the results folder, so that a project may be moved as a whole. A folder
belongs to nobody: to edit a file and run it again into the same folder is everyday use. Where another file did, the tables of all
points are replaced, and the command line warns of it, naming both files; nothing that took time is lost, as the points of both
stay in `points`, and running the first file again brings its tables back.
"""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import InputError
from .store import read_manifest

__all__ = ["file_entry", "other_file"]


def file_entry(file: Path | None, folder: Path) -> str | None:
    """The scenario `file` as the manifest in `folder` names it; None for a scenario that is of no file."""
    if file is None:
        return None
    try:
        return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return file.resolve().as_posix()


def other_file(file: Path | None, folder: Path) -> Path | None:
    """The scenario file that the tables in `folder` are from, if that is known and is not `file`."""
    try:
        entry = read_manifest(folder).get("scenario_file")
    except InputError:
        return None
    if file is None or not isinstance(entry, str):
        return None
    before = (folder.resolve() / entry).resolve()
    return None if before == file.resolve() else before

"""A figure on disk: whole or not at all, and the same bytes for the same figure."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import matplotlib

from ..errors import InputError, unknown
from .style import STYLES

__all__ = ["save"]

# no date, so that the same tables give the same file; with one version of Matplotlib
_METADATA = {".pdf": {"CreationDate": None}, ".svg": {"Date": None}, ".png": {"Software": None}}


def save(figure, path: str | Path) -> Path:
    """Write a Matplotlib figure as PDF, PNG or SVG, by the suffix of `path`; makes the folder; returns the path.

    Written under another name beside it, then renamed: an interrupted run leaves the old file or the new one, never half.
    InputError for another suffix, before anything is written.
    """
    path = Path(path)
    if path.suffix.lower() not in _METADATA:
        raise InputError(f"{path}: {unknown('kind of figure file', path.suffix, _METADATA)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(handle)
    try:
        with matplotlib.rc_context(getattr(figure, "style", STYLES["screen"])):
            figure.savefig(name, format=path.suffix.lower()[1:], metadata=_METADATA[path.suffix.lower()])
        os.chmod(name, 0o666 & ~_umask())  # mkstemp keeps a file to its owner
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def _umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now

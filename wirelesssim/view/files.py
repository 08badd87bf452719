"""A figure on disk: whole or not at all, and the same bytes for the same figure."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib

from ..errors import InputError, unknown
from ..experiment.whole import write_whole
from .style import STYLES

__all__ = ["save"]

# no date, so that the same tables give the same file; with one version of Matplotlib
_METADATA = {".pdf": {"CreationDate": None}, ".svg": {"Date": None}, ".png": {"Software": None}}


def save(figure, path: str | Path) -> Path:
    """Write a Matplotlib figure as PDF, PNG or SVG, by the suffix of `path`; makes the folder; returns the path.

    Written under another name beside it, then renamed: an interrupted run leaves the old file or the new one, never half.
    InputError for another suffix, before anything is written, and for a place that cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in _METADATA:
        raise InputError(f"{path}: {unknown('kind of figure file', path.suffix, _METADATA)}")
    buffer = io.BytesIO()
    with matplotlib.rc_context(getattr(figure, "style", STYLES["screen"])):
        figure.savefig(buffer, format=path.suffix.lower()[1:], metadata=_METADATA[path.suffix.lower()])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, buffer.getvalue())
    except OSError as error:
        raise InputError(f"{path}: the figure cannot be written: {error.strerror or error}; "
                         "choose another file with -o") from None
    return path

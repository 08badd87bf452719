"""Fetching a published set: mirrors in order, content checked, kept whole or not at all.

The bytes come through pooch's downloader. A mirror that is slow, gone, truncated or wrong, or that sends or unpacks to more
than the set can need, is named, and the next is tried.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from ..errors import InputError, unknown
from .cache import cache_folder, write_entry
from .download import Bar, download
from .facts import PUBLISHED
from .parse import parse
from .published import Part, Published
from .table import Table, Unreadable

__all__ = ["Bar", "fetch"]

_SUFFIXES = ("", ".xz", ".bz2", ".gz")


class Tell(Protocol):
    """Takes one line that says what happens."""

    def __call__(self, line: str) -> object: ...


def fetch(name: str, mirrors: Sequence[str] = (), timeout: float = 30.0, tell: Tell | None = None,
          bar: Callable[[str], Bar] | None = None) -> Path:
    """Get the published set `name` into the cache, in place of what is there; the path of its entry.

    `mirrors`: addresses of folders (http, https, file) or local folders, tried before the known ones, in order. A local
    folder may hold the files unpacked or packed otherwise (.xz .bz2 .gz). `timeout`: seconds that a server may let pass
    without an answer, or without the next 16 kB; default 30 s: several retransmissions of TCP. `bar(file)`: shows progress.

    InputError, one line that names each mirror and what is wrong with it, where none has the set; nothing is kept then.
    """
    if name not in PUBLISHED:
        raise InputError(f"data fetch: {unknown('set', name, PUBLISHED)}")
    facts = PUBLISHED[name]
    places = [*map(_place, mirrors), *facts.mirrors]
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=cache_folder(), ignore_cleanup_errors=True) as scratch:
            job = _Job(name, facts, places, Path(scratch), timeout, tell or (lambda line: None), bar)
            parts = [job.part(part) for part in facts.parts]
            return write_entry(name, parts, job.sources)
    except OSError as error:
        raise InputError(f"data fetch {name}: {cache_folder()} cannot be written ({error.strerror or error}); make room, or "
                         "name another folder in WIRELESSSIM_DATA") from None
    except MemoryError:
        raise InputError(f"data fetch {name}: the set does not fit into this machine's memory; fetch it on a larger one and "
                         f"copy {cache_folder()}") from None


class _Lacking(Unreadable):
    """Files that a local folder does not have."""


class _Job:
    """One set being fetched: what it is, where to look, and what has arrived."""

    def __init__(self, name: str, facts: Published, places: list[str | Path], scratch: Path, timeout: float, tell: Tell, bar):
        self.name, self.facts, self.places, self.scratch = name, facts, places, scratch
        self.timeout, self.tell, self.bar = timeout, tell, bar
        self.arrived: dict[tuple[str, str], Path] = {}
        self.sources: list[str] = []

    def part(self, part: Part) -> Table:
        """The samples of a part, from the first place whose files hold them."""
        wrong = []
        for place in self.places:
            try:
                table = self._table(place, part)
            except Unreadable as error:
                wrong.append(f"{_shown(place)}{'' if isinstance(error, _Lacking) else part.files[0]}: {error}")
                if place is not self.places[-1]:
                    self.tell(f"{wrong[-1]}; trying the next mirror")
                self._forget(place, part)
                continue
            self.sources += [f"{_shown(place)}{file}" for file in part.files]
            return table
        raise InputError(f"data fetch {self.name}: no mirror has it, and nothing was kept. {'. '.join(wrong)}. Name another with "
                         "--mirror URL, or a folder that holds the files with --mirror FOLDER")

    def _table(self, place: str | Path, part: Part) -> Table:
        if isinstance(place, Path):
            self._all_in(place, part)
        most = self.facts.most_bytes(part)
        try:
            return parse(self.facts, part, [self._file(place, file, most) for file in part.files])
        except MemoryError:  # this file's doing, or the set's: the next mirror tells
            raise Unreadable("does not fit into this machine's memory; fetch the set on a larger one and copy "
                             f"{cache_folder()}") from None

    def _file(self, place: str | Path, file: str, most: int) -> Path:
        if isinstance(place, Path):
            return _local(place, file)
        key = str(place), file
        if key not in self.arrived:
            target = self.scratch / f"{len(self.arrived)}-{len(self.sources)}-{file}"
            download(place + file, target, self.timeout, self.bar(file) if self.bar else None, most)
            self.arrived[key] = target
        return self.arrived[key]

    def _all_in(self, folder: Path, part: Part) -> None:
        """`_Lacking` where a file of `part` is not in a local folder; it names all files of the set that are not."""
        if any(_local(folder, file) is None for file in part.files):
            files = dict.fromkeys(file for one in self.facts.parts for file in one.files)
            lacking = ", ".join(file for file in files if _local(folder, file) is None)
            raise _Lacking(f"lacks {lacking} (packed or not as they may be)")

    def _forget(self, place: str | Path, part: Part) -> None:
        for file in part.files:
            if (path := self.arrived.pop((str(place), file), None)) is not None:
                path.unlink(missing_ok=True)


def _place(mirror: str) -> str | Path:
    """An address that ends in `/`, or a local folder; InputError where it is neither."""
    parts = urlsplit(mirror)
    if parts.scheme in ("http", "https") and parts.netloc:
        return mirror.rstrip("/") + "/"
    folder = Path(unquote(parts.path) if parts.scheme == "file" else mirror)
    if not mirror or not folder.is_dir():
        raise InputError(f"--mirror must be the address of a folder (http, https) or a local folder, got {mirror!r}")
    return folder


def _local(folder: Path, file: str) -> Path | None:
    """The file in a local folder, packed or not as it may be; None if it is not there."""
    stem = file.removesuffix(Path(file).suffix) if Path(file).suffix in _SUFFIXES[1:] else file
    names = dict.fromkeys((file, *(stem + suffix for suffix in _SUFFIXES)))
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _shown(place: str | Path) -> str:
    return f"{place}/" if isinstance(place, Path) else place

"""Machine code of the kernels: numba's `njit`, kept on disk under a name that tells every source it was made of.

numba keeps a compiled function for as long as the file that defines it stays as it is. What that function calls, and the
constants that it takes in, stand in other files, and when one of them changes numba goes on with the old code in silence. So the
folder of the kept code is named after a digest of the file itself, of the kernels that it imports, directly or not, and of the
modules that these import constants from. Old folders stay; nothing reads them.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numba

__all__ = ["compiled", "sources"]

_RELATIVE = re.compile(r"^from (\.+)([\w.]*) import ", re.MULTILINE)
_PLACE = Path(__file__).parent / "__pycache__"


def compiled(function: Callable | None = None, **options) -> Callable:
    """`numba.njit(cache=True, **options)`, as a decorator with or without options, the code kept as the module says.

    NUMBA_CACHE_DIR says where instead of the package's `__pycache__`; without either that can be written, numba's own choice.
    """
    if function is None:
        return lambda function: compiled(function, **options)
    before = numba.config.CACHE_DIR
    place = before or (str(_PLACE) if _writable(_PLACE) else "")
    try:
        if place:
            numba.config.CACHE_DIR = os.path.join(place, f"kernels-{_digest(Path(function.__code__.co_filename))}")
        return numba.njit(cache=True, **options)(function)
    finally:
        numba.config.CACHE_DIR = before


@lru_cache(maxsize=None)
def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


@lru_cache(maxsize=None)
def _digest(path: Path) -> str:
    """Of the content of `sources(path)` and of this numba."""
    made = hashlib.sha256(numba.__version__.encode())
    for source in sorted(sources(path)):
        made.update(source.read_bytes())
    return made.hexdigest()[:16]


def sources(path: Path) -> set[Path]:
    """The file `path` of kernels, those that it imports from, and, of the kernels among them, in turn; relative imports alone."""
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found.add(file)
        if file.name == "kernels.py" or file == path:
            waiting += _imported(file)
    return found


def _imported(file: Path) -> list[Path]:
    """The files that the relative imports of `file` name: a module, or the `__init__` of a package."""
    files = []
    for dots, name in _RELATIVE.findall(file.read_text(encoding="utf-8")):
        stem = file.parents[len(dots) - 1].joinpath(*name.split(".") if name else ())
        files += [made for made in (stem.with_suffix(".py"), stem / "__init__.py") if made.is_file()][:1]
    return files

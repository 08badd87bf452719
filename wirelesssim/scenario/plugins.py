"""Plug-in files: the only code that a scenario can run, and only when it lists the file under `use:`."""

from __future__ import annotations

import importlib.util
import sys
from hashlib import sha256
from pathlib import Path

from ..errors import InputError
from ..model import PLUGINS, Model, check_decorated, families, forget

__all__ = ["load_plugin", "plugin_digest"]


def load_plugin(path: str | Path) -> list[type[Model]]:
    """Run a plug-in file and return the models that it defines; one that was run before, and is the same, is not run again.

    InputError names the file and, for an error inside it, the line.
    """
    path = Path(path).resolve()
    name = f"wirelesssim_plugin_{path.stem}_{plugin_digest(path)[:12]}"
    if name not in sys.modules:
        _forget(PLUGINS.get(path))
        _execute(path, name)
    PLUGINS[path] = name
    return [leaf for family in families().values() for leaf in family.known.values() if leaf.__module__ == name]


def plugin_digest(path: str | Path) -> str:
    """SHA-256 of the file's bytes."""
    try:
        return sha256(Path(path).read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"the plug-in file {path} cannot be read: {error.strerror or error}") from None


def _forget(module: str | None) -> None:
    """Drop an earlier version of a file that was edited since (a notebook runs on), so that it may come back, too."""
    sys.modules.pop(module, None)
    forget(module)


def _execute(path: Path, name: str) -> None:
    """Run the file as module `name`: from its text, as a cached .pyc is told by the second and the size of the text alone."""
    if path.suffix != ".py":
        raise InputError(f"the plug-in file {path} must be a Python file ending in .py")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        exec(spec.loader.source_to_code(path.read_bytes(), str(path)), module.__dict__)
        check_decorated()
    except BaseException as error:
        _forget(name)
        if isinstance(error, (KeyboardInterrupt, MemoryError)):
            raise
        raise InputError(f"{_place(path, error)}: the plug-in file failed: {type(error).__name__}: {error}") from None


def _place(path: Path, error: BaseException) -> str:
    """file:line of the innermost frame inside the plug-in file."""
    line = getattr(error, "lineno", None)
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"{path}:{line}" if line else str(path)

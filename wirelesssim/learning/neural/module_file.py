"""A user's own module: `my_net.py:Net`, the file listed under `use:`, which is the only code that a scenario can run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path, PurePath
from types import ModuleType

from ...errors import InputError, Problem, unknown
from ...model import PLUGINS

__all__ = ["networks_in", "own_module", "plugin_of", "split"]


def split(module: str) -> tuple[str, str] | None:
    """(file, name) of `FILE.py:NAME`; None for a name without a file."""
    path, colon, name = module.rpartition(":")
    return (path, name) if colon and path.endswith(".py") else None


def plugin_of(path: str | Path) -> ModuleType | None:
    """The module that the plug-in file `path` was loaded as, or None; its name tells its content."""
    return sys.modules.get(PLUGINS.get(Path(path).resolve(), ""))


def own_module(module: str) -> Callable:
    """What `FILE.py:NAME` names: a class or function of that file; InputError, with key `module`, where there is none."""
    path, name = split(module)
    plugin = plugin_of(path)
    if plugin is None:
        short = PurePath(path).name
        raise InputError(Problem(("module",), f"must name a file that is listed under `use:`, got {module!r}; "
                                              f"add `use: [{short}]` to the scenario"))
    made = getattr(plugin, name, None)
    if not callable(made):
        own = [key for key, item in vars(plugin).items() if isinstance(item, type) and item.__module__ == plugin.__name__]
        raise InputError(Problem(("module",), unknown("class", name, own, f" of {PurePath(path).name}")))
    return made


def networks_in(path: str | Path) -> list[str]:
    """The names of the `torch.nn.Module` classes that a loaded plug-in file defines; none where torch was not imported."""
    plugin, torch = plugin_of(path), sys.modules.get("torch")
    if plugin is None or torch is None:
        return []
    return [name for name, item in vars(plugin).items()
            if isinstance(item, type) and issubclass(item, torch.nn.Module) and item.__module__ == plugin.__name__]

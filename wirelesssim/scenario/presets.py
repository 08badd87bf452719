"""Presets: a technology by its name, `network: {preset: nr-fr1-20mhz}`.

Each is a fragment of YAML in the folder `presets`, sections of a scenario, in which every number has its source beside it.
It lies beneath the scenario: sections of the file, `--set`, variants and the matrix override single fields of it, and a
mapping that names another `type` replaces its own whole; a dotted key that does (`--set access.type=tdma`) takes what the preset
has in that section away and leaves what the scenario says there. Where a preset is first named by an overlay on a file that names
none (a variant, `--set`), it lies over what the file says: its sections replace the file's of the same name.
Nothing but the expansion reaches a run, so that a point's digest is of the values and not of the preset's name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import InputError, Problem, shown, unknown
from .source import read

__all__ = ["FOLDER", "LATER", "Preset", "SECTIONS", "preset", "preset_names", "preset_of"]

FOLDER = Path(__file__).parent / "presets"
SECTIONS = ("geometry", "channel", "backhaul", "access", "downlink", "transport")  # what a preset may hold
LATER: tuple[str, ...] = ()  # presets that are planned
_KEYS = ("preset",)


@dataclass(frozen=True)
class Preset:
    """A technology: its name, what it is in one sentence, and its `sections` as plain data."""

    name: str
    description: str
    sections: dict[str, Any]

    @property
    def origin(self) -> str:
        """How a message names a key that came from here."""
        return f"preset {self.name}"


def preset_names() -> list[str]:
    """The presets of this version, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def planned_names() -> list[str]:
    """The presets that are planned, in their order; none that is there."""
    return [name for name in LATER if name not in preset_names()]


def preset(name: Any) -> Preset:
    """The preset called `name`; InputError for one that is planned or unknown."""
    if name in preset_names():
        return _read(FOLDER / f"{name}.yaml")
    if name in LATER:
        raise InputError(f"{name!r} is planned and not in this version; known: {', '.join(preset_names())}")
    raise InputError(unknown("preset", name, preset_names()))


def preset_of(network: Any) -> Preset:
    """The preset that the section `network` names: `{preset: NAME}`, or NAME alone; InputError with its key."""
    if isinstance(network, str):
        network = {"preset": network}
    if not isinstance(network, dict):
        raise InputError(Problem(("network",), f"must be {{preset: NAME}}, got {shown(network)}; {_known(preset_names())}"))
    strange = [Problem(("network", str(key)), unknown("key", key, _KEYS)) for key in network if key not in _KEYS]
    if strange:
        raise InputError(strange)
    if network.get("preset") is None:
        raise InputError(Problem(("network", "preset"), f"is required; {_known(preset_names())}"))
    try:
        return preset(network["preset"])
    except InputError as error:
        raise error.under("network", "preset") from None


def _known(names: Iterable[str]) -> str:
    return f"known: {', '.join(names)}"


@lru_cache(maxsize=None)
def _read(path: Path) -> Preset:
    data, _ = read(path)
    return Preset(path.stem, data["description"], {key: data[key] for key in SECTIONS if key in data})

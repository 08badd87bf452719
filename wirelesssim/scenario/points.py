"""Points: what a scenario asks to be run, one for each variant, combination of matrix values and replication."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from .files import content_of, with_files
from .settings import Settings

__all__ = ["Point", "RESULTS_VERSION", "label_of"]

RESULTS_VERSION = 4  # raised by every change of behaviour that changes a number


@dataclass(frozen=True)
class Point:
    """One run: its labels and its settings. `plugins` are digests of the plug-in files by name."""

    variant: str
    matrix: dict[str, Any]
    replication: int
    settings: Settings
    use: tuple[str, ...] = ()
    plugins: dict[str, str] = field(default_factory=dict)

    @property
    def labels(self) -> dict[str, Any]:
        """The columns that tell this point from others: variant, replication, one for each matrix key."""
        return {"variant": self.variant, "replication": self.replication} | self.matrix

    def digest(self, data_digest: str | None) -> str:
        """What decides whether this point was run before: settings, seed, replication, content of data, channel files, plug-ins.

        Labels, the scenario's name, its targets and the other variants do not count, nor where a file lies.
        """
        sections = self.settings.plain()
        if "data" in sections:
            sections["data"] = {key: item for key, item in sections["data"].items() if key not in ("path", "labels")}
        sections["channel"] = with_files(sections["channel"], content_of)
        if "module" in sections["objective"]:  # its file's content counts among the plug-ins
            sections["objective"] = sections["objective"] | {"module": PurePath(sections["objective"]["module"]).name}
        content = {"settings": sections, "replication": self.replication, "data": data_digest,
                   "plugins": sorted(self.plugins.values()), "results_version": RESULTS_VERSION}
        return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:20]

    def payload(self) -> dict[str, Any]:
        """The point as plain data, which crosses to another process; `from_payload` makes it again."""
        return {"variant": self.variant, "matrix": self.matrix, "replication": self.replication,
                "settings": self.settings.plain(), "use": list(self.use), "plugins": self.plugins}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Point:
        """The point that `payload` describes; its plug-in files must have been loaded."""
        return cls(payload["variant"], payload["matrix"], payload["replication"], Settings.of(payload["settings"]),
                   tuple(payload["use"]), payload["plugins"])


def label_of(value: Any) -> Any:
    """A matrix value as it stands in a table: itself if it is a scalar, compact JSON otherwise."""
    return value if isinstance(value, (str, int, float, bool)) else json.dumps(value, sort_keys=True)

"""The JSON schema of a scenario file, from the fields of the models themselves."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from .document import Head
from .presets import preset_names
from .settings import Settings

__all__ = ["scenario_schema"]


def scenario_schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of a whole file. Overlays and matrix keys are open: they may hold any part of it."""
    settings = TypeAdapter(Settings).json_schema()
    head = TypeAdapter(Head).json_schema()
    seed = settings["properties"]["seed"]
    settings["properties"]["seed"] = {"anyOf": [{"type": "integer", "minimum": 0}, seed]}
    names = {"enum": preset_names()}
    network = {"type": "object", "additionalProperties": False, "required": ["preset"], "properties": {"preset": names}}
    properties = head["properties"] | settings["properties"] | {
        "network": {"anyOf": [network, names]},
        "variants": {"type": "object", "additionalProperties": {"type": ["object", "null"]}},
        "matrix": {"type": "object", "additionalProperties": {"type": "array", "minItems": 1}}}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "wirelesssim scenario", "type": "object",
            "additionalProperties": False, "properties": properties,
            "$defs": head.get("$defs", {}) | settings.get("$defs", {})}

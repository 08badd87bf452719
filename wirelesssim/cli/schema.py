"""`wirelesssim schema`"""

from __future__ import annotations

__all__ = ["schema"]


def schema() -> int:
    """Print the JSON schema of a scenario file, for editors that complete and check as you type."""
    from ..scenario.schema import scenario_schema
    from .said import as_json

    as_json(scenario_schema())
    return 0

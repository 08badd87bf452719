"""What `check`, `run` and `sweep` say of a preset that a variant or `--set` lays over a file."""

from __future__ import annotations

__all__ = ["replaced"]


def replaced(scenario) -> list[str]:
    """A line for each preset in whose place the scenario had sections of its own: which variants, and which sections."""
    found: dict[tuple, list[str]] = {}
    for name, tree in scenario.variants.items():
        if tree.replaced:
            found.setdefault((tree.preset.name, *tree.replaced), []).append(str(name))
    return [f"{_whose(names, scenario)}: the preset {preset} replaces the file's {', '.join(sections)}; what is to stay "
            f"goes beside it, or network: {{preset: {preset}}} into the file" for (preset, *sections), names in found.items()]


def _whose(names: list[str], scenario) -> str:
    """Which variants; the name of the scenario, if all."""
    if len(names) == len(scenario.variants):
        return scenario.name
    return f"variant{'s' if len(names) > 1 else ''} {', '.join(names)}"

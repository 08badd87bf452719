"""Short words and readable units, for tables and for axes; loads neither Matplotlib nor pandas."""

from __future__ import annotations

__all__ = ["bit_scale", "short_names"]


def bit_scale(bits: float) -> tuple[float, str]:
    """The factor and the name of the decimal unit of bytes in which `bits` is at least 1: 27.4e6 bits are 3.42 MB."""
    for factor, name in ((8e9, "GB"), (8e6, "MB"), (8e3, "kB")):
        if bits >= factor:
            return 1 / factor, name
    return 1 / 8, "B"


def short_names(keys: list[str]) -> dict[str, str]:
    """The last part of each dotted key, or the whole where two keys end alike."""
    ends = [key.rsplit(".", 1)[-1] for key in keys]
    return {key: end if ends.count(end) == 1 else key for key, end in zip(keys, ends, strict=True)}

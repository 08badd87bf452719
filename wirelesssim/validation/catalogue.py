"""All checks in the order of the table, and the choice among them."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from ..errors import InputError
from . import (crossings, fading, losses, low_power, messages, motion, narrowband, nr_cell, nr_links, nr_repeats, nr_tables,
               places, power, propagation, transport, wifi_contention, wifi_links, wifi_trigger, wpan)
from .row import Check

__all__ = ["checks", "chosen"]

_MODULES = (
    propagation, places, motion, power,
    fading, crossings,
    nr_tables, nr_links,
    nr_repeats, nr_cell,
    wifi_links, wifi_contention, wifi_trigger,
    losses, transport, messages,
    low_power, wpan, narrowband,
)


def checks() -> Iterator[Check]:
    """Every check, the slow ones too."""
    for module in _MODULES:
        yield from module.checks()


def chosen(words: str | None = None, slow: bool = False) -> list[Check]:
    """The checks of the topic `words`, or else those with `words` in model, reference and metric; all without.

    Capitals, hyphens and blanks do not matter: `Wi-Fi` is wifi; `*`, `?` and `[...]` match as in file names. With `slow` also the
    long statistics. InputError where none is left.
    """
    every = list(checks())
    topics = list(dict.fromkeys(check.topic for check in every))
    asked = [check for check in every if words is None or _fits(check, words.lower(), topics)]
    found = [check for check in asked if slow or not check.slow]
    if not found:
        also = "; some are of the long statistics: add --slow" if asked else ""
        raise InputError(f"--only {words}: no check has it in its model, reference or metric, and it is no topic; "
                         f"known topics: {', '.join(topics)}{also}")
    return found


def _fits(check: Check, words: str, topics: list[str]) -> bool:
    if (topic := _bare(words)) in map(_bare, topics):
        return _bare(check.topic) == topic
    text = " ".join((check.topic, check.model, check.reference, check.metric)).lower()
    return fnmatchcase(text, f"*{words}*") or "[" not in words and fnmatchcase(_bare(text), f"*{_bare(words)}*")


def _bare(words: str) -> str:
    """Without blanks, hyphens and underscores."""
    return words.translate(dict.fromkeys(map(ord, " -_")))

"""What a user did wrong, said so that it can be mended: key, rule, value, way out.

`InputError` is the only exception that the command line turns into exit status 2. Whoever raises it
gives the dotted key (as a tuple) where it is known; `scenario` adds file, line and origin.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["InputError", "Problem", "nearest", "shown", "unknown"]


_LONGEST = 300  # characters of a value in a message: a list of one number a coordinate may have thousands


@dataclass(frozen=True)
class Problem:
    """One mistake: `path` is the dotted key from the place that found it, `message` the rule and the value."""

    path: tuple[str | int, ...]
    message: str

    def under(self, *prefix: str | int) -> Problem:
        """The same mistake as seen from the mapping that holds it under `prefix`."""
        return Problem((*prefix, *self.path), self.message)

    def __str__(self) -> str:
        key = ".".join(map(str, self.path))
        return " ".join(f"{key} {self.message}".strip().splitlines())


class InputError(ValueError):
    """Bad input: one or more `Problem`s, each of which prints as one line."""

    def __init__(self, problems: str | Problem | Sequence[Problem]):
        if isinstance(problems, str):
            problems = Problem((), problems)
        if isinstance(problems, Problem):
            problems = [problems]
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self):  # so that it crosses a process boundary with its problems
        return type(self), (self.problems,)

    def under(self, *prefix: str | int) -> InputError:
        """The same mistakes as seen from the mapping that holds them under `prefix`."""
        return InputError([problem.under(*prefix) for problem in self.problems])


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was most likely meant to be, or None."""
    known = list(known)
    lowered = {name.lower(): name for name in reversed(known)}
    hits = difflib.get_close_matches(str(word).lower(), lowered, n=1, cutoff=0.6)
    return lowered[hits[0]] if hits else None


def shown(value: object) -> str:
    """A value as a user writes it: `null` for None, as Python writes it otherwise; the beginning of a long one."""
    text = "null" if value is None else repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST - 20]}…{text[-15:]}"


def unknown(kind: str, word: object, known: Iterable[str], where: str = "") -> str:
    """The message for a word that is not among the known ones, `where` it stands: says the nearest, then all."""
    known = sorted(set(known))
    hit = nearest(str(word), known)
    hint = f"; did you mean {hit!r}?" if hit else ";"
    return f"unknown {kind} {word!r}{where}{hint} known: {', '.join(known) or 'none'}"

"""What "time to" means: the level that a trajectory must reach for the first time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticCustomError

from ..errors import InputError, unknown
from ..units import FRACTION, NUMBER, Quantity

__all__ = ["Target"]

_RULES = {"accuracy": Quantity(FRACTION, gt=0, le=1), "error": Quantity(NUMBER, gt=0)}
_KIND = re.compile(r"\s*([A-Za-z_]\w*)\s*[:= ]\s*(.*)")


@dataclass(frozen=True)
class Target:
    """Test accuracy >= `level` (in (0, 1]), or objective error f - f* <= `level` (> 0), by `kind`.

    `str(target)` is what tables are headed with, and reads back: `85 %`, `error 0.001`. InputError for another kind or
    a level out of its range.
    """

    kind: str
    level: float

    def __post_init__(self):
        if self.kind not in _RULES:
            raise InputError(unknown("kind of target", self.kind, _RULES))
        try:
            object.__setattr__(self, "level", float(_RULES[self.kind].validate(self.level)))
        except PydanticCustomError as error:
            raise InputError(f"target {self.kind} {error.message()}; write '85 %' or 'error:1e-3'") from None

    @classmethod
    def parse(cls, text: Any) -> Target:
        """A target from `85 %`, `0.85`, `accuracy:85 %`, `error:1e-3` or `error 1e-3`; a bare level is an accuracy."""
        if isinstance(text, Target):
            return text
        match = _KIND.fullmatch(text) if isinstance(text, str) else None
        return cls(match[1], match[2]) if match else cls("accuracy", text)

    @classmethod
    def listed(cls, targets: Mapping[str, Any] | Iterable[Any]) -> tuple[Target, ...]:
        """Those of a scenario's `targets: {accuracy: [80 %, 85 %], error: [1e-3]}`, or of a list for `parse`; each once."""
        if isinstance(targets, Mapping):
            found = [cls(kind, level) for kind, levels in targets.items()
                     for level in (levels if isinstance(levels, (list, tuple)) else [levels])]
        else:
            found = [cls.parse(item) for item in ([targets] if isinstance(targets, (str, Target)) else targets)]
        return tuple(dict.fromkeys(found))

    @property
    def hardness(self) -> float:
        """Larger is harder, among targets of one kind."""
        return self.level if self.kind == "accuracy" else -self.level

    def holds(self, values):
        """Whether it holds at each of `values`, an array of this kind; an empty (NaN) value does not."""
        return values >= self.level if self.kind == "accuracy" else values <= self.level

    def __str__(self) -> str:
        if self.kind == "accuracy":
            return str(_RULES["accuracy"].show(self.level))
        short = f"{self.level:g}"
        return f"error {short if float(short) == self.level else repr(self.level)}"

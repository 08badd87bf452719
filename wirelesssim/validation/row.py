"""A check of one model against one reference, and the row of the table that it becomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

__all__ = ["Seen", "Check", "Row", "worst", "differing"]


class Seen(NamedTuple):
    """How far a model was from its reference, and how far it may be, in one unit."""

    deviation: float
    tolerance: float


@dataclass(frozen=True)
class Row:
    """One line of the table. `deviation` and `tolerance` in the unit that `metric` names."""

    topic: str
    model: str
    reference: str
    metric: str
    deviation: float
    tolerance: float

    @property
    def passed(self) -> bool:
        """Whether the deviation is within the tolerance; no number is not."""
        return bool(self.deviation <= self.tolerance)


@dataclass(frozen=True)
class Check:
    """What is checked (`model`, of a `topic`), against what (`reference`: standard and clause, or closed form), and how far apart
    (`metric`, with its unit); `measure` does it. `slow`: of the long statistics."""

    topic: str
    model: str
    reference: str
    metric: str
    measure: Callable[[], Seen]
    slow: bool = False

    def run(self) -> Row:
        """Measure."""
        seen = self.measure()
        return Row(self.topic, self.model, self.reference, self.metric, float(seen.deviation), float(seen.tolerance))


def worst(deviations, tolerances) -> Seen:
    """The deviation that uses most of its tolerance, of arrays that broadcast; one that is no number is the worst."""
    deviations, tolerances = np.broadcast_arrays(np.abs(np.asarray(deviations, dtype=float)), np.asarray(tolerances, dtype=float))
    deviations, tolerances = deviations.ravel(), tolerances.ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        used = np.where(deviations == 0, 0.0, deviations / tolerances)
    place = int(np.argmax(np.where(np.isnan(used), np.inf, used)))
    return Seen(deviations[place], tolerances[place])


def differing(pairs) -> Seen:
    """How many pairs (found, expected) are not equal; none may be."""
    return Seen(sum(found != expected for found, expected in pairs), 0)

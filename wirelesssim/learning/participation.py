"""Who takes part in a round, where not everybody does."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from typing import Annotated, Literal

from ..model import Model, model
from ..units import FRACTION, Quantity

__all__ = ["FullParticipation", "Participation", "RandomParticipation", "RoundRobin"]

Share = Annotated[float, Quantity(FRACTION, gt=0, le=1)]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Participation(Model, family="participation", default="full"):
    """Which workers may send in a round, and what the others do meanwhile.

    `absent: freeze`: an unscheduled worker gets no model, computes nothing and keeps its state. `absent: accumulate`: it gets
    the model and takes its step as if its threshold were infinite, so that what it would have sent stays in its error memory;
    it needs a method with such a memory. Either way the server knows whom it scheduled: no marker is sent.
    """

    absent: Literal["freeze", "accumulate"] = "freeze"

    @abstractmethod
    def chosen(self, context) -> range | frozenset[int]:
        """The workers that may send in the round of `context`."""

    def asked(self, context) -> list[int]:
        """The workers that get the model, in order of index."""
        return list(range(context.workers)) if self.absent == "accumulate" else sorted(self.chosen(context))


@model
class FullParticipation(Participation, name="full"):
    """Everybody, every round."""

    def chosen(self, context):
        return range(context.workers)


@model
class RoundRobin(Participation, name="round_robin"):
    """c = max(1, round(`fraction` M)) workers a round, in turn: round k has workers (k-1) c, …, (k-1) c + c - 1 modulo M.

    Default one half: with it GD-SEC took gradient descent's number of rounds in our reference runs.
    """

    fraction: Share = 0.5

    def chosen(self, context):
        count = _count(self.fraction, context.workers)
        first = (context.round - 1) * count
        return frozenset((first + place) % context.workers for place in range(count))


@model
class RandomParticipation(Participation, name="random"):
    """c = max(1, round(`fraction` M)) workers, drawn anew each round without replacement from the learning seed.

    The client sampling of McMahan et al., AISTATS 2017 (their C); default 0.1, the fraction most used there.
    """

    fraction: Share = 0.1

    def chosen(self, context):
        return context.once("participation", (), lambda: self._draw(context))

    def _draw(self, context) -> frozenset[int]:
        count = _count(self.fraction, context.workers)
        return frozenset(context.random("participation").permutation(context.workers)[:count].tolist())


def _count(fraction: float, workers: int) -> int:
    return min(workers, max(1, round(fraction * workers)))

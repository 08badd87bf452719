"""What arrived of a round's updates, summed in order of worker index: where every server step begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from ..algorithm import Fate, Outcome
from ..update import Update

__all__ = ["absorb", "arrived", "received_sum"]


def arrived(outcomes: Mapping[int, Outcome]) -> Iterator[tuple[int, Update]]:
    """(m, what arrived of its update) of each worker m that was heard, in order of worker index, never of arrival."""
    return ((worker, outcomes[worker].update) for worker in sorted(outcomes) if outcomes[worker].fate is Fate.DELIVERED)


def absorb(total: np.ndarray, outcomes: Mapping[int, Outcome]) -> None:
    """`total` (d,) += each update that arrived, one after the other and in place; who was not heard adds nothing."""
    for _, update in arrived(outcomes):
        update.add_to(total)


def received_sum(outcomes: Mapping[int, Outcome], like: np.ndarray) -> np.ndarray:
    """SUM of the updates that arrived, a new array (d,), in the type of `like` (d,)."""
    total = np.zeros_like(like)
    absorb(total, outcomes)
    return total

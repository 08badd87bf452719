"""Schedulers: whose new data goes into a slot, and on how many blocks. Retransmissions come first whatever the scheduler."""

from __future__ import annotations

from typing import Annotated

from ...model import Model, model
from ...units import COUNT, Quantity
from .rules import EQUAL_SHARE, MAX_CI, PROPORTIONAL_FAIR, ROUND_ROBIN

__all__ = ["Scheduler", "RoundRobin", "ProportionalFair", "MaxCi", "EqualShare"]


class Scheduler(Model, family="scheduler"):
    """The order of users in a slot. The first gets the blocks that it can use, the next the rest, and so on.

    Ties go in order of index, from the worker after the one that was served last. Choices rest on the wideband report: a
    choice of blocks where a user's channel is good within the band is left out.
    """

    code: int
    window: int = 1


@model
class RoundRobin(Scheduler, name="round_robin"):
    """One after the other in order of index."""

    @property
    def code(self) -> int:
        """Its number in the slot loop."""
        return ROUND_ROBIN


@model
class ProportionalFair(Scheduler, name="proportional_fair"):
    """The largest r_u / R_u: the bits that the user's report carries on the whole band over the mean of the bits it was given.

        R_u <- R_u + (bits - R_u) / window        in each uplink slot in which it could have been served

    (P. Viswanath, D. N. C. Tse, R. Laroia, "Opportunistic beamforming using dumb antennas", IEEE Trans. Inf. Theory 48, 2002.)
    `window` 1000 uplink slots, the averaging time of that paper's system; one that is not longer than some fades averages them
    away, and the gain with them.
    """

    window: Annotated[int, Quantity(COUNT, ge=1)] = 1000

    @property
    def code(self) -> int:
        """Its number in the slot loop."""
        return PROPORTIONAL_FAIR


@model
class MaxCi(Scheduler, name="max_ci"):
    """The best report first: most bits, and nothing for the edge while others have data."""

    @property
    def code(self) -> int:
        """Its number in the slot loop."""
        return MAX_CI


@model
class EqualShare(Scheduler, name="equal_share"):
    """All who have data at once, as many as may be granted a slot, on equal shares of the blocks; unused ones go on."""

    @property
    def code(self) -> int:
        """Its number in the slot loop."""
        return EQUAL_SHARE

"""Partitions of the federated literature that are unequal in labels or in amount."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from ..errors import InputError, Problem
from ..model import model
from ..units import NUMBER, Count, Natural, Quantity
from .partition import Partition, check_minimum, fill_up, rounded_shares

__all__ = ["Shards", "QuantitySkew"]


@model
class Shards(Partition, name="shards"):
    """Sorted by label, cut into M `per_worker` equal shards, and `per_worker` of them to each worker, at random.

    With 2 shards most workers see two classes only. Shards differ in size by at most one sample; the sort is stable, and
    by the target for a regression.

    Source: McMahan, Moore, Ramage, Hampson, Aguera y Arcas, AISTATS 2017, section 3 (200 shards of 300 digits, 2 a client).

    InputError (`data.partition.per_worker`) where there are fewer samples than shards.
    """

    per_worker: Count = 2  # McMahan et al. 2017

    def shards(self, labels, workers, generator):
        pieces = workers * self.per_worker
        if pieces > len(labels):
            most = len(labels) // workers
            raise InputError(Problem(("data", "partition", "per_worker"), f"must be <= {most} for {len(labels)} training samples "
                                                                          f"and {workers} workers, got {self.per_worker}"))
        cut = np.array_split(np.argsort(labels, kind="stable"), pieces)
        hands = generator.permutation(pieces).reshape(workers, self.per_worker)
        return [np.concatenate([cut[piece] for piece in hand]) for hand in hands]


@model
class QuantitySkew(Partition, name="quantity_skew"):
    """Unequal amounts of the same law: a random permutation, cut into shards of unequal sizes.

    Sizes are n p, p ~ Dirichlet(`alpha`, …, `alpha`); or, where `exponent` a is given, n r_m^-a / SUM r^-a with the ranks
    r = 1 … M dealt at random (a = 0: equal). They become whole by rounding their cumulative sums; then, while a worker has
    fewer than `minimum` samples, the richest gives it one. Labels play no part, so it serves a regression too.

    Source: Li, Diao, Chen, He, "Federated learning on non-IID data silos", ICDE 2022 (quantity skew, Dirichlet 0.5);
    a power law of the sizes: Li et al., "Federated optimization in heterogeneous networks", MLSys 2020.

    InputError (`data.partition.minimum`) where n < M minimum, and (`alpha`) where `alpha` is given beside `exponent`.
    """

    alpha: Annotated[float, Quantity(NUMBER, gt=0, le=1e9)] = 0.5  # Li et al. 2022
    exponent: Annotated[float, Quantity(NUMBER, ge=0, le=100)] | None = None
    minimum: Natural = 1  # a worker without samples has no gradient

    def check(self):
        if self.exponent is not None and self.alpha != QuantitySkew.alpha:
            raise InputError(Problem(("alpha",), f"must not be given beside exponent, got {self.alpha:g} and exponent = "
                                                 f"{self.exponent:g}; leave one of them out"))

    def shards(self, labels, workers, generator):
        check_minimum(self.minimum, labels, workers)
        if self.exponent is None:
            shares = generator.dirichlet(np.full(workers, self.alpha))
        else:
            shares = (1.0 + generator.permutation(workers)) ** -self.exponent
            shares /= shares.sum()
        sizes = rounded_shares(shares, len(labels))[None, :]  # (1, M)
        fill_up(sizes, max(self.minimum, 1))
        return np.split(generator.permutation(len(labels)), np.cumsum(sizes[0])[:-1])

"""How the training samples are dealt out to the workers.

Every law is a pure function of the labels (`column`: of a column), the number of workers and a generator
(`streams("partition")`). The shards
partition {0, …, n-1}; none is empty. Keys in the errors are those of the scenario, from its top (`workers`,
`data.partition`), since both meet here.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated

import numpy as np

from ..errors import InputError, Problem
from ..model import Model, model
from ..units import NUMBER, Natural, Quantity

__all__ = ["Partition", "Iid", "Contiguous", "Sorted", "Dirichlet", "check_minimum", "fill_up", "rounded_shares"]


class Partition(Model, family="partition"):
    """The law by which n training samples are dealt out to M workers."""

    @abstractmethod
    def shards(self, labels: np.ndarray, workers: int, generator: np.random.Generator) -> list[np.ndarray]:
        """The law itself: `workers` index arrays; 1 <= workers <= n has been checked."""

    def values(self, features, groups: np.ndarray | None, columns: Sequence[str] | None, name: str) -> np.ndarray | None:
        """What samples are dealt by beside their labels, (n,), or None: the labels are enough.

        `features` (n, d), `groups` (n,) and the d names in `columns` are those of the set `name`, None where it has none.
        """
        return None

    def assign(self, labels: np.ndarray, workers: int, generator: np.random.Generator,
               values: np.ndarray | None = None) -> list[np.ndarray]:
        """One increasing index array a worker, which partition range(n); `labels` (n,), `values` what `values` gave.

        InputError (`workers`) where there are more workers than samples.
        """
        if workers > len(labels):
            raise InputError(Problem(("workers",), f"has more workers ({workers}) than training samples ({len(labels)}); "
                                                   "take fewer workers, or raise data.train"))
        dealt = (labels, workers, generator) if values is None else (labels, workers, generator, values)
        return [np.sort(shard) for shard in self.shards(*dealt)]


@model
class Iid(Partition, name="iid"):
    """Equal shards (sizes differ by at most one) of a uniformly random permutation."""

    def shards(self, labels, workers, generator):
        return np.array_split(generator.permutation(len(labels)), workers)


@model
class Contiguous(Partition, name="contiguous"):
    """Equal shards of neighbours in the order of the training set, which `Data.split` has shuffled."""

    def shards(self, labels, workers, generator):
        return np.array_split(np.arange(len(labels)), workers)


@model
class Sorted(Partition, name="sorted"):
    """Equal shards of neighbours after a stable sort by label: the most unequal equal shares; any labels."""

    def shards(self, labels, workers, generator):
        return np.array_split(np.argsort(labels, kind="stable"), workers)


@model
class Dirichlet(Partition, name="dirichlet"):
    """Class k is divided among the workers in proportions p_k ~ Dirichlet(alpha, …, alpha), drawn for each class.

    `alpha` in (0, 1e9]: towards 0 a class goes to one worker whole, towards infinity every worker gets the same share of
    it (at 1e9 within 1e-4, so that more would say nothing more, and sums of it could overflow);
    Var p_km = (1/M)(1 - 1/M)/(alpha M + 1). Proportions become counts by rounding their cumulative sums, which keeps each
    count within one sample of p_km n_k. Then, while a worker has fewer than `minimum` samples, the richest one gives it
    a sample of the class that it has most of: a few moves, no redrawing, the same for the same generator. Shard sizes
    differ, unlike in Hsu et al. 2019, who draw a label law for each of equal-sized clients.

    Source: Yurochkin et al., "Bayesian Nonparametric Federated Learning of Neural Networks", ICML 2019, with 0.5;
    alpha as the measure of skew: Hsu, Qi, Brown, arXiv 1909.06335 (2019).

    InputError (`data.partition.type`) for real-valued labels, (`data.partition.minimum`) where n < M minimum.
    """

    alpha: Annotated[float, Quantity(NUMBER, gt=0, le=1e9)] = 0.5  # Yurochkin et al. 2019
    minimum: Natural = 1  # a worker without samples has no gradient

    def shards(self, labels, workers, generator):
        self._check(labels, workers)
        members = [np.flatnonzero(labels == value) for value in np.unique(labels)]
        counts = np.array([self._counts(len(own), workers, generator) for own in members])  # (k, M)
        fill_up(counts, max(self.minimum, 1))
        pieces = [np.split(generator.permutation(own), np.cumsum(row)[:-1]) for own, row in zip(members, counts)]
        return [np.concatenate(parts) for parts in zip(*pieces)]

    def _check(self, labels: np.ndarray, workers: int) -> None:
        if labels.dtype.kind == "f":
            raise InputError(Problem(("data", "partition", "type"), "'dirichlet' divides classes, and these labels are the real "
                                     "numbers of a regression; use iid, or sorted (by the target)"))
        check_minimum(self.minimum, labels, workers)

    def _counts(self, samples: int, workers: int, generator: np.random.Generator) -> np.ndarray:
        """Counts (M,) that sum to `samples`."""
        return rounded_shares(generator.dirichlet(np.full(workers, self.alpha)), samples)


def check_minimum(minimum: int, labels: np.ndarray, workers: int) -> None:
    """InputError (`data.partition.minimum`) where n < M minimum."""
    if workers * minimum > len(labels):
        raise InputError(Problem(("data", "partition", "minimum"), f"must be <= {len(labels) // workers} for {len(labels)} "
                                 f"training samples and {workers} workers, got {minimum}"))


def rounded_shares(shares: np.ndarray, samples: int) -> np.ndarray:
    """Counts (M,) that sum to `samples`, each within one of its share of them; `shares` (M,) sum to 1."""
    edges = np.rint(np.cumsum(shares)[:-1] * samples).astype(np.int64)
    return np.diff(edges, prepend=0, append=samples)


def fill_up(counts: np.ndarray, minimum: int) -> None:
    """Move samples in `counts` (k, M), in place, until every column sums to at least `minimum`; the first of equals gives."""
    sizes = counts.sum(axis=0)  # (M,)
    for poor in np.flatnonzero(sizes < minimum):
        while sizes[poor] < minimum:
            rich = sizes.argmax()
            label = counts[:, rich].argmax()
            counts[label, rich] -= 1
            counts[label, poor] += 1
            sizes[rich] -= 1
            sizes[poor] += 1

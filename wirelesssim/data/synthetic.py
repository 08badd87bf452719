"""Sets made by a law: the same for everyone, with a smoothness constant that is known or chosen.

Each has a seed of its own, which the scenario's does not touch: replications differ in what is done, not in the problem.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
import scipy.sparse as sp

from ..errors import InputError, Problem
from ..model import model
from ..rng import Streams
from ..units import NUMBER, Count, Natural, Quantity
from .dataset import Dataset
from .partition import Partition
from .source import Data

__all__ = ["LagSynthetic", "SparseLogistic"]

_Positive = Annotated[float, Quantity(NUMBER, gt=0)]
_NonNegative = Annotated[float, Quantity(NUMBER, ge=0)]
_Share = Annotated[float, Quantity(NUMBER, gt=0, le=1)]


@model
class LagSynthetic(Data, name="lag_synthetic"):
    """Linear regression with workers of increasing smoothness, after LAG: worker m has X_m = growth^(m-1) q_m q_m^T + I.

    X_m is `size` x `size`, m = 1 … `parts`; q_1 … q_M are orthonormal columns, so that the largest eigenvalue of
    X_m^T X_m is L_m = (growth^(m-1) + 1)^2 (of the sum of squares, before the 1/n of the mean); y_m = X_m theta* + `noise` z,
    theta* and z standard normal. `partition: column` (the default here) gives every worker its part, `test: 0` (the
    default here) leaves no row out; the order of the rows within a part does not matter to it.

    Source: Chen, Giannakis, Sun, Yin, "LAG: Lazily aggregated gradient", NeurIPS 2018, for M = 9, d = 50 and 1.3;
    the labels are this file's choice: with `noise` 0 all workers share one minimiser, which flatters lazy methods.
    """

    parts: Count = 9  # LAG 2018
    size: Count = 50  # LAG 2018
    growth: _Positive = 1.3  # LAG 2018
    noise: _NonNegative = 1.0  # as large as an entry of theta*
    seed: Natural = 1
    test: Natural | None = 0
    partition: Partition = "column"

    task: ClassVar[str] = "regression"
    source: ClassVar[str] = "made here"
    licence: ClassVar[str] = "none needed"
    citation: ClassVar[str] = "Chen, Giannakis, Sun, Yin, LAG: Lazily aggregated gradient, NeurIPS 2018"
    samples: ClassVar[int] = 450
    dimension: ClassVar[int] = 50

    def check(self) -> None:
        if self.parts > self.size:
            raise InputError(Problem(("parts",), f"must be <= size ({self.size}), so that there are as many orthonormal columns, "
                                                 f"got {self.parts}"))

    def read(self) -> Dataset:
        random = Streams(self.seed, domain="data")("lag_synthetic")
        columns = np.linalg.qr(random.standard_normal((self.size, self.parts)))[0]  # (d, M)
        scales = self.growth ** np.arange(self.parts)
        features = np.concatenate([scale * np.outer(q, q) + np.eye(self.size) for scale, q in zip(scales, columns.T)])  # (M d, d)
        theta = random.standard_normal(self.size)
        labels = features @ theta + self.noise * random.standard_normal(len(features))
        return Dataset.of(features, labels, "lag_synthetic", classification=False,
                          groups=np.repeat(np.arange(1, self.parts + 1), self.size))


@model
class SparseLogistic(Data, name="sparse_logistic"):
    """Sparse rows, and labels from a sparse logistic model: P(y = 1 | x) = 1/(1 + exp(-`margin` x^T theta* / s)), y in {-1, 1}.

    An entry of x is there with probability `density`, and then standard normal; theta* has `active` standard normal
    entries, the others are 0; s is the root mean square of x^T theta* over the samples, so that `margin` is the size of
    the logit and says how noisy the labels are. A row may be empty: its label is a fair coin.

    A stand-in for text with far more words than matter; the sizes are those at which GD-SEC's comparison set is looked at
    (M = 10, d = 1000), with 100 rows a worker.
    """

    rows: Count = 1000  # 100 rows for each of 10 workers
    features: Count = 1000
    density: _Share = 0.05  # 50 entries a row: a short text
    active: Count = 50  # 1 word in 20 matters
    margin: _Positive = 4.0  # logits of +-4: about one label in six goes against the sign of x^T theta*
    seed: Natural = 1

    task: ClassVar[str] = "classification"
    source: ClassVar[str] = "made here"
    licence: ClassVar[str] = "none needed"
    samples: ClassVar[int] = 1000
    dimension: ClassVar[int] = 1000

    def check(self) -> None:
        if self.active > self.features:
            raise InputError(Problem(("active",), f"must be <= features ({self.features}), got {self.active}"))

    def read(self) -> Dataset:
        random = Streams(self.seed, domain="data")("sparse_logistic")
        counts = random.binomial(self.features, self.density, self.rows)
        indices = np.concatenate([np.sort(random.choice(self.features, count, replace=False)) for count in counts])
        edges = np.concatenate([[0], np.cumsum(counts)])
        features = sp.csr_matrix((random.standard_normal(len(indices)), indices.astype(np.int32), edges.astype(np.int32)),
                                 (self.rows, self.features))
        theta = np.zeros(self.features)
        theta[random.choice(self.features, self.active, replace=False)] = random.standard_normal(self.active)
        score = features @ theta
        size = np.sqrt(np.mean(score**2)) or 1.0
        likely = 1.0 / (1.0 + np.exp(-self.margin * score / size))
        labels = np.where(random.random(self.rows) < likely, 1, -1)
        if len(np.unique(labels)) < 2:
            raise InputError(Problem(("rows",), f"gave labels of one class only, got {self.rows}; raise it, or change seed"))
        return Dataset.of(features, labels, "sparse_logistic", classification=True)

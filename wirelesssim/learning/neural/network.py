"""A classifier that is a neural network: what every network answers, and the problem that it makes of samples.

f(theta) = (1/n) SUM_i loss(N(x_i; theta), y_i) + (l2/2) ||theta||^2 with the cross-entropy of the softmax of the C scores,

    loss(z, y) = log SUM_c exp(z_c) - z_y;        f_m carries 1/n of worker m's samples and l2/M of the regulariser.

theta is one vector (d,), biases and all, so that what is sent, dropped and put back is the same as for every objective.
Not known of such an f, and so never guessed: L, L_m, mu (0: none is known), f*. What is relative to L is refused by name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import cached_property
from hashlib import blake2b

import numpy as np
from scipy import sparse

from ...errors import InputError
from ..objectives.design import hash_rows, worker_order
from ..objectives.glm import class_targets
from ..objectives.objective import several_classes
from ..objectives.problem import Problem, Samples
from ..objectives.softmax import cross_entropy

__all__ = ["Network", "NetworkObjective", "NetworkProblem"]


class Network(ABC):
    """Scores of C classes from a parameter vector (d,) and features; pure: the same bits for the same arrays.

    `size` d; `dtype` of theta, of the features and of every answer; `rows`: samples that are taken at a time, so that what is
    held between the layers stays small. `features` (b, inputs) are an array or, where `sparse` says so, a CSR matrix.
    """

    size: int
    dtype: np.dtype
    rows: int
    sparse: bool = False  # whether CSR features are taken as they are

    @abstractmethod
    def start(self) -> np.ndarray:
        """theta^0, a new array (d,), the same every time."""

    @abstractmethod
    def scores(self, theta: np.ndarray, features) -> np.ndarray:
        """N(x; theta) of each sample, (b, C)."""

    @abstractmethod
    def pull(self, theta: np.ndarray, features, targets: np.ndarray, share: float) -> np.ndarray:
        """share * SUM_i grad loss(N(x_i; theta), y_i), a new array (d,); `targets` (b,) class numbers."""


class NetworkObjective:
    """The part of a leaf, beside `Objective`, that is the same for all networks; the leaf adds `precision`."""

    knows_smoothness = False
    batched = False

    @property
    def width(self) -> int:
        """Bytes of a coordinate."""
        return np.dtype(self.precision).itemsize

    def suits(self, classes):
        several_classes(self.type_name, classes)


class NetworkProblem(Problem):
    """The problem of `network` on samples; see the module's text. `identity` says in words what the network is."""

    batched = False  # M gradients at once would take M d numbers, and a product of matrices gains nothing by it
    convex = False

    def __init__(self, identity: str, network: Network, l2: float, samples: Samples):
        if samples.features.shape[0] == 0:
            raise InputError("the training set must hold at least one sample, got 0")
        self.identity, self.network, self.l2 = identity, network, float(l2)
        _, targets, test = class_targets(samples)
        self._order = worker_order(samples.shards, samples.features.shape[0])
        self.size, self.workers = network.size, len(samples.shards)
        self.features = _cast(samples.features[self._order], network)
        self.targets = targets[self._order]
        self.sizes = np.array([len(shard) for shard in samples.shards], dtype=np.int64)
        ends = np.cumsum(self.sizes)
        self.rows = [slice(int(end - size), int(end)) for end, size in zip(ends, self.sizes)]
        self._test = _test_set(samples, test, network)

    def start(self) -> np.ndarray:
        """theta^0, (d,), made anew: random, since all units of a layer would stay equal from zero."""
        return self.network.start()

    def value(self, theta: np.ndarray) -> float:
        """f(theta); the losses are summed in float64."""
        theta, total = self._own(theta), 0.0
        with np.errstate(over="ignore", invalid="ignore"):  # a diverged run shows in the value, not in a warning
            for rows in self._chunks(slice(0, len(self.targets))):
                losses, _ = cross_entropy(self.network.scores(theta, self.features[rows]), self.targets[rows])
                total += float(losses.sum(dtype=np.float64))
            return total / len(self.targets) + (0.5 * self.l2 * float(theta @ theta) if self.l2 else 0.0)

    def gradient(self, theta: np.ndarray) -> np.ndarray:
        """grad f(theta), (d,)."""
        return self._pull(theta, slice(0, len(self.targets)), 1.0 / len(self.targets), self.l2)

    def gradients(self, theta: np.ndarray, workers: Sequence[int]) -> np.ndarray:
        """grad f_m(theta) for each m of `workers`, (len(workers), d); one worker at a time."""
        share, l2 = 1.0 / len(self.targets), self.l2 / self.workers
        if len(workers) == 1:
            return self._pull(theta, self.rows[workers[0]], share, l2)[None]  # no copy: it may be 200 MB
        gradients = np.empty((len(workers), self.size), dtype=self.network.dtype)
        for place, worker in enumerate(workers):
            gradients[place] = self._pull(theta, self.rows[worker], share, l2)
        return gradients

    def sampled(self, theta: np.ndarray, worker: int, rows: np.ndarray) -> np.ndarray:
        """(n_m/(n b)) SUM over `rows` (b,) of grad loss_i + (l2/M) theta, (d,); places in the order of the worker's shard."""
        places = self.rows[worker].start + np.asarray(rows, dtype=np.int64)
        share = float(self.sizes[worker]) / (len(self.targets) * len(places))
        return self._pull(theta, places, share, self.l2 / self.workers)

    @property
    def weights(self) -> np.ndarray:
        """w_m = n_m/n, (M,)."""
        return self.sizes / len(self.targets)

    def samples_of(self, worker: int) -> int:
        """n_m."""
        return int(self.sizes[worker])

    @property
    def smoothness(self) -> None:
        """Not known."""
        return None

    @property
    def strong_convexity(self) -> float:
        """0: none is known, and f is not convex."""
        return 0.0

    @property
    def worker_smoothness(self) -> None:
        """Not known."""
        return None

    @cached_property
    def digest(self) -> str:
        """A hash of the network, l2, the features and the targets, whoever holds them."""
        state = blake2b(repr((self.identity, self.l2, self.features.shape)).encode(), digest_size=16)
        place = np.argsort(self._order)
        hash_rows(state, self.features, place, 4096)
        state.update(self.targets[place].tobytes())
        return state.hexdigest()

    def accuracy(self, theta: np.ndarray) -> float | None:
        """The fraction of test samples whose class has the highest score (ties: the lowest class)."""
        if self._test is None:
            return None
        features, targets = self._test
        theta, right = self._own(theta), 0
        with np.errstate(over="ignore", invalid="ignore"):
            for rows in self._chunks(slice(0, len(targets))):
                found = np.argmax(self.network.scores(theta, features[rows]), axis=1)
                right += int(np.count_nonzero(found == targets[rows]))
        return right / len(targets)

    def _own(self, theta: np.ndarray) -> np.ndarray:
        return np.asarray(theta, dtype=self.network.dtype)

    def _pull(self, theta: np.ndarray, places: slice | np.ndarray, share: float, l2: float) -> np.ndarray:
        """share * SUM of the gradients at `places` + l2 theta, (d,)."""
        theta, total = self._own(theta), None
        with np.errstate(over="ignore", invalid="ignore"):
            for rows in self._chunks(places):
                part = self.network.pull(theta, self.features[rows], self.targets[rows], share)
                total = part if total is None else np.add(total, part, out=total)
            total = np.zeros_like(theta) if total is None else total
            if l2:
                total += l2 * theta
        return total

    def _chunks(self, places: slice | np.ndarray) -> Iterator[slice | np.ndarray]:
        step = self.network.rows
        if isinstance(places, slice):
            yield from (slice(at, min(at + step, places.stop)) for at in range(places.start, places.stop, step))
        else:
            yield from (places[at:at + step] for at in range(0, len(places), step))


def _cast(features, network: Network):
    if sparse.issparse(features):
        return sparse.csr_matrix(features, dtype=network.dtype) if network.sparse else features.toarray().astype(network.dtype)
    return np.ascontiguousarray(features, dtype=network.dtype)


def _test_set(samples: Samples, targets: np.ndarray | None, network: Network):
    """(features, class numbers) of the test samples, or None where there are none."""
    if samples.test_features is None or targets is None or len(targets) == 0:
        return None
    return _cast(samples.test_features, network), targets

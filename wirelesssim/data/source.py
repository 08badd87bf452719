"""Where the samples come from: the family `data`, and the split that all its leaves share."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Hashable
from functools import lru_cache
from typing import Any, ClassVar, Literal

import numpy as np
import scipy.sparse as sp

from ..errors import InputError, Problem, unknown
from ..model import Model
from ..rng import Streams
from ..units import Count, Natural
from .dataset import Dataset, Split
from .partition import Iid, Partition

__all__ = ["Data"]

_TEST_SHARE = 5  # one in five for testing, where the user does not say: the common 80/20


@dataclasses.dataclass(frozen=True, kw_only=True)
class Data(Model, family="data", default="file"):
    """A labelled set: where it comes from, how many samples train and test, and how the former are dealt out.

    `train`, `test`: numbers of samples, drawn without replacement; with one of them the other is the rest, with neither
    they are 80 % and 20 %. A set that was published in two parts keeps them: `train` samples of the one and `test` samples of
    the other, all unless said, never mixed. `normalize`: `none` leaves the numbers alone; `standard` gives each column mean
    0 and standard deviation 1 on the training part, and 0 where it is constant there; `auto` is what is usual: pixels
    divided by their largest possible value, tables of scikit-learn standardised, files as they are. Regression targets
    are never scaled. A standard-library dataclass, so that leaves inherit the fields; pydantic checks them there.

    Left out: strata (the label shares of the parts vary as a simple random draw's do) and a file of the user's whose test
    part is another file.
    """

    train: Count | None = None
    test: Natural | None = None
    partition: Partition = "iid"
    normalize: Literal["auto", "none", "standard"] = "auto"

    standardised: ClassVar[bool] = False  # whether `auto` standardises columns

    @abstractmethod
    def read(self) -> Dataset:
        """The whole set, read afresh; InputError with the key inside `data`."""

    def stamp(self) -> Hashable:
        """What changes when the content behind the same configuration does."""
        return None

    def load(self) -> Dataset:
        """The whole set, kept in this process for as long as its configuration and its files stay the same."""
        return _read(dataclasses.replace(self, train=None, test=None, partition=Iid()), self.stamp())

    def split(self, streams: Streams) -> Split:
        """Training and test parts, shuffled by `streams("data")`; a smaller `train` takes a prefix of a larger one's.

        InputError (`train`, `test`) where more is asked for than there is, (`normalize`) for `standard` on sparse
        features, which it would fill.
        """
        whole = self.load()
        ours, theirs = self._drawn(whole, streams)
        parts = whole.features[ours], whole.features[theirs]
        if self.normalize == "standard" or self.normalize == "auto" and self.standardised:
            parts = _standardise(*parts)
        groups = None if whole.groups is None else whole.groups[ours]
        return Split(parts[0], whole.labels[ours], parts[1], whole.labels[theirs], whole.classes, whole.name, whole.digest,
                     groups, whole.columns)

    def _drawn(self, whole: Dataset, streams: Streams) -> tuple[np.ndarray, np.ndarray]:
        """Indices of the training and of the test samples."""
        train, test = self.sizes(whole)
        own = len(whole.labels) - whole.given_test
        order = streams("data").permutation(own)
        if whole.given_test:
            return order[:train], own + streams("data", "test").permutation(whole.given_test)[:test]
        return order[:train], order[train:train + test]

    def shards(self, split: Split, workers: int, generator: np.random.Generator) -> list[np.ndarray]:
        """The training samples dealt out: one increasing index array a worker; InputError as the partition's."""
        values = self.partition.values(split.train_features, split.train_groups, split.columns, split.name)
        return self.partition.assign(split.train_labels, workers, generator, values)

    def check_partition(self, whole: Dataset, workers: int) -> None:
        """InputError where the partition can deal no training part of `whole`; before any is drawn."""
        values = self.partition.values(whole.features, whole.groups, whole.columns, whole.name)
        count = self.sizes(whole)[0] if values is None else len(whole.labels)  # a value may be missing from a part
        self.partition.assign(whole.labels[:count], workers, np.random.default_rng(0), values)

    def sizes(self, whole: Dataset) -> tuple[int, int]:
        """The numbers of training and test samples; InputError as `split`."""
        samples, name = len(whole.labels), whole.name
        if self.normalize == "standard" and sp.issparse(whole.features):
            raise InputError(Problem(("normalize",), f"must be 'auto' or 'none' for {name}: 'standard' would make its "
                                                     "sparse matrix dense; scale the file instead"))
        if whole.given_test:
            return self._given_sizes(whole)
        if self.train is None:
            test = round(samples / _TEST_SHARE) if self.test is None else self.test
            if test >= samples:
                raise InputError(Problem(("test",), f"must be < {samples}, the samples of {name}, got {test}; some must train"))
            return samples - test, test
        if self.train > samples:
            raise InputError(Problem(("train",), f"must be <= {samples}, the samples of {name}, got {self.train}"))
        rest = samples - self.train
        if self.test is not None and self.test > rest:
            raise InputError(Problem(("test",), f"must be <= {rest}, what train = {self.train} leaves of the {samples} samples "
                                                f"of {name}, got {self.test}"))
        return self.train, rest if self.test is None else self.test

    def _given_sizes(self, whole: Dataset) -> tuple[int, int]:
        parts = (("train", self.train, len(whole.labels) - whole.given_test), ("test", self.test, whole.given_test))
        for key, asked, there in parts:
            if asked is not None and asked > there:
                what = "training" if key == "train" else "test"
                raise InputError(Problem((key,), f"must be <= {there}, the {what} part of {whole.name} as it was published, "
                                                 f"got {asked}; the parts are never mixed"))
        return tuple(there if asked is None else asked for _key, asked, there in parts)

    @classmethod
    def from_scalar(cls, value: Any) -> Data:
        """A bare word is a set's name; a file is `{path: FILE}`."""
        if isinstance(value, str):
            raise InputError(Problem((), f"is an {unknown('set', value, set(cls.known) - {'file'})}; a file is {{path: FILE}}"))
        return super().from_scalar(value)


@lru_cache(maxsize=2)  # a set and another to compare with: MNIST whole is 376 MB
def _read(source: Data, stamp: Hashable) -> Dataset:
    return source.read()


def _standardise(train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both parts, (n, d) and (n', d), by the mean and the standard deviation of `train`; 0 where that is constant."""
    constant = train.max(axis=0) == train.min(axis=0)  # (d,)
    mean, deviation = train.mean(axis=0), np.where(constant, 1.0, train.std(axis=0))
    made = tuple((part - mean) / deviation for part in (train, test))
    for part in made:
        part[:, constant] = 0.0
    return made

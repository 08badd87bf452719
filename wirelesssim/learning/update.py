"""What a worker sends: a vector of which only some entries are there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .grid import Grid

__all__ = ["Update", "difference"]


@dataclass(frozen=True, eq=False)
class Update:
    """A vector in R^size of which only `indices` are stated; the rest is not said, which is not the same as zero.

    `indices` (n,) strictly increasing integers in [0, size), or None: all of them. `values` (n,), of the model's type (float64
    or float32), **as the receiver will decode them**: the wire's format has been applied. `grid`: what the values lie on
    if levels are sent in place of numbers; None: numbers of the codec's width. `shared`: the receiver can tell `indices`
    itself (a common seed, a schedule), so that they cost no bits.
    """

    size: int
    indices: np.ndarray | None
    values: np.ndarray
    grid: Grid | None = None
    shared: bool = False

    @classmethod
    def empty(cls, size: int) -> Update:
        """Nothing stated: a silent worker's update."""
        return cls(size, np.empty(0, dtype=np.int64), np.empty(0))

    @property
    def entries(self) -> int:
        """The number of stated entries, n."""
        return len(self.values)

    @property
    def silent(self) -> bool:
        """Whether nothing is stated."""
        return self.entries == 0

    def positions(self) -> np.ndarray:
        """The stated indices as an array, (n,), also when dense."""
        if self.indices is not None:
            return self.indices
        return np.arange(self.size, dtype=np.int32 if self.size < 2**31 else np.int64)  # 4 bytes each: a model may be 5e7

    def take(self, mask: np.ndarray) -> Update:
        """The part whose entries are marked in `mask` (n,) of bool; itself, if all are."""
        if mask.all():
            return self
        return replace(self, indices=self.positions()[mask], values=self.values[mask])

    def dense(self) -> np.ndarray:
        """The vector with zero where nothing is stated, (size,)."""
        if self.indices is None:
            return self.values
        vector = np.zeros(self.size, dtype=self.values.dtype)
        vector[self.indices] = self.values
        return vector

    def add_to(self, vector: np.ndarray, factor: float = 1.0) -> None:
        """vector += factor * self, in place."""
        where = slice(None) if self.indices is None else self.indices
        vector[where] += self.values if factor == 1.0 else factor * self.values


def difference(sent: Update, received: Update) -> Update:
    """sent - received, without the entries where they agree; exactly empty when `received` is what was sent."""
    if received is sent:
        return Update.empty(sent.size)
    if sent.indices is None and received.indices is None:
        values, where = sent.values - received.values, np.arange(sent.size)
    else:
        where = np.union1d(sent.positions(), received.positions())
        values = np.zeros(len(where), dtype=sent.values.dtype)
        values[np.searchsorted(where, sent.positions())] += sent.values
        values[np.searchsorted(where, received.positions())] -= received.values
    keep = values != 0
    return Update(sent.size, where[keep], values[keep])

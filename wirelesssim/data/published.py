"""A published set: what is known of it, and whether samples are those.

A file's compressed form differs from mirror to mirror (another gzip, another order of lines), so the *content* is what is
checked: n, d, stored entries, sizes of the classes, and where it is known a hash that does not depend on the order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import scipy.sparse as sp

from .table import Table, Unreadable

__all__ = ["Part", "Published", "check_part", "row_hash"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """The training or the test part of a published set; what is None is not known for certain and not checked.

    `files`: their names on every mirror; `members`: names inside an archive; `samples`: n; `sizes`: samples of each
    class, smallest first (mirrors name classes 0/1 and -1/+1 differently); `entries`: stored numbers; `rows`: `row_hash`;
    `plain`: SHA-256 of each decompressed file; `most_entries`: above their number, where it is only roughly known.
    """

    files: tuple[str, ...]
    samples: int
    sizes: tuple[int, ...] | None = None
    entries: int | None = None
    rows: str | None = None
    plain: tuple[str, ...] | None = None
    members: tuple[str, ...] = ()
    most_entries: int | None = None


@dataclass(frozen=True, kw_only=True)
class Published:
    """The facts of one set; `format` is libsvm, idx or cifar, `mirrors` the folders to look in, first to last.

    `test`: the part that was published for testing, if there is one; `installed`: folders where a package of an operating
    system puts the files; `pixels`: the largest value a feature can have, if features are pixels.
    """

    format: str
    dimension: int
    train: Part
    mirrors: tuple[str, ...]
    citation: str
    licence: str
    test: Part | None = None
    installed: tuple[str, ...] = ()
    pixels: float | None = None
    task: str = "classification"

    @property
    def parts(self) -> tuple[Part, ...]:
        """The training part, and the test part if there is one."""
        return (self.train, self.test) if self.test else (self.train,)

    def most_bytes(self, part: Part) -> int:
        """More than a file of `part` can need, unpacked: what is longer is not this set.

        LIBSVM text: 32 bytes a number, an index of 6 digits, a float64 of 24 characters and two separators, and as much a
        label. Pixels: two bytes each, one for itself and one for headers and padding. And 16 MiB, which do no harm: so small a
        file is read, and told what it is.
        """
        kept = [one for one in self.parts if set(one.files) & set(part.files)]  # an archive may hold both parts
        numbers = sum(one.entries or one.most_entries or one.samples * self.dimension for one in kept)
        return 2**24 + (32 if self.format == "libsvm" else 2) * (numbers + sum(one.samples for one in kept))


def row_hash(features, labels: np.ndarray) -> str:
    """SHA-256, in hex, of the samples in whatever order: their sorted rows, joined by newlines.

    A row is the label as `%d`, then ` %d:%.6g` for each stored entry, index from 1 and value; for whole labels.
    """
    return sha256("\n".join(sorted(_rows(sp.csr_matrix(features), labels))).encode()).hexdigest()


def _rows(features: sp.csr_matrix, labels: np.ndarray) -> Iterator[str]:
    for label, begin, end in zip(labels.tolist(), features.indptr[:-1].tolist(), features.indptr[1:].tolist()):
        entries = zip(features.indices[begin:end].tolist(), features.data[begin:end].tolist())
        yield "%d" % label + "".join(" %d:%.6g" % (index + 1, value) for index, value in entries)


def check_part(table: Table, part: Part, dimension: int) -> None:
    """Unreadable unless `table` is that part: n, d, stored entries, class sizes and order-free hash, where known."""
    table.check()
    samples, width = table.features.shape
    if (samples, width) != (part.samples, dimension):
        raise Unreadable(f"holds {samples} samples of {width} features where {part.samples} of {dimension} are due")
    sizes = tuple(sorted(np.unique(table.labels, return_counts=True)[1].tolist()))
    if part.sizes is not None and sizes != part.sizes:
        raise Unreadable(f"holds classes of {_list(sizes)} samples where {_list(part.sizes)} are due")
    if part.entries is not None:
        entries = table.features.nnz if sp.issparse(table.features) else np.count_nonzero(table.features)
        if entries != part.entries:
            raise Unreadable(f"holds {entries} stored entries where {part.entries} are due")
    if part.rows is not None and (found := row_hash(table.features, table.labels)) != part.rows:
        raise Unreadable(f"holds other samples: their order-free SHA-256 is {found[:12]}… where {part.rows[:12]}… is due")


def _list(sizes: tuple[int, ...]) -> str:
    return ", ".join(map(str, sizes[:10])) + (", …" if len(sizes) > 10 else "")

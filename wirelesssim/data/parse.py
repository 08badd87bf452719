"""The samples of a published part, from the files of a mirror, a package or a folder."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from .arrays import pixel_table, read_idx_array
from .content import content
from .libsvm import read_libsvm
from .published import Part, Published, check_part
from .table import Table, Unreadable, class_labels

__all__ = ["parse"]


def parse(facts: Published, part: Part, paths: Sequence[Path]) -> Table:
    """The checked samples of `part`, labels as int64 for classes; Unreadable says which rule they break.

    Pixels stay bytes.
    """
    contents = [content(str(path), suffixed=False, most=facts.most_bytes(part)) for path in paths]
    if part.plain is not None:
        for name, data, due in zip(part.files, contents, part.plain):
            found = sha256(data).hexdigest()
            if found != due:
                raise Unreadable(f"{name} holds other bytes: unpacked, their SHA-256 is {found[:12]}…, not {due[:12]}…")
    table = _READERS[facts.format](facts, part, contents)
    check_part(table, part, facts.dimension)
    labels, _classification = class_labels(table.labels, facts.task)
    return Table(table.features, labels, pixel_maximum=facts.pixels)


def _libsvm(facts: Published, part: Part, contents: list[bytes]) -> Table:
    return read_libsvm(contents[0], facts.dimension)


def _idx(facts: Published, part: Part, contents: list[bytes]) -> Table:
    images, labels = map(read_idx_array, contents)
    return pixel_table(images, labels)


def _cifar(facts: Published, part: Part, contents: list[bytes]) -> Table:
    """CIFAR's binary version: records of a label byte and 3072 pixel bytes, the red plane first, each in row order.

    Nothing is unpacked to disk, so that no name in the archive can point anywhere.
    """
    due = part.samples * (1 + facts.dimension)
    try:
        with tarfile.open(fileobj=io.BytesIO(contents[0]), mode="r:") as archive:
            members = [archive.getmember(name) for name in part.members]
            found = sum(member.size for member in members)
            if found != due:
                raise Unreadable(f"{part.files[0]} holds {found} bytes of records where {due} are due")
            batches = [archive.extractfile(member).read() for member in members]
    except (tarfile.TarError, KeyError, AttributeError, EOFError, OSError) as error:
        raise Unreadable(f"{part.files[0]} is not the archive of CIFAR's binary version ({error})") from None
    records = np.frombuffer(b"".join(batches), np.uint8).reshape(-1, 1 + facts.dimension)
    return pixel_table(records[:, 1:], records[:, 0])


_READERS = {"libsvm": _libsvm, "idx": _idx, "cifar": _cifar}

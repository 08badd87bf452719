"""A set of the user's own, read from a file."""

from __future__ import annotations

import os
from collections.abc import Hashable
from pathlib import PurePath
from typing import Annotated, Any, Literal

import numpy as np
from pydantic_core import core_schema

from ..errors import InputError, Problem
from ..model import model
from ..units import Count
from .arrays import read_idx, read_idx_labels, read_npz
from .content import content, format_of
from .dataset import Dataset
from .libsvm import read_libsvm
from .place import ColumnLabel, checked, refused
from .source import Data
from .table import Table, Unreadable, class_labels
from .tabular import read_csv, read_parquet

__all__ = ["File"]

_FIELDS_OF = {"libsvm": {"features"}, "csv": {"label", "group"}, "parquet": {"label", "group"}, "npz": set(), "idx": {"labels"}}


def _path(value: Any) -> str:
    value = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(value, str) or not value:
        wrong = "" if value in (None, "") else f", got {value!r}"
        known = ", ".join(sorted(set(Data.known) - {"file"}))
        raise refused(f"(a file) or type (a set by name) is required{wrong}; known: {known}")
    return value


FilePath = Annotated[str, checked(_path, core_schema.str_schema())]


@model
class File(Data, name="file"):
    """A file: LIBSVM text, CSV, NPZ, Parquet or idx, also compressed with gzip, bzip2 or xz.

    The suffix says the format (.csv .npz .parquet .libsvm .svm), else the first bytes do; anything else is LIBSVM text.
    `label`: the label's column in CSV and Parquet, by name or by number from 1 (the last unless said); `group`: the column
    there that says where a sample comes from (a hospital, a user), which is no feature then; `labels`: the file
    of labels that belongs to an idx file; `features`: d for LIBSVM text whose largest index is smaller; `task`:
    `auto` takes text and a few whole numbers for classes (`table.class_labels`). `normalize: auto` divides an idx file of
    bytes, which are pixels, by 255, and leaves the other formats alone. The path is taken as given.

    InputError (`path`, or the field at fault) says what is wrong, with line or row and column, counted from 1.
    """

    path: FilePath = ""
    label: ColumnLabel | None = None
    group: ColumnLabel | None = None
    labels: str | None = None
    features: Count | None = None
    task: Literal["auto", "classification", "regression"] = "auto"

    def stamp(self) -> Hashable:
        return tuple(_file_stamp(path) for path in (self.path, self.labels) if path)

    def read(self) -> Dataset:
        try:
            table = self._table()
            table.check()
            labels, classification = class_labels(table.labels, self.task)
        except MemoryError:
            rule = "does not fit into this machine's memory; take a part of it"
            raise InputError(Problem(("path",), f"{self.path}: {rule}")) from None
        except Unreadable as error:
            about = f"{self.path}: " if error.key == "path" else ""
            raise InputError(Problem((error.key,), f"{about}{error}")) from None
        features = table.features
        if self.normalize == "auto" and table.pixel_maximum:
            features /= table.pixel_maximum
        return Dataset.of(features, labels, PurePath(self.path).name, classification, groups=table.groups, columns=table.columns)

    def _table(self) -> Table:
        data = content(self.path)
        kind = format_of(self.path, data)
        for field in ("label", "group", "labels", "features"):
            if getattr(self, field) is not None and field not in _FIELDS_OF[kind]:
                formats = " and ".join(name for name, fields in _FIELDS_OF.items() if field in fields)
                raise Unreadable(f"is for {formats}, and {self.path} is {kind}; leave it out", field)
        match kind:
            case "libsvm":
                return read_libsvm(data, self.features)
            case "csv":
                return read_csv(data, self.label, self.group)
            case "parquet":
                return read_parquet(data, self.label, self.group)
            case "npz":
                return read_npz(data)
            case _:
                return read_idx(data, self._idx_labels())

    def _idx_labels(self) -> np.ndarray:
        if self.labels is None:
            raise Unreadable("is required for an idx file: the file of its labels", "labels")
        try:
            return read_idx_labels(content(self.labels))
        except Unreadable as error:
            raise Unreadable(f"{self.labels}: {error}", "labels") from None


def _file_stamp(path: str) -> Hashable:
    """What changes when the file does; None where there is none."""
    try:
        state = os.stat(path)
    except (OSError, ValueError):
        return None
    return state.st_mtime_ns, state.st_size, state.st_ino

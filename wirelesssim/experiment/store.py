"""Results on disk: a folder for each point, written whole or not at all, and the tables of all points above them.

results/NAME/{scenario.yaml, manifest.json, rounds, transmissions, workers as .csv and .parquet, figures}
results/NAME/points/DIGEST/{scenario.yaml, manifest.json, the same tables of that point}

A point's folder is written under a name of its own and then renamed; the rename is the instant at which it is finished.
Whoever comes second with the same point leaves the first one's. A file above the points is replaced in one step, too.
What a killed process left half written is removed when the folder is next used.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import InputError
from .tables import TABLES, csv_bytes, parquet_bytes, read_parquet
from .whole import clean, remove, temporary_beside, write_whole

__all__ = ["Store", "load_table", "read_manifest"]


class Store:
    """The results folder of one scenario."""

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)
        self.points = self.folder / "points"

    def prepare(self) -> None:
        """Make the folder and rid it of what killed runs left half written; InputError where that cannot be."""
        try:
            self.points.mkdir(parents=True, exist_ok=True)
            probe = temporary_beside(self.points / "probe")
            probe.mkdir()
            probe.rmdir()
            for folder in (self.folder, self.points):
                clean(folder)
        except OSError as error:
            raise InputError(f"the results path {self.folder} cannot be a folder: {error.strerror or error}; "
                             "choose another with --out DIR") from None

    def finished(self, digest: str) -> bool:
        """Whether the point was run to its end before, and is all there."""
        return all((self.points / digest / name).is_file() for name in _POINT_FILES)

    def save_point(self, digest: str, scenario: str, manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame],
                   force: bool = False) -> None:
        """Write a finished point; an existing one stays, unless `force`."""
        final = self.points / digest
        temporary, old = temporary_beside(final), temporary_beside(final)
        try:
            with _written(self.folder):
                temporary.mkdir(parents=True)
                _fill(temporary, scenario, manifest, tables, write=lambda path, data: path.write_bytes(data))
                if final.exists() and (force or not self.finished(digest)):
                    os.replace(final, old)
                try:
                    os.replace(temporary, final)
                except OSError:
                    if not self.finished(digest):  # another process may have finished it first
                        raise
        finally:
            remove(temporary), remove(old)

    def load_point(self, digest: str) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
        """Manifest and tables of a finished point; InputError where a file of it is damaged."""
        folder = self.points / digest
        return read_manifest(folder), {name: load_table(folder, name) for name in TABLES}

    def save(self, scenario: str, manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> None:
        """Write the tables of all points; each file is replaced whole, the manifest last."""
        with _written(self.folder):
            _fill(self.folder, scenario, manifest, tables, write=write_whole)


_POINT_FILES = ("manifest.json", *(f"{name}.parquet" for name in TABLES))


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    """A full or read-only disk is the user's to mend."""
    try:
        yield
    except OSError as error:
        raise InputError(f"the results folder {folder} cannot be written: {error.strerror or error}; points that are finished "
                         "are kept, and the same command goes on from there") from None


def load_table(folder: Path, name: str) -> pd.DataFrame:
    """The table `name` of a results folder; InputError where it is missing or damaged."""
    try:
        return read_parquet(folder / f"{name}.parquet")
    except (OSError, ValueError) as error:
        raise InputError(f"{folder / name}.parquet cannot be read: {' '.join(str(error).split())[:200]}; remove {folder} and "
                         "run the scenario again") from None


def _fill(folder: Path, scenario: str, manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], write) -> None:
    write(folder / "scenario.yaml", scenario.encode())
    for name, table in tables.items():
        write(folder / f"{name}.csv", csv_bytes(table))
        write(folder / f"{name}.parquet", parquet_bytes(table))
    write(folder / "manifest.json", (json.dumps(manifest, indent=1, default=str) + "\n").encode())


def read_manifest(folder: Path) -> dict[str, Any]:
    """manifest.json of a results folder; InputError where there is none."""
    try:
        manifest = json.loads((Path(folder) / "manifest.json").read_text())
        if not isinstance(manifest, dict):
            raise ValueError("it is not a mapping")
        return manifest
    except FileNotFoundError:
        raise InputError(f"{folder} holds no results (no manifest.json); give a folder that `run` or `sweep` wrote") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{Path(folder) / 'manifest.json'} cannot be read: {error}") from None

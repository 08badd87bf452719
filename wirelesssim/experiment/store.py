"""Results on disk: a folder for each point, written whole or not at all, and the tables of all points above them.

results/NAME/{scenario.yaml, manifest.json, rounds, transmissions, workers as .csv and .parquet, figures}
results/NAME/points/DIGEST/{scenario.yaml, manifest.json, the same tables of that point}

A point's folder is written under a name of its own and then renamed; the rename is the instant at which it is finished.
Whoever comes second with the same point leaves the first one's. A file above the points is replaced in one step, too.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import InputError
from .tables import TABLES, csv_bytes, parquet_bytes, read_parquet

__all__ = ["Store", "read_manifest", "write_whole"]


class Store:
    """The results folder of one scenario."""

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)
        self.points = self.folder / "points"

    def prepare(self) -> None:
        """Make the folder; InputError where that cannot be."""
        try:
            self.points.mkdir(parents=True, exist_ok=True)
            probe = self.points / f".{uuid.uuid4().hex}"
            probe.mkdir()
            probe.rmdir()
        except OSError as error:
            raise InputError(f"the results path {self.folder} cannot be a folder: {error.strerror or error}; "
                             "choose another with --out DIR") from None

    def finished(self, digest: str) -> bool:
        """Whether the point was run to its end before."""
        return (self.points / digest / "manifest.json").is_file()

    def save_point(self, digest: str, scenario: str, manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame],
                   force: bool = False) -> None:
        """Write a finished point; an existing one stays, unless `force`."""
        final, temporary = self.points / digest, self.points / f".{digest}.{uuid.uuid4().hex}"
        temporary.mkdir(parents=True)
        try:
            _fill(temporary, scenario, manifest, tables, write=lambda path, data: path.write_bytes(data))
            if force and final.exists():
                old = self.points / f".{digest}.{uuid.uuid4().hex}.old"
                os.replace(final, old)
                os.replace(temporary, final)
                shutil.rmtree(old, ignore_errors=True)
            else:
                os.replace(temporary, final)
        except OSError:
            if not self.finished(digest):  # another process may have finished it first
                raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def load_point(self, digest: str) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
        """Manifest and tables of a finished point."""
        folder = self.points / digest
        return read_manifest(folder), {name: read_parquet(folder / f"{name}.parquet") for name in TABLES}

    def save(self, scenario: str, manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> None:
        """Write the tables of all points; each file is replaced whole, the manifest last."""
        _fill(self.folder, scenario, manifest, tables, write=write_whole)

    def sweep_leftovers(self) -> None:
        """Remove what killed runs left half written (temporary names only)."""
        for leftover in self.points.glob(".*"):
            shutil.rmtree(leftover, ignore_errors=True)


def _fill(folder: Path, scenario: str, manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], write) -> None:
    write(folder / "scenario.yaml", scenario.encode())
    for name, table in tables.items():
        write(folder / f"{name}.csv", csv_bytes(table))
        write(folder / f"{name}.parquet", parquet_bytes(table))
    write(folder / "manifest.json", (json.dumps(manifest, indent=1, default=str) + "\n").encode())


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under a temporary name beside it, then rename: whole or not at all."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def read_manifest(folder: Path) -> dict[str, Any]:
    """manifest.json of a results folder; InputError where there is none."""
    try:
        return json.loads((Path(folder) / "manifest.json").read_text())
    except FileNotFoundError:
        raise InputError(f"{folder} holds no results (no manifest.json); give a folder that `run` or `sweep` wrote") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{Path(folder) / 'manifest.json'} cannot be read: {error}") from None

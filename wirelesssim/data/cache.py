"""The cache of fetched sets: one NPZ a set, and beside it a small file that says what must stand there.

`WIRELESSSIM_DATA` names the folder; else it is `data` in `WIRELESSSIM_CACHE`, else in the platform's folder for caches.
`NAME.json` names the NPZ and its SHA-256 and is put in place last, in one step: an entry is there whole or not at all,
and one that was edited, cut short or half copied is refused.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Hashable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from ..errors import InputError, Problem
from .arrays import read_npz
from .table import Table, Unreadable

__all__ = ["cache_folder", "entry_path", "entry_stamp", "is_cached", "read_entry", "write_entry"]

_VERSION = 1  # of the entry's format


def cache_folder() -> Path:
    """The folder of fetched sets; it need not exist."""
    if given := os.environ.get("WIRELESSSIM_DATA"):
        return Path(given)
    if given := os.environ.get("WIRELESSSIM_CACHE"):
        return Path(given) / "data"
    import pooch

    return Path(pooch.os_cache("wirelesssim")) / "data"


def entry_path(name: str) -> Path:
    """The file whose presence says that the set `name` was fetched."""
    return cache_folder() / f"{name}.json"


def is_cached(name: str) -> bool:
    """Whether there is an entry, sound or not."""
    return entry_path(name).is_file()


def entry_stamp(name: str) -> Hashable:
    """What changes when the entry does; None where there is none."""
    try:
        state = entry_path(name).stat()
    except OSError:
        return None
    return str(entry_path(name)), state.st_mtime_ns, state.st_size, state.st_ino


def write_entry(name: str, parts: Sequence[Table], sources: Sequence[str]) -> Path:
    """Keep the parts of a set, the test part last if there is one; OSError where the folder cannot be written."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    samples = folder / f".{uuid.uuid4().hex}"
    entry = folder / f".{uuid.uuid4().hex}"
    try:
        with samples.open("wb") as stream:
            np.savez(stream, **_arrays(parts))
        digest = sha256(samples.read_bytes()).hexdigest()
        file = f"{name}-{digest[:16]}.npz"
        given = len(parts[1].labels) if len(parts) > 1 else 0
        entry.write_text(json.dumps({"version": _VERSION, "name": name, "file": file, "sha256": digest, "test_samples": given,
                                     "sources": list(sources)}, indent=1) + "\n")
        os.replace(samples, folder / file)
        os.replace(entry, entry_path(name))
    finally:
        for left in (samples, entry):
            with suppress(OSError):
                left.unlink(missing_ok=True)
    for old in folder.glob(f"{name}-????????????????.npz"):
        if old.name != file:
            with suppress(OSError):
                old.unlink()
    return entry_path(name)


def read_entry(name: str) -> tuple[Table, int]:
    """The samples of an entry, and how many of them, the last, are the published test part.

    InputError (`type`) for an entry that is not what was written.
    """
    try:
        entry = json.loads(entry_path(name).read_text())
        if entry["version"] != _VERSION or entry["name"] != name:
            raise Unreadable(f"is of another version or set ({entry['version']}, {entry['name']})")
        data = (cache_folder() / Path(entry["file"]).name).read_bytes()
        if sha256(data).hexdigest() != entry["sha256"]:
            raise Unreadable("holds other bytes than were fetched: it was edited or cut short")
        table, given = read_npz(data), entry["test_samples"]
        if not (isinstance(given, int) and 0 <= given < len(table.labels)):
            raise Unreadable(f"speaks of {given!r:.20} test samples among {len(table.labels)}")
        return table, given
    except (Unreadable, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = str(error) if isinstance(error, Unreadable) else f"is damaged or incomplete ({type(error).__name__})"
        raise InputError(Problem(("type",), f"{name!r} in the cache ({entry_path(name)}) {why}; "
                                            f"`wirelesssim data fetch {name} --force` fetches it again")) from None


def _arrays(parts: Sequence[Table]) -> dict[str, np.ndarray]:
    """As `read_npz` takes them; parts of which one is sparse are kept sparse."""
    labels = np.concatenate([part.labels for part in parts])
    if not any(sp.issparse(part.features) for part in parts):
        return {"X": np.concatenate([part.features for part in parts]), "y": labels}
    whole = sp.vstack([sp.csr_matrix(part.features) for part in parts], format="csr")
    return {"X_data": whole.data, "X_indices": whole.indices, "X_indptr": whole.indptr,
            "X_shape": np.array(whole.shape), "y": labels}

"""The bytes of a file, decompressed, and the format that they are in."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from pathlib import Path, PurePath

from .table import Unreadable

__all__ = ["FORMATS", "content", "format_of"]

FORMATS = "LIBSVM text, CSV, NPZ, Parquet or idx, each also as .gz, .bz2 or .xz"
_COMPRESSED = {b"\x1f\x8b": ("gzip", gzip.open), b"BZh": ("bzip2", bz2.open), b"\xfd7zXZ\x00": ("xz", lzma.open)}
_SUFFIXES = {".gz", ".bz2", ".xz"}
_MAGIC = {b"PAR1": "parquet", b"PK\x03\x04": "npz", b"PK\x05\x06": "npz", b"\x00\x00": "idx"}
_NAMED = {".csv": "csv", ".npz": "npz", ".parquet": "parquet", ".libsvm": "libsvm", ".svm": "libsvm"}


def content(path: str, suffixed: bool = True, most: int | None = None) -> bytes:
    """All bytes of the file, decompressed by what they are, whatever the suffix says; Unreadable says why not.

    `suffixed`: refuse a file that is not compressed as its suffix says (a server may have unpacked it on the way).
    `most`: refuse a file of more bytes than this, packed or not, before they fill the memory.
    """
    raw = _bounded(_raw(path), most)
    for magic, (name, unpacked) in _COMPRESSED.items():
        if raw.startswith(magic):
            try:
                with unpacked(io.BytesIO(raw)) as stream:
                    return _bounded(stream.read() if most is None else stream.read(most + 1), most)
            except Unreadable:
                raise
            except (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError) as error:
                raise Unreadable(f"is a damaged or truncated {name} file ({error}); fetch it again") from None
    if suffixed and PurePath(path).suffix.lower() in _SUFFIXES and raw:
        raise Unreadable(f"is not what its suffix {PurePath(path).suffix} says; unpack or rename it")
    return raw


def _bounded(data: bytes, most: int | None) -> bytes:
    if most is not None and len(data) > most:
        raise Unreadable(f"holds more than the {most} bytes that this set can need; it is another file, or meant to do harm")
    return data


def _raw(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise Unreadable("there is no such file; a relative path starts at the scenario's folder") from None
    except IsADirectoryError:
        raise Unreadable("is a folder; name a file in it") from None
    except MemoryError:
        raise Unreadable("does not fit into this machine's memory; take a part of it") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise Unreadable(f"cannot be read ({why}); check its name and its permissions") from None


def format_of(path: str, data: bytes) -> str:
    """`libsvm`, `csv`, `npz`, `parquet` or `idx`: by the suffix where it says so, else by the first bytes, else LIBSVM.

    Unreadable for an empty file, and for bytes that are no text where text is due.
    """
    if not data:
        raise Unreadable("has no samples; the file is empty")
    name = PurePath(path)
    name = name.with_suffix("") if name.suffix.lower() in _SUFFIXES else name
    found = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
    named = "idx" if name.suffix.lower().startswith(".idx") or name.name.endswith("-ubyte") else _NAMED.get(name.suffix.lower())
    said = named or found or "libsvm"
    if said in ("libsvm", "csv") and b"\0" in data[:4096]:
        raise Unreadable(f"is not text, so neither LIBSVM nor CSV; give {FORMATS}")
    return said

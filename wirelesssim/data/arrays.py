"""NPZ and idx: files of plain arrays."""

from __future__ import annotations

import io
import math
import struct
import zipfile
import zlib

import numpy as np
import scipy.sparse as sp

from .table import Table, Unreadable

__all__ = ["pixel_table", "read_idx", "read_idx_array", "read_idx_labels", "read_npz"]

# "THE IDX FILE FORMAT" on LeCun's MNIST page
_IDX_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_PIXEL_MAXIMUM = 255.0  # of an unsigned byte
_SPARSE = ("X_data", "X_indices", "X_indptr", "X_shape")


def read_npz(data: bytes) -> Table:
    """Arrays `X` (n, …) and `y` (n,) of `numpy.savez(path, X=X, y=y)`; an `X` of images is flattened; no pickles.

    A sparse X is there as the arrays `X_data`, `X_indices`, `X_indptr` and `X_shape` of its CSR form.
    """
    hint = "write it with numpy.savez(path, X=X, y=y)"
    if not data.startswith(b"PK"):  # numpy would take it for a pickle
        raise Unreadable(f"is not an NPZ file; {hint}")
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            sparse = all(key in arrays.files for key in _SPARSE)
            lacking = [key for key in ("X", "y") if key not in arrays.files and not (key == "X" and sparse)]
            if lacking:
                raise Unreadable(f"lacks the array {' and '.join(lacking)}, has {', '.join(arrays.files) or 'none'}; {hint}")
            features, labels = _sparse(arrays) if sparse else arrays["X"], arrays["y"]
    except Unreadable:
        raise
    except (ValueError, OSError, EOFError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        why = next(iter(str(error).splitlines()), "damaged")
        raise Unreadable(f"is not a readable NPZ file ({why}); {hint}") from None
    if features.ndim < 2 or features.dtype.kind not in "iufb":
        raise Unreadable(f"X must be an (n, d) array of real numbers, got shape {features.shape}, type {features.dtype}")
    if labels.ndim == 0 or labels.size != len(labels) or labels.dtype.kind not in "iufbU":
        raise Unreadable(f"y must be an (n,) array of numbers or text, got shape {labels.shape}, type {labels.dtype}")
    return Table(features if sp.issparse(features) else _rows(features), labels.reshape(-1))


def _sparse(arrays) -> sp.csr_matrix:
    """The CSR matrix, float64, of the four arrays; ValueError where they do not make one."""
    data, indices, indptr, shape = (arrays[key] for key in _SPARSE)
    if data.dtype.kind not in "iufb" or indices.dtype.kind != "i" or indptr.dtype.kind != "i" or shape.shape != (2,):
        raise ValueError("the arrays are not those of a sparse matrix of real numbers")
    matrix = sp.csr_matrix((data.astype(float), indices, indptr), tuple(map(int, shape)))
    matrix.check_format(full_check=True)
    return matrix


def pixel_table(pixels: np.ndarray, labels: np.ndarray) -> Table:
    """Bytes as they are, (n, …) flattened to (n, d), with labels (n,); Unreadable unless both are bytes."""
    if pixels.dtype != np.uint8 or pixels.ndim < 2 or labels.dtype.kind not in "iu" or labels.ndim != 1:
        raise Unreadable("is not an array of images with one whole label each")
    return Table(pixels.reshape(len(pixels), -1), labels.astype(np.int64), pixel_maximum=_PIXEL_MAXIMUM)


def read_idx(data: bytes, labels: np.ndarray) -> Table:
    """The array of an idx file with its first index as sample, the rest flattened; unsigned bytes are pixels."""
    features = read_idx_array(data)
    if features.ndim < 2:
        raise Unreadable("holds one number a sample, as a file of labels does; path is for the features, labels for the labels")
    pixels = _PIXEL_MAXIMUM if features.dtype == np.uint8 else None
    return Table(_rows(features), labels, pixel_maximum=pixels)


def read_idx_array(data: bytes) -> np.ndarray:
    """The array of an idx file: two zero bytes, a type, the number of dimensions, their big-endian sizes, the numbers."""
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in _IDX_TYPES or data[3] == 0:
        raise Unreadable("is not an idx file; it begins with two zero bytes, a type and the number of dimensions")
    dtype, header = np.dtype(_IDX_TYPES[data[2]]), 4 + 4 * data[3]
    if len(data) < header:
        raise Unreadable(f"is truncated in its header ({len(data)} bytes); fetch it again")
    shape = struct.unpack_from(f">{data[3]}I", data, 4)
    due = header + dtype.itemsize * math.prod(shape)
    if len(data) != due:
        sizes = "x".join(map(str, shape))
        raise Unreadable(f"has {len(data)} bytes where its header of shape {sizes} asks for {due}; fetch it again")
    return np.frombuffer(data, dtype, offset=header).reshape(shape)


def read_idx_labels(data: bytes) -> np.ndarray:
    """Labels (n,) of an idx file of one dimension."""
    labels = read_idx_array(data)
    if labels.ndim != 1:
        raise Unreadable(f"must have one label a sample, got an array of {labels.ndim} dimensions")
    return labels.astype(float)


def _rows(features: np.ndarray) -> np.ndarray:
    return features.reshape(len(features), -1).astype(float) if features.size else np.empty((len(features), 0))

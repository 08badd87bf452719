"""Bytes of files in the formats that `wirelesssim.data` reads, made without its help."""

import io
import struct

import numpy as np
import pandas as pd

_IDX_CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def idx(array: np.ndarray) -> bytes:
    """An idx file of `array`."""
    head = bytes([0, 0, _IDX_CODES[array.dtype.str[1:]], array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


def npz(**arrays) -> bytes:
    """An NPZ file of `arrays`."""
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def parquet(**columns) -> bytes:
    """A Parquet file of `columns`."""
    return pd.DataFrame(columns).to_parquet()

"""CSV and Parquet: a sample is a row, one column is the label and the others are numbers.

CSV after RFC 4180, with `,` `;` tab or `|` between cells, whichever the first line has most of. The first line is a
header where the label is named, or where a cell of it is no number above a cell that is one.
"""

from __future__ import annotations

import csv
import io
import warnings

import numpy as np

from .table import Table, Unreadable

__all__ = ["read_csv", "read_parquet"]


def read_csv(data: bytes, label: str | int | None = None) -> Table:
    """The table of a CSV file; `label` is a column's name, its number from 1, or None: the last."""
    import pandas as pd

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8 text (byte {error.start + 1}); save it as UTF-8") from None
    if not text.strip():
        raise Unreadable("has no samples; the file is empty")
    first = text.lstrip().splitlines()[0]
    separator = max(",;\t|", key=first.count)
    try:
        header = 0 if _has_header(text, separator, isinstance(label, str)) else None
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # cells beyond the header would be dropped in silence
            frame = pd.read_csv(io.StringIO(text), sep=separator, header=header, index_col=False, skipinitialspace=True,
                                low_memory=False)
    except (ValueError, csv.Error, pd.errors.ParserWarning) as error:
        raise Unreadable(f"is not CSV ({str(error).strip()}); every row needs as many cells as the first") from None
    return _table(frame, label, named=header == 0)


def read_parquet(data: bytes, label: str | int | None = None) -> Table:
    """The table of a Parquet file (read by pyarrow); `label` as for CSV."""
    import pandas as pd

    try:
        frame = pd.read_parquet(io.BytesIO(data), engine="pyarrow")
    except (ValueError, OSError, NotImplementedError, TypeError, KeyError) as error:  # pyarrow's errors are among these
        raise Unreadable(f"is not a readable Parquet file ({str(error).splitlines()[0]}); write it again") from None
    return _table(frame, label, named=True)


def _has_header(text: str, separator: str, must: bool) -> bool:
    rows = csv.reader(io.StringIO(text, newline=None), delimiter=separator, skipinitialspace=True)
    filled = (row for row in rows if row)
    first, second = next(filled, []), next(filled, [])
    if must or not second:
        return must or not any(map(_number, first))
    return any(not _number(above) and _number(below) for above, below in zip(first, second))


def _number(cell: str) -> bool:
    try:
        float(cell or "nan")  # an empty cell is a missing number, not a name
    except ValueError:
        return False
    return True


def _table(frame, label: str | int | None, named: bool) -> Table:
    """Features and label of a data frame."""
    if not frame.shape[1]:
        raise Unreadable("has no columns; one is the label, the others are numbers")
    place = _label_place(frame, label, named)
    columns = [str(name) for position, name in enumerate(frame.columns) if position != place]
    features = np.empty((len(frame), len(columns)))
    for position, name in enumerate(column for column in range(frame.shape[1]) if column != place):
        features[:, position] = _numbers(frame.iloc[:, name], name + 1, columns[position] if named else None)
    return Table(features, _labels(frame.iloc[:, place]), columns if named else None)


def _label_place(frame, label: str | int | None, named: bool) -> int:
    """Position, from 0, of the label's column."""
    width = frame.shape[1]
    if label is None:
        return width - 1
    if isinstance(label, str):
        names = [str(name) for name in frame.columns]
        if names.count(label) != 1:
            known = ", ".join(names[:12]) + (", …" if width > 12 else "")
            raise Unreadable(f"must be the name of a column, got {label!r}; known: {known}", "label")
        return names.index(label)
    if not 1 <= label <= width:
        raise Unreadable(f"must be the name of a column or its number, from 1 to {width}, got {label}", "label")
    return label - 1


def _numbers(column, number: int, name: str | None) -> np.ndarray:
    """A feature column as float64, NaN where a cell is empty."""
    import pandas as pd

    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
        made = pd.to_numeric(column.astype(str).where(column.notna()), errors="coerce")
        wrong = (made.isna() & column.notna() & ~column.astype(str).str.strip().str.lower().isin(["nan", "-nan"])).to_numpy()
        if wrong.any():
            row = int(wrong.argmax())
            place = f"column {number} ({name})" if name else f"column {number}"
            raise Unreadable(f"row {row + 1}, {place}, holds {str(column.iloc[row])[:40]!r}, not a number; turn "
                             "categories into numbers (one-hot), or name the label's column with `label`")
        column = made
    if pd.api.types.is_complex_dtype(column):
        raise Unreadable(f"column {number} holds complex numbers; split it into two real columns")
    return column.to_numpy(dtype=float, na_value=np.nan)


def _labels(column) -> np.ndarray:
    """Labels as numbers, or as text where one of them is not a number."""
    import pandas as pd

    missing = column.isna().to_numpy()
    if missing.any():
        raise Unreadable(f"row {int(missing.argmax()) + 1} has no label; fill or drop such samples first")
    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
        text = column.astype(str)
        made = pd.to_numeric(text, errors="coerce")
        if made.isna().any():
            return text.to_numpy(dtype=np.str_)
        column = made
    return column.to_numpy(dtype=float)
